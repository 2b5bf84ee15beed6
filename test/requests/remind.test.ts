import { beforeEach, expect, test } from 'vitest'
import { append } from '../../server/audit/append.ts'
import { remindOfDecisions } from '../../server/requests/remind.ts'
import { inWorkingHours, wholeWorkingDays } from '../../server/requests/working-days.ts'
import { type Practice, startPractice } from './office.ts'

/** "No answer for 2 working days: mention the next who can, once." The office starts on Monday 2 March 2026, 9am. */

let office: Practice
beforeEach(async () => {
  office = await startPractice()
})
const remind = () =>
  remindOfDecisions({
    db: office.db,
    office: office.office,
    append: (tx, events) => append(tx, events, office.office.clock),
  })
const reminders = () =>
  office.db.kysely.selectFrom('notice').select(['text', 'mentions']).where('kind', '=', 'reminder').execute()

test.each([
  ['Monday to Wednesday', '2026-03-02T09:00:00Z', '2026-03-04T23:00:00Z', 1],
  ['Monday to Thursday', '2026-03-02T09:00:00Z', '2026-03-05T09:00:00Z', 2],
  ['Friday to Tuesday: the weekend does not count', '2026-03-06T16:00:00Z', '2026-03-10T16:00:00Z', 1],
  ['Friday to Wednesday', '2026-03-06T16:00:00Z', '2026-03-11T09:00:00Z', 2],
  ['Sunday night in London is Monday there, though not in UTC', '2026-07-05T23:30:00Z', '2026-07-08T08:00:00Z', 1],
])('whole working days, %s', (_what, since, now, days) => {
  expect(wholeWorkingDays(new Date(since), new Date(now))).toBe(days)
})

test.each([
  ['2026-03-05T09:00:00Z', true],
  ['2026-03-05T08:59:00Z', false],
  ['2026-07-02T08:00:00Z', true],
  ['2026-03-05T17:00:00Z', false],
  ['2026-03-07T12:00:00Z', false],
])('rings phones at work only: %s', (now, at) => {
  expect(inWorkingHours(new Date(now))).toBe(at)
})

test('the next who can is asked on the third working day, once, and by name neither blames nor tells why', async () => {
  const { card } = await office.ready('priya')
  office.pass({ days: 2 })
  expect(await remind()).toEqual([])
  office.pass({ days: 1 })
  expect(await remind()).toEqual([card])
  expect(await remind()).toEqual([])
  office.pass({ days: 7 })
  expect(await remind()).toEqual([])
  const [one, ...more] = await reminders()
  expect(more).toEqual([])
  expect(one?.text).toBe(
    'Priya Shah has been ready for Production Deploy for 2 working days, and you can decide too. Open this card on a computer.',
  )
  expect(one?.mentions).toHaveLength(1)
  expect([office.id('dan'), office.id('ines')]).toContain(one?.mentions[0])
})

test('nobody is asked about what is decided, paused, or waits for somebody else', async () => {
  const { request } = await office.ready('priya')
  await office.as('sam').act('ask-for-changes', request, { what: ['reason'], line: '' })
  office.pass({ days: 3 })
  expect(await remind()).toEqual([])
})
