import { londonDay } from '../clock.ts'
import type { Day } from '../rules/types.ts'
import { addDays } from './expiry-day.ts'

/** Working days are Monday to Friday in Europe/London; bank holidays count as days, so that a reminder comes early at worst. */
function isWorkingDay(day: Day): boolean {
  const weekday = new Date(`${day}T12:00:00Z`).getUTCDay()
  return weekday !== 0 && weekday !== 6
}

/** Whole working days that lie between two moments: neither the day of the first nor the day of the last counts. */
export function wholeWorkingDays(since: Date, now: Date): number {
  const last = londonDay(now)
  let count = 0
  for (let day = addDays(londonDay(since), 1); day < last; day = addDays(day, 1)) if (isWorkingDay(day)) count += 1
  return count
}

const hourFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hour: '2-digit', hourCycle: 'h23' })

/** Whether people are at work: a reminder rings phones. */
export function inWorkingHours(now: Date): boolean {
  const hour = Number(hourFormat.format(now))
  return isWorkingDay(londonDay(now)) && hour >= 9 && hour < 17
}
