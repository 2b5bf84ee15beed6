import { type ToldToWait, waitFrom } from './waiting.ts'

/** A limit that a system counts in its headers. */
export interface Limits {
  /** Which of our calls it counts. */
  counts: 'every-call' | 'changes'
  /** Reads its own headers; `null` where they say nothing. */
  read(headers: Headers): { remaining: number; resetsAt: string | null } | null
}

export interface Pace {
  /** Milliseconds until this may be asked, or `null` when it may go out now. */
  mustWait(method: string): number | null
  /** What every answer says about the limit. */
  heard(headers: Headers): void
  /**
   * It asks us to come back later.
   * @param isLimit whether because of its limit, whose reset then counts where it names no other time
   * @returns milliseconds that everybody waits, or `null` where it named no time
   */
  refused(headers: Headers, isLimit: boolean): number | null
}

/** Keeps us within a system's own limits, so that what would be refused does not go out. */
export function createPace({ now, limits }: { now: () => Date; limits: Limits | null }): Pace {
  let pausedUntil = 0
  let spentUntil = 0
  const told = (headers: Headers, more: ToldToWait = {}) => waitFrom({ date: headers.get('date'), ...more }, now())
  const counted = (method: string) => limits?.counts === 'every-call' || method !== 'GET'
  return {
    mustWait(method) {
      const wait = Math.max(pausedUntil, counted(method) ? spentUntil : 0) - now().getTime()
      return wait > 0 ? wait : null
    },
    heard(headers) {
      const left = limits?.read(headers)
      if (!left) return
      const wait = left.remaining > 0 ? null : told(headers, { resetsAt: left.resetsAt })
      spentUntil = wait === null ? 0 : now().getTime() + wait
    },
    refused(headers, isLimit) {
      const wait = told(headers, {
        retryAfter: headers.get('retry-after'),
        resetsAt: isLimit ? limits?.read(headers)?.resetsAt : null,
      })
      if (wait !== null) pausedUntil = Math.max(pausedUntil, now().getTime() + wait)
      return wait
    },
  }
}
