import type { Refusal, StepRow, World } from '../requests/act.ts'
import { canonical } from '../requests/challenge.ts'
import { changesSince, readSeen, seenNow } from '../requests/seen.ts'
import { planHash } from '../rules/plan-hash.ts'
import type { PlanStep } from '../rules/types.ts'
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
function anew({ plan }: World, step: StepRow): PlanStep | null {
  if (step.direction !== 'grant' || !plan) return null
  const next = plan.steps.find(({ key }) => key === step.key) ?? step.plan
  if (step.state === 'stopped' || step.state === 'planned') return next
  const hashOf = (one: PlanStep) => planHash({ ...plan, steps: [one] })
  return step.state === 'ready' && !hasBegun(step) && hashOf(next) !== hashOf(step.plan) ? next : null
}

/** What was begun is not pinned anew, so the plan that is signed must be what then stands in the table, whole. */
export function planDiffers(world: World): Refusal | null {
  const { plan, steps } = world
  if (!plan) return null
  const after = steps.filter(({ direction }) => direction === 'grant').map((step) => anew(world, step) ?? step.plan)
  if (planHash({ ...plan, steps: after }) === plan.hash) return null
  return {
    code: 'plan-differs',
    sentence: 'This cannot go on because what was done is not in the plan any more. Revoke what is done and ask again.',
    status: 409,
  }
}

/**
 * What differs from what the sponsor signed, in sentences; empty where nothing does. The steps' own progress does not
 * count: the request moved on, and items of the checklist were ticked, because it was approved.
 */
export function changedSinceApproval(world: World): string[] {
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
