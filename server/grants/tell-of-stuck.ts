import { DAY } from '../clock.ts'
import type { Tx } from '../db/database.ts'
import type { StepRow } from '../requests/act.ts'
import { isTold, writeNotices } from '../requests/notices.ts'
import { loadWorld } from '../requests/world.ts'
import type { WorkerParts } from './hand.ts'
import { stuckNotice } from './step-notices.ts'

/** Owes a comment for every step that has been stuck for a day; once for each time that it got stuck. */
export async function tellOfStuck({ db, office, clock, report }: WorkerParts): Promise<void> {
  const stuck = await db.kysely
    .selectFrom('step')
    .innerJoin('request', 'request.id', 'step.request_id')
    .selectAll('step')
    .select('request.card_id')
    .where('step.state', '=', 'stuck')
    .where('step.since', '<', new Date(clock.calendar().getTime() - DAY))
    .execute()
  for (const { card_id, ...step } of stuck)
    await db.transaction((tx) => tellOf(tx, { office, clock }, step, card_id)).catch(report)
}

async function tellOf(
  tx: Tx,
  { office, clock }: Pick<WorkerParts, 'office' | 'clock'>,
  step: StepRow,
  cardId: string,
): Promise<void> {
  const world = await loadWorld(tx, office, cardId)
  if (!world) return
  const notice = stuckNotice(world, step)
  if (!(await isTold(tx, notice))) await writeNotices(tx, [notice], clock)
}
