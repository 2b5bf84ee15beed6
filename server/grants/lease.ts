import { MINUTE } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { StepRow } from '../requests/act.ts'
import { type Claimed, type Hand, inMs } from './hand.ts'

/** Leases: which process carries out which step, and for how long it may be silent before another takes over. */

/** Far longer than one call to a system takes, and renewed while work goes on. */
export const LEASE = 2 * MINUTE
const RENEW_EVERY = LEASE / 4
/** How many steps one look takes: their calls go out side by side. */
const MOST_AT_ONCE = 16

/**
 * Takes due steps: revocations before grants, nobody else's. A revocation waits while the grant of the same thing is
 * under way, or it would read "absent" right before the change arrives. Proposals that are out come before new ones, so that
 * after a standstill too they are known to be followed before anything on the same file goes out (`in-turn.ts`).
 */
export function claimDue(hand: Pick<Hand, 'db' | 'clock' | 'me'>): Promise<Claimed[]> {
  return hand.db.transaction(async (tx) => {
    const now = hand.clock.wall()
    const due = await tx
      .selectFrom('step')
      .innerJoin('request', 'request.id', 'step.request_id')
      .selectAll('step')
      .select('request.card_id')
      .where('step.state', 'in', ['ready', 'acting', 'waiting', 'done', 'stuck'])
      .where('next_check_at', '<=', now)
      .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<', now)]))
      .where((eb) =>
        eb.or([
          eb('step.direction', '=', 'grant'),
          eb.not(
            eb.exists(
              eb
                .selectFrom('step as other')
                .innerJoin('request as of', 'of.id', 'other.request_id')
                .select('other.id')
                .whereRef('of.person_id', '=', 'request.person_id')
                .whereRef('other.key', '=', 'step.key')
                .where('other.direction', '=', 'grant')
                .where('other.lease_until', '>', now),
            ),
          ),
        ]),
      )
      .orderBy('step.direction', 'desc')
      .orderBy((eb) => eb.and([eb('step.method', '=', 'pull-request'), eb('step.state', '!=', 'ready')]), 'desc')
      .orderBy('next_check_at')
      .limit(MOST_AT_ONCE)
      .forUpdate(['step'])
      .skipLocked()
      .execute()
    if (due.length === 0) return []
    const ids = due.map((step) => step.id)
    await tx
      .updateTable('step')
      .set({ lease_until: inMs(hand, LEASE), lease_by: hand.me })
      .where('id', 'in', ids)
      .execute()
    return due.map(({ card_id, ...step }) => ({ step: { ...step, lease_by: hand.me }, cardId: card_id }))
  })
}

/** Keeps the leases of these steps alive until the answered function is called. */
export function renewing(hand: Hand, claimed: Claimed[]): () => void {
  const ids = claimed.map(({ step }) => step.id)
  const timer = setInterval(() => {
    hand.db.kysely
      .updateTable('step')
      .set({ lease_until: inMs(hand, LEASE) })
      .where('id', 'in', ids)
      .where('lease_by', '=', hand.me)
      .execute()
      .catch(hand.report)
  }, RENEW_EVERY)
  return () => clearInterval(timer)
}

/** Gives a step back without having changed it. */
export async function release(hand: Hand, step: Pick<StepRow, 'id'>, next: Date | null): Promise<void> {
  await hand.db.kysely
    .updateTable('step')
    .set({ lease_until: null, lease_by: null, next_check_at: next })
    .where('id', '=', step.id)
    .where('lease_by', '=', hand.me)
    .execute()
}

/** Ends the leases of processes that are gone. */
export async function endLeases(db: Database): Promise<void> {
  await db.kysely
    .updateTable('step')
    .set({ lease_until: null, lease_by: null })
    .where('lease_by', 'is not', null)
    .execute()
}
