import type { RequestState } from '../db/schema.ts'

/** A request's life, as a closed state machine. Final states stay; a new request links back. */
const next: Record<RequestState, RequestState[]> = {
  candidate: ['open', 'withdrawn', 'declined', 'expired'],
  open: ['ready', 'changes-asked', 'declined', 'withdrawn', 'expired'],
  'changes-asked': ['open', 'declined', 'withdrawn', 'expired'],
  ready: ['open', 'changes-asked', 'granting', 'declined', 'withdrawn', 'expired'],
  granting: ['granted', 'stopped', 'revoking'],
  // Granting anew what was taken away outside, under the same approval.
  granted: ['revoking', 'granting'],
  stopped: ['granting', 'revoking'],
  // Back to *granted* when only a part was taken and the rest is still held; *granting* when a lower value takes its place.
  revoking: ['ended', 'granted', 'granting'],
  // What an absence leaves goes once somebody leaves.
  ended: ['revoking'],
  declined: [],
  withdrawn: [],
  expired: [],
}

/** Nothing more happens on a request in one of these states. */
export const finalStates: readonly RequestState[] = ['ended', 'declined', 'withdrawn', 'expired']

/** Before an approval: the request can still be changed, declined or withdrawn. */
export const beforeApproval: readonly RequestState[] = ['candidate', 'open', 'changes-asked', 'ready']

/** The engineer has asked and nobody has decided: what a decision rests on is gathered here. */
export const gathering: readonly RequestState[] = ['open', 'changes-asked', 'ready']

/** Approved and not over: something may be there that can be revoked. */
export const approvedStates: readonly RequestState[] = ['granting', 'stopped', 'granted', 'revoking']

/** Nobody has two of them for one level. Never a state that a revocation leads to, or asking again would refuse it. */
export const onceEach: readonly RequestState[] = [...beforeApproval, 'granting', 'stopped']

/** Something is still to be done or decided: such a request can be paused. */
export const openStates: readonly RequestState[] = [...onceEach, 'revoking']

/** Why a request waits whose engineer lost all access since: they do not let it go on themselves. */
export const revokedSinceAsked =
  'Access of the engineer was revoked since this was asked for. Say whether the request continues.'

/** Whether another engineer may still be named: nobody has asked, or what was asked is closed. */
export function mayNameAnew(state: RequestState): boolean {
  return state === 'candidate' || finalStates.includes(state)
}

/** Whether a request may go from one state to another. */
export function mayBecome(from: RequestState, to: RequestState): boolean {
  return next[from].includes(to)
}

/** Thrown when code asks for a change of state that the machine does not have: a defect, never a reader's mistake. */
export class WrongTurn extends Error {
  override name = 'WrongTurn'
  constructor(from: RequestState, to: RequestState) {
    super(`A request in state "${from}" cannot become "${to}".`)
  }
}
