import type { Refusal, StepRow, World } from '../requests/act.ts'
import { canonical } from '../requests/challenge.ts'
import { changesSince, readSeen, seenNow } from '../requests/seen.ts'
import { planHash } from '../rules/plan-hash.ts'
import type { PlanStep } from '../rules/types.ts'
import { isOfLevel } from './of-level.ts'
import { hasBegun } from './revoke.ts'

/** Whether what was approved may go on as it was, or has to be looked at and approved again. */

/** Steps that were fenced or stopped before they were through. */
export function stoppedSteps(world: World): StepRow[] {
  return world.steps.filter((step) => step.direction === 'grant' && step.state === 'stopped')
}

/** Steps of which nothing has begun, each with the step of the newest plan that takes its place. */
export function goesOn(world: World): { step: StepRow; plan: PlanStep }[] {
  return world.steps.flatMap((step) => {
    const plan = anew(world, step)
    return plan ? [{ step, plan }] : []
  })
}

/** `null` where the step stays as it is. */
function anew(world: World, step: StepRow): PlanStep | null {
  const { plan, request } = world
  if (step.direction !== 'grant' || !plan || !isOfLevel(world, step)) return null
  const found = plan.steps.find(({ key }) => key === step.key) ?? step.plan
  // What takes a higher value's place has its account already: nothing of it is the engineer's to do.
  const isTheirs = request?.lowered_from && found.account.id === step.plan.account.id
  const next = isTheirs ? { ...found, engineer: step.plan.engineer } : found
  if (step.state === 'stopped' || step.state === 'planned') return next
  const hashOf = (one: PlanStep) => planHash({ ...plan, steps: [one] })
  return step.state === 'ready' && !hasBegun(step) && hashOf(next) !== hashOf(step.plan) ? next : null
}

/** What an approval is of: the plan, or once a level was lowered the steps that then stand in the table. */
export interface Signed {
  hash: string
  /** Keys of the steps that count; left out where all do. */
  stands?: string[]
}

/** What whoever approves this now signs; `null` without a plan. */
export function toSign(world: World): Signed | null {
  const { plan, request } = world
  if (!plan) return null
  if (!request?.lowered_from) return { hash: plan.hash }
  const after = standing(world)
  return { hash: planHash({ ...plan, steps: after }), stands: after.map(({ key }) => key) }
}

/** The grant steps of the level, as they would stand after an approval, in their order. */
function standing(world: World): PlanStep[] {
  return world.steps
    .filter((step) => step.direction === 'grant' && isOfLevel(world, step))
    .toSorted((one, other) => one.ordinal - other.ordinal)
    .map((step) => anew(world, step) ?? step.plan)
}

/** What was begun is not pinned anew, so the plan that is signed must be what then stands in the table, whole. */
export function planDiffers(world: World): Refusal | null {
  const { plan, request } = world
  if (!plan) return null
  const after = standing(world)
  const isSame = request?.lowered_from
    ? givesTheSame(after, plan.steps)
    : planHash({ ...plan, steps: after }) === plan.hash
  if (isSame) return null
  return {
    code: 'plan-differs',
    sentence: 'This cannot go on because what was done is not in the plan any more. Revoke what is done and ask again.',
    status: 409,
  }
}

/** In any order, and whatever each is for: what stays was planned for the higher level. */
function givesTheSame(one: PlanStep[], other: PlanStep[]): boolean {
  const of = (steps: PlanStep[]) =>
    canonical(steps.map(({ key, environment, account, wanted }) => [key, environment, account.id, wanted]).toSorted())
  return of(one) === of(other)
}

/**
 * What differs from what the sponsor signed, in sentences; empty where nothing does. The steps' own progress does not
 * count: the request moved on, and items of the checklist were ticked, because it was approved.
 */
export function changedSinceApproval(world: World): string[] {
  if (world.request?.lowered_at)
    return [
      `It was lowered to ${world.plan?.levelName ?? 'a lower level'} since. What takes the place of what went is looked at by itself.`,
    ]
  const kept: unknown = JSON.parse(world.approval?.statement ?? '{}')
  const basis = typeof kept === 'object' && kept !== null && 'basis' in kept ? kept.basis : null
  const seen = readSeen(canonical(basis))
  if (!seen) return ['What was approved before cannot be compared with how it stands now.']
  const { state, ticks, findings } = seenNow(world)
  // The approval may itself have made a condition met: by its review, or by what it recorded.
  const metSince = (id: string, before: string) => before === 'unknown' && findings[id] === 'met'
  const settled =
    'findings' in seen
      ? {
          findings: Object.fromEntries(
            Object.entries(seen.findings).map(([id, before]) => [id, metSince(id, before) ? 'met' : before]),
          ),
        }
      : {}
  return changesSince({ ...seen, state, ticks, ...settled }, world)
}

/**
 * Held steps need a new approval, unless somebody only stopped the request and all is as it was approved: an account, a
 * plan or a condition that changed is looked at first, and so is what the stop conditions held.
 */
export function needsApprovalAgain(world: World): boolean {
  const { request } = world
  if (request?.state === 'granting') return stoppedSteps(world).length > 0
  return request?.state === 'stopped' && changedSinceApproval(world).length > 0
}
