import type { StepRow, World } from '../requests/act.ts'
import type { StepOrder } from './system.ts'

/** One step as its adapter sees it; the account is the one that was approved, never a newer one. */
export function orderOf(step: StepRow, world: World): StepOrder {
  return {
    requestId: step.request_id,
    stepId: step.id,
    direction: step.direction,
    environment: step.plan.environment,
    account: step.plan.account,
    wanted: step.plan.wanted,
    travelsWith: world.steps.filter((other) => travelTogether(step, other)).map((other) => other.plan.wanted),
    proposal: (step.plan.batch ?? step.key).replaceAll('/', '-'),
    method: step.method,
    cardUrl: world.card.url,
    engineerName: world.engineer?.fullName ?? '',
    sponsorName: world.people.get(world.request?.approved_by ?? '')?.fullName ?? '',
    sentTo: step.receipt?.link ?? null,
    inDoubt: step.intent_at !== null,
    concerned: [world.engineer?.id, ...step.doers, step.done_by, step.taken_by].filter((id) => typeof id === 'string'),
    lastSeen: step.evidence,
    saidDoneAt: step.done_at,
  }
}

function travelTogether(one: StepRow, other: StepRow): boolean {
  const { batch } = one.plan
  const isOther = other.id !== one.id && other.request_id === one.request_id && other.direction === one.direction
  return batch !== null && isOther && other.plan.batch === batch
}
