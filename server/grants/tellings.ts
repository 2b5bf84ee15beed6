import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { Adapters } from './steps.ts'
import type { SystemCall, SystemCalls } from './system.ts'
import { keepTold } from './told.ts'
import type { Wake } from './wake.ts'

/** Every system that calls us, with what is done with what it says: kept, and looked at at once. */
export function tellingsOf(parts: { db: Database; adapters: Adapters; clock: Clock; wake: Wake }) {
  const { db, adapters, clock, wake } = parts
  return [...adapters.values()].flatMap(({ id: system, calls }): Telling[] => {
    if (!calls) return []
    const keep = (call: SystemCall) =>
      db.transaction(async (tx) => {
        const about = { system, call, now: clock.calendar(), wall: clock.wall() }
        if (await keepTold(tx, about)) await wake.send(tx)
      })
    return [{ calls, keep }]
  })
}

interface Telling {
  calls: SystemCalls
  keep(call: SystemCall): Promise<void>
}
