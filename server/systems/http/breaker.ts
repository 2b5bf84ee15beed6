import { SECOND } from '../../clock.ts'
import { SystemFailure } from '../../grants/system.ts'

/** So many calls in a row that came to nothing are no accident. */
const OPENS_AFTER = 5
/** Short: whoever renewed the credentials and tries again should not wait for us. */
const RESTS_FOR = 30 * SECOND

type Trips = 'transient' | 'unauthorised'

/**
 * Stops asking a system that does not answer, or that refuses our credentials, and lets one call through after a rest to
 * see whether it is back. Whatever else it answers, it is there.
 * @param resting the failure for a call that is not sent
 */
export function createBreaker(parts: {
  now: () => Date
  resting(kind: Trips, times: number, waitMs: number): SystemFailure
}) {
  let times = 0
  let because: Trips = 'transient'
  let restsUntil = 0
  let probing = false

  function refuse(): SystemFailure | null {
    if (times < OPENS_AFTER) return null
    const wait = restsUntil - parts.now().getTime()
    if (wait > 0 || probing) return parts.resting(because, times, Math.max(SECOND, wait))
    return null
  }

  return {
    async run<T>(work: () => Promise<T>): Promise<T> {
      const refused = refuse()
      if (refused) throw refused
      probing = times >= OPENS_AFTER
      try {
        const done = await work()
        times = 0
        return done
      } catch (error) {
        const kind = tripping(error)
        times = kind === null ? 0 : times + 1
        if (kind !== null) because = kind
        if (times >= OPENS_AFTER) restsUntil = parts.now().getTime() + RESTS_FOR
        throw error
      } finally {
        probing = false
      }
    },
  }
}

function tripping(error: unknown): Trips | null {
  if (!(error instanceof SystemFailure)) return null
  return error.kind === 'transient' || error.kind === 'unauthorised' ? error.kind : null
}
