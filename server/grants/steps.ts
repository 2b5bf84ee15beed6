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

/** Closed: what its proof asks for is there. *Done* by the doer alone closes only where the proof is the doer's word. */
export function isClosed(step: Pick<StepRow, 'state' | 'plan'>): boolean {
  return step.state === 'verified' || step.state === 'seen' || (step.state === 'done' && step.plan.proof === 'doer')
}

/** How one step begins. A system that is not configured becomes a guided task, never an error. */
export function beginning(
  plan: PlanStep,
  direction: Direction,
  adapters: Adapters,
): { method: Method; state: StepState; turn: TurnRole; sentence: string; automatic: boolean } {
  const automatic = adapterFor(adapters, plan.system, plan.method) !== null
  const method = automatic ? plan.method : 'task'
  const state: StepState = direction === 'grant' && plan.after.length > 0 ? 'planned' : 'ready'
  const words = direction === 'grant' ? plan.words.change : plan.words.undo
  if (state === 'planned')
    return { method, state, turn: 'nobody', sentence: 'Begins when the steps before it are closed.', automatic }
  return { method, state, automatic, ...opening(plan, method, direction, words) }
}

function opening(
  plan: PlanStep,
  method: Method,
  direction: Direction,
  words: string,
): { turn: TurnRole; sentence: string } {
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
    await tx
      .insertInto('step')
      .values({
        id: newId(),
        request_id: what.requestId,
        direction: what.direction,
        ordinal,
        key: plan.key,
        plan: json(plan),
        method: begin.method,
        state: begin.state,
        since: what.now,
        turn: begin.turn,
        sentence: begin.sentence,
        attempts: 0,
        next_check_at: begin.automatic && begin.state === 'ready' ? what.wall : null,
        updated_at: what.wall,
      })
      .execute()
  }
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
    const begin = opening(step.plan, step.method, 'grant', step.plan.words.change)
    const automatic = adapterFor(adapters, step.plan.system, step.method) !== null
    await tx
      .updateTable('step')
      .set({ state: 'ready', since: now, ...begin, next_check_at: automatic ? wall : null, updated_at: wall })
      .where('id', '=', step.id)
      .execute()
    count += 1
  }
  return count
}

/** Proposed in another system, where somebody can still accept it. */
export function isProposed(eb: ExpressionBuilder<Schema, 'step'>) {
  const open = ['waiting', 'stuck'] as const
  return eb.and([eb('method', '=', 'pull-request'), eb('state', 'in', open), eb('next_check_at', 'is not', null)])
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
