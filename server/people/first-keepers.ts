import { append } from '../audit/append.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { ensureKeepers } from './facts.ts'

/** The first keepers are named in configuration, by Trello member id; each new one is an event. */
export async function makeFirstKeepers(db: Database, memberIds: string[], clock: Clock): Promise<void> {
  await db.transaction(async (tx) => {
    const made = await ensureKeepers(tx, memberIds, clock)
    const events = made.map((memberId) => ({
      type: 'keeper-made' as const,
      actor: 'system',
      requestId: null,
      personId: null,
      stepId: null,
      boardId: null,
      data: { memberId },
    }))
    await append(tx, events, clock)
  })
}
