import type { Day, PlanStep } from './types.ts'

/** When an access ends by itself, where an installation wants that and the system can: parameters of the target. */

export type Ending = { on: Day } | { afterDays: number }

/** The names of the two parameters, of which one is given or none. */
const ON = 'endsOn'
const AFTER = 'endsAfterDays'

const dayFormat = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
})

/** As people write a day: “31 March 2027”, in London. */
export function dayInWords(at: Date): string {
  return dayFormat.format(at)
}

/** @returns `null` where nothing is wanted, or what is written is no end */
export function endingIn(params: PlanStep['wanted']['params']): Ending | null {
  const { [ON]: on, [AFTER]: after } = params
  if (typeof on === 'string') return isDay(on) ? { on } : null
  return typeof after === 'string' && isCount(after) ? { afterDays: Number(after) } : null
}

/** What a plan says behind the change: “, and it ends by itself on 31 March 2027”. */
export function endingWords(ending: Ending): string {
  if ('on' in ending) return `, and it ends by itself on ${dayInWords(lastMoment(ending.on))}`
  return `, and it ends by itself after ${ending.afterDays} ${ending.afterDays === 1 ? 'day' : 'days'}`
}

/** The moment at which it ends, where it begins now. */
export function endOf(ending: Ending, now: Date): Date {
  return 'on' in ending ? lastMoment(ending.on) : new Date(now.getTime() + ending.afterDays * 24 * 3_600_000)
}

/** What is wrong with how a target says when access ends, in words behind its name. */
export function endingProblems(parameters: Record<string, string>): string[] {
  const { [ON]: on, [AFTER]: after } = parameters
  return [
    ...(on !== undefined && !isDay(on) ? [`${ON}: use a day such as 2027-03-31`] : []),
    ...(after !== undefined && !isCount(after) ? [`${AFTER}: use a whole number of days, from 1 to 3650`] : []),
    ...(on !== undefined && after !== undefined ? [`${ON}: leave this or ${AFTER} out`] : []),
  ]
}

/** In the last hour of the day in London, in summer and in winter. */
const lastMoment = (day: Day) => new Date(`${day}T22:59:59Z`)

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const at = new Date(`${text}T00:00:00Z`)
  // 31 February is a date for nobody, and JavaScript takes it for 3 March.
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}

const isCount = (text: string) => /^[1-9]\d{0,3}$/.test(text) && Number(text) <= 3650
