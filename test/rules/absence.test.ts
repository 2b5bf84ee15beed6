import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { londonDay } from '../../server/clock.ts'
import { absenceStanding, daysBetween } from '../../server/rules/absence.ts'
import type { Absence } from '../../server/rules/types.ts'

const limit = 42

function standing(today: string, ...absences: [start: string, end: string | null][]) {
  return absenceStanding(
    absences.map(([start, end]): Absence => ({ start, end })),
    today,
    limit,
  )
}

/** A day as many days after another. */
function plusDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

describe('42 days are allowed, 43 are not', () => {
  test.each([
    ['planned for 42 days, first day', '2026-03-02', '2026-04-13', '2026-03-02', 'away'],
    ['planned for 42 days, last day', '2026-03-02', '2026-04-13', '2026-04-12', 'away'],
    ['planned for 42 days, day of return', '2026-03-02', '2026-04-13', '2026-04-13', 'present'],
    ['planned for 43 days, the day before', '2026-03-02', '2026-04-14', '2026-03-01', 'present'],
    ['planned for 43 days, first day', '2026-03-02', '2026-04-14', '2026-03-02', 'over-limit'],
    ['planned for 43 days, last day', '2026-03-02', '2026-04-14', '2026-04-13', 'over-limit'],
    ['planned for 43 days, day of return', '2026-03-02', '2026-04-14', '2026-04-14', 'present'],
    ['open-ended, day 1', '2026-03-02', null, '2026-03-02', 'away'],
    ['open-ended, day 42', '2026-03-02', null, '2026-04-12', 'away'],
    ['open-ended, day 43', '2026-03-02', null, '2026-04-13', 'over-limit'],
    ['open-ended, to come', '2026-03-02', null, '2026-03-01', 'present'],
  ] as const)('%s', (_, start, end, today, is) => {
    expect(standing(today, [start, end]).is).toBe(is)
  })

  test('a planned absence of more than 42 days is due on its first day', () => {
    expect(standing('2026-03-20', ['2026-03-02', '2026-04-14'])).toEqual({
      is: 'over-limit',
      since: '2026-03-02',
      due: '2026-03-02',
    })
  })

  test('an open-ended absence is due on day 43, however late it is looked at', () => {
    for (const today of ['2026-04-13', '2026-08-01'])
      expect(standing(today, ['2026-03-02', null])).toEqual({
        is: 'over-limit',
        since: '2026-03-02',
        due: '2026-04-13',
      })
  })

  test('counts the first day as day 1', () => {
    expect(standing('2026-03-02', ['2026-03-02', null])).toMatchObject({ is: 'away', days: 1 })
    expect(standing('2026-04-12', ['2026-03-02', null])).toMatchObject({ is: 'away', days: 42 })
  })
})

describe('touching and overlapping absences are one', () => {
  test.each([
    [
      'touching',
      [
        ['2026-03-02', '2026-03-30'],
        ['2026-03-30', '2026-04-14'],
      ],
      'over-limit',
    ],
    [
      'overlapping',
      [
        ['2026-03-02', '2026-04-01'],
        ['2026-03-20', '2026-04-14'],
      ],
      'over-limit',
    ],
    [
      'one within the other',
      [
        ['2026-03-02', '2026-04-14'],
        ['2026-03-10', '2026-03-12'],
      ],
      'over-limit',
    ],
    [
      'in whatever order they stand',
      [
        ['2026-03-30', '2026-04-14'],
        ['2026-03-02', '2026-03-30'],
      ],
      'over-limit',
    ],
    [
      'three that touch',
      [
        ['2026-03-02', '2026-03-09'],
        ['2026-03-23', '2026-04-14'],
        ['2026-03-09', '2026-03-23'],
      ],
      'over-limit',
    ],
    [
      'a day of work between them',
      [
        ['2026-03-02', '2026-03-30'],
        ['2026-03-31', '2026-04-14'],
      ],
      'away',
    ],
    [
      'touching, 42 days together',
      [
        ['2026-03-02', '2026-03-30'],
        ['2026-03-30', '2026-04-13'],
      ],
      'away',
    ],
    [
      'an open-ended one after a planned one',
      [
        ['2026-03-02', '2026-03-30'],
        ['2026-03-30', null],
      ],
      'away',
    ],
  ] as [string, [string, string | null][], string][])('%s', (_, absences, is) => {
    expect(standing('2026-04-05', ...absences).is).toBe(is)
  })

  test('an open-ended absence that touches an earlier one counts from the earlier', () => {
    const both: [string, string | null][] = [
      ['2026-03-02', '2026-03-30'],
      ['2026-03-30', null],
    ]
    expect(standing('2026-04-13', ...both)).toEqual({ is: 'over-limit', since: '2026-03-02', due: '2026-04-13' })
  })

  test('an absence of no days is none, and the past does not count', () => {
    expect(standing('2026-03-02', ['2026-03-02', '2026-03-02']).is).toBe('present')
    expect(standing('2026-09-01', ['2026-03-02', '2026-08-01'])).toEqual({ is: 'present' })
  })
})

describe('an absence lengthened past 42 days is due the day it was lengthened', () => {
  test.each([
    ['known from the start', null, '2026-03-02'],
    ['recorded before it began', '2026-02-10', '2026-03-02'],
    ['lengthened on day 20', '2026-03-21', '2026-03-21'],
    ['lengthened on day 43', '2026-04-13', '2026-04-13'],
    ['lengthened when it was over the limit already', '2026-05-01', '2026-04-13'],
  ])('%s', (_, recordedOn, due) => {
    const absences = [{ start: '2026-03-02', end: '2026-05-30' }]
    expect(absenceStanding(absences, '2026-05-02', limit, recordedOn)).toMatchObject({ is: 'over-limit', due })
  })

  test('from 30 days to 60: allowed before, due after', () => {
    expect(standing('2026-03-21', ['2026-03-02', '2026-04-01']).is).toBe('away')
    expect(standing('2026-03-21', ['2026-03-02', '2026-05-01']).is).toBe('over-limit')
  })
})

describe('days are calendar days in Europe/London', () => {
  test.each([
    ['summer time begins', '2026-03-28', '2026-03-30', 2],
    ['summer time ends', '2026-10-24', '2026-10-26', 2],
    ['a leap day', '2028-02-28', '2028-03-01', 2],
    ['no leap day', '2027-02-28', '2027-03-01', 1],
    ['a century that is no leap year', '2100-02-28', '2100-03-01', 1],
    ['new year', '2026-12-31', '2027-01-01', 1],
    ['the same day', '2026-06-01', '2026-06-01', 0],
    ['back', '2026-06-02', '2026-06-01', -1],
  ])('%s: from %s to %s', (_, from, to, days) => {
    expect(daysBetween(from, to)).toBe(days)
  })

  test.each([
    ['across the begin of summer time', '2026-03-02'],
    ['across the end of summer time', '2026-10-01'],
    ['across a leap day', '2028-02-01'],
    ['across new year', '2026-12-01'],
  ])('42 days %s are 42 days', (_, start) => {
    expect(standing(plusDays(start, 41), [start, null])).toMatchObject({ is: 'away', days: 42 })
    expect(standing(plusDays(start, 42), [start, null])).toMatchObject({ is: 'over-limit', due: plusDays(start, 42) })
  })

  test.each([
    ['in winter, a minute before midnight', '2026-01-14T23:59:00Z', '2026-01-14'],
    ['in winter, midnight', '2026-01-15T00:00:00Z', '2026-01-15'],
    ['in summer, a minute before midnight', '2026-07-14T22:59:00Z', '2026-07-14'],
    ['in summer, midnight is 11pm by the clock of the world', '2026-07-14T23:00:00Z', '2026-07-15'],
    ['the night when summer time begins', '2026-03-29T00:59:59Z', '2026-03-29'],
    ['the evening of that day', '2026-03-29T23:00:00Z', '2026-03-30'],
    ['the night when summer time ends', '2026-10-24T23:00:00Z', '2026-10-25'],
    ['the evening of that day, winter again', '2026-10-25T23:59:59Z', '2026-10-25'],
    ['a leap day', '2028-02-29T12:00:00Z', '2028-02-29'],
  ])('the day in London, %s', (_, instant, day) => {
    expect(londonDay(new Date(instant))).toBe(day)
  })

  test('the 43rd day begins at midnight in London, not in Greenwich', () => {
    const absence: [string, null] = ['2026-06-01', null]
    expect(standing(londonDay(new Date('2026-07-12T22:59:59Z')), absence).is).toBe('away')
    expect(standing(londonDay(new Date('2026-07-12T23:00:00Z')), absence).is).toBe('over-limit')
  })
})

test('splitting an absence in two that touch changes nothing', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 120 }),
      fc.integer({ min: 1, max: 119 }),
      fc.integer({ min: -5, max: 125 }),
      (length, cut, at) => {
        fc.pre(cut < length)
        const start = '2026-02-20'
        const whole = standing(plusDays(start, at), [start, plusDays(start, length)])
        const split = standing(
          plusDays(start, at),
          [plusDays(start, cut), plusDays(start, length)],
          [start, plusDays(start, cut)],
        )
        expect(split).toEqual(whole)
      },
    ),
    { seed: 202_411 },
  )
})
