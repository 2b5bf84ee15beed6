import { DAY, londonDay } from '../../clock.ts'
import { daysBetween } from '../../rules/absence.ts'

/** Times and names as people say them. Days are counted as calendar days in London. */

const dayMonth = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', day: 'numeric', month: 'long' })
const dayMonthYear = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
})
const clockTime = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  hour: 'numeric',
  minute: '2-digit',
  hour12: true,
})

/** "23 November", with the year if it is not this one. */
export function dayWords(instant: Date, now: Date): string {
  const sameYear = londonDay(instant).slice(0, 4) === londonDay(now).slice(0, 4)
  return (sameYear ? dayMonth : dayMonthYear).format(instant)
}

/** A calendar day such as `2026-03-12` as "12 March". */
export function dateWords(day: string, now: Date): string {
  return dayWords(new Date(`${day}T12:00:00Z`), now)
}

/** "10:42am" */
export function timeWords(instant: Date): string {
  return clockTime.format(instant).replace(/\s/g, '').toLowerCase()
}

export function daysSince(instant: Date, now: Date): number {
  return daysBetween(londonDay(instant), londonDay(now))
}

/** "since 10:42am", "since yesterday", "for 3 days", "since 12 March" */
export function sinceWords(instant: Date, now: Date): string {
  const days = daysSince(instant, now)
  if (days <= 0) return `since ${timeWords(instant)}`
  if (days === 1) return 'since yesterday'
  return days <= 7 ? `for ${days} days` : `since ${dayWords(instant, now)}`
}

/** "today, 9:58am", "yesterday", "on 12 March" */
export function whenWords(instant: Date, now: Date): string {
  const days = daysSince(instant, now)
  if (days <= 0) return `today, ${timeWords(instant)}`
  return days === 1 ? 'yesterday' : `on ${dayWords(instant, now)}`
}

interface Word {
  by: string
  /** `null` where nobody has said it. */
  at: Date | null
}

/** "Approved by Dan Reyes on 12 March", and by whom and when its level was lowered since. */
export function onWhoseWord(approved: Word, lowered: Word, now: Date): string {
  const said = (how: string, { by, at }: Word) => (at ? `${how} by ${by} ${whenWords(at, now)}` : `${how} by ${by}`)
  return [said('Approved', approved), ...(lowered.at ? [said('lowered', lowered)] : [])].join(', ')
}

/** "today, 9:58am", "yesterday", "9 days ago", "on 12 March": when something was last true. */
export function agoWords(instant: Date, now: Date): string {
  const days = daysSince(instant, now)
  return days > 1 && days < 14 ? `${days} days ago` : whenWords(instant, now)
}

/** "effective by 6:05pm", with the day if it is another; `null` once that is over. */
export function effectiveWords(instant: Date | null, now: Date): string | null {
  if (instant === null || instant <= now) return null
  const day = daysSince(now, instant) === 0 ? '' : ` on ${dayWords(instant, now)}`
  return `effective by ${timeWords(instant)}${day}`
}

/** "1 hour", "3 days": for lists that are read by age. */
export function ageWords(instant: Date, now: Date): string {
  const ms = now.getTime() - instant.getTime()
  if (ms < 60 * 60_000) return `${Math.max(1, Math.round(ms / 60_000))} min`
  if (ms < DAY) return count(Math.round(ms / 3_600_000), 'hour')
  return count(Math.max(1, daysSince(instant, now)), 'day')
}

/** "1 step", "3 steps" */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

export function listWords(parts: string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** A sentence written to the engineer, as somebody else reads it about them. */
export function aboutThem(text: string): string {
  return text
    .replace(/\bYour\b/g, 'Their')
    .replace(/\byour\b/g, 'their')
    .replace(/\bYou\b/g, 'They')
    .replace(/\byou\b/g, 'they')
}
