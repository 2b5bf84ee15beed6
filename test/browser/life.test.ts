import type { Frame } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { londonDay } from '../../server/clock.ts'
import { as, confirmations, copyTemplate, requestOn, until } from '../http/as.ts'
import { compareNow, grantWhole, revokeWhole } from '../http/life.ts'
import { awsEnvironments, emailOf, listsRepository, org } from '../practice-world.ts'
import { dismiss, frameOf, hasBadge, openCard, openStage, openWindow, type Stage, unexpected } from './stage.ts'

/**
 * Life after the grant in a real browser, on a board whose calendar is moved: people click what only people decide, and what
 * 2nd line and the systems do meanwhile is done over HTTP, as other tests look at that.
 */

const title = 'Production Deploy for Tom Vance'
const everybody = { engineer: 'tom', github: 'tom-v', doer: 'alex', second: 'jo', senior: 'dan' }

let stage: Stage
let card = ''
beforeAll(async () => {
  stage = await openStage()
  const { world } = stage
  card = await copyTemplate(world, 'deploy', title)
  const names = { email: emailOf('Tom Vance'), github: 'tom-v', aws: emailOf('Tom Vance') }
  await as(world, 'tom').act('ask', card, { ...names, reason: 'Search', signonApps: 'Release, Whitehall' })
  await as(world, 'sam').act('approve', await requestOn(world, card), confirmations)
  await grantWhole(world, await requestOn(world, card), everybody)
}, 120_000)
afterAll(() => stage?.close())

/** What a system itself says of Tom. */
function has() {
  const { github } = stage.world
  const lists = ['staging', 'production'].map((name) =>
    github.file(listsRepository, `data/infra-security/${name}/common.tfvars`).includes(emailOf('Tom Vance')),
  )
  return { team: github.membership(org, 'production-deploy', 'tom-v'), lists }
}
const everything = { team: 'active', lists: [true, true] }
const nothing = { team: 'none', lists: [false, false] }

test('an absence passes 42 days, access is revoked and read back, and who returns is whole again', {
  timeout: 180_000,
}, async () => {
  const { world, look } = stage
  expect(has()).toEqual(everything)
  const first = await requestOn(world, card)
  const sam = await look('sam')
  const openPage = async () => {
    await sam.getByRole('button', { name: 'People and access' }).click()
    const people = await frameOf(sam, 'people.html')
    await people.getByLabel('Name').fill('Tom')
    await people.getByRole('button', { name: 'Look up' }).click()
    await people.getByRole('button', { name: 'Tom Vance' }).click()
    return people
  }
  const record = async (what: string, start: string) => {
    const people = await openPage()
    await people.getByRole('radio', { name: what }).check()
    await people.getByLabel('First day away').fill(start)
    await people.getByLabel('Where').fill('HR')
    await people.getByRole('button', { name: 'Record it' }).click()
    await people.locator('.said .note').waitFor()
  }
  const move = async (days: string) => {
    const reloaded = sam.waitForEvent('load')
    await sam.getByLabel('Today is').selectOption(`Move the calendar by ${days}`)
    await reloaded
  }

  await record('Away, or will be', londonDay(world.clock.calendar()))
  await dismiss(sam)
  await move('43 days')
  await hasBadge(sam, title, 'Sponsor: review')
  const people = await openPage()
  await people.getByRole('button', { name: 'Check and revoke: Tom Vance' }).click()
  await people.getByRole('button', { name: 'Revoke everything' }).click()
  await until(
    async () => (await as(world, 'sam').section(card)).status.headline.startsWith('Revoking'),
    'the revocation to begin',
  )
  await revokeWhole(world, first, everybody)
  expect(has()).toEqual(nothing)
  await dismiss(sam)
  await record('Not away', '')
  await dismiss(sam)

  const tom = await look('tom')
  await openCard(tom, title)
  const ask = await openWindow(tom, 'Ask to return')
  await ask.getByText('Production Deploy was revoked on').waitFor()
  expect(await ask.locator('body').innerText()).toContain('Signon keeps the role and the applications')
  expect(await ask.getByLabel('Signon applications').inputValue()).toBe('Release, Whitehall')
  await ask.getByRole('button', { name: 'Ask for access' }).click()
  await hasBadge(sam, title, 'Sponsor: approve')
  await openCard(sam, title)
  const approve = await openWindow(sam, 'Check and approve')
  await approve.getByText('after more than 42 days away').waitFor()
  for (const label of ['code review', 'releasing code', 'roll back', 'get help'])
    await approve.getByRole('checkbox', { name: new RegExp(label) }).check()
  await approve.getByRole('button', { name: 'Give Tom Production Deploy access' }).click()
  await approve.locator('p', { hasText: 'The work goes on.' }).waitFor()
  const second = await requestOn(world, card)
  expect(second).not.toBe(first)
  await grantWhole(world, second, everybody)
  await hasBadge(sam, title, 'Deploy granted')
  expect(has()).toEqual(everything)
})

/** What the settings say of one system since the newest comparison. */
async function differences(system: string): Promise<string[]> {
  const { parts } = await as(stage.world, 'sam').settings()
  const rows = parts.find((part) => part.title === 'Our record and the systems')?.rows ?? []
  return rows.flatMap((row) => (row.title.startsWith(`${system}:`) ? [row.title, row.detail ?? ''] : []))
}

/** What the queue says of Tom beside his request. */
async function aboutTom(): Promise<string[]> {
  const { rows } = await as(stage.world, 'sam').queue('everything')
  return rows.flatMap((row) => (row.person === 'Tom Vance' && row.level !== 'Revoke' ? [row.what] : []))
}

async function openQueue(who: string): Promise<Frame> {
  const page = await stage.look(who)
  await page.getByRole('button', { name: 'Access queue' }).click()
  const queue = await frameOf(page, 'queue.html')
  await queue.getByRole('link', { name: /^Everything/ }).click()
  return queue
}

const ofSam = 'AWS production (role_user_user_arns)'
const listOfSam = 'data/infra-security/production/common.tfvars'

test('what is gone is found as missing, not forgotten while nobody can tell, and granted again', {
  timeout: 120_000,
}, async () => {
  const { world } = stage
  await removedInGithub('tom-v')
  await compareNow(world)
  // What somebody has since long before is adopted, and goes by hand later.
  const dan = await openQueue('dan')
  await decideIn(dan, 'Adopt it', ofSam, `Adopt ${ofSam}`, 'Adopted.')
  // Somebody else takes their place: a list is never emptied.
  const list = world.github.file(listsRepository, listOfSam).replace(emailOf('Sam Okoro'), emailOf('Jo Bell'))
  world.github.commit(listsRepository, { [listOfSam]: list })
  world.aws.apply('production')
  const queue = await openQueue('sam')
  const missing = 'Our record says that Tom Vance has GitHub. GitHub does not show it.'
  await queue.getByText(missing).waitFor()
  world.github.faults.next('forbidden', 'GET production-deploy')
  await compareNow(world)
  expect((await differences('GitHub')).join()).toContain('Could not be told')
  expect(await aboutTom()).toEqual([missing])
  await decideIn(dan, 'Record it as ended', ofSam, `Record ${ofSam} as ended`, 'It is looked at once more now.')
  await queue.getByRole('button', { name: 'Grant it again: GitHub of Tom Vance' }).click()
  await queue.getByLabel('Why').fill('Removed by mistake')
  await queue.getByRole('button', { name: 'Grant GitHub again' }).click()
  await until(async () => has().team === 'active', 'the membership')
  await compareNow(world)
  expect(await aboutTom()).toEqual([])
  expect(has()).toEqual(everything)
})

/** Settles a difference of Sam's in the queue, by one of the ways that its row offers. */
async function decideIn(queue: Frame, way: string, what: string, button: string, said: string): Promise<void> {
  await queue.getByRole('button', { name: `${way}: ${what} of Sam Okoro` }).click({ timeout: 20_000 })
  await queue.getByLabel('Why', { exact: true }).fill('Asked on Monday')
  await queue.getByRole('button', { name: button, exact: true }).click()
  await queue.locator('p.note', { hasText: said }).waitFor()
}

/** By an owner's hand, beside the product. */
async function removedInGithub(login: string): Promise<void> {
  const { github } = stage.world
  const path = `/api/orgs/${org}/teams/production-deploy/memberships/${login}`
  const headers = { authorization: `Bearer ${github.token}` }
  expect((await fetch(`${github.origin}${path}`, { method: 'DELETE', headers })).status).toBe(204)
}

test('what is not needed any more is given back by the engineer, who sees the plan first', {
  timeout: 120_000,
}, async () => {
  const { world, look } = stage
  const tom = await look('tom')
  const section = await openCard(tom, title)
  await section.getByText('How each step was proved').click()
  await section.getByRole('button', { name: 'Give all of it back' }).click()
  const giveBack = await frameOf(tom, 'window.html')
  await giveBack.getByText('Remove tom-v from').first().waitFor()
  await giveBack.getByRole('button', { name: 'Revoke Production Deploy' }).click()
  await section.getByRole('heading', { name: /^Revoking/ }).waitFor({ timeout: 20_000 })
  // Out of the list, and still in AWS: a comparison in the middle of it alarms nobody. What Sam has not may still be missing.
  const request = await requestOn(world, card)
  const merged = ({ body, number }: { body: string; number: number }) =>
    body.includes(request) && world.github.merge(listsRepository, number)
  await until(async () => world.github.pulls(listsRepository).some(merged), 'the pull request')
  await compareNow(world)
  expect((await differences('AWS')).join()).not.toMatch(/[2-9] missing|not clear/)
  expect(await aboutTom()).toEqual([])
  for (const environment of awsEnvironments) world.aws.apply(environment)
  await revokeWhole(world, request, everybody)
  await section.getByRole('heading', { name: /^Revoked on/ }).waitFor({ timeout: 20_000 })
  expect(has()).toEqual(nothing)
})

test('what somebody did by hand is found, and removed from the queue', { timeout: 120_000 }, async () => {
  const { world } = stage
  world.github.addMember(org, 'production-deploy', 'tom-v')
  await compareNow(world)
  const queue = await openQueue('sam')
  await queue.getByRole('button', { name: 'Remove it: GitHub of Tom Vance' }).click()
  await queue.getByLabel('Why').fill('Nobody asked for it')
  await queue.getByRole('button', { name: 'Remove GitHub' }).click()
  await until(async () => has().team === 'none', 'it to be gone')
})

test('what belongs to nobody in the register is found, is said to be somebody’s, and then removed as theirs', {
  timeout: 120_000,
}, async () => {
  const { world, errors } = stage
  world.github.addOrgMember(org, 'kit-d')
  world.github.addMember(org, 'production-deploy', 'kit-d')
  await compareNow(world)
  const rae = await openQueue('rae')
  await rae.getByText('kit-d has GitHub and belongs to nobody in the register.').waitFor()
  await rae.getByRole('button', { name: 'Say whose it is: GitHub of kit-d' }).click()
  await rae.getByLabel('Whose it is: their work email').fill(emailOf('Kit Doyle'))
  await rae.getByLabel('Why', { exact: true }).fill('Kit said so')
  await rae.locator('.opened').getByRole('button', { name: 'Say whose it is' }).click()
  await rae.getByText('What this account has stands in the queue as theirs now').waitFor()
  await compareNow(world)
  const dan = await openQueue('dan')
  await dan.getByText('Kit Doyle has GitHub, and nobody granted it here.').waitFor()
  await dan.getByRole('button', { name: 'Remove it: GitHub of Kit Doyle' }).click()
  await dan.getByLabel('Why', { exact: true }).fill('Nobody asked for it')
  await dan.getByRole('button', { name: 'Remove GitHub' }).click()
  await until(async () => world.github.membership(org, 'production-deploy', 'kit-d') === 'none', 'it to be gone')
  expect(world.trello.problems).toEqual([])
  expect(unexpected(errors)).toEqual([])
})

test('what was adopted and went by hand is over once a look says so too: it was recorded as ended above', {
  timeout: 90_000,
}, async () => {
  const { kysely } = stage.world.product.db
  const types = ['drift-adopted', 'drift-recorded-as-ended', 'drift-ended'] as const
  const said = kysely.selectFrom('event').select('type').where('type', 'in', types).orderBy('seq')
  // The look comes within a minute.
  await until(async () => (await said.execute()).length === types.length, 'the look', 70_000)
  expect((await said.execute()).map(({ type }) => type)).toEqual([...types])
  const { rows } = await as(stage.world, 'dan').queue('everything')
  expect(rows.filter(({ person, what }) => person === 'Sam Okoro' && what.includes(ofSam))).toEqual([])
})
