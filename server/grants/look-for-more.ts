import { json } from '../db/json.ts'
import type { World } from '../requests/act.ts'
import { approvedStates } from '../requests/life.ts'
import { loadWorld, requestFacts } from '../requests/world.ts'
import { lowerSteps } from '../rules/plan.ts'
import type { PlanStep } from '../rules/types.ts'
import { extrasOf } from './found-extras.ts'
import type { WorkerParts } from './hand.ts'
import { isHeldBy } from './ledger.ts'
import { orderOfPlan } from './order.ts'
import { undoable } from './revoke.ts'
import { adapterFor, readerFor } from './steps.ts'
import { type Observation, SystemFailure } from './system.ts'

/**
 * Before somebody revokes a request, the systems are looked at for what the record does not have: a step that a person
 * carried out and never told of, a lower value that stayed beside the higher one, what was given back by hand.
 */

export type LookParts = Pick<WorkerParts, 'db' | 'office' | 'adapters' | 'clock' | 'report'>

/** Looks now, and keeps what was found for the window and for the statement. @param withinMs a person waits for so long */
export async function lookForMore(parts: LookParts, cardId: string, withinMs: number): Promise<void> {
  const world = await loadWorld(parts.db.kysely, parts.office, cardId)
  const { request } = world ?? {}
  if (!world || !request || !approvedStates.includes(request.state)) return
  const known = unrecorded(parts, world)
  const extras = (await extrasOf(parts.db.kysely, parts.office, world)).filter(
    ({ plan }) => isNotOurs(world, plan) && !known.some((one) => one.key === plan.key),
  )
  const looks = await Promise.all([
    ...known.map((plan) => lookAt(parts, world, plan, withinMs)),
    ...extras.map((extra) => lookAgain(parts, world, extra, withinMs)),
  ])
  const found = looks.filter((one) => one !== null)
  const at = parts.clock.calendar()
  await parts.db.transaction(async (tx) => {
    await tx.deleteFrom('also_found').where('request_id', '=', request.id).execute()
    for (const { plan, ...one } of found)
      await tx
        .insertInto('also_found')
        .values({ request_id: request.id, key: plan.key, plan: json(plan), ...one, at })
        .execute()
  })
}

/** What this level gives, that we can read, and that nothing we know of would take. */
function unrecorded({ adapters }: LookParts, world: World): PlanStep[] {
  const own = world.steps.filter((step) => step.direction === 'grant').map(({ plan }) => plan)
  return [...own, ...lowerOf(world)].filter(
    (plan) =>
      plan.method !== 'follows' &&
      !plan.nothingToUndo &&
      plan.account.id !== '' &&
      readerOf(adapters, plan) !== null &&
      isNotOurs(world, plan),
  )
}

/** Nothing that we know of would take it. */
function isNotOurs(world: World, plan: PlanStep): boolean {
  return !undoable(world).some((step) => step.key === plan.key) && !world.holdings.some((one) => isHeldBy(one, plan))
}

function lowerOf({ request, engineer, ruleSet, installation, held }: World): PlanStep[] {
  if (!request || !engineer) return []
  return lowerSteps({ ruleSet, level: request.level, engineer, request: requestFacts(request, held), installation })
}

function readerOf(adapters: LookParts['adapters'], plan: PlanStep) {
  return adapterFor(adapters, plan.system, plan.method) ?? readerFor(adapters, { plan, direction: 'revoke' })
}

/** What a comparison found is there until somebody sees that it is gone, also where nobody can look at one account. */
async function lookAgain(
  parts: LookParts,
  world: World,
  { plan, sentence }: { plan: PlanStep; sentence: string },
  withinMs: number,
): Promise<Looked | null> {
  const seen = readerOf(parts.adapters, plan) ? await lookAt(parts, world, plan, withinMs) : null
  if (seen?.found === 'present' || (seen === null && readerOf(parts.adapters, plan) !== null)) return seen
  return { plan, found: 'present', detail: sentence }
}

interface Looked {
  plan: PlanStep
  found: 'present' | 'unread'
  detail: string
}

async function lookAt(
  { adapters, report }: LookParts,
  world: World,
  plan: PlanStep,
  withinMs: number,
): Promise<Looked | null> {
  const reader = readerOf(adapters, plan)
  if (!reader) return null
  const unread = (detail: string) => ({ plan, found: 'unread' as const, detail })
  try {
    const seen = await within(withinMs, reader.read(orderOfPlan(plan, world)))
    if (seen === null) return unread(`${plan.systemName} did not answer in time.`)
    if (seen.is === 'present') return { plan, found: 'present', detail: seen.detail }
    return seen.is === 'cannot-tell' ? unread(seen.detail) : null
  } catch (error) {
    if (!(error instanceof SystemFailure)) report(error)
    return unread(error instanceof SystemFailure ? error.message : `${plan.systemName} could not be read.`)
  }
}

async function within(ms: number, asked: Promise<Observation>): Promise<Observation | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((done) => {
    timer = setTimeout(() => done(null), ms)
  })
  return Promise.race([asked, late]).finally(() => clearTimeout(timer))
}
