import type { StepRow, World } from '../requests/act.ts'
import { isSamePerson } from '../rules/same-person.ts'
import type { PlanStep } from '../rules/types.ts'
import type { Evidence, StepOrder } from './system.ts'

/** One step as its adapter sees it; the account is the one that was approved, never a newer one. */
export function orderOf(step: StepRow, world: World): StepOrder {
  const about = aboutStep(step, world.engineer?.id)
  return {
    ...about,
    concerned: everyRecordOf(about.concerned, world.people),
    travelsWith: world.steps.filter((other) => travelTogether(step, other)).map((other) => other.plan.wanted),
    cardUrl: world.card.url,
    engineerName: world.engineer?.fullName ?? '',
    sponsorName: world.people.get(world.request?.approved_by ?? '')?.fullName ?? '',
    sentTo: step.receipt?.link ?? null,
    sentAt: step.receipt?.at === undefined ? null : new Date(step.receipt.at),
    inDoubt: step.intent_at !== null,
    lastSeen: step.evidence,
    seen: step.direction === 'grant' ? step.evidence : seenGiving(step, world),
  }
}

/** People are compared, never records: a second one of somebody who had a hand in it vouches for nothing. */
function everyRecordOf(ids: string[], people: World['people']): string[] {
  const known = ids.flatMap((id) => people.get(id) ?? [])
  const others = [...people.values()].filter((one) => known.some((person) => isSamePerson(person, one)))
  return [...new Set([...ids, ...others.map(({ id }) => id)])]
}

/** What a closed step gave, to be looked at later: an old invitation or pull request says nothing about that day. */
export function orderOfHeld(
  step: StepRow,
  holder: { personId: string; engineerName: string; cardUrl: string },
): StepOrder {
  const { personId, engineerName, cardUrl } = holder
  return { ...aboutStep(step, personId), ...nothingSent, seen: step.evidence, cardUrl, engineerName, sponsorName: '' }
}

/** What nobody has a step for: whether there is anything to be revoked. */
export function orderOfPlan(plan: PlanStep, world: World): StepOrder {
  const { request, engineer, card } = world
  const step = { id: plan.key, request_id: request?.id ?? '', key: plan.key, direction: 'revoke' as const, plan }
  const byNobody = { method: plan.method, doers: [], done_by: null, done_at: null, taken_by: null }
  const about = aboutStep({ ...step, ...byNobody }, engineer?.id)
  const names = { cardUrl: card.url, engineerName: engineer?.fullName ?? '', sponsorName: '' }
  return { ...about, ...nothingSent, seen: seenGiving({ key: plan.key, plan }, world), ...names }
}

const nothingSent = { travelsWith: [], sentTo: null, sentAt: null, inDoubt: false, lastSeen: null }

type Told = 'id' | 'request_id' | 'key' | 'direction' | 'plan' | 'method' | 'doers' | 'done_by' | 'done_at' | 'taken_by'

function aboutStep(step: Pick<StepRow, Told>, engineerId: string | undefined) {
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

/** What was seen last when the same thing was given to the same account, by whichever request of the engineer. */
function seenGiving({ key, plan }: Pick<StepRow, 'key' | 'plan'>, world: World): Evidence | null {
  const gave = [...world.othersSteps, ...world.takenOver, ...world.steps].findLast(
    (one) =>
      one.direction === 'grant' &&
      one.key === key &&
      one.plan.account.kind === plan.account.kind &&
      one.plan.account.id === plan.account.id &&
      one.evidence !== null,
  )
  return gave?.evidence ?? null
}
