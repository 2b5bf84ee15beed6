/** The week of 2nd line that begins on the next Monday, and whether anybody is on it. Days are calendar days in London. */

const MONDAY = 1
const THURSDAY = 4
const DAYS = 7

/** The Monday after a day, `2026-11-30` after any day from 23 to 29 November. */
export function nextMonday(today: string): string {
  const day = new Date(`${today}T12:00:00Z`)
  const ahead = (MONDAY - day.getUTCDay() + DAYS) % DAYS || DAYS
  day.setUTCDate(day.getUTCDate() + ahead)
  return day.toISOString().slice(0, 10)
}

/** Whether a week of the rota covers a day. @param weeks `ends` is the first day that no longer counts */
export function isCovered(weeks: readonly { starts: string; ends: string }[], day: string): boolean {
  return weeks.some(({ starts, ends }) => starts <= day && day < ends)
}

/** From Thursday on an empty next week is said, while the outgoing pair is still there to enter it. */
export function isSaidBy(today: string): boolean {
  const weekday = new Date(`${today}T12:00:00Z`).getUTCDay()
  return weekday === 0 || weekday >= THURSDAY
}
