import type { Doing, RequestRow, StepRow, World } from '../requests/act.ts'
import { changeRequest, requestOf } from '../requests/acts/common.ts'
import { takenOnLeaving } from '../rules/leaving.ts'
import { copiesByHand } from '../rules/outlives.ts'
import type { PlanStep } from '../rules/types.ts'
import { beside } from './beside.ts'
import { isGivenBy } from './ledger.ts'
import { leftByHigher } from './left-by-higher.ts'
import { isShared, neededBy } from './needed-by.ts'
import { type Adapters, isClosed, isProposed, lookAtProposals, writeSteps } from './steps.ts'
import type { Wake } from './wake.ts'

/**
 * The same machine run backwards: revoke steps from what was granted, what came last goes first. Opening it fences all
 * pending grant steps of that person, in the same transaction.
 * @param stays lower values that are to stand where a higher one goes
 */
export async function openRevocation(
  doing: Pick<Doing, 'tx' | 'clock'>,
  world: World,
  goes: PlanStep[],
  parts: { adapters: Adapters; wake: Pick<Wake, 'send'> },
  stays: PlanStep[] = [],
): Promise<void> {
  const request = requestOf(world)
  const { tx } = doing
  await fencePending(doing, request)
  if (request.state !== 'revoking')
    // What is revoked asks nobody any more whether it goes on.
    await changeRequest(doing, request, { paused_because: null }, 'revoking')
  await writeRevokeSteps(doing, world, goes, parts.adapters, stays)
  await parts.wake.send(tx)
}

/** Writes the steps that take these, in the order in which they go. */
export async function writeRevokeSteps(
  { tx, clock }: Pick<Doing, 'tx' | 'clock'>,
  world: World,
  goes: PlanStep[],
  adapters: Adapters,
  stays: PlanStep[] = [],
): Promise<void> {
  await writeSteps(tx, {
    requestId: requestOf(world).id,
    steps: goes
      .filter((plan) => !plan.nothingToUndo)
      .toReversed()
      .map((plan) => backwards(plan, world, goes, stays)),
    direction: 'revoke',
    adapters,
    now: clock.calendar(),
    wall: clock.wall(),
  })
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
    // An open proposal is closed by whoever carries out steps, and only then is its step stopped.
    if (!own) await lookAtProposals(tx, id, clock.wall())
    await tx
      .updateTable('step')
      .set({
        state: 'stopped',
        since: clock.calendar(),
        turn: own ? 'nobody' : 'sponsor',
        sentence: 'Stopped because access is being revoked.',
        remedy: own ? null : 'The sponsor approves again once that is finished.',
        next_check_at: null,
      })
      .where('request_id', '=', id)
      .where('direction', '=', 'grant')
      .where('state', 'in', ['planned', 'ready', 'waiting', 'stuck'])
      .where((eb) => eb.or([eb.val(own), eb.not(isProposed(eb))]))
      .execute()
  }
}

/**
 * The step that gave something and whatever follows it, where it is still held and no other request needs it. What
 * follows another step stays: Argo CD goes with the team that its policy names, not with the one that the rules name.
 */
export function goesWith(world: World, key: string): PlanStep[] {
  const held = world.holdings.filter((holding) => holding.request_id === world.request?.id)
  const goes = world.steps
    .filter((step) => step.direction === 'grant' && held.some((holding) => isGivenBy(holding, step)))
    .filter((step) => !step.plan.nothingToUndo)
    .filter((step) => neededBy(world, step) === null || (step.key === key && isShared(world, step)))
    .filter((step) => step.key === key || step.plan.follows === key)
    .filter((step) => !isGoing(world, step))
    .map(({ plan }) => plan)
  return [...goes, ...copiesByHand(goes, world.now)]
}

/** All that revoking this request takes: what it did, what it took over, and what the systems show beside the record. */
export function goesWhole(world: World): PlanStep[] {
  const goes = [
    ...[...world.takenOver, ...undoable(world)]
      .filter((step) => !isTakenBack(world, step) && neededBy(world, step) === null)
      .map(({ plan }) => plan),
    ...leftByHigher(world).filter(
      (plan) => !world.steps.some((one) => one.direction === 'revoke' && one.key === plan.key),
    ),
    ...beside(world),
    ...goesOnLeaving(world),
  ]
  return [...goes, ...copiesByHand(goes, world.now)]
}

/** Whoever has left keeps nothing: what an absence would leave as it is goes too. */
function goesOnLeaving(world: World): PlanStep[] {
  if (world.engineer?.left?.value !== true) return []
  return [...world.takenOver, ...world.steps].flatMap((step) => {
    const isTheirs = step.direction === 'grant' && isHeldHere(world, step) && !isTakenBack(world, step)
    return (isTheirs && takenOnLeaving(step.plan)) || []
  })
}

/**
 * Steps that changed something, or may have: verified, seen, said to be done, taken by somebody, or begun and not known.
 * What another request of the engineer gave, and this one only found, stays, and so does what was only looked at.
 */
export function undoable(world: World): StepRow[] {
  return world.steps.filter(
    (step) =>
      step.direction === 'grant' &&
      !step.plan.nothingToUndo &&
      // What is granted once more has no marks yet, and stands in the record all the same.
      (hasBegun(step) || isHeldHere(world, step)) &&
      !world.holdings.some((one) => one.request_id !== world.request?.id && isGivenBy(one, step)) &&
      !isTakenBack(world, step) &&
      neededBy(world, step) === null,
  )
}

function isHeldHere(world: World, step: StepRow): boolean {
  return world.holdings.some((one) => one.request_id === world.request?.id && isGivenBy(one, step))
}

/** What was only looked at counts too: its evidence may be of an invitation whose answer was lost. */
export function hasBegun(step: StepRow): boolean {
  const marks = [step.receipt, step.intent_at, step.evidence, step.done_by]
  return (
    marks.some((mark) => mark !== null) ||
    step.doers.length > 0 ||
    step.taken_by !== null ||
    ['acting', 'verified', 'seen', 'done'].includes(step.state)
  )
}

function isGoing(world: World, { key }: StepRow): boolean {
  return world.steps.some((other) => other.direction === 'revoke' && other.key === key && !isClosed(other))
}

/**
 * Revoked, or on its way out. What is held here again since then is not: another request gave it anew, and its holding
 * came to this one.
 */
function isTakenBack(world: World, step: StepRow): boolean {
  const revokes = world.steps.filter((other) => other.direction === 'revoke' && other.key === step.key)
  return revokes.some((one) => !isClosed(one)) || (revokes.length > 0 && !isHeldHere(world, step))
}

/**
 * A grant that closed although its revocation had been opened: it is revoked like the rest. Call it in the
 * transaction that closed the grant, with the request's row locked.
 */
export async function revokeLatecomer(
  doing: Pick<Doing, 'tx' | 'clock'>,
  world: World,
  step: StepRow,
  adapters: Adapters,
): Promise<void> {
  if (world.request?.state !== 'revoking' || step.direction !== 'grant' || isTakenBack(world, step)) return
  await writeRevokeSteps(doing, world, [step.plan], adapters)
}

/**
 * A revoke step is closed on its own: nothing waits for another, because every system is left at once. Where a lower
 * value of the same account is still held, and does not go with it, it is kept: a demotion never takes that too.
 */
function backwards(plan: PlanStep, world: World, goes: PlanStep[], stays: PlanStep[]): PlanStep {
  const lower = Object.entries(world.ruleSet.grants).find(
    ([name, grant]) =>
      grant.satisfiedBy === plan.grant && (isHeldOn(name, plan, world, goes) || isGivenInstead(name, plan, stays)),
  )
  const params = lower ? { ...plan.wanted.params, keeps: lower[1].value } : plan.wanted.params
  return { ...plan, wanted: { ...plan.wanted, params }, after: [], engineer: null }
}

/** A lower value takes this one's place, for the same account. */
function isGivenInstead(grant: string, plan: PlanStep, stays: PlanStep[]): boolean {
  return stays.some(
    (one) => one.grant === grant && one.environment === plan.environment && one.account.id === plan.account.id,
  )
}

function isHeldOn(grant: string, plan: PlanStep, world: World, goes: PlanStep[]): boolean {
  return world.holdings.some(
    (holding) =>
      holding.environment === plan.environment &&
      holding.account.id === plan.account.id &&
      (holding.grant_key === grant || holding.grant_key.startsWith(`${grant}/`)) &&
      !goes.some((one) => one.key === holding.grant_key && one.account.id === holding.account.id),
  )
}
