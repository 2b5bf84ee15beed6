import type { Absence, Day } from './types.ts'

/** Days away, counted as calendar days: the first day away is day 1, the day of return does not count. */

const MS_PER_DAY = 86_400_000

/** Whole days from one calendar day to another. Days have no clock, so summer time cannot move them. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / MS_PER_DAY)
}

export type AbsenceStanding =
  | { is: 'present' }
  | { is: 'away'; since: Day; days: number }
  /** More than the limit: a planned absence from its first day, an open-ended one from the day after the limit. */
  | { is: 'over-limit'; since: Day; due: Day }

/**
 * How somebody stands to the absence rule today. Touching and overlapping absences are one.
 * @param limitDays days that are still allowed (42 for "more than 6 weeks")
 * @param recordedOn the day on which the register learnt how long it is: an absence lengthened past the limit is due
 *   that day, and not before it could be known; left out, it was known from the start
 */
export function absenceStanding(
  absences: Absence[],
  today: Day,
  limitDays: number,
  recordedOn: Day | null = null,
): AbsenceStanding {
  const current = joinedAbsences(absences).find((one) => one.start <= today && (one.end === null || today < one.end))
  if (!current) return { is: 'present' }
  const { start } = current
  const due = dueDay(current, limitDays, recordedOn)
  if (due !== null && due <= today) return { is: 'over-limit', since: start, due }
  return { is: 'away', since: start, days: daysBetween(start, today) + 1 }
}

/**
 * The day on which it is due to decide about somebody's access: a planned absence's first day, an open-ended one's day
 * after the limit. `null` where the absence stays within the limit.
 */
export function dueDay({ start, end }: Absence, limitDays: number, recordedOn: Day | null = null): Day | null {
  const pastLimit = plusDays(start, limitDays)
  if (end === null) return pastLimit
  if (daysBetween(start, end) <= limitDays) return null
  return earlier(recordedOn === null ? start : later(start, recordedOn), pastLimit)
}

/** A calendar day as many days after another. */
export function plusDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * MS_PER_DAY).toISOString().slice(0, 10)
}

/** Absences as they count: touching and overlapping ones as one, in order. Those of no days are none. */
export function joinedAbsences(absences: Absence[]): Absence[] {
  const sorted = absences
    .filter((one) => one.end === null || one.end > one.start)
    .toSorted((a, b) => a.start.localeCompare(b.start))
  const result: Absence[] = []
  for (const one of sorted) {
    const last = result.at(-1)
    if (last && (last.end === null || one.start <= last.end)) {
      const end = last.end === null || one.end === null ? null : later(one.end, last.end)
      result[result.length - 1] = { start: last.start, end }
    } else result.push(one)
  }
  return result
}

function later(one: Day, other: Day): Day {
  return one < other ? other : one
}

function earlier(one: Day, other: Day): Day {
  return later(one, other) === one ? other : one
}
