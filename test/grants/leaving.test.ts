import { expect, test } from 'vitest'
import { append } from '../../server/audit/append.ts'
import { compareWhenDue } from '../../server/grants/drift/run.ts'
import { lookForMore } from '../../server/grants/look-for-more.ts'
import { wholeRevocation } from '../../server/grants/revoke-person.ts'
import { revokedWords } from '../../server/http/views/after-granting.ts'
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
async function foundInAdmin(): Promise<void> {
  const { db, office, adapters } = it
  it.github.addMember(org, 'production-admin', 'priya-s')
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

const findings = async () =>
  it.db.kysely
    .selectFrom('drift_finding')
    .select(['id', 'key', 'how', 'settled_by'])
    .where('person_id', '=', await it.personId('Priya Shah'))
    .execute()

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
