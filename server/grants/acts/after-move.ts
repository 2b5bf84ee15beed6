import type { Evidence, NewEvent } from '../../audit/events.ts'
import type { Doing, Refusal, World } from '../../requests/act.ts'
import { about } from '../../requests/acts/common.ts'
import { loadWorld } from '../../requests/world.ts'
import type { PlanStep } from '../../rules/types.ts'
import { contains, handOn } from '../needed-by.ts'
import { isStillGiving, refusedBeside } from '../one-while-granting.ts'
import { goesWhole } from '../revoke.ts'
import { type Going, goingKey, openOne, type WholeRevocation } from '../revoke-person.ts'
import { settleSteps } from '../settle-steps.ts'
import { refusedAnyway, refusedOne } from './revoke-holding.ts'
import type { WholeParts } from './whole-person.ts'

/**
 * After a move single things go and the rest stays, whichever request gave it: what can be chosen, what goes with each of
 * them, and what nobody can choose now.
 */

interface Choice {
  one: Going
  /** What rests on it, and goes with it. */
  with: Going[]
}

/** Each thing that somebody holds stands in one of them, but for what only goes with something else. */
export interface AfterMove {
  choices: Choice[]
  stays: { one: Going; refusal: Refusal }[]
}

const found: Refusal = {
  code: 'found',
  sentence: 'A comparison found this, and no record has it. It is decided about in the queue.',
  status: 409,
}

export function afterMove(whole: WholeRevocation): AfterMove {
  const isFound = ({ world }: Going) => whole.found.includes(world)
  const own = whole.goes.filter((one) => !isFound(one) && !whole.goes.some((other) => isPartOf(one, other)))
  const judged = own.map((one) => {
    const all = closure(whole, [one])
    return { one, with: all.filter((other) => other !== one), refusal: firstRefusal(whole, all) }
  })
  return {
    choices: judged.filter(({ refusal }) => refusal === null),
    stays: [
      ...judged.flatMap(({ one, refusal }) => (refusal ? [{ one, refusal }] : [])),
      ...whole.goes.filter(isFound).map((one) => ({ one, refusal: found })),
    ],
  }
}

/** What was chosen, with all that rests on it, in the order of the whole. @param keys as `goingKey` writes them */
export function chosenOf(whole: WholeRevocation, keys: string[]): Going[] {
  return closure(
    whole,
    whole.goes.filter((one) => keys.includes(goingKey(one))),
  )
}

function closure({ goes: all, found }: WholeRevocation, chosen: Going[]): Going[] {
  const goes = all.filter(({ world }) => !found.includes(world))
  const taken = new Set(chosen)
  let before = -1
  while (before < taken.size) {
    before = taken.size
    for (const one of goes) if ([...taken].some((other) => restsOn(one, other))) taken.add(one)
  }
  return goes.filter((one) => taken.has(one))
}

/** Whether this cannot stay where the other goes: it follows it, is its copy, or is a higher value that contains it. */
function restsOn(one: Going, other: Going): boolean {
  const [upper, lower] = [one.plan, other.plan]
  const isHigher =
    upper.account.id === lower.account.id &&
    upper.environment === lower.environment &&
    contains(other.world, upper, lower)
  return isPartOf(one, other) || isHigher
}

/** What follows something else, and a copy, go with that and never by themselves. */
function isPartOf({ plan }: Going, { plan: other }: Going): boolean {
  return plan.follows === other.key || (plan.copyOf !== undefined && plan.copyOf === other.key)
}

function firstRefusal({ worlds }: WholeRevocation, all: Going[]): Refusal | null {
  const goes = new Set(all.map(({ plan }) => plan.key))
  for (const { world, plan } of all) {
    // No other request keeps it: it goes from every one of them.
    const own = { ...world, othersSteps: [] }
    const refusal = isStillGiving(world) ? refusedAnyway(own, plan.key) : refusedOne(own, plan.key)
    // What was found beside the record, and a copy, are no holdings, and can go all the same.
    if (refusal && refusal.code !== 'not-held') return refusal
    for (const one of worlds) {
      const gives = refusedBeside(one, plan, goes)
      if (gives) return gives
    }
  }
  return null
}

/**
 * Opens the revocation of what was chosen. What a later request needs too is handed on to it first, as where all of it goes,
 * so that each thing is taken once. Call it with the person locked (`lockPerson`).
 * @param told what the log says of each
 */
export async function revokeChosen(
  doing: Doing,
  parts: WholeParts,
  { worlds }: WholeRevocation,
  chosen: Going[],
  evidence: Evidence,
  told: (world: World, plan: PlanStep) => NewEvent,
): Promise<void> {
  const { tx } = doing
  const names = new Set(chosen.map(({ plan }) => nameOf(plan.key, plan.account)))
  const isChosen = ({ key, account }: PlanStep) => names.has(nameOf(key, account))
  const cards = worlds.flatMap(({ card, request }) => (request ? [{ card: card.id, request: request.id }] : []))
  for (const [i, { card }] of cards.entries()) {
    const world = await loadWorld(tx, parts.office, card)
    if (!world) continue
    const later = cards.slice(i + 1).map(({ request }) => request)
    const othersSteps = world.othersSteps.filter(({ request_id }) => later.includes(request_id))
    await handOn(doing, { ...world, othersSteps }, about(doing, world), ({ grant_key, account }) =>
      names.has(nameOf(grant_key, account)),
    )
    // Anew: what the ones before handed on is this one's now, and no other request keeps any of it.
    const own = await loadWorld(tx, parts.office, card)
    const goes = own ? goesWhole({ ...own, othersSteps: [] }).filter(isChosen) : []
    if (!own || goes.length === 0) continue
    for (const plan of goes) doing.log(told(own, plan))
    await openOne(doing, parts, own, goes, { about: about(doing, own), evidence, rest: 'goes-on' })
    // The look that found them is older than this decision.
    const keys = goes.map(({ key }) => key)
    await tx
      .deleteFrom('also_found')
      .where('request_id', '=', own.request?.id ?? '')
      .where('key', 'in', keys)
      .execute()
    await settleSteps(doing, parts.office, parts.adapters, card)
  }
}

function nameOf(key: string, account: { id: string }): string {
  return `${key} ${account.id}`
}
