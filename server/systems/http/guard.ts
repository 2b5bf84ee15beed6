import { SECOND } from '../../clock.ts'
import { createBreaker } from './breaker.ts'
import { failuresOf } from './failures.ts'
import { createPace, type Limits } from './pace.ts'

export interface GuardParts {
  /** As people know the system: it stands in every failure. */
  name: string
  now: () => Date
  limits?: Limits
  /** Tests pass one that does not roll dice. */
  random?: () => number
}

/**
 * The rules of one system for every call, whoever's client makes it: nothing goes out while the system told us to wait or
 * its limit is spent, nor for a rest after calls that came to nothing.
 */
export interface Guard {
  /** Carries out one call. @throws SystemFailure without carrying it out, or what it throws itself */
  run<T>(method: string, work: () => Promise<T>): Promise<T>
  /** What every answer says about the limit. */
  heard(headers: Headers): void
  /**
   * It asks us to come back later.
   * @param isLimit whether because of its limit, whose reset then counts where it names no other time
   * @returns how long whoever asked waits, in milliseconds, or `null` where it named no time
   */
  refused(headers: Headers, isLimit: boolean): number | null
}

export function createGuard({ name, now, limits, random = Math.random }: GuardParts): Guard {
  const failures = failuresOf(name)
  const pace = createPace({ now, limits: limits ?? null })
  const breaker = createBreaker({ now, resting: failures.resting })
  // So that all who were told to wait do not come back in the same moment.
  const jittered = (ms: number | null) => (ms === null ? null : Math.round(ms + random() * SECOND))
  return {
    async run(method, work) {
      const wait = pace.mustWait(method)
      if (wait !== null) throw failures.slowDown(null, jittered(wait))
      return breaker.run(work)
    },
    heard: pace.heard,
    refused: (headers, isLimit) => jittered(pace.refused(headers, isLimit)),
  }
}
