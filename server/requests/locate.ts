import type { Kysely } from 'kysely'
import type { Schema } from '../db/schema.ts'

/** The card that a subject stands on, and what the subject itself is. */
export interface Located {
  cardId: string
  kind: 'card' | 'request' | 'step' | 'holding'
  stepId: string | null
}

/** Finds what an act is about: a card, a request, a step or a holding, by id. `null` when we know nothing of that id. */
export async function locate(db: Kysely<Schema>, subject: string): Promise<Located | null> {
  const card = await db.selectFrom('card').select('id').where('id', '=', subject).executeTakeFirst()
  if (card) return { cardId: card.id, kind: 'card', stepId: null }
  const request = await db.selectFrom('request').select('card_id').where('id', '=', subject).executeTakeFirst()
  if (request) return { cardId: request.card_id, kind: 'request', stepId: null }
  const step = await db
    .selectFrom('step')
    .innerJoin('request', 'request.id', 'step.request_id')
    .select('request.card_id')
    .where('step.id', '=', subject)
    .executeTakeFirst()
  if (step) return { cardId: step.card_id, kind: 'step', stepId: subject }
  const holding = await db
    .selectFrom('holding')
    .innerJoin('request', 'request.id', 'holding.request_id')
    .select('request.card_id')
    .where('holding.id', '=', subject)
    .executeTakeFirst()
  return holding ? { cardId: holding.card_id, kind: 'holding', stepId: null } : null
}
