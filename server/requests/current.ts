import type { Kysely } from 'kysely'
import type { Schema } from '../db/schema.ts'
import type { RequestRow } from './act.ts'
import { finalStates } from './life.ts'

/**
 * The request that a card is about now: the one that is not closed, else the newest. A card has at most one that is not
 * closed, so that this does not hang on clocks.
 */
export async function currentRequest(db: Kysely<Schema>, cardId: string): Promise<RequestRow | null> {
  const all = await db
    .selectFrom('request')
    .selectAll()
    .where('card_id', '=', cardId)
    .orderBy('created_at', 'desc')
    .orderBy('updated_at', 'desc')
    .execute()
  return all.find((request) => !finalStates.includes(request.state)) ?? all[0] ?? null
}
