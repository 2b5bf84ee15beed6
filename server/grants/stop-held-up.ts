import { append } from '../audit/append.ts'
import type { NewEvent } from '../audit/events.ts'
import type { Tx } from '../db/database.ts'
import type { Doing, StepRow } from '../requests/act.ts'
import { onEachCard } from '../requests/on-card.ts'
import { loadWorld } from '../requests/world.ts'
import type { WorkerParts } from './hand.ts'
import { fenced } from './judge-again.ts'
import { stepEvent } from './keep-steps.ts'
import { settleSteps } from './settle-steps.ts'
import { isClosed, isHandWork, isPeoples } from './steps.ts'

/**
 * Stops the open tasks of people wherever a stop condition holds now, so that nobody goes on with one in the system
 * itself. What is carried out by us is judged right before each change, so it is not looked at here.
 */
export async function stopHeldUp(parts: WorkerParts): Promise<void> {
  const { db, office, clock } = parts
  const granting = await db.kysely
    .selectFrom('request')
    .select('card_id')
    .where('state', '=', 'granting')
    .orderBy('id')
    .execute()
  const own = { db, office, append: (tx: Tx, events: NewEvent[]) => append(tx, events, clock) }
  const cards = granting.map((row) => row.card_id)
  for (const card of await onEachCard(own, cards, (doing, one) => stopOn(doing, parts, one))) parts.changed(card)
}

/** Answers whether anything was stopped. */
async function stopOn(
  doing: Pick<Doing, 'tx' | 'clock' | 'log' | 'notify'>,
  parts: WorkerParts,
  cardId: string,
): Promise<boolean> {
  const { tx, clock } = doing
  const world = await loadWorld(tx, parts.office, cardId)
  if (world?.request?.state !== 'granting') return false
  let stopped = false
  for (const step of world.steps.filter(waitsForPeople)) {
    const fence = fenced(world, step, parts.approvalValidDays)
    if (!fence || fence.lifts) continue
    const { sentence, remedy, turn } = fence
    const since = { since: clock.calendar(), updated_at: clock.wall() }
    const after = await tx
      .updateTable('step')
      .set({ state: 'stopped', sentence, remedy, turn, next_check_at: null, ...since })
      .where('id', '=', step.id)
      .returningAll()
      .executeTakeFirstOrThrow()
    doing.log(stepEvent('step-stopped', world.request, after))
    stopped = true
  }
  if (stopped) await settleSteps(doing, parts.office, parts.adapters, cardId, world)
  return stopped
}

function waitsForPeople(step: StepRow): boolean {
  const open = ['ready', 'waiting', 'done', 'stuck'].includes(step.state) && !isClosed(step)
  const theirs = step.next_check_at === null || isPeoples(step) || isHandWork(step)
  return step.direction === 'grant' && open && theirs && step.lease_by === null
}
