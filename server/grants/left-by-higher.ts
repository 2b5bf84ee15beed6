import type { StepRow, World } from '../requests/act.ts'
import type { PlanStep } from '../rules/types.ts'
import { isGivenBy } from './ledger.ts'
import { contains } from './needed-by.ts'
import { isClosed } from './steps.ts'

/**
 * Taking a higher value may leave a lower one in its place, which was to stand. Where that goes too, it is there only once
 * the higher one is gone: until then, that it is absent proves nothing.
 */

type Taking = Pick<World, 'ruleSet' | 'steps' | 'othersRevokes'>

/** Whether a step that takes a higher value leaves this one there. */
function leaves({ ruleSet }: Pick<World, 'ruleSet'>, higher: StepRow, lower: PlanStep): boolean {
  return (
    higher.direction === 'revoke' &&
    higher.plan.wanted.params['keeps'] === lower.wanted.value &&
    higher.plan.account.id === lower.account.id &&
    higher.plan.environment === lower.environment &&
    contains({ ruleSet }, higher.plan, lower)
  )
}

/** The step, of whichever request of this person, that may still put there what this one takes; `null` where none may. */
export function higherFirst(world: Taking, step: Pick<StepRow, 'direction' | 'plan'>): StepRow | null {
  if (step.direction !== 'revoke') return null
  const open = [...world.steps, ...world.othersRevokes].filter((one) => !isClosed(one))
  return open.find((one) => leaves(world, one, step.plan)) ?? null
}

/** Lower values that a lowering puts there, or already did, although no step has given them: they go with all the rest. */
export function leftByHigher(world: Taking & Pick<World, 'holdings'>): PlanStep[] {
  return world.steps
    .filter((step) => step.direction === 'grant' && (step.state === 'planned' || step.state === 'stopped'))
    .filter((step) => !world.holdings.some((held) => isGivenBy(held, step)))
    .filter((step) => world.steps.some((one) => leaves(world, one, step.plan)))
    .map(({ plan }) => plan)
}
