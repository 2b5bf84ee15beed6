import type { Kysely } from 'kysely'
import { type Evidence, evidenceSchema, type NewEvent } from '../audit/events.ts'
import type { Schema } from '../db/schema.ts'
import type { Doing, World } from '../requests/act.ts'
import { canonical, digestOf } from '../requests/challenge.ts'
import { approvedStates, beforeApproval, revokedSinceAsked } from '../requests/life.ts'
import { isStillHeld } from '../requests/still-held.ts'
import { loadShared, loadWorld, type Office } from '../requests/world.ts'
import type { PlanStep } from '../rules/types.ts'
import { notLookedAt } from './beside.ts'
import { foundAlone, recordFoundAlone } from './found-alone.ts'
import { onlyByHand, settleRemoved } from './found-extras.ts'
import { handOn, handOnUnseen } from './needed-by.ts'
import { isStillGiving, openBeside } from './one-while-granting.ts'
import { goesWhole, openRevocation } from './revoke.ts'
import { settleSteps } from './settle-steps.ts'
import type { Adapters } from './steps.ts'
import type { Wake } from './wake.ts'

/** Everything that one person holds, of every request: looked at before it is signed, and revoked in one transaction. */

/** One thing that goes, and the request that gave it. */
export interface Going {
  world: World
  plan: PlanStep
}

/** By which a form names one of them. */
export function goingKey({ world, plan }: Going): string {
  return `${world.request?.id ?? ''} ${plan.key}`
}

export interface WholeRevocation {
  worlds: World[]
  /** What no record has and no request answers for: each as the record by which it goes. */
  found: World[]
  goes: Going[]
  /** Systems that did not answer, so that nobody knows what is there beside the record. */
  unread: string[]
  /** What was found too and no step can take. */
  byHand: string[]
}

/** What revoking all of it would take now. */
export async function wholeRevocation(db: Kysely<Schema>, office: Office, personId: string): Promise<WholeRevocation> {
  const worlds = await worldsOf(db, office, personId)
  const found = await foundAlone(db, office, personId)
  const seen = new Set<string>()
  const goes = [...worlds, ...found].flatMap((world) =>
    // No other request keeps anything, because all of them go.
    goesWhole({ ...world, othersSteps: [] }).flatMap((plan) => {
      const key = `${plan.key} ${plan.account.id}`
      if (plan.nothingToUndo || seen.has(key)) return []
      seen.add(key)
      return [{ world, plan }]
    }),
  )
  const unread = [...new Set(worlds.flatMap(notLookedAt))]
  return { worlds, found, goes, unread, byHand: await onlyByHand(db, office, personId) }
}

/** Whether there is nothing to revoke: nothing was given here, and no comparison found anything beside it. */
export function holdsNothing({ worlds, found }: WholeRevocation): boolean {
  return worlds.length === 0 && found.length === 0
}

/** What whoever revokes all of it must take themselves. */
export function byHandWords({ byHand }: Pick<WholeRevocation, 'byHand'>): string[] {
  return byHand.map((sentence) => `Only in the system itself can this be taken: ${sentence}`)
}

/** What is signed: enough to compare every step with it later. */
export function revokes(goes: Going[]) {
  return goes.map(({ world, plan: { key, account, wanted } }) => ({
    request: world.request?.id ?? '',
    key,
    account: account.id,
    wanted,
  }))
}

/** Stands in the window, so that what is signed is what was looked at. */
export function digestOfWhole(whole: WholeRevocation): string {
  return digestOf(canonical(revokes(whole.goes)))
}

/** Cards whose request stands, the lower levels first: what a higher one contains is then handed on, and goes with it. */
async function worldsOf(db: Kysely<Schema>, office: Office, personId: string): Promise<World[]> {
  const rows = await db
    .selectFrom('request')
    .select(['id', 'card_id', 'state'])
    .where('person_id', '=', personId)
    .where((eb) =>
      eb.or([
        eb('state', 'in', [...approvedStates]),
        // What an absence left is there still.
        eb.and([eb('state', '=', 'ended'), isStillHeld]),
      ]),
    )
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  const shared = rows.length > 0 ? await loadShared(db, office) : null
  const worlds: World[] = []
  for (const { id, card_id, state } of rows) {
    const world = await loadWorld(db, office, card_id, null, shared)
    const stands = state !== 'ended' || world?.engineer?.left?.value === true
    if (world?.request?.id === id && stands) worlds.push(world)
  }
  return worlds.toSorted((one, other) => contained(one) - contained(other))
}

function contained({ ruleSet, request }: World): number {
  return request && Object.hasOwn(ruleSet.levels, request.level) ? ruleSet.withIncluded(request.level).length : 0
}

/** What somebody asked for and nobody decided yet is held too: it goes on only once somebody says that it does. */
export async function pauseWhatIsAsked(
  { tx, clock }: Pick<Doing, 'tx' | 'clock'>,
  personId: string,
): Promise<string[]> {
  const asked = await tx
    .updateTable('request')
    .set((eb) => ({
      paused_because: revokedSinceAsked,
      version: eb('version', '+', 1),
      updated_at: clock.wall(),
    }))
    .where('person_id', '=', personId)
    .where('state', 'in', [...beforeApproval])
    .returning('card_id')
    .execute()
  return asked.map((row) => row.card_id)
}

/**
 * Opens the revocation of everything. Call it with the person locked (`lockPerson`).
 * @param on whose word it is, and of which board, for what has no request yet
 * @param event what the log says of each request
 * @returns the cards that changed
 */
export async function revokeWhole(
  doing: Pick<Doing, 'tx' | 'clock' | 'log' | 'notify'>,
  parts: { office: Office; adapters: Adapters; wake: Pick<Wake, 'send'> },
  personId: string,
  on: { by: string; boardId: string; reason: string },
  event: (world: World, goes: PlanStep[]) => NewEvent,
): Promise<string[]> {
  const { tx } = doing
  await recordFoundAlone(tx, parts.office, personId, on)
  const cards = (await worldsOf(tx, parts.office, personId)).map((world) => world.card.id)
  for (const card of cards) {
    // Anew for each: what the one before handed on is this one's now.
    const world = await loadWorld(tx, parts.office, card)
    if (!world?.request) continue
    const goes = goesWhole(world)
    const told = event(world, goes)
    doing.log(told)
    const about = aboutOf(told)
    await handOn(doing, world, about)
    await handOnUnseen(doing, world, about)
    await openOne(doing, parts, world, goes, {
      about,
      evidence: evidenceSchema.safeParse(told.data).data,
      rest: 'ends',
    })
    await tx.deleteFrom('also_found').where('request_id', '=', world.request.id).execute()
  }
  // Only once all of it is open: what one handed on is over when the other has taken it.
  for (const card of cards) await settleSteps(doing, parts.office, parts.adapters, card)
  return cards
}

type About = Omit<NewEvent, 'type' | 'data'>

/**
 * Opens the revocation of these things of one request. What a comparison found of them waits for nobody any more.
 * @param how.rest whether what the request still gives ends with them
 */
export async function openOne(
  doing: Pick<Doing, 'tx' | 'clock' | 'log'>,
  parts: { adapters: Adapters; wake: Pick<Wake, 'send'> },
  world: World,
  goes: PlanStep[],
  { about, evidence, rest }: { about: About; evidence: Evidence | undefined; rest: 'goes-on' | 'ends' },
): Promise<void> {
  const { tx, clock } = doing
  if (rest === 'goes-on' && isStillGiving(world)) await openBeside(doing, world, goes, parts)
  else await openRevocation(doing, world, goes, parts)
  const personId = world.request?.person_id ?? ''
  for (const found of await settleRemoved(tx, { personId, goes, by: about.actor, now: clock.calendar() }))
    doing.log({ ...about, type: 'drift-removal-opened', data: { ...evidence, ...found } })
}

function aboutOf({ actor, requestId, personId, stepId, boardId }: NewEvent): About {
  return { actor, requestId, personId, stepId, boardId }
}
