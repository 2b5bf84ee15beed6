import type { Updateable } from 'kysely'
import { append } from '../audit/append.ts'
import type { EventType, NewEvent } from '../audit/events.ts'
import type { Tx } from '../db/database.ts'
import type { StepTable } from '../db/schema.ts'
import type { NewNotice, RequestRow, StepRow, World } from '../requests/act.ts'
import { lockRequests } from '../requests/locking.ts'
import { writeNotices } from '../requests/notices.ts'
import { loadWorld, type Shared } from '../requests/world.ts'
import { type Hand, inMs } from './hand.ts'
import { LEASE } from './lease.ts'
import { keepLedger } from './ledger.ts'
import { higherFirst } from './left-by-higher.ts'
import { revokeLatecomer } from './revoke.ts'
import { settleSteps } from './settle-steps.ts'
import { isClosed } from './steps.ts'

export interface StepChange {
  /** The event that tells of it, or `null`. */
  type: EventType | null
  /** What the event says beyond the step's key. */
  data?: Record<string, unknown>
  set: Updateable<StepTable>
  /** The worker goes on with this step and keeps its lease. */
  goesOn?: boolean
}

/** What the log says of a step that changed. */
export function stepEvent(
  type: EventType,
  { id, person_id, board_id }: RequestRow,
  after: StepRow,
  data: Record<string, unknown> = {},
): NewEvent {
  return {
    type,
    actor: 'system',
    requestId: id,
    personId: person_id,
    stepId: after.id,
    boardId: board_id,
    data: { key: after.key, ...data },
    // It names the account that was changed: a personal detail, which can be erased.
    detail: {
      sentence: after.sentence,
      ...(type === 'step-receipt' && after.receipt?.vendorRequestId
        ? { vendorRequest: after.receipt.vendorRequestId }
        : {}),
    },
  }
}

/** Decides on a step as it stands under the lock; `null` leaves it. */
export type Decide = (step: StepRow, world: World, tx: Tx) => StepChange | null | Promise<StepChange | null>

/**
 * Writes new states of steps of one request, what follows from them, and their events, in one transaction.
 * @returns the steps as they are now; those that somebody else took over, stopped or closed meanwhile are left out
 */
export async function keepSteps(hand: Hand, cardId: string, steps: StepRow[], decide: Decide): Promise<StepRow[]> {
  const { db, office, adapters, clock } = hand
  const kept = await db.transaction(async (tx) => {
    await lockRequests(tx, cardId)
    const events: NewEvent[] = []
    const notices: NewNotice[] = []
    const cards = [cardId]
    const rows: StepRow[] = []
    let seen = false
    let known: Shared | null = null
    for (const { id } of steps) {
      const before = await tx.selectFrom('step').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow()
      if (before.lease_by !== hand.me || before.state === 'stopped' || isClosed(before)) continue
      const world: World | null = await loadWorld(tx, office, cardId, null, known)
      known = world
      const decided = world ? await decide(before, world, tx) : null
      const closes = decided?.set.state !== undefined && isClosed({ ...before, state: decided.set.state })
      const change = world && closes && higherFirst(world, before) ? afterHigher(hand, before, world) : decided
      const request = world?.request
      if (!change || !request) continue
      const after = await writeStep(hand, tx, before, change)
      rows.push(after)
      seen ||= change.type !== null || isVisible(before, after)
      if (change.type) events.push(stepEvent(change.type, request, after, change.data))
      if (isClosed(after)) {
        events.push(...(await keepLedger(tx, request, after, clock.calendar())))
        await revokeLatecomer({ tx, clock }, world, after, adapters)
      }
    }
    // A look that found nothing new wakes no frame and moves no version.
    if (!seen) return { rows, cards: [] }
    const settling = {
      tx,
      clock,
      log: (event: NewEvent) => void events.push(event),
      notify: (notice: NewNotice) => void notices.push(notice),
      touched: (card: string) => void cards.push(card),
    }
    await settleSteps(settling, office, adapters, cardId, known)
    await writeNotices(tx, notices, clock)
    await append(tx, events, clock)
    return { rows, cards }
  })
  for (const card of kept.cards) hand.changed(card)
  return kept.rows
}

/** What a higher value may still put there is looked at once that is gone, and is not gone before. */
export function afterHigher(hand: Hand, step: StepRow, world: World): StepChange {
  const higher = higherFirst(world, step)
  if (!higher) return { type: null, set: { next_check_at: hand.clock.wall() } }
  const sentence = `Waits until ${higher.plan.words.short} is gone, because that leaves this there.`
  const next_check_at = inMs(hand, hand.lookAgainMs)
  return { type: null, set: { state: 'waiting', turn: 'us', sentence, remedy: null, next_check_at } }
}

function writeStep(hand: Hand, tx: Tx, before: StepRow, { set, goesOn }: StepChange): Promise<StepRow> {
  const moved = set.state !== undefined && set.state !== before.state
  const turned = set.turn !== undefined && set.turn !== before.turn
  return tx
    .updateTable('step')
    .set({
      ...set,
      ...(moved || turned ? { since: hand.clock.calendar() } : {}),
      ...(goesOn ? { lease_until: inMs(hand, LEASE) } : { lease_until: null, lease_by: null }),
      updated_at: hand.clock.wall(),
    })
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

function isVisible(before: StepRow, after: StepRow): boolean {
  const shown = ['state', 'turn', 'sentence', 'remedy', 'link', 'who'] as const
  return shown.some((name) => before[name] !== after[name])
}
