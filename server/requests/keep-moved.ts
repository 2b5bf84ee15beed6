import type { Clock } from '../clock.ts'
import type { Tx } from '../db/database.ts'
import { beforeApproval } from './life.ts'

/** A person did something about the request of this card, in an act or by a tick: it is not quiet. */
export async function keepMoved(tx: Tx, cardId: string, clock: Clock): Promise<void> {
  await tx
    .updateTable('request')
    .set({ moved_at: clock.calendar() })
    .where('card_id', '=', cardId)
    .where('state', 'in', [...beforeApproval])
    .execute()
}
