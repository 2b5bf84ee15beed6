import type { Kysely } from 'kysely'
import { DAY } from '../../clock.ts'
import type { RequestState, Schema, StepState } from '../../db/schema.ts'
import type { TurnRole } from '../../rules/types.ts'
import type { Direction } from '../system.ts'
import type { Known } from './reconcile.ts'

/** What is being changed now, or was a moment ago: a comparison alarms nobody about it. */

/** A step, with what its request says of whether it goes on. */
export interface Moving {
  requestId: string
  requestState: RequestState
  isPaused: boolean
  personId: string
  key: string
  direction: Direction
  state: StepState
  turn: TurnRole
  /** It was begun, and how that ended is not known yet. */
  isIntended: boolean
  since: Date
}

/** A copy of a system that is compared with, such as an export, may be so old. */
const OLDEST_COPY = 31 * DAY

/** Reads every step that may be in progress, or ended since a copy was made that may be compared with. */
export async function loadMovements(db: Kysely<Schema>, now: Date): Promise<Known['isMoving']> {
  const steps = await db
    .selectFrom('step')
    .innerJoin('request', 'request.id', 'step.request_id')
    .select(['request_id', 'request.person_id', 'request.state as request_state', 'request.paused_because'])
    .select(['step.key', 'direction', 'step.state', 'turn', 'intent_at', 'step.since'])
    .where((eb) =>
      eb.or([
        eb('request.state', 'in', ['granting', 'stopped', 'revoking']),
        eb('step.since', '>', new Date(now.getTime() - OLDEST_COPY)),
      ]),
    )
    .execute()
  return movementsOf(
    steps.map(({ request_id, request_state, paused_because, person_id, intent_at, ...step }) => ({
      ...step,
      requestId: request_id,
      requestState: request_state,
      isPaused: paused_because !== null,
      personId: person_id,
      isIntended: intent_at !== null,
    })),
  )
}

/**
 * What moves is in progress, also where it is stuck: whoever must act sees it as such, and it is stopped once its approval
 * is too old. What is stopped, paused or held up is not: whatever appears there was put there by somebody else. What
 * closed or was stopped since a list was made may have changed after it.
 */
export function movementsOf(steps: Moving[]): Known['isMoving'] {
  const acting = new Set(steps.filter((step) => step.state !== 'planned' && moves(step)).map((step) => step.requestId))
  const open = new Set<string>()
  const over = new Map<string, Date>()
  for (const step of steps) {
    const name = `${step.personId} ${step.key}`
    // What is planned begins when what is before it closes: behind what is stopped it never does.
    if (moves(step) && (step.direction === 'revoke' || acting.has(step.requestId))) open.add(name)
    else over.set(name, later(step.since, over.get(name)))
  }
  return (personId, key, since) => {
    const name = `${personId} ${key}`
    const at = over.get(name)
    return open.has(name) || (at !== undefined && at >= since)
  }
}

const later = (one: Date, other: Date | undefined) => (other && other > one ? other : one)

function moves({ requestState, isPaused, direction, state, turn, isIntended }: Moving): boolean {
  if (requestState === 'granted' || requestState === 'ended') return false
  switch (state) {
    case 'verified':
    case 'seen':
    case 'stopped':
      return false
    // Under way: it finishes, or is accepted, whatever became of the request meanwhile.
    case 'acting':
    case 'waiting':
    case 'done':
      return true
    case 'planned':
    case 'ready':
    case 'stuck':
      // Nothing holds up a revocation. A keeper's turn is a step that waits until something is known again.
      return (
        direction === 'revoke' ||
        (state === 'ready' && isIntended) ||
        (requestState === 'granting' && !isPaused && turn !== 'keeper')
      )
  }
}
