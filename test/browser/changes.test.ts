import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyLog } from '../../server/audit/verify.ts'
import { DAY, londonDay } from '../../server/clock.ts'
import type { Button } from '../../server/http/api.ts'
import { as, until } from '../http/as.ts'
import { compareNow, grantWhole, revokeWhole } from '../http/life.ts'
import { emailOf, memberId, org } from '../practice-world.ts'
import {
  deploy,
  doers,
  type Engineer,
  grant,
  has,
  lowered,
  names,
  noOthers,
  pageOf,
  record,
  requests,
  titles,
} from './holders.ts'
import {
  carriedOut,
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

/**
 * Somebody leaves, somebody's level is lowered, and they move to another team, in a real browser.
 * What 2nd line says that they did is done in the systems, too.
 */

let stage: Stage
let rae: Page
beforeAll(async () => {
  stage = await openStage()
  await Promise.all((['tom', 'priya'] as const).map((who) => grant(stage, who)))
  rae = await stage.look('rae')
}, 180_000)
afterAll(() => stage?.close())

/** The types of events about somebody's request, in order. */
async function logged(who: Engineer): Promise<string[]> {
  const { kysely } = stage.world.product.db
  const rows = await kysely
    .selectFrom('event')
    .select('type')
    .where('request_id', '=', requests[who] ?? '')
    .orderBy('seq')
    .execute()
  return rows.map(({ type }) => type)
}

test('a leaver: everything goes, each system is read back, and the ledger holds nothing', {
  timeout: 120_000,
}, async () => {
  const { world, look } = stage
  expect(has(stage, 'tom')).toEqual(deploy)
  const page = await record(stage, rae, 'tom', 'Leaving', (part) => part.getByRole('radio', { name: 'Yes' }).check())
  await page.getByText('Tom has left', { exact: true }).waitFor()
  const sam = await look('sam')
  await hasBadge(sam, titles.tom, 'Sponsor: review')
  const section = await openCard(sam, titles.tom)
  await section.getByText('The register says that Tom has left').waitFor()
  const revoke = await openWindow(sam, 'Check and revoke')
  await revoke.getByText('Suspend tom.vance@example.gov.uk in production').waitFor()
  await carriedOut(sam, () => revoke.getByRole('button', { name: 'Revoke everything' }).click())

  // 2nd line suspends the account on Signon's own page, and another looks.
  const [alex, jo] = [await look('alex'), await look('jo')]
  for (const one of [alex, jo]) await one.getByRole('button', { name: 'Access queue' }).click()
  const signon = await stage.browser.newPage()
  await signon.goto(`${world.signon.origin}/users`)
  await signon.getByRole('link', { name: names.tom }).click()
  await signon.getByLabel('Reason for suspension').fill('Left on 24 November')
  await signon.getByRole('button', { name: 'Suspend user' }).click()
  await takeAndDo(await frameOf(alex, 'queue.html'), 'Signon')
  await seeIt(await frameOf(jo, 'queue.html'), 'Signon')
  world.logit.setInTeam('GOV.UK Users', emailOf(names.tom), false)
  await revokeWhole(world, requests.tom ?? '', doers)
  await section.getByRole('heading', { name: /^Revoked on/ }).waitFor({ timeout: 20_000 })
  await hasBadge(sam, titles.tom, 'Revoked')
  expect(has(stage, 'tom')).toEqual({
    teams: ['none', 'none'],
    lists: ['out out', 'out out', 'out out'],
    roles: [false, false],
    signon: 'suspended',
    logit: false,
    others: noOthers,
  })
  expect(await (await pageOf(rae, 'tom')).locator('main').innerText()).toContain('No production access is held.')
  expect(await logged('tom')).toEqual(expect.arrayContaining(['review-opened', 'undo-opened', 'ended']))
})

test('another value than was granted is found: what is less is granted again, what is more is lowered', {
  timeout: 120_000,
}, async () => {
  const { world, look } = stage
  const priya = world.fastly.user(emailOf(names.priya))
  if (!priya) throw new Error('Priya is not in Fastly.')
  priya.role = 'user'
  await compareNow(world)
  const dan = await look('dan')
  await dan.getByRole('button', { name: 'Access queue' }).click()
  const queue = await frameOf(dan, 'queue.html')
  await queue.getByText('Our record says that Priya Shah has Fastly as “engineer, all services”.').waitFor()
  await queue.getByRole('button', { name: 'Grant it again: Fastly of Priya Shah' }).click()
  await queue.getByLabel('Why', { exact: true }).fill('Lowered by mistake')
  await queue.getByRole('button', { name: 'Grant Fastly again' }).click()
  await until(async () => world.fastly.user(emailOf(names.priya))?.role === 'engineer', 'the role')

  // A superuser is more than we may touch: it is said so loudly, and a superuser of Fastly sets it right there.
  priya.role = 'superuser'
  await compareNow(world)
  await queue.getByRole('button', { name: 'Lower it: Fastly of Priya Shah' }).click()
  await queue.getByLabel('Why', { exact: true }).fill('More than was granted')
  await queue.getByRole('button', { name: 'Lower Fastly', exact: true }).click()
  await queue.getByRole('link', { name: /^Everything/ }).click()
  const stuck = queue.locator('tr', { hasText: 'which is more than this access gives, so nothing was changed.' })
  await stuck.waitFor({ timeout: 20_000 })
  priya.role = 'engineer'
  await stuck.getByRole('button', { name: /^Try again/ }).click()
  const lowering = world.product.db.kysely.selectFrom('step').select('state').where('direction', '=', 'revoke')
  const isSeen = async () =>
    (await lowering.where('key', '=', 'fastly').execute()).every(({ state }) => state === 'verified')
  await until(isSeen, 'no more than was granted to be read back')
})

test('a demotion: what Admin has beyond Deploy goes, and Deploy is never missed', { timeout: 120_000 }, async () => {
  const { world, look } = stage
  expect(has(stage, 'priya')).toEqual({
    teams: ['active', 'active'],
    lists: ['in out', 'in out', 'in out'],
    // Admin implies the user's role.
    roles: [true, true],
    signon: 'superadmin',
    logit: true,
    others: ['MEMBER', 'engineer', 'admin'],
  })
  const dan = await look('dan')
  const section = await openCard(dan, titles.priya)
  await section.getByRole('button', { name: 'Lower to Deploy' }).click()
  const lower = await frameOf(dan, 'window.html')
  await lower.getByText('Remove priya-s from GOV.UK Production Admin').waitFor()
  await carriedOut(dan, () => lower.getByRole('button', { name: 'Lower to Production Deploy' }).click())
  await section.getByRole('heading', { name: /^Lowering to Production Deploy, \d of \d+ gone/ }).waitFor()
  const signon = await stage.browser.newPage()
  await signon.goto(`${world.signon.origin}/users`)
  await signon.getByRole('link', { name: names.priya }).click()
  await signon.getByLabel('Role').selectOption('Normal')
  await signon.getByRole('button', { name: 'Change role' }).click()
  await lowerWhole(requests.priya ?? '')
  await section
    .getByRole('heading', { name: /^Granted, and lowered on .* to Production Deploy$/ })
    .waitFor({ timeout: 20_000 })
  await hasBadge(dan, titles.priya, 'Deploy granted')
  const works = section.locator('li', { hasText: 'Works now' })
  expect(await works.innerText()).toContain('AWS read-only')
  expect(await section.locator('main').innerText()).not.toContain('Revoked')
  expect(has(stage, 'priya')).toEqual(lowered)
  const page = await (await pageOf(rae, 'priya')).locator('main').innerText()
  expect(page).toMatch(/^Production Deploy since/m)
  expect(page).not.toMatch(/Argo CD \w+: admin/)
  expect(await logged('priya')).toEqual(expect.arrayContaining(['level-lowered', 'holding-ended', 'granted']))
})

/** Everybody does their part until the lower level stands alone. */
async function lowerWhole(request: string): Promise<void> {
  const { world } = stage
  await revokeWhole(world, request, { ...doers, second: 'ines' }, ['granting', 'granted'])
  await grantWhole(world, request, { engineer: 'priya', github: 'priya-s', ...doers })
}

test('a mover: whoever leads them now decides, and what is kept stays in every system', {
  timeout: 120_000,
}, async () => {
  const { world, look, errors } = stage
  await record(stage, rae, 'priya', 'Team', (part) =>
    part.getByLabel('Tech lead from now on').selectOption('Nia Frost'),
  )
  const nia = await look('nia')
  await hasBadge(nia, titles.priya, 'Sponsor: review')
  const section = await openCard(nia, titles.priya)
  await section.getByText(/ from now on: Nia Frost\./).waitFor()
  await section.getByRole('button', { name: 'Keep access' }).click()
  const keep = await frameOf(nia, 'window.html')
  expect(await keep.locator('main').innerText()).not.toMatch(/remove|suspend/i)
  await keep.getByText('deploy apps').waitFor()
  // Nothing is chosen beforehand: what nobody ticks stays.
  expect(await keep.getByRole('checkbox').count()).toBeGreaterThan(2)
  expect(await keep.getByRole('checkbox', { checked: true }).count()).toBe(0)
  await keep.getByLabel('Why').fill('The same apps in the new team')
  await carriedOut(nia, () => keep.getByRole('button', { name: 'Decide' }).click())
  await section.getByRole('heading', { name: /^Granted, and lowered/ }).waitFor({ timeout: 20_000 })
  expect(has(stage, 'priya')).toEqual(lowered)
  const page = await (await pageOf(rae, 'priya')).locator('main').innerText()
  expect(page).toContain('Tech lead: Nia Frost')
  expect(page).not.toContain('A decision is due')
  expect(await logged('priya')).toEqual(expect.arrayContaining(['review-opened', 'review-decided']))
  expect(await verifyLog(world.product.db.kysely, [])).toMatchObject({ ok: true })
  expect(world.trello.problems).toEqual([])
  expect(unexpected(errors)).toEqual([])
})

test('Trello is down with webhooks lost while card and board are deleted: nothing is forgotten, all is caught up', {
  timeout: 120_000,
}, async () => {
  const { world, errors } = stage
  const { faults, model } = world.trello
  const { kysely } = world.product.db
  const request = requests.priya ?? ''
  const row = kysely.selectFrom('request').selectAll().where('id', '=', request)
  const { card_id, person_id } = await row.executeTakeFirstOrThrow()
  const [card, board] = [model.card(card_id), model.board('PRACTICE')]
  if (!card || !board) throw new Error('There is no card.')

  faults.restDown = true
  faults.dropWebhooks = true
  model.remove(memberId('sam'), card)
  // Of a board that is deleted Trello says no more than of one that we may not read.
  model.setMembership(board, memberId('production-access'), { deactivated: true })
  const from = (days: number) => londonDay(new Date(world.clock.calendar().getTime() + days * DAY))
  const away = { away: 'yes', start: from(0), end: from(60), source: 'HR' }
  await as(world, 'rae').act('record-absence', person_id, away)
  await world.product.newDay()
  world.github.addMember(org, 'production-admin', 'priya-s')
  await compareNow(world)

  // Senior Tech looks from the board that is left: the review stands in the queue, and what somebody did by hand.
  const dan = as(world, 'dan', world.homeOf('alex').id)
  const about = async (button: string) =>
    (await dan.queue('everything')).rows.find(
      ({ person, buttons }) => person === names.priya && buttons.some(({ text }) => text === button),
    )
  const subject = (button: Button | undefined) =>
    button && 'opens' in button.does ? (button.does.args?.['subject'] ?? '') : ''
  const found = await about('Remove it')
  expect(found?.level).toBe('Over-grant')
  const review = await about('Check and revoke')
  await dan.submit('review-access', subject(review?.buttons[0]))
  faults.restDown = false
  faults.dropWebhooks = false
  world.logit.setInTeam('GOV.UK Users', emailOf(names.priya), false)
  await revokeWhole(world, request, { ...doers, second: 'ines' })
  expect(has(stage, 'priya')).toMatchObject({
    teams: ['none', 'none'],
    lists: ['out out', 'out out', 'out out'],
    logit: false,
  })
  await compareNow(world)
  expect((await dan.queue('everything')).rows.filter(({ person }) => person === names.priya)).toEqual([])
  expect(await verifyLog(kysely, [])).toMatchObject({ ok: true })
  expect(unexpected(errors)).toEqual([])
})
