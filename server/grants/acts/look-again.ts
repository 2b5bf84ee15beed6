import { z } from 'zod'
import type { Refusal } from '../../requests/act.ts'
import { addDays } from '../../requests/expiry-day.ts'
import type { Day } from '../../rules/types.ts'

/** The day on which something that was left as it is comes back. */

export const dayAsked = 'Give a date to look again, such as 2027-01-25.'
export const lookAgainDay = z.iso.date({ error: dayAsked })

/** Longer than that nobody decides ahead. */
const WITHIN_DAYS = 366

export function refusedDay(day: Day, today: Day): Refusal | null {
  return day > today && day <= addDays(today, WITHIN_DAYS) ? null : wrongDay('Choose a day after today, within a year.')
}

export function wrongDay(lookAgain: string): Refusal {
  return { code: 'input', sentence: 'There is 1 thing to put right.', fields: { lookAgain }, status: 422 }
}
