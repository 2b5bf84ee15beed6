import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, londonDay } from '../server/clock.ts'
import { createAwsAccount } from '../server/systems/aws/account.ts'
import { createGuard } from '../server/systems/http/guard.ts'
import { as } from './http/as.ts'
import type { State } from './local-systems/signon/model.ts'
import { createNights } from './local-systems/signon/nights.ts'
import { googleGroup } from './practice-seed.ts'
import { emailOf, memberId, type PracticeWorld, startPracticeWorld } from './practice-world.ts'

/** Days that somebody lets pass on the practice board pass in every system around it, and nobody's sign-in is lost by it. */

let world: PracticeWorld
beforeAll(async () => {
  world = await startPracticeWorld({ folder: null })
})
afterAll(() => world.close())

const priya = emailOf('Priya Shah')
const jo = emailOf('Jo Bell')
test('43 days: memberships end, changes arrive, sessions are opened anew, and what is written is of that day', async () => {
  const { google, aws, trello, clock } = world
  google.addMember(googleGroup, priya, 'MEMBER', new Date(clock.calendar().getTime() + 30 * DAY).toISOString())
  aws.addGroup('production-access-staging')
  aws.settleMs = DAY
  aws.apply('staging')
  aws.putRole('staging', 'priya.shah-user', [])
  const account = createAwsAccount({
    name: 'the base account',
    readAs: aws.readRole('base'),
    region: 'eu-west-1',
    iamUrl: aws.origin,
    stsUrl: aws.origin,
    credentials: aws.credentials,
    now: clock.wall,
    guard: createGuard({ name: 'AWS', now: clock.wall }),
  })
  const sessions = async () => {
    const before = aws.calls.length
    expect((await account.user(jo))?.arn).toContain(jo)
    return aws.calls.slice(before).map(({ action, status }) => `${action} ${status}`)
  }
  await sessions()
  expect(await sessions()).toEqual(['GetUser 200'])
  const { id } = await world.product.db.kysely
    .selectFrom('person')
    .select('id')
    .where('full_name', '=', 'Jo Bell')
    .executeTakeFirstOrThrow()
  await as(world, 'rae').act('record-absence', id, {
    away: 'yes',
    start: londonDay(clock.calendar()),
    end: '',
    source: 'HR',
  })
  expect([google.roleOf(googleGroup, priya), aws.role('staging', 'priya.shah-user')]).toEqual(['MEMBER', null])
  await world.moveCalendar(43)
  expect(google.roleOf(googleGroup, priya)).toBe('none')
  expect(aws.role('staging', 'priya.shah-user')?.name).toBe('priya.shah-user')
  // By our own clock the session still holds: it ended early, and is opened anew.
  expect(await sessions()).toEqual(['GetUser 403', 'AssumeRole 200', 'GetUser 200'])
  const card = trello.model.createCard(memberId('sam'), world.listId('To do'), 'After the move')
  expect(londonDay(new Date(card.dateLastActivity))).toBe(londonDay(clock.calendar()))
})

test('Signon suspends whoever is away once 45 days are over, and staging has it by the next weekday copy', async () => {
  const { signon } = world
  const statuses = () => [signon.user(jo)?.suspended ?? null, signon.inStaging(jo)?.suspended ?? null]
  expect(statuses()).toEqual([null, null])
  await world.moveCalendar(7)
  expect(statuses()).toEqual(['Not signed in for 45 days', 'Not signed in for 45 days'])
  expect(signon.user(jo)?.role).toBe('superadmin')
  // Everybody else was at work, and signed in.
  for (const name of ['Dan Reyes', 'Alex Green', 'Rae Lund', 'Sam Okoro'])
    expect([name, signon.user(emailOf(name))?.suspended]).toEqual([name, null])
})

test('its nights go by the clock in London: a copy at 01:03 on weekdays, of the backup at 23:03; suspending at 04:27', () => {
  const user = { uid: 'u-1', name: 'Jo Bell', email: jo, role: 'normal' as const, signIns: 1, invited: false }
  const rest = { created: '2026-01-01T00:00:00Z', suspended: null, twoStep: true, permissions: {} }
  const state: State = { users: [{ ...user, ...rest, lastSignIn: '2026-10-09T12:00:00Z' }] }
  const told: string[] = []
  let now = new Date('2026-11-20T12:00:00Z')
  const nights = createNights(
    state,
    () => now,
    ({ uid }) => told.push(uid),
  )
  const at = (moment: string) => {
    now = new Date(moment)
    nights.pass()
    return [state.users[0]?.suspended === null, state.staging?.map(({ suspended }) => suspended === null)]
  }
  // Friday: nothing was backed up yet. Monday: what was backed up on Sunday.
  expect(at('2026-11-20T12:00:00Z')).toEqual([true, undefined])
  expect(at('2026-11-23T01:02:00Z')).toEqual([true, undefined])
  expect(at('2026-11-23T01:03:00Z')).toEqual([true, [true]])
  // 45 days are over at noon: the next night suspends, and the night after that staging shows it.
  expect(at('2026-11-23T12:00:01Z')).toEqual([true, [true]])
  expect(at('2026-11-24T04:26:00Z')).toEqual([true, [true]])
  expect(at('2026-11-24T04:27:00Z')).toEqual([false, [true]])
  expect(at('2026-11-25T01:03:00Z')).toEqual([false, [false]])
  expect(told).toEqual(['u-1'])
  // In summer 01:03 is 00:03 of UTC; whoever was let in again has a week.
  Object.assign(state.users[0] ?? {}, { suspended: null, unsuspended: '2027-06-01T12:00:00Z' })
  now = new Date('2027-06-01T12:00:00Z')
  Object.assign(state, { nightsTo: now.toISOString() })
  expect(at('2027-06-02T00:03:00Z')).toEqual([true, [true]])
  expect(at('2027-06-08T05:00:00Z')[0]).toBe(true)
  expect(at('2027-06-09T05:00:00Z')[0]).toBe(false)
})
