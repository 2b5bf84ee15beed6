import type { Kysely } from 'kysely'
import type { Schema } from '../db/schema.ts'
import type { RequestRow } from './act.ts'
import { finalStates } from './life.ts'

/**
 * The request that a card is about now: the one that is not closed, else one of somebody who left and holds something of
 * it still, else the newest. A card has at most one that is not closed, so that this does not hang on clocks.
 */
export async function currentRequest(db: Kysely<Schema>, cardId: string): Promise<RequestRow | null> {
  const all = await db
    .selectFrom('request')
    .selectAll()
    .where('card_id', '=', cardId)
    .orderBy('created_at', 'desc')
    .orderBy('updated_at', 'desc')
    .execute()
  const open = all.find((request) => !finalStates.includes(request.state))
  if (open || all.length < 2) return open ?? all[0] ?? null
  const held = await heldByLeavers(db, cardId)
  return all.find(({ id }) => held.includes(id)) ?? all[0] ?? null
}

/** What an absence left is decided about once they leave, whatever was asked for on the card and closed since. */
export async function heldByLeavers(db: Kysely<Schema>, cardId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('request')
    .innerJoin('holding', 'holding.request_id', 'request.id')
    .innerJoin('person_fact', 'person_fact.person_id', 'request.person_id')
    .select(['request.id', 'person_fact.value'])
    .where('request.card_id', '=', cardId)
    .where('holding.ended_at', 'is', null)
    .where('person_fact.fact', '=', 'left')
    .execute()
  return rows.filter(({ value }) => value === true).map(({ id }) => id)
}
