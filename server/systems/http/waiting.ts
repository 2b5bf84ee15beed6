import { HOUR, SECOND } from '../../clock.ts'

/** What a system says about when to come back, as it stands in its headers. */
export interface ToldToWait {
  /** `Retry-After`: seconds or a date (RFC 9110, 10.2.3). */
  retryAfter?: string | null | undefined
  /** When its limit begins anew, in seconds since 1970. */
  resetsAt?: string | null | undefined
  /** Its own time, from which the others are counted, so that ours need not agree with it. */
  date?: string | null | undefined
}

/** A wait longer than this is a mistake of theirs, or must be looked at anyway. */
const LONGEST_WAIT = HOUR

/** Milliseconds to wait, at most an hour; `null` when the system said nothing that we understand. */
export function waitFrom({ retryAfter, resetsAt, date }: ToldToWait, now: Date): number | null {
  const their = Date.parse(date ?? '')
  const from = Number.isNaN(their) ? now.getTime() : their
  if (retryAfter) {
    const seconds = Number(retryAfter)
    const wait = Number.isNaN(seconds) ? Date.parse(retryAfter) - from : seconds * SECOND
    if (Number.isFinite(wait)) return within(0, wait)
  }
  const wait = resetsAt ? Number(resetsAt) * SECOND - from : Number.NaN
  return Number.isFinite(wait) ? within(SECOND, wait) : null
}

const within = (least: number, wait: number) => Math.min(LONGEST_WAIT, Math.max(least, wait))
