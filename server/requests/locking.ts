import type { Tx } from '../db/database.ts'

/**
 * Who waits for whom, in one order everywhere so that nobody waits in a circle: the card, then requests by their id,
 * then steps, then the head of the log.
 */

/** For acts of people: the card's row, then as workers do. Call it before anything is looked at. */
export async function lockForAct(tx: Tx, cardId: string): Promise<void> {
  await tx.selectFrom('card').select('id').where('id', '=', cardId).forUpdate().execute()
  await lockRequests(tx, cardId)
}

/**
 * Every request of whoever has one on this card, because revoking one fences the others: what a worker intends and
 * what a person revokes come one after the other, never at once.
 */
export async function lockRequests(tx: Tx, cardId: string): Promise<void> {
  await tx
    .selectFrom('request')
    .select('id')
    .where(
      'person_id',
      'in',
      tx.selectFrom('request as here').select('here.person_id').where('here.card_id', '=', cardId),
    )
    .orderBy('id')
    .forUpdate()
    .execute()
}

/** For decisions about everything that somebody holds: each card of theirs, by id, then their requests. */
export async function lockPerson(tx: Tx, personId: string): Promise<void> {
  await tx
    .selectFrom('card')
    .select('id')
    .where('id', 'in', tx.selectFrom('request').select('card_id').where('person_id', '=', personId))
    .orderBy('id')
    .forUpdate()
    .execute()
  await tx.selectFrom('request').select('id').where('person_id', '=', personId).orderBy('id').forUpdate().execute()
}
