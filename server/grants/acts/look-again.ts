import { z } from 'zod'
import type { Refusal } from '../../requests/act.ts'
import { addDays } from '../../requests/expiry-day.ts'
import type { Day } from '../../rules/types.ts'

/** The day on which something that was left as it is comes back. */

export const dayAsked = 'Give a date to look again, such as 2027-01-25.'
export const lookAgainDay = z.iso.date({ error: dayAsked })

/** @param within days: longer than that nobody decides ahead */
export function refusedDay(day: Day, today: Day, within: number): Refusal | null {
  if (day > today && day <= addDays(today, within)) return null
  return wrongDay(`Choose a day after today, within ${withinWords(within)}.`)
}

export function withinWords(days: number): string {
  return days < 365 ? `${days} days` : 'a year'
}

export function wrongDay(lookAgain: string): Refusal {
  return { code: 'input', sentence: 'There is 1 thing to put right.', fields: { lookAgain }, status: 422 }
}
