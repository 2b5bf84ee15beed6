/**
 * Two clocks, both injected. `wall` is for leases, time-outs, tokens and caches; `calendar` is for the rules,
 * invitations and overnight copies, and can be moved by tests and by the practice board.
 */
export interface Clock {
  wall(): Date
  calendar(): Date
}

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** The clock of a running server. */
export const systemClock: Clock = { wall: () => new Date(), calendar: () => new Date() }

const londonDayFormat = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London', dateStyle: 'short' })

/** The calendar day in Europe/London, as `YYYY-MM-DD`: the rules count in days there. */
export function londonDay(instant: Date): string {
  return londonDayFormat.format(instant)
}
