import type { Updateable } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Tx } from '../db/database.ts'
import type { StepTable } from '../db/schema.ts'
import type { StepRow } from '../requests/act.ts'
import type { Direction } from './system.ts'

/** What a step says once the table is found to hold what nobody signed. A revocation stays open to people's hands. */
export function unsigned(direction: Direction): Updateable<StepTable> {
  return {
    state: direction === 'grant' ? 'stopped' : 'stuck',
    turn: 'senior-tech',
    sentence: 'What is written here is not what was signed. Nothing of this request goes on.',
    remedy: 'Senior Tech finds out who changed the database, then approves or revokes anew.',
    next_check_at: null,
  }
}

/** Stops everything of the request that is not closed: where one step was changed, none can be trusted. */
export async function stopUnsigned(tx: Tx, step: StepRow, clock: Clock): Promise<void> {
  for (const direction of ['grant', 'revoke'] as const)
    await tx
      .updateTable('step')
      .set({ ...unsigned(direction), since: clock.calendar(), updated_at: clock.wall() })
      .where('request_id', '=', step.request_id)
      .where('direction', '=', direction)
      .where('id', '!=', step.id)
      .where('state', 'in', ['planned', 'ready', 'acting', 'waiting', 'stuck', 'done'])
      .execute()
}
