import type { StepRow, World } from '../requests/act.ts'
import { isGivenBy } from './ledger.ts'
import { isClosed } from './steps.ts'

/** What a request gave or found and another one of the same person holds now: it goes, or stays, with that one. */
export interface HeldElsewhere {
  step: StepRow
  /** On its way out there. */
  going: boolean
}

export function heldElsewhere(world: World): HeldElsewhere[] {
  const { steps, holdings, othersRevokes, request } = world
  return steps.flatMap((step) => {
    if (step.direction !== 'grant' || step.plan.nothingToUndo || !isClosed(step)) return []
    // What this one had revoked already, and another gave since, is the other's alone.
    if (steps.some((one) => one.direction === 'revoke' && one.key === step.key && isClosed(one))) return []
    const holding = holdings.find((one) => isGivenBy(one, step))
    if (!holding || holding.request_id === request?.id) return []
    // Taken back here before: what another request gave since is none of this one's.
    if (steps.some((one) => one.direction === 'revoke' && one.key === step.key)) return []
    return [{ step, going: othersRevokes.some((other) => other.key === step.key && isGivenBy(holding, other)) }]
  })
}

/** What this request had is on its way out in another one: it is not over before that is. */
export function goingElsewhere(world: World): StepRow[] {
  return world.request?.state === 'revoking'
    ? heldElsewhere(world).flatMap(({ step, going }) => (going ? [step] : []))
    : []
}

/** Whether anything was revoked by it: where another request needed all of it, it only ended. */
export function wasTaken(world: World): boolean {
  return world.steps.some(({ direction }) => direction === 'revoke') || heldElsewhere(world).length === 0
}
