import type { Frame } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyLog } from '../../server/audit/verify.ts'
import { as, confirmations, copyTemplate, requestOn } from '../http/as.ts'
import { grantWhole } from '../http/life.ts'
import { emailOf, org, people } from '../practice-world.ts'
import { accessible } from './accessible.ts'
import {
  carriedOut,
  dismiss,
  frameOf,
  hasBadge,
  openCard,
  openStage,
  openWindow,
  type Stage,
  seeIt,
  takeAndDo,
  unexpected,
} from './stage.ts'

/** Production Admin, and everybody whom the rules treat in their own way, each in a real browser. */

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage?.close())

/** Every step of Production Admin, which includes Deploy. */
const STEPS_OF_ADMIN = 13

const answersOf = (name: string, more: Record<string, unknown> = {}) => ({
  email: emailOf(name),
  github: people.find((one) => one.name === name)?.github ?? '',
  aws: emailOf(name),
  reason: 'Joining the 2nd line rota in the new year',
  signonApps: 'Release',
  ...more,
})

/** A copied template on which its engineer has asked. */
async function asked(level: 'deploy' | 'admin', username: string, name: string, more: Record<string, unknown> = {}) {
  const title = `Production ${level === 'admin' ? 'Admin' : 'Deploy'} for ${name}`
  const card = await copyTemplate(stage.world, level, title)
  await as(stage.world, username).act('ask', card, answersOf(name, more))
  return { title, card, request: await requestOn(stage.world, card) }
}

async function confirmAll(approve: Frame): Promise<void> {
  for (const box of await approve.getByRole('checkbox').all()) await box.check()
}

test('Admin: Senior Tech reviews and approves in one window, and every step ends verified or seen', {
  timeout: 300_000,
}, async () => {
  const { world, browser, look, errors } = stage
  const { title, request } = await asked('admin', 'priya', 'Priya Shah')

  // The tech lead reads why not, and who can.
  const sam = await look('sam')
  await hasBadge(sam, title, 'Senior Tech: review')
  const samSection = await openCard(sam, title)
  await samSection.getByText('Only Senior Tech can approve Production Admin.').waitFor()
  expect(await sam.getByRole('button', { name: 'Review and approve' }).count()).toBe(0)

  // Senior Tech reviews the form and approves: every objective by name, every condition with its source.
  const dan = await look('dan', 'dark')
  const section = await openCard(dan, title)
  await section.getByText('You can approve because you are in Senior Tech.').waitFor()
  const approve = await openWindow(dan, 'Review and approve')
  await approve.getByRole('heading', { name: 'Give Priya Shah Production Admin access' }).waitFor()
  expect(await accessible(approve)).toEqual([])
  const give = approve.getByRole('button', { name: 'Give Priya Production Admin access' })
  await give.click()
  await approve
    .locator('.summary')
    .getByText(/things left to confirm/)
    .waitFor()
  await fillReview(approve, 'response 41')
  await give.click()
  await approve.locator('p', { hasText: 'The work goes on.' }).waitFor()
  await dismiss(dan)

  // Priya accepts one invitation for both teams, and does what only she can.
  const priya = await look('priya')
  const own = await openCard(priya, title)
  const invitation = own.getByRole('link', { name: /Accept the GitHub invitation/ }).first()
  await invitation.waitFor({ timeout: 30_000 })
  const github = await browser.newPage()
  await github.goto((await invitation.getAttribute('href')) ?? '')
  await github.getByRole('button', { name: 'Join as priya-s' }).click()
  // The two invitations that come by email are linked too.
  for (const system of ['Fastly', 'Sentry']) {
    const emailed = own.getByRole('link', { name: new RegExp(`Accept the ${system} invitation`) }).first()
    await emailed.waitFor({ timeout: 30_000 })
    const page = await browser.newPage()
    await page.goto((await emailed.getAttribute('href')) ?? '')
    await page.getByRole('button', { name: `Join as ${emailOf('Priya Shah')}` }).click()
    await page.close()
  }
  for (const what of ['Sign in to Logit once', 'Set up 2-step verification in'])
    await own.getByRole('button', { name: new RegExp(`I have done this: ${what}`) }).click()

  // Senior Tech does one task from the queue, another looks; the other tasks are done over the same acts.
  const [first, second] = [await look('dan'), await look('ines')]
  for (const page of [first, second]) await page.getByRole('button', { name: 'Access queue' }).click()
  const [doing, seeing] = [await frameOf(first, 'queue.html'), await frameOf(second, 'queue.html')]
  for (const queue of [doing, seeing]) await queue.getByRole('link', { name: /^Everything/ }).click()
  await takeAndDo(doing, 'Signon')
  await seeIt(seeing, 'Signon')
  await toTheEnd(request, 'priya', own)
  await hasBadge(sam, title, 'Admin granted')
  await priya.getByText('you have Production Admin now').waitFor()
  for (const team of ['production-deploy', 'production-admin'])
    expect(world.github.membership(org, team, 'priya-s')).toBe('active')
  const steps = await stepsOf(request)
  // What can be read is read: nobody's word stands for AWS, Google, Fastly or Sentry.
  const read = steps.filter(({ system }) => ['aws', 'gcp', 'fastly', 'sentry'].includes(system))
  expect(read.map(({ state }) => state)).toEqual(Array(7).fill('verified'))
  expect([world.fastly.user(emailOf('Priya Shah'))?.role, world.sentry.member(emailOf('Priya Shah'))?.orgRole]).toEqual(
    ['engineer', 'admin'],
  )

  // One membership is taken back with its own signed act, and read back absent.
  await section.getByText('How each step was proved').click()
  await section.getByRole('button', { name: 'Revoke GitHub admin team for Priya Shah' }).click()
  const revoke = await frameOf(dan, 'window.html')
  await revoke.getByRole('heading', { name: 'Revoke GitHub admin team of Priya Shah' }).waitFor()
  expect(await accessible(revoke)).toEqual([])
  await revoke.getByLabel('Why').last().fill('Moves to another team')
  await revoke.getByRole('button', { name: 'Revoke GitHub admin team' }).click()
  await hasBadge(sam, title, 'Partly revoked')
  expect(world.github.membership(org, 'production-admin', 'priya-s')).toBe('none')
  expect(world.github.membership(org, 'production-deploy', 'priya-s')).toBe('active')
  expect(await verifyLog(world.product.db.kysely, [])).toMatchObject({ ok: true })
  expect(world.trello.problems).toEqual([])
  expect(unexpected(errors)).toEqual([])
})

async function stepsOf(request: string) {
  const rows = await stage.world.product.db.kysely
    .selectFrom('step')
    .selectAll()
    .where('request_id', '=', request)
    .where('direction', '=', 'grant')
    .orderBy('ordinal')
    .execute()
  return rows.map(({ state, plan }) => ({ state, system: plan.system }))
}

/** Everybody does what is theirs until it is granted; then every step was verified or seen, and the section says who approved. */
async function toTheEnd(request: string, engineer: 'priya' | 'ada' | 'omar', section: Frame): Promise<void> {
  const github = people.find((one) => one.username === engineer)?.github ?? ''
  await grantWhole(stage.world, request, { engineer, github, doer: 'alex', second: 'jo', senior: 'dan' })
  const steps = await stepsOf(request)
  expect(steps).toHaveLength(STEPS_OF_ADMIN)
  expect(new Set(steps.map((step) => step.state))).toEqual(new Set(['verified', 'seen']))
  await section.getByRole('heading', { name: /^Granted on .* by Dan Reyes/ }).waitFor({ timeout: 30_000 })
}

async function fillReview(approve: Frame, response: string): Promise<void> {
  await approve.getByLabel('Form response: link or number').fill(response)
  await approve.getByLabel('Form version').fill('Google Form')
  await confirmAll(approve)
}

test('an apprentice reads the rule, says two things, the line manager agrees by their own click, and it is granted', {
  timeout: 240_000,
}, async () => {
  const { look } = stage
  const { title, request } = await asked('admin', 'ada', 'Ada Quinn')
  const ada = await look('ada')
  const section = await openCard(ada, title)
  const details = await openWindow(ada, 'Finish your details')
  await details.getByText('a technologist apprentice is limited to Production Deploy access').waitFor()
  await details.getByLabel('I am confident').check()
  await details.getByLabel('I want to take on a 2nd line shift as a Secondary').check()
  await carriedOut(ada, () => details.getByRole('button', { name: 'Save details' }).click())
  await dismiss(ada)
  await hasBadge(ada, title, 'Waiting: a confirmation')

  const dan = await look('dan')
  await openCard(dan, title)
  const word = await openWindow(dan, 'Answer')
  await carriedOut(dan, () => word.getByRole('button', { name: 'I agree' }).click())
  await section.getByText('Your line manager agrees', { exact: true }).waitFor()
  await dismiss(dan)
  // No board tells why it waited.
  expect(await ada.locator('.front', { hasText: title }).innerText()).not.toMatch(/probation|apprentice|line manager/i)

  const approve = await openWindow(dan, 'Review and approve')
  await fillReview(approve, 'response 43')
  await approve.getByRole('button', { name: 'Give Ada Production Admin access' }).click()
  await approve.locator('p', { hasText: 'The work goes on.' }).waitFor()
  await toTheEnd(request, 'ada', section)
})

test('an apprentice on probation: no agreement overrides the register, and no board tells it', {
  timeout: 90_000,
}, async () => {
  const { world, look } = stage
  const { title, request } = await asked('admin', 'mia', 'Mia Cole', { confident: true, wantsSecondary: true })
  await as(world, 'dan').act('line-manager-agrees', request)
  const mia = await look('mia')
  const section = await openCard(mia, title)
  await section.getByText('The register says that probation has not been passed yet.').waitFor()
  expect(await mia.locator('.front', { hasText: title }).innerText()).not.toMatch(/probation|apprentice|line manager/i)
})

test('a contractor: clearance that the register does not know is recorded where it was seen, probation in writing, and it is granted', {
  timeout: 240_000,
}, async () => {
  const { look } = stage
  const { title, request } = await asked('admin', 'omar', 'Omar Aziz')
  const dan = await look('dan')
  await hasBadge(dan, title, 'Senior Tech: review')
  const section = await openCard(dan, title)
  const approve = await openWindow(dan, 'Review and approve')
  await fillReview(approve, 'response 42')
  const give = approve.getByRole('button', { name: 'Give Omar Production Admin access' })
  await give.click()
  const summary = approve.locator('.summary')
  await summary.getByText('Say where you have seen it.').first().waitFor()
  await approve
    .getByLabel(/I have seen that Omar has .*BPSS clearance: where/)
    .first()
    .fill('Vetting list of the supplier')
  await approve.getByLabel('When').first().fill('2026-11-02')
  await give.click()
  await summary.getByText('Say in writing how this condition is met.').first().waitFor()
  await approve
    .getByLabel('How “Probation” is met for this contractor')
    .fill('Six months with us, reviewed by Dan on 2 November')
  await give.click()
  await approve.locator('p', { hasText: 'The work goes on.' }).waitFor()
  await toTheEnd(request, 'omar', section)
})

test.each([
  ['sam', 'Lee Hart', 'lee', 'You cannot approve this because you are not recorded as Lee’s tech lead. Nia Frost is.'],
  [
    'nia',
    'Lee Hart',
    'lee',
    'You cannot approve this because a tech lead who sponsors must be a civil servant. Any Senior Tech member can approve it.',
  ],
  [
    'tom',
    'Tom Vance',
    'tom',
    'You cannot approve your own request. Sam Okoro, your tech lead, or any Senior Tech member can.',
  ],
  ['dan', 'Dan Reyes', 'dan', 'You cannot approve your own request.'],
])(
  '%s cannot approve the request of %s, and reads why and who can',
  { timeout: 60_000 },
  async (viewer, name, engineer, words) => {
    const { world, look } = stage
    const known = await world.product.db.kysely
      .selectFrom('card')
      .select('id')
      .where('name', '=', `Production Deploy for ${name}`)
      .executeTakeFirst()
    if (!known) await asked('deploy', engineer, name)
    const page = await look(viewer)
    const section = await openCard(page, `Production Deploy for ${name}`)
    await section.getByText(words).waitFor()
    expect(await page.getByRole('button', { name: 'Check and approve' }).count()).toBe(0)
    // The words on the card are no lock: the act itself is refused, in the same words, and logged.
    const row = await world.product.db.kysely
      .selectFrom('request')
      .innerJoin('card', 'card.id', 'request.card_id')
      .select('request.id')
      .where('card.name', '=', `Production Deploy for ${name}`)
      .executeTakeFirstOrThrow()
    await expect(as(world, viewer).act('approve', row.id, confirmations)).rejects.toThrow(words)
  },
)
