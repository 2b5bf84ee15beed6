import type { Kysely } from 'kysely'
import type { Schema } from '../db/schema.ts'
import type { Doing, RequestRow, StepRow, World } from '../requests/act.ts'
import { changeRequest, requestOf } from '../requests/acts/common.ts'
import type { PlanStep } from '../rules/types.ts'
import { type Adapters, isClosed, writeSteps } from './steps.ts'
import type { Wake } from './wake.ts'

/**
 * The same machine run backwards: revoke steps from what was granted, what came last goes first. Opening it fences all
 * pending grant steps of that person, in the same transaction.
 */
export async function openRevocation(
  doing: Pick<Doing, 'tx' | 'clock'>,
  world: World,
  granted: StepRow[],
  parts: { adapters: Adapters; wake: Pick<Wake, 'send'> },
): Promise<void> {
  const request = requestOf(world)
  const { tx, clock } = doing
  await fencePending(doing, request)
  if (request.state === 'granted' || request.state === 'granting' || request.state === 'stopped')
    await changeRequest(doing, request, {}, 'revoking')
  await writeSteps(tx, {
    requestId: request.id,
    steps: granted.toReversed().map((step) => backwards(step, world)),
    direction: 'revoke',
    adapters: parts.adapters,
    now: clock.calendar(),
    wall: clock.wall(),
  })
  await parts.wake.send(tx)
}

/** Stops what is pending: for good in the request that is revoked, until the sponsor says so in any other. */
async function fencePending({ tx, clock }: Pick<Doing, 'tx' | 'clock'>, request: RequestRow): Promise<void> {
  const open = await tx
    .selectFrom('request')
    .select('id')
    .where('person_id', '=', request.person_id)
    .where('state', 'in', ['granting', 'stopped', 'granted', 'revoking'])
    .execute()
  for (const { id } of open) {
    const own = id === request.id
    await tx
      .updateTable('step')
      .set({
        state: 'stopped',
        since: clock.calendar(),
        turn: own ? 'nobody' : 'sponsor',
        sentence: 'Stopped because access is being revoked.',
        remedy: own ? null : 'The sponsor lets it go on once that is finished.',
        next_check_at: null,
      })
      .where('request_id', '=', id)
      .where('direction', '=', 'grant')
      .where('state', 'in', ['planned', 'ready', 'waiting', 'stuck'])
      .execute()
  }
}

/**
 * The step that gave something and whatever follows it, where it is still held. What follows another step stays: Argo CD
 * goes with the team that its policy names, not with the one that the rules name.
 */
export function goesWith(world: World, key: string): StepRow[] {
  const held = new Set(
    world.holdings.filter((holding) => holding.request_id === world.request?.id).map((holding) => holding.grant_key),
  )
  const grants = world.steps.filter((step) => step.direction === 'grant' && held.has(step.key))
  return grants.filter((step) => step.key === key || step.plan.follows === key)
}

/** Whether anything of this person is being revoked now. */
export async function revocationIsOpen(db: Kysely<Schema>, personId: string): Promise<boolean> {
  const steps = await db
    .selectFrom('step')
    .innerJoin('request', 'request.id', 'step.request_id')
    .select(['step.state', 'step.plan'])
    .where('request.person_id', '=', personId)
    .where('step.direction', '=', 'revoke')
    .execute()
  return steps.some((step) => !isClosed(step))
}

/**
 * A revoke step is closed on its own: nothing waits for another, because every system is left at once. Where a lower
 * value of the same account is still held by another request, it is kept: a demotion never takes that too.
 */
function backwards(step: StepRow, world: World): PlanStep {
  const { plan } = step
  const lower = Object.entries(world.ruleSet.grants).find(
    ([name, grant]) => grant.satisfiedBy === plan.grant && isHeldElsewhere(name, step, world),
  )
  const params = lower ? { ...plan.wanted.params, keeps: lower[1].value } : plan.wanted.params
  return { ...plan, wanted: { ...plan.wanted, params }, after: [], engineer: null }
}

function isHeldElsewhere(grant: string, step: StepRow, world: World): boolean {
  return world.holdings.some(
    (holding) =>
      holding.request_id !== step.request_id &&
      holding.environment === step.plan.environment &&
      (holding.grant_key === grant || holding.grant_key.startsWith(`${grant}/`)),
  )
}
