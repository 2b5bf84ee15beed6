import { type Clock, SECOND } from '../clock.ts'
import type { Changes } from './changes.ts'
import type { Versions } from './versions.ts'

/** How often it is looked: open frames show what other processes did within two seconds. */
export const LOOK_EVERY = 1 * SECOND
/** Clocks of servers differ, and a change is stamped a little before it is committed. */
const LOOK_BACK = 30 * SECOND

/**
 * Answers one look for what other processes on the same database changed, and tells open frames of this one. It asks
 * the database instead of listening to it: nothing is missed while a connection is lost, and any pooler will do.
 */
export function createOthersChanges(parts: {
  versions: Versions
  changes: Changes
  clock: Clock
}): () => Promise<void> {
  const { versions, changes, clock } = parts
  const told = new Map<string, string>()
  changes.listen(({ cardId, version }) => told.set(cardId, version))
  return async () => {
    const recent = await versions.since(new Date(clock.wall().getTime() - LOOK_BACK))
    for (const cardId of told.keys()) if (!recent.has(cardId)) told.delete(cardId)
    for (const [cardId, version] of recent) if (told.get(cardId) !== version) await versions.tell(cardId)
  }
}
