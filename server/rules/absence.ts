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
 */
export function absenceStanding(absences: Absence[], today: Day, limitDays: number): AbsenceStanding {
  const current = joined(absences).find((one) => one.start <= today && (one.end === null || today < one.end))
  if (!current) return { is: 'present' }
  const soFar = daysBetween(current.start, today) + 1
  const planned = current.end === null ? null : daysBetween(current.start, current.end)
  if (planned !== null && planned > limitDays) return { is: 'over-limit', since: current.start, due: current.start }
  if (soFar > limitDays) return { is: 'over-limit', since: current.start, due: plusDays(current.start, limitDays) }
  return { is: 'away', since: current.start, days: soFar }
}

function plusDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * MS_PER_DAY).toISOString().slice(0, 10)
}

function joined(absences: Absence[]): Absence[] {
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
