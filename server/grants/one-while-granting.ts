import type { Doing, Refusal, StepRow, World } from '../requests/act.ts'
import type { PlanStep } from '../rules/types.ts'
import { goesWith, writeRevokeSteps } from './revoke.ts'
import { type Adapters, isClosed } from './steps.ts'
import type { Wake } from './wake.ts'

/**
 * One thing that somebody has already, of a request whose other steps still go on: it is taken back beside them, and the
 * request neither waits for it nor gives it again.
 */

export function isStillGiving({ request }: Pick<World, 'request'>): boolean {
  return request?.state === 'granting' || request?.state === 'stopped'
}

/** Steps that take something back beside others that give, and are not through. */
export function goingBeside(world: Pick<World, 'request' | 'steps'>): StepRow[] {
  if (!isStillGiving(world)) return []
  return world.steps.filter((step) => step.direction === 'revoke' && !isClosed(step))
}

/** Whether what a closed step gave was taken back since. */
export function isTakenSince({ steps, holdings }: Pick<World, 'steps' | 'holdings'>, step: StepRow): boolean {
  return (
    steps.some((one) => one.direction === 'revoke' && one.key === step.key) &&
    !holdings.some((one) => one.grant_key === step.key)
  )
}

/** Why one thing cannot go while the request is being granted, and what can be done instead; `null` where it can. */
export function refusedWhileGranting(world: World, key: string): Refusal | null {
  const given = grantsOf(world).find((step) => step.key === key)
  if (!given || !isClosed(given)) return notGiven
  const needed = neededHere(world, new Set([key, ...goesWith(world, key).map((plan) => plan.key)]))
  if (needed) return needed
  const elsewhere = world.othersSteps.some(
    (one) => one.key === key && one.plan.account.id === given.plan.account.id && !isClosed(one),
  )
  if (elsewhere)
    return {
      code: 'given-elsewhere',
      sentence: `Another request of ${world.engineer?.firstName ?? 'the engineer'} is giving this now. Stop that one first, then revoke this.`,
      status: 409,
    }
  return null
}

/**
 * The same of something that goes from every request that gave it, whichever holds it: only what this one still gives is
 * in its way.
 * @param goes keys of all that goes with it
 */
export function refusedBeside(
  world: World,
  { key, account }: Pick<PlanStep, 'key' | 'account'>,
  goes: ReadonlySet<string>,
): Refusal | null {
  if (!isStillGiving(world)) return null
  const comes = grantsOf(world).some(
    (step) => step.key === key && step.plan.account.id === account.id && !isClosed(step),
  )
  return comes ? notGiven : neededHere(world, goes)
}

function grantsOf({ steps }: World): StepRow[] {
  return steps.filter(({ direction }) => direction === 'grant')
}

/** What is still to come rests on something of this. */
function neededHere(world: World, goes: ReadonlySet<string>): Refusal | null {
  const needs = grantsOf(world).find(
    (step) =>
      !isClosed(step) &&
      (step.plan.after.some((one) => goes.has(one)) || (step.plan.follows !== null && goes.has(step.plan.follows))),
  )
  return needs
    ? {
        code: 'needed-here',
        sentence: `${needs.plan.words.short} is still being given and needs this. Wait until that is there, or give back or revoke all that is done.`,
        status: 409,
      }
    : null
}

const notGiven: Refusal = {
  code: 'not-given',
  sentence:
    'This is still being given. Wait until it is there and revoke it then, or give back or revoke all that is done.',
  status: 409,
}

/** Begins to take these back. What still goes on of the request goes on. */
export async function openBeside(
  doing: Pick<Doing, 'tx' | 'clock'>,
  world: World,
  goes: PlanStep[],
  parts: { adapters: Adapters; wake: Pick<Wake, 'send'> },
): Promise<void> {
  await writeRevokeSteps(doing, world, goes, parts.adapters)
  await parts.wake.send(doing.tx)
}
