import { expect, test } from 'vitest'
import { append } from '../../server/audit/append.ts'
import type { NewEvent } from '../../server/audit/events.ts'
import type { Tx } from '../../server/db/database.ts'
import { afterMove } from '../../server/grants/acts/after-move.ts'
import { openFinding } from '../../server/grants/drift/open-finding.ts'
import { compareWhenDue } from '../../server/grants/drift/run.ts'
import { digestOfFound, whatWasFound } from '../../server/grants/drift/what-was-found.ts'
import { lookForMore } from '../../server/grants/look-for-more.ts'
import { checkCommand, planOfCommand, revokeByCommand } from '../../server/grants/revoke-by-command.ts'
import { wholeRevocation } from '../../server/grants/revoke-person.ts'
import { verifySteps } from '../../server/grants/verify-steps.ts'
import { readPerson } from '../../server/http/reading/people.ts'
import { readWindow } from '../../server/http/reading/window.ts'
import { revokedWords } from '../../server/http/views/closed.ts'
import { reviewAccessForm } from '../../server/http/views/windows/reviewing-access.ts'
import { createReviewRun } from '../../server/requests/review-day.ts'
import { testDatabase } from '../db/database.ts'
import { closeAll, granted, worldOf } from './granted.ts'
import { DAYS, org, type TestOffice } from './office.ts'
import { officeEach } from './office-each.ts'

/** Somebody leaves: what was given goes, and what was found too. */

let it: TestOffice

officeEach(testDatabase, (office) => {
  it = office
})

const report = (error: unknown) => void it.reported.push(error)
const admins = () => it.github.membership(org, 'production-admin', 'priya-s')

/** Put into the admin team by hand, and found by a comparison. */
const foundInAdmin = () => foundIn('production-admin', 'priya-s')

async function foundIn(team: string, login: string): Promise<void> {
  const { db, office, adapters } = it
  it.github.addOrgMember(org, login)
  it.github.addMember(org, team, login)
  it.pass(1.1 * DAYS)
  await compareWhenDue({
    db,
    office,
    adapters,
    clock: office.clock,
    machines: [],
    files: [],
    everyMs: DAYS,
    append: (tx, events) => append(tx, events, office.clock),
    report,
    signal: new AbortController().signal,
  })
}

/** Opens a revoke window: the systems are looked at. */
async function looked(request: string) {
  const { db, office, adapters } = it
  const { card } = await worldOf(it, request)
  await lookForMore({ db, office, adapters, clock: office.clock, report }, card.id, 2_000)
  return worldOf(it, request)
}

async function leaves(): Promise<string> {
  const { db, office } = it
  const priya = await it.personId('Priya Shah')
  await it.act('rae', 'set-fact', priya, { fact: 'left', value: 'yes', source: 'HR' })
  await createReviewRun({ db, office, append: (tx, events) => append(tx, events, office.clock) })()
  return priya
}

const findings = async (of = 'Priya Shah') =>
  it.db.kysely
    .selectFrom('drift_finding')
    .select(['id', 'key', 'how', 'settled_by'])
    .where('person_id', '=', await it.personId(of))
    .orderBy('key')
    .execute()

/** The window for cause about somebody, and whether their page has its button. */
async function forCause(viewer: string, of: string) {
  const { db, office, adapters } = it
  const person = await it.personId(of)
  const parts = {
    db,
    office,
    refresh: async () => {},
    exports: async () => [],
    lookForMore: (card: string) => lookForMore({ db, office, adapters, clock: office.clock, report }, card, 2_000),
  }
  const page = await readPerson(parts, await it.viewerOf(viewer), person)
  const window = await readWindow(parts, await it.viewerOf(viewer), 'revoke-for-cause', person)
  const plan = window?.parts.flatMap(({ fields }) => fields).find(({ name }) => name === 'plan')
  return {
    person,
    window,
    plan: plan?.kind === 'hidden' ? plan.value : '',
    button: JSON.stringify(page).includes('"revoke-for-cause"'),
  }
}

test('an over-grant that nobody decided about stands in the window, goes with the rest, and is read back', async () => {
  const request = await granted(it)
  await foundInAdmin()
  const priya = await leaves()
  const world = await looked(request)
  const whole = await wholeRevocation(it.db.kysely, it.office, priya)
  const goes = reviewAccessForm(world, whole).parts?.[0]?.rows
  expect(goes?.find(({ title }) => title === 'Remove priya-s from production-admin')?.detail).toContain(
    'Also found, and not in our records.',
  )
  await it.act('sam', 'confirm-revocation', priya, { plan: await it.wholeDigest('Priya Shah') })
  const [finding] = await findings()
  expect(finding).toMatchObject({
    key: 'github-production-admin',
    how: 'removing',
    settled_by: await it.personId('Sam Okoro'),
  })
  expect((await it.events('drift-removal-opened')).map(({ data }) => data['finding'])).toEqual([finding?.id])
  expect(await closeAll(it, request, 'revoke')).toBe(true)
  expect((await it.step(request, 'github-production-admin', 'revoke')).state).toBe('verified')
  expect(admins()).toBe('none')
  // The user in AWS itself: an absence leaves it as it is.
  const user = await it.step(request, 'aws-iam-user', 'revoke')
  expect(user).toMatchObject({ state: 'seen', plan: { undoTask: { doer: 'senior-tech' } } })
  const holding = await it.db.kysely
    .selectFrom('holding')
    .select(['ended_by_step', 'ended_at'])
    .where('grant_key', '=', 'aws-iam-user')
    .executeTakeFirstOrThrow()
  expect(holding.ended_by_step).toBe(user.id)
  expect((await it.request(request)).state).toBe('ended')
})

test('what was found and not taken is said of the request that ended, and nobody reads that nothing is left', async () => {
  const request = await granted(it)
  await foundInAdmin()
  // Nobody looked before it was signed.
  await it.act('sam', 'undo-granted', request, {})
  await closeAll(it, request, 'revoke')
  expect(admins()).toBe('active')
  expect(revokedWords(await worldOf(it, request))).toMatch(/, and something is there that no record has$/)
})

test('at once for cause, of whoever has nothing but what no record has: what stood in the window goes, and is read back', async () => {
  await foundIn('production-deploy', 'lee-h')
  await foundIn('production-admin', 'lee-h')
  const { person, window, plan, button } = await forCause('Dan Reyes', 'Lee Hart')
  expect(button).toBe(true)
  expect(window?.refusal).toBeNull()
  expect(window?.parts[0]?.rows.map(({ title }) => title)).toEqual([
    'Remove lee-h from production-admin',
    'Remove lee-h from production-deploy',
  ])
  expect(window?.parts[0]?.text).toEqual([])
  // What no step can take is said before anybody believes that all goes.
  await it.db.kysely.updateTable('drift_finding').set({ level: 'of-before' }).where('key', 'like', '%admin').execute()
  const partly = (await forCause('Dan Reyes', 'Lee Hart')).window?.parts[0]
  expect(partly?.rows).toHaveLength(1)
  expect(partly?.text).toEqual([expect.stringMatching(/^Only in the system itself can this be taken: Lee Hart /)])
  await it.db.kysely.updateTable('drift_finding').set({ level: 'admin' }).where('level', '=', 'of-before').execute()
  // Nobody else gets the window, with its names.
  expect((await forCause('Alex Green', 'Lee Hart')).window).toBeNull()
  // What was found since stood in no window.
  const stale = { plan: '0'.repeat(64), reason: 'Stolen laptop' }
  await expect(it.act('dan', 'revoke-for-cause', person, stale)).rejects.toThrow('What they hold changed')
  const said = await it.act('dan', 'revoke-for-cause', person, { plan, reason: 'Stolen laptop' })
  expect(said).toContain('tell Rae Lund yourself')
  const found = await findings('Lee Hart')
  expect(found.map(({ how, settled_by }) => [how, settled_by])).toEqual([
    ['removing', await it.personId('Dan Reyes')],
    ['removing', await it.personId('Dan Reyes')],
  ])
  for (const { id } of found) {
    expect(await closeAll(it, id, 'revoke')).toBe(true)
    expect((await it.steps(id, 'revoke')).map(({ state }) => state)).toEqual(['verified'])
    expect((await it.request(id)).state).toBe('ended')
  }
  for (const team of ['production-deploy', 'production-admin'])
    expect(it.github.membership(org, team, 'lee-h')).toBe('none')
  expect((await it.events('undo-opened')).every(({ data }) => 'signedAct' in data)).toBe(true)
  const opened = (await it.events('drift-removal-opened')).map(({ data }) => data['finding'])
  expect(new Set(opened)).toEqual(new Set(found.map(({ id }) => id)))
  expect(await verifySteps(it.db.kysely)).toEqual([])
  const again = await forCause('Dan Reyes', 'Lee Hart')
  expect([again.window, again.button]).toEqual([null, false])
})

test('another account of theirs that has the same goes too, by a record of its own', async () => {
  const request = await granted(it)
  it.github.addUser('priya-old', 2001)
  await foundIn('production-deploy', 'priya-old')
  const found = it.db.kysely.selectFrom('drift_finding').select('id').where('kind', '=', 'unmanaged')
  const { id: unnamed } = await found.executeTakeFirstOrThrow()
  const row = await openFinding(it.db.kysely, unnamed)
  if (!row) throw new Error('nothing was found')
  const seen = digestOfFound(await whatWasFound(it.db.kysely, it.office, row))
  const priya = await it.personId('Priya Shah')
  await it.act('dan', 'name-account', unnamed, {
    finding: unnamed,
    plan: seen,
    reason: 'Hers before',
    whose: 'priya.shah@example.gov.uk',
  })
  const named = it.db.kysely.selectFrom('drift_finding').select('id').where('person_id', '=', priya)
  const { id: finding } = await named.where('kind', '=', 'extra').executeTakeFirstOrThrow()
  const plan = await it.wholeDigest('Priya Shah')
  const whole = await wholeRevocation(it.db.kysely, it.office, priya)
  const teams = whole.goes.filter(({ plan: { key } }) => key === 'github-production-deploy')
  expect(teams.map(({ plan: { account } }) => account.name).toSorted()).toEqual(['priya-old', 'priya-s'])
  // What is decided in the queue is no part of a move.
  expect(afterMove(whole).stays.map(({ refusal }) => refusal.code)).toEqual(['found'])
  await it.act('dan', 'revoke-for-cause', priya, { plan, reason: 'Lost laptop' })
  expect(await closeAll(it, request, 'revoke')).toBe(true)
  expect(await closeAll(it, finding, 'revoke')).toBe(true)
  for (const login of ['priya-s', 'priya-old'])
    expect(it.github.membership(org, 'production-deploy', login)).toBe('none')
  expect([(await it.request(request)).state, (await it.request(finding)).state]).toEqual(['ended', 'ended'])
})

test('put back by hand after an absence took it, and gone with the decision when they leave, or by the command', async () => {
  const request = await granted(it)
  await it.act('sam', 'undo-granted', request, {})
  await closeAll(it, request, 'revoke')
  await foundIn('production-deploy', 'priya-s')
  const { db, office, adapters } = it
  const parts = { db, office, adapters, append: (tx: Tx, events: NewEvent[]) => append(tx, events, office.clock) }
  const asked = { person: 'priya.shah@example.gov.uk', operator: 'Dan Reyes', reason: 'Lost laptop' }
  const { goes } = await planOfCommand(parts, await checkCommand(parts, asked))
  expect(goes.map(({ plan }) => plan.key)).toEqual(['github-production-deploy'])
  const priya = await leaves()
  const plan = await it.wholeDigest('Priya Shah')
  expect((await wholeRevocation(db.kysely, office, priya)).goes.map(({ plan }) => plan.key)).toEqual([
    'aws-iam-user',
    'github-production-deploy',
  ])
  await it.act('sam', 'confirm-revocation', priya, { plan })
  const record = (await findings()).find(({ key }) => key === 'github-production-deploy')?.id ?? ''
  for (const one of [request, record]) expect(await closeAll(it, one, 'revoke')).toBe(true)
  expect(it.github.membership(org, 'production-deploy', 'priya-s')).toBe('none')
  expect((await it.step(record, 'github-production-deploy', 'revoke')).state).toBe('verified')

  // By the command, with Trello down.
  await foundIn('production-deploy', 'priya-s')
  await revokeByCommand(parts, await checkCommand(parts, asked))
  const [commanded] = (await findings()).filter(({ id, how }) => how === 'removing' && id !== record)
  expect(await closeAll(it, commanded?.id ?? '', 'revoke')).toBe(true)
  expect(it.github.membership(org, 'production-deploy', 'priya-s')).toBe('none')
  expect((await it.events('revoked-by-command')).map(({ data }) => data['reviewAfter'])).toEqual([true])
  expect(await verifySteps(it.db.kysely)).toEqual([])
})

test('given back whole, what was found goes too', async () => {
  const request = await granted(it)
  await foundInAdmin()
  await looked(request)
  await it.act('priya', 'undo-granted', request, {})
  expect((await it.steps(request, 'revoke')).map(({ key }) => key)).toContain('github-production-admin')
  expect((await findings()).map(({ how }) => how)).toEqual(['removing'])
})

test('who was away first and leaves then: the user in AWS that stayed is decided about, taken and seen gone', async () => {
  const request = await granted(it)
  await it.act('sam', 'undo-granted', request, {})
  await closeAll(it, request, 'revoke')
  expect((await it.request(request)).state).toBe('ended')
  const steps = await it.steps(request, 'revoke')
  // Whatever was asked for on the same card since, and withdrawn, hides nothing of it.
  const { card } = await worldOf(it, request)
  await it.act('priya', 'ask', card.id)
  const again = await worldOf(it, request)
  expect(again.request?.previous_request_id).toBe(request)
  await it.act('priya', 'withdraw', again.request?.id ?? '')
  const priya = await leaves()
  const whole = await wholeRevocation(it.db.kysely, it.office, priya)
  expect(reviewAccessForm(await worldOf(it, request), whole).parts?.[0]?.rows.map(({ title }) => title)).toEqual([
    'Have the IAM user priya.shah@example.gov.uk deleted, because Priya has left',
  ])
  const told = await it.db.kysely.selectFrom('notice').select('kind').where('kind', 'like', 'review-due%').execute()
  expect(told).toHaveLength(1)
  await it.act('sam', 'confirm-revocation', priya, { plan: await it.wholeDigest('Priya Shah') })
  expect(await closeAll(it, request, 'revoke')).toBe(true)
  expect((await it.request(request)).state).toBe('ended')
  expect((await it.steps(request, 'revoke')).map(({ key }) => key).toSorted()).toEqual(
    [...steps.map(({ key }) => key), 'aws-iam-user'].toSorted(),
  )
  expect(await it.db.kysely.selectFrom('holding').select('id').where('ended_at', 'is', null).execute()).toEqual([])
})
