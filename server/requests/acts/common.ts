import type { Updateable } from 'kysely'
import type { NewEvent } from '../../audit/events.ts'
import type { RequestState, RequestTable } from '../../db/schema.ts'
import { type Actor, ActRefused, type Doing, type Refusal, type RequestRow, type World } from '../act.ts'
import { finalStates, mayBecome, WrongTurn } from '../life.ts'

/** The event fields that every act on a card shares. */
export function about(doing: Pick<Doing<Actor>, 'actor'>, world: World): Omit<NewEvent, 'type' | 'data'> {
  const { actor } = doing
  return {
    actor: actor.person?.id ?? `member:${actor.memberId}`,
    requestId: world.request?.id ?? null,
    personId: world.engineer?.id ?? null,
    stepId: null,
    boardId: world.card.board_id,
  }
}

/** An event of an act that is about no card. */
export function officeEvent(
  { actor }: Doing,
  type: NewEvent['type'],
  data: NewEvent['data'],
  personId: string | null = null,
): NewEvent {
  return { type, actor: actor.person.id, requestId: null, personId, stepId: null, boardId: actor.boardId, data }
}

/** The request, where an act cannot be without one. */
export function requestOf(world: World): RequestRow {
  if (!world.request)
    throw new ActRefused({ code: 'no-request', sentence: 'Nobody has asked for access on this card yet.', status: 409 })
  return world.request
}

/** Refuses an act in any state but these, with the state in words. */
export function onlyIn(world: World, states: readonly RequestState[]): Refusal | null {
  const { request } = world
  if (!request) return { code: 'no-request', sentence: 'Nobody has asked for access on this card yet.', status: 409 }
  if (states.includes(request.state)) return null
  return { code: `state-${request.state}`, sentence: stateWords[request.state], status: 409 }
}

const stateWords: Record<RequestState, string> = {
  candidate: 'Nothing has been changed because the engineer has not asked yet.',
  open: 'Nothing has been changed because the request is still being filled in.',
  'changes-asked': 'Nothing has been changed because the engineer was asked for changes first.',
  ready: 'Nothing has been changed because the request is waiting for its sponsor.',
  granting: 'Nothing has been changed because this request is approved already.',
  granted: 'Nothing has been changed because this access is granted already.',
  stopped: 'Nothing has been changed because this request is stopped.',
  revoking: 'Nothing has been changed because this access is being revoked.',
  ended: 'Nothing has been changed because this access has been revoked.',
  declined: 'Nothing has been changed because this request was declined.',
  withdrawn: 'Nothing has been changed because this request was withdrawn.',
  expired: 'Nothing has been changed because this request expired.',
}

/** Changes a request and moves it to another state when one is given; the state machine says whether it may. */
export async function changeRequest(
  doing: Pick<Doing<Actor>, 'tx' | 'clock'>,
  request: RequestRow,
  change: Omit<Updateable<RequestTable>, 'state' | 'state_since' | 'version'>,
  state: RequestState = request.state,
): Promise<void> {
  if (state !== request.state && !mayBecome(request.state, state)) throw new WrongTurn(request.state, state)
  const moved = state === request.state ? {} : { state, state_since: doing.clock.calendar() }
  // A closed request asks nobody whether it goes on.
  const settled = finalStates.includes(state) ? { paused_because: null } : {}
  // The next revocation of it takes its turn again.
  const over = request.state === 'revoking' && state !== 'revoking' ? { for_cause: false } : {}
  await doing.tx
    .updateTable('request')
    .set({ ...change, ...moved, ...settled, ...over })
    .where('id', '=', request.id)
    .execute()
}
