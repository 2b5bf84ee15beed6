import type { NewEvent } from '../audit/events.ts'
import type { Tx } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Doing, HoldingRow, StepRow, World } from '../requests/act.ts'
import { newId } from '../requests/ids.ts'
import type { LevelId, PlanStep } from '../rules/types.ts'
import { isClosed } from './steps.ts'

type Needs = Pick<World, 'othersSteps' | 'ruleSet'>

/** Revoking one request never takes what another one that stands needs: the same thing, or a value that contains it. */

/**
 * The step of another request that needs what this one gave; `null` where nobody else does. What is contained stays too:
 * suspending somebody who is Super Admin elsewhere would take that as well.
 */
export function neededBy(world: Needs, { key, plan }: Pick<StepRow, 'key' | 'plan'>): StepRow | null {
  const others = world.othersSteps.filter((one) => isClosed(one) && one.plan.account.id === plan.account.id)
  return (
    others.find((one) => one.key === key) ??
    others.find((one) => one.plan.environment === plan.environment && contains(world, one.plan, plan)) ??
    // What comes with something else stays for as long as that does.
    others.find((one) => one.key === plan.follows) ??
    null
  )
}

/**
 * What another request has too, and nothing there rests on: it can be taken for both at once, by the request that gave it.
 * What includes it, comes with it, or that it comes with, must go first.
 */
export function isShared(world: Needs, { key, plan }: Pick<StepRow, 'key' | 'plan'>): boolean {
  const others = world.othersSteps.filter((one) => isClosed(one) && one.plan.account.id === plan.account.id)
  const rest = others.filter((one) => one.key !== key)
  const isNeeded = neededBy({ ...world, othersSteps: rest }, { key, plan }) !== null
  return rest.length < others.length && !isNeeded && !rest.some((one) => one.plan.follows === key)
}

/** Whether a value includes another one, by the rule set. */
export function contains({ ruleSet }: Pick<World, 'ruleSet'>, higher: PlanStep, lower: PlanStep): boolean {
  const seen = new Set<string>()
  let over = ruleSet.grants[lower.grant]?.satisfiedBy
  while (over !== undefined && !seen.has(over)) {
    if (over === higher.grant) return true
    seen.add(over)
    over = ruleSet.grants[over]?.satisfiedBy
  }
  return false
}

/**
 * What stays is from now on the other request's: it goes when that one is revoked. Answers how much that is.
 * @param which leaves everything else where it is
 */
export async function handOn(
  doing: Pick<Doing, 'tx' | 'log'>,
  world: World,
  about: Omit<NewEvent, 'type' | 'data'>,
  which: (holding: HoldingRow) => boolean = () => true,
): Promise<number> {
  let kept = 0
  for (const holding of world.holdings.filter((one) => one.request_id === world.request?.id && which(one))) {
    const giver = [...world.steps, ...world.takenOver].find((step) => step.id === holding.step_id)
    const heir = giver && !giver.plan.nothingToUndo ? neededBy(world, giver) : null
    if (!heir) continue
    // Its own step of the same thing stands for it there; a lower value keeps the step that gave it.
    const step_id = heir.key === holding.grant_key ? heir.id : holding.step_id
    // What stays of a level that the other request does not have counts as its own: it comes with something that stays.
    const level = await levelFor(doing.tx, world, heir, holding)
    await doing.tx
      .updateTable('holding')
      .set({ request_id: heir.request_id, step_id, level })
      .where('id', '=', holding.id)
      .execute()
    const event: NewEvent = { ...about, type: 'holding-kept', data: { grant: holding.grant_key } }
    doing.log(event)
    kept += 1
  }
  return kept
}

/**
 * What somebody said to have done and nobody saw is in no ledger yet. A higher value that contains it stands, so that it does not
 * go now: from now on it is the other request's, and goes with that, or nothing would ever take it.
 */
export async function handOnUnseen(
  { tx, clock, log }: Pick<Doing, 'tx' | 'clock' | 'log'>,
  world: World,
  about: Omit<NewEvent, 'type' | 'data'>,
): Promise<void> {
  for (const step of world.steps) {
    const { key, plan } = step
    if (step.direction !== 'grant' || step.done_by === null || isClosed(step) || plan.nothingToUndo) continue
    if (world.holdings.some((one) => one.grant_key === key && one.account.id === plan.account.id)) continue
    if (world.steps.some((one) => one.direction === 'revoke' && one.key === key)) continue
    const heir = neededBy(world, step)
    if (!heir || !contains(world, heir.plan, plan)) continue
    const level = await levelFor(tx, world, heir, { level: world.request?.level ?? '' })
    await tx
      .insertInto('holding')
      .values({
        id: newId(),
        person_id: world.request?.person_id ?? '',
        grant_key: key,
        level,
        system: plan.system,
        environment: plan.environment,
        account: json(plan.account),
        wanted: json(plan.wanted),
        rule_set: world.request?.rule_set ?? '',
        request_id: heir.request_id,
        step_id: step.id,
        since: clock.calendar(),
        proof: 'done',
      })
      .execute()
    const event: NewEvent = { ...about, stepId: step.id, type: 'holding-made', data: { grant: key, proof: 'done' } }
    log(event)
  }
}

async function levelFor(
  tx: Tx,
  { ruleSet }: Needs,
  heir: StepRow,
  holding: Pick<HoldingRow, 'level'>,
): Promise<LevelId> {
  const { level } = await tx
    .selectFrom('request')
    .select('level')
    .where('id', '=', heir.request_id)
    .executeTakeFirstOrThrow()
  return Object.hasOwn(ruleSet.levels, level) && ruleSet.withIncluded(level).includes(holding.level)
    ? holding.level
    : level
}
