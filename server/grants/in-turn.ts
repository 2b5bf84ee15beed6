import { sql } from 'kysely'
import { MINUTE } from '../clock.ts'
import type { Tx } from '../db/database.ts'
import type { StepRow, World } from '../requests/act.ts'
import type { Hand } from './hand.ts'

/**
 * Proposals that change the same go out one after the other, so that nobody reviews what the next merge makes stale.
 * Only proposals that we follow ourselves are waited for: a stranger's pull request holds nobody up, nor one that was
 * changed by others. A revocation waits for other revocations alone, and goes before every grant that waits. For cause
 * it waits for nothing: it goes beside what is out, and whichever is merged last is made again where it conflicts.
 */

/** One for all servers: what is decided here is decided by one after the other. */
const LOCK = 20_241_103

/** Whoever was not looked at for so long is not waited for: its card may be gone, and nobody may wait for ever. */
const FORGOTTEN = 10 * MINUTE

export interface Before {
  sentence: string
  link: string | null
}

/** Whether a step waits for somebody else's proposal before its own goes out. */
export function isInLine({ state, turn }: Pick<StepRow, 'state' | 'turn'>): boolean {
  return state === 'ready' && turn === 'reviewer'
}

/**
 * Whose proposal comes before that of these steps, or `null`. Call it in the transaction that writes the intent: whoever
 * comes next then sees it.
 * @param steps of one request, direction and batch, none of which is out
 */
export async function standsBefore(tx: Tx, hand: Hand, steps: StepRow[], world: World): Promise<Before | null> {
  const [first] = steps
  const keys = new Set(steps.flatMap((step) => keyOf(hand, step)))
  const batch = world.steps.filter(
    ({ direction, plan }) =>
      direction === first?.direction && (plan.batch ?? plan.key) === (first.plan.batch ?? first.plan.key),
  )
  // What is out is only made again, or joined by a step that came late.
  if (!first || keys.size === 0 || batch.some(isOut) || goesBeside(world, first)) return null
  await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx)
  const wall = hand.clock.wall()
  const others = await tx
    .selectFrom('step')
    .innerJoin('request', 'request.id', 'step.request_id')
    .selectAll('step')
    .select('request.person_id')
    .where('step.method', '=', 'pull-request')
    .where('step.request_id', '!=', first.request_id)
    .where('step.state', 'in', ['ready', 'acting', 'waiting'])
    .where((eb) =>
      eb.or([eb('step.next_check_at', '>', new Date(wall.getTime() - FORGOTTEN)), eb('step.lease_until', '>', wall)]),
    )
    .orderBy('step.since')
    .execute()
  const same = others.filter(
    (other) =>
      keyOf(hand, other).some((key) => keys.has(key)) && (first.direction === 'grant' || other.direction === 'revoke'),
  )
  const out = same.find(isOut)
  if (out) {
    // That somebody's access is being taken away stands on their own card alone.
    const who = out.direction === 'grant' ? world.people.get(out.person_id)?.fullName : undefined
    const which = who ? `the pull request of ${who}` : 'another pull request'
    return {
      sentence: `Waits for ${which} to be merged or closed: it changes the same file.`,
      link: out.receipt?.link ?? null,
    }
  }
  if (!same.some((other) => isInLine(other) && comesBefore(other, first))) return null
  return { sentence: 'Waits in turn: another pull request changes the same file first.', link: null }
}

/** Whether its proposal goes out beside whatever else changes the same. */
export function goesBeside({ request }: Pick<World, 'request'>, { direction }: Pick<StepRow, 'direction'>): boolean {
  return direction === 'revoke' && request?.for_cause === true
}

/** What only one proposal at a time may change. A place that is not configured is told when it is read. */
function keyOf({ adapters }: Hand, { plan, method }: StepRow): string[] {
  // A target may name a file also where this installation changes the system itself.
  if (method !== 'pull-request') return []
  return adapters.get(plan.system)?.inTurn?.({ wanted: plan.wanted }) ?? []
}

/** Its proposal is there or just being made, and not merged: after that somebody else than a reviewer has the turn. */
function isOut({ state, turn, receipt, done_by }: StepRow): boolean {
  if (state === 'acting') return true
  return receipt?.link != null && (turn === 'reviewer' || turn === 'us') && done_by === null
}

function comesBefore(other: StepRow, step: StepRow): boolean {
  if (other.direction !== step.direction) return other.direction === 'revoke'
  if (!isInLine(step)) return true
  const [one, two] = [other.since.getTime(), step.since.getTime()]
  return one < two || (one === two && other.request_id < step.request_id)
}
