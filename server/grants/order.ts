import type { StepRow, World } from '../requests/act.ts'
import type { StepOrder } from './system.ts'

/** One step as its adapter sees it; the account is the one that was approved, never a newer one. */
export function orderOf(step: StepRow, world: World): StepOrder {
  return {
    ...aboutStep(step, world.engineer?.id),
    travelsWith: world.steps.filter((other) => travelTogether(step, other)).map((other) => other.plan.wanted),
    cardUrl: world.card.url,
    engineerName: world.engineer?.fullName ?? '',
    sponsorName: world.people.get(world.request?.approved_by ?? '')?.fullName ?? '',
    sentTo: step.receipt?.link ?? null,
    inDoubt: step.intent_at !== null,
    lastSeen: step.evidence,
  }
}

/** What a closed step gave, to be looked at later: an old invitation or pull request says nothing about that day. */
export function orderOfHeld(
  step: StepRow,
  holder: { personId: string; engineerName: string; cardUrl: string },
): StepOrder {
  const { personId, engineerName, cardUrl } = holder
  const over = { travelsWith: [], sentTo: null, inDoubt: false, lastSeen: null }
  return { ...aboutStep(step, personId), ...over, cardUrl, engineerName, sponsorName: '' }
}

function aboutStep(step: StepRow, engineerId: string | undefined) {
  return {
    requestId: step.request_id,
    stepId: step.id,
    direction: step.direction,
    environment: step.plan.environment,
    account: step.plan.account,
    wanted: step.plan.wanted,
    proposal: (step.plan.batch ?? step.key).replaceAll('/', '-'),
    method: step.method,
    concerned: [engineerId, ...step.doers, step.done_by, step.taken_by].filter((id) => typeof id === 'string'),
    saidDoneAt: step.done_at,
  }
}

function travelTogether(one: StepRow, other: StepRow): boolean {
  const { batch } = one.plan
  const isOther = other.id !== one.id && other.request_id === one.request_id && other.direction === one.direction
  return batch !== null && isOther && other.plan.batch === batch
}
