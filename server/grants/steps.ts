import type { ExpressionBuilder } from 'kysely'
import type { Tx } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Schema, StepState } from '../db/schema.ts'
import type { RequestRow, StepRow, World } from '../requests/act.ts'
import { newId } from '../requests/ids.ts'
import { isThatPerson } from '../rules/same-person.ts'
import type { Method, PersonFacts, PlanStep, TurnRole } from '../rules/types.ts'
import type { Direction, SystemAdapter } from './system.ts'

/** Steps as rows: how they begin, when they are closed, and what may begin after them. */

export type Adapters = Map<string, SystemAdapter>

/** The adapter that carries out a step by itself, or `null` where a person does. */
export function adapterFor(adapters: Adapters, system: string, method: Method): SystemAdapter | null {
  const adapter = adapters.get(system)
  return adapter?.can.includes(method) ? adapter : null
}

/** The adapter that can tell how a step of people stands, or `null` where only another person can. */
export function readerFor(
  adapters: Adapters,
  { plan, direction }: Pick<StepRow, 'plan' | 'direction'>,
): SystemAdapter | null {
  // Whoever reads the original sees nothing of its copy.
  if (plan.copyOf !== undefined) return null
  const adapter = adapters.get(plan.system)
  return adapter?.reads?.({ environment: plan.environment, wanted: plan.wanted, direction }) ? adapter : null
}

/** Whether a worker looks at a step by itself: to carry it out, or to see what people did. */
export function isLookedAt(adapters: Adapters, step: Pick<StepRow, 'plan' | 'direction' | 'method'>): boolean {
  return adapterFor(adapters, step.plan.system, step.method) !== null || readerFor(adapters, step) !== null
}

/** Whether people carry out a step, as a task or because it was merged. We only read it then. */
export function isPeoples({ method, done_by }: Pick<StepRow, 'method' | 'done_by'>): boolean {
  return method === 'task' || done_by !== null
}

/** A step that a person does now: a task, or an apply after a merge. */
export function isHandWork({ state, method, turn }: Pick<StepRow, 'state' | 'method' | 'turn'>): boolean {
  if (state === 'ready' && method === 'task') return true
  return state === 'waiting' && doers.includes(turn)
}

/** What the engineer does first, such as signing in once: until then nobody can do the step. `null` where nothing is left. */
export function engineersPart({ direction, turn, plan }: Pick<StepRow, 'direction' | 'turn' | 'plan'>): string | null {
  return direction === 'grant' && turn === 'engineer' && plan.engineer?.when === 'before' ? plan.engineer.text : null
}

/** Whoever carries out tasks. */
const doers: TurnRole[] = ['second-line', 'senior-tech', 'sponsor']

/**
 * Closed: what its proof asks for is there. *Done* by the doer alone closes only where the proof is the doer's word, and
 * never a revocation: that is over when somebody else, or we, saw that nothing is left.
 */
export function isClosed({ state, plan, direction }: Pick<StepRow, 'state' | 'plan' | 'direction'>): boolean {
  return state === 'verified' || state === 'seen' || (state === 'done' && !asksForSecond({ plan, direction }))
}

/** Whether the doer's word alone is not enough. */
export function asksForSecond({ plan, direction }: Pick<StepRow, 'plan' | 'direction'>): boolean {
  return direction === 'revoke' || plan.proof !== 'doer'
}

/** How one step begins. A system that is not configured becomes a guided task, never an error. */
export function beginning(
  plan: PlanStep,
  direction: Direction,
  adapters: Adapters,
): { method: Method; state: StepState; turn: TurnRole; sentence: string; isLookedAt: boolean } {
  const method = adapterFor(adapters, plan.system, plan.method) ? plan.method : 'task'
  const looked = isLookedAt(adapters, { plan, direction, method })
  const state: StepState = direction === 'grant' && plan.after.length > 0 ? 'planned' : 'ready'
  if (state === 'planned')
    return {
      method,
      state,
      turn: 'nobody',
      sentence: 'Begins when the steps before it are closed.',
      isLookedAt: looked,
    }
  return { method, state, isLookedAt: looked, ...opening(plan, method, direction) }
}

/** Whose turn a step is when it begins, and what it says. */
export function opening(plan: PlanStep, method: Method, direction: Direction): { turn: TurnRole; sentence: string } {
  const words = direction === 'grant' ? plan.words.change : plan.words.undo
  if (method !== 'task') return { turn: 'us', sentence: words }
  const part = direction === 'grant' ? plan.engineer : null
  if (part?.when === 'before') return { turn: 'engineer', sentence: part.text }
  const task = direction === 'grant' ? plan.task : plan.undoTask
  return { turn: task?.doer ?? 'second-line', sentence: words }
}

/** Writes the steps of a plan for a request, in order. */
export async function writeSteps(
  tx: Tx,
  what: { requestId: string; steps: PlanStep[]; direction: Direction; adapters: Adapters; now: Date; wall: Date },
): Promise<void> {
  for (const [ordinal, plan] of what.steps.entries()) {
    const begin = beginning(plan, what.direction, what.adapters)
    const anew = {
      ordinal,
      plan: json(plan),
      method: begin.method,
      state: begin.state,
      since: what.now,
      turn: begin.turn,
      sentence: begin.sentence,
      attempts: 0,
      next_check_at: begin.isLookedAt && begin.state === 'ready' ? what.wall : null,
      updated_at: what.wall,
    }
    await tx
      .insertInto('step')
      .values({ id: newId(), request_id: what.requestId, direction: what.direction, key: plan.key, ...anew })
      // Revoked once, and back since by whatever way: it is revoked anew.
      .onConflict((same) => same.columns(['request_id', 'direction', 'key']).doUpdateSet({ ...anew, ...nothingYet }))
      .execute()
  }
}

const nothingYet = {
  remedy: null,
  link: null,
  who: null,
  taken_by: null,
  taken_at: null,
  doers: json([]),
  done_by: null,
  done_at: null,
  seen_by: null,
  seen_at: null,
  verified_at: null,
  effective_by: null,
  evidence: null,
  receipt: null,
  intent_at: null,
}

/** Lets the steps begin whose prerequisites are closed now. Answers how many. */
export async function unlock(
  tx: Tx,
  request: Pick<RequestRow, 'id'>,
  adapters: Adapters,
  now: Date,
  wall: Date,
): Promise<number> {
  const steps = await tx
    .selectFrom('step')
    .selectAll()
    .where('request_id', '=', request.id)
    .where('direction', '=', 'grant')
    .execute()
  const closed = new Set(steps.filter(isClosed).map((step) => step.key))
  let count = 0
  for (const step of steps) {
    if (step.state !== 'planned' || !step.plan.after.every((key) => closed.has(key))) continue
    const begin = opening(step.plan, step.method, 'grant')
    const next = isLookedAt(adapters, step) ? wall : null
    await tx
      .updateTable('step')
      .set({ state: 'ready', since: now, ...begin, next_check_at: next, updated_at: wall })
      .where('id', '=', step.id)
      .execute()
    count += 1
  }
  return count
}

/** Proposed in another system, where somebody can still accept it. */
export function isProposed(eb: ExpressionBuilder<Schema, 'step'>) {
  // Merged, and waiting for whoever applies it: nothing is left to be closed.
  const open = eb.or([eb('state', '=', 'stuck'), eb.and([eb('state', '=', 'waiting'), eb('turn', 'not in', doers)])])
  return eb.and([eb('method', '=', 'pull-request'), open, eb('next_check_at', 'is not', null)])
}

/** Has a request's open proposals looked at now: whoever carries out steps closes those that may not go on. */
export async function lookAtProposals(tx: Tx, requestId: string, wall: Date): Promise<void> {
  await tx
    .updateTable('step')
    .set({ next_check_at: wall })
    .where('request_id', '=', requestId)
    .where('direction', '=', 'grant')
    .where(isProposed)
    .execute()
}

/** Whether somebody had a hand in a step, also before it was undone or handed over: no second person then. */
export function isDoer(
  { doers, done_by, taken_by }: StepRow,
  people: World['people'],
  person: PersonFacts | null,
): boolean {
  return person !== null && [...doers, done_by, taken_by].some((id) => isThatPerson(people, id, person))
}
