import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reviewDay } from '../../server/requests/access-reviews.ts'
import { plusDays } from '../../server/rules/absence.ts'
import {
  type Holds,
  type KnownReview,
  type Reviewed,
  reviewChanges,
  upcomingFor,
} from '../../server/rules/access-review.ts'

/** When a decision about access is due, and what it still rests on. 42 days are allowed, 43 are not. */

const LIMIT = 42
type Days = [start: string, end: string | null]

function away(recordedOn: string, ...absences: Days[]): Reviewed {
  const value = absences.map(([start, end]) => ({ start, end }))
  return { absences: { value, source: 'register', date: recordedOn }, left: known(false, '2026-01-01') }
}

function known(value: boolean, date: string) {
  return { value, source: 'register', date }
}

function review(deviation: Partial<KnownReview> = {}): KnownReview {
  return {
    id: 'r-1',
    why: 'absence',
    firstDay: '2026-03-02',
    openedAt: new Date('2026-04-13T00:10:00Z'),
    outcome: null,
    lookAgainOn: null,
    ...deviation,
  }
}

const dueOn = (person: Reviewed, today: string, reviews: KnownReview[] = []) =>
  reviewChanges({ ...person, holds: 'standing' }, reviews, today, LIMIT).open.map(({ due }) => due)

/** The first day on which something is due, looked for day by day. */
function firstDue(person: Reviewed, from: string): string | null {
  for (let day = 0; day < 200; day += 1) if (dueOn(person, plusDays(from, day)).length > 0) return plusDays(from, day)
  return null
}

describe('the day on which a decision is due', () => {
  test.each<[string, Reviewed, string | null]>([
    ['planned for 42 days', away('2026-02-01', ['2026-03-02', '2026-04-13']), null],
    ['planned for 43 days: its first day', away('2026-02-01', ['2026-03-02', '2026-04-14']), '2026-03-02'],
    ['open-ended: day 43', away('2026-02-01', ['2026-03-02', null]), '2026-04-13'],
    ['lengthened past the limit on day 20: that day', away('2026-03-21', ['2026-03-02', '2026-05-30']), '2026-03-21'],
    [
      'two that touch are one',
      away('2026-02-01', ['2026-03-02', '2026-03-30'], ['2026-03-30', '2026-04-14']),
      '2026-03-02',
    ],
    [
      'a day of work between them',
      away('2026-02-01', ['2026-03-02', '2026-03-30'], ['2026-03-31', '2026-04-14']),
      null,
    ],
    ['across the begin of summer time', away('2026-02-01', ['2026-03-20', null]), '2026-05-01'],
    ['across the end of summer time', away('2026-02-01', ['2026-10-01', null]), '2026-11-12'],
    ['across a leap day', away('2028-01-01', ['2028-02-01', null]), '2028-03-14'],
    ['across a year without one', away('2027-01-01', ['2027-02-01', null]), '2027-03-15'],
  ])('%s', (_what, person, day) => {
    expect(firstDue(person, person.absences?.value[0]?.start ?? '')).toBe(day)
  })

  test('late: a server that slept finds the same day due', () => {
    expect(dueOn(away('2026-02-01', ['2026-03-02', null]), '2026-08-01')).toEqual(['2026-04-13'])
  })

  test('somebody who left: the day that the register gives', () => {
    const left = { absences: null, left: known(true, '2026-05-04') }
    expect(dueOn(left, '2026-05-03')).toEqual([])
    expect(dueOn(left, '2026-05-04')).toEqual(['2026-05-04'])
  })

  test('unknown opens nothing, and closes nothing', () => {
    const unknown = { absences: null, left: null, holds: 'standing' as const }
    expect(reviewChanges(unknown, [review(), review({ id: 'r-2', why: 'left' })], '2026-05-01', LIMIT)).toEqual({
      open: [],
      close: [],
    })
  })
})

describe('a day counts once it has begun by every server’s clock', () => {
  test.each([
    ['in winter, a clock that runs five minutes early', '2026-01-14T23:59:59Z', '2026-01-14'],
    ['in winter, five minutes after midnight by any clock', '2026-01-15T00:05:00Z', '2026-01-15'],
    ['in summer, midnight is 11pm by the clock of the world', '2026-07-14T23:04:59Z', '2026-07-14'],
    ['in summer, five minutes later', '2026-07-14T23:05:00Z', '2026-07-15'],
    ['the night when summer time begins', '2026-03-29T00:05:00Z', '2026-03-29'],
    ['the night when summer time ends', '2026-10-24T23:05:00Z', '2026-10-25'],
    ['a leap day', '2028-02-29T00:05:00Z', '2028-02-29'],
  ])('the day that counts, %s', (_what, instant, day) => {
    const now = () => new Date(instant)
    expect(reviewDay({ wall: now, calendar: now })).toBe(day)
  })
})

describe('the ladder', () => {
  const openEnded = away('2026-02-01', ['2026-03-02', null])
  test.each([
    ['15 days before', '2026-03-29', null],
    ['14 days before', '2026-03-30', 14],
    ['8 days before: the first notice stands', '2026-04-05', 14],
    ['7 days before', '2026-04-06', 7],
    ['5 days before, after a week of silence: one notice, not two', '2026-04-08', 7],
    ['3 days before', '2026-04-10', 3],
    ['2 days before', '2026-04-11', 3],
    ['the day before', '2026-04-12', 1],
    ['the day itself: due, and no notice any more', '2026-04-13', null],
  ])('%s', (_what, today, rung) => {
    const [one, ...more] = upcomingFor(openEnded, [], today, LIMIT)
    expect(more).toEqual([])
    expect(one?.rung ?? null).toBe(rung)
  })

  test('a planned absence is announced before it begins, by days left', () => {
    const planned = away('2026-02-01', ['2026-03-02', '2026-05-01'])
    expect(upcomingFor(planned, [], '2026-02-27', LIMIT)).toMatchObject([{ due: '2026-03-02', daysLeft: 3, rung: 3 }])
    expect(upcomingFor(away('2026-02-01', ['2026-03-02', '2026-04-13']), [], '2026-03-01', LIMIT)).toEqual([])
  })

  test('what is kept is announced again before the day to look again', () => {
    const kept = review({ outcome: 'kept', lookAgainOn: '2026-06-01' })
    expect(upcomingFor(openEnded, [kept], '2026-05-01', LIMIT)).toEqual([])
    expect(upcomingFor(openEnded, [kept], '2026-05-31', LIMIT)).toMatchObject([{ due: '2026-06-01', rung: 1 }])
  })
})

describe('what was decided before', () => {
  const person = away('2026-02-01', ['2026-03-02', null])
  test.each<[string, Partial<KnownReview>, string, string[]]>([
    ['open already: not a second time', {}, '2026-05-01', []],
    ['kept: not before the day to look again', { outcome: 'kept', lookAgainOn: '2026-06-01' }, '2026-05-31', []],
    ['kept: on that day', { outcome: 'kept', lookAgainOn: '2026-06-01' }, '2026-06-01', ['2026-06-01']],
    ['revoked, and something is held anew: today', { outcome: 'revoked' }, '2026-06-01', ['2026-06-01']],
    [
      'of another absence: counts for nothing',
      { firstDay: '2025-03-02', outcome: 'kept' },
      '2026-05-01',
      ['2026-04-13'],
    ],
  ])('%s', (_what, before, today, due) => {
    expect(dueOn(person, today, [review(before)])).toEqual(due)
  })

  test.each<[string, Reviewed, Holds, string | null]>([
    ['still away', person, 'standing', null],
    ['lengthened: the same absence', away('2026-04-20', ['2026-03-02', '2026-09-01']), 'standing', null],
    ['it began earlier than was known: the same absence', away('2026-04-20', ['2026-02-20', null]), 'standing', null],
    ['back', away('2026-04-20', ['2026-03-02', '2026-04-20']), 'standing', 'returned'],
    ['never was away', away('2026-04-20'), 'standing', 'returned'],
    ['away, and not for too long', away('2026-04-20', ['2026-04-10', null]), 'standing', 'not-needed'],
    ['nothing is held any more', person, 'nothing', 'not-needed'],
    ['part of it is being revoked: asked again when that is over', person, 'going', null],
  ])('an open review: %s', (_what, now, holds, outcome) => {
    const { close } = reviewChanges({ ...now, holds }, [review()], '2026-04-20', LIMIT)
    expect(close.map((one) => one.outcome)).toEqual(outcome === null ? [] : [outcome])
  })

  test('a server whose clock runs late closes nothing that another one opened', () => {
    expect(reviewChanges({ ...person, holds: 'standing' }, [review()], '2026-04-12', LIMIT)).toEqual({
      open: [],
      close: [],
    })
  })
})

test('judged again, nothing more changes: any number of servers, any day', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 120 }), fc.option(fc.integer({ min: 1, max: 120 })), (day, length) => {
      const person = away('2026-02-01', ['2026-03-02', length === null ? null : plusDays('2026-03-02', length)])
      const today = plusDays('2026-03-02', day)
      const first = reviewChanges({ ...person, holds: 'standing' }, [], today, LIMIT)
      const open = first.open.map((one, n) => review({ id: `r-${n}`, firstDay: one.firstDay }))
      expect(reviewChanges({ ...person, holds: 'standing' }, open, today, LIMIT)).toEqual({ open: [], close: [] })
    }),
    { seed: 42 },
  )
})
