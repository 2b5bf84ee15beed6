import type { Kysely } from 'kysely'
import type { Schema } from '../../db/schema.ts'
import { foundAlone } from '../../grants/found-alone.ts'
import { type WholeRevocation, wholeRevocation } from '../../grants/revoke-person.ts'
import type { Receipt } from '../../grants/system.ts'
import { newLinksOf } from '../../people/new-links.ts'
import { standingRequests } from '../../requests/access-reviews.ts'
import type { Actor, World } from '../../requests/act.ts'
import { loadActor } from '../../requests/actor.ts'
import { whoCanBeNamed } from '../../requests/acts/attach.ts'
import type { ActName } from '../../requests/authorisation.ts'
import { locate } from '../../requests/locate.ts'
import { writeSeen } from '../../requests/seen.ts'
import type { WindowView } from '../api.ts'
import { isDriftWindow } from '../views/drift-ways.ts'
import { importWindow } from '../views/export-owner.ts'
import { viewerOn } from '../views/viewer.ts'
import { isWindowName, windowView } from '../views/windows.ts'
import type { Viewer } from '../who.ts'
import { claimsWaiting } from './claims.ts'
import { draftOf } from './drafts.ts'
import { readDriftWindow } from './drift.ts'
import { readExportWindow } from './exports.ts'
import { lookFrom } from './looking.ts'
import { candidates, levelsOf, unlinkedPeople } from './naming.ts'
import type { ReadingParts } from './parts.ts'
import { toldOf } from './told.ts'

type WindowParts = Pick<ReadingParts, 'db' | 'office' | 'refresh' | 'lookForMore' | 'exports'>

/** One window for one viewer; `null` when there is none of that name, or nothing that it could be about. */
export async function readWindow(
  parts: WindowParts,
  viewer: Viewer,
  name: string,
  subject: string,
): Promise<WindowView | null> {
  const { db, office } = parts
  if (isDriftWindow(name)) return readDriftWindow(parts, viewer, name, subject)
  if (name === importWindow) return readExportWindow(parts, viewer, subject)
  if (!isWindowName(name)) return null
  const actor = await loadActor(db.kysely, office, viewer)
  const place = (await locate(db.kysely, subject)) ?? (await placeOfPerson(db.kysely, subject))
  const first = place
    ? await lookFrom(parts, viewer, actor, place.cardId)
    : await worldOfFound(parts, actor, name, subject)
  const world = first && name === 'undo' ? await withMore(parts, viewer, actor, first) : first
  if (!world) return null
  const whole = await wholeFor(parts, name, world, actor)
  const step = world.steps.find((one) => one.id === place?.stepId) ?? null
  const attempts = step
    ? (
        await db.kysely
          .selectFrom('attempt')
          .selectAll()
          .where('step_id', '=', step.id)
          .orderBy('id', 'desc')
          .limit(20)
          .execute()
      ).map((one) => ({
        at: one.at.toISOString(),
        text: `${one.what === 'read' ? 'Read' : 'Changed'}: ${one.detail}${requestId(one.receipt)}`,
      }))
    : []
  return windowView(name, world, actor, step, {
    seen: name === 'step' || name === 'your-steps' ? '' : writeSeen(world),
    draft: actor.person ? await draftOf(db.kysely, world, actor, name) : await saidBefore(parts, actor, world, name),
    unlinked: name === 'claim' || (name === 'ask' && !actor.person) ? await unlinkedPeople(db.kysely) : [],
    candidates: name === 'attach' ? candidates(world.card, world, whoCanBeNamed(world, actor)) : [],
    attempts,
    whole,
    levels: name === 'attach' && world.card.way === 'attached' ? levelsOf(world.ruleSet) : [],
    told: name === 'approve' ? await toldOf(db.kysely, world) : null,
    newLinks: name === 'approve' && world.engineer ? await newLinksOf(db.kysely, world.engineer.id) : [],
  })
}

/** Windows about a person open from anywhere: they are drawn on one of the cards of what the person holds. */
async function placeOfPerson(db: Kysely<Schema>, personId: string): Promise<{ cardId: string; stepId: null } | null> {
  const [standing] = await standingRequests(db, personId)
  // Where all is on its way out, the window says so.
  const request = standing ?? (await goingRequest(db, personId))
  return request ? { cardId: request.card_id, stepId: null } : null
}

/** Whoever has nothing but what no record has: only for whom it is to revoke all of it. */
async function worldOfFound(
  { db, office }: WindowParts,
  actor: Actor,
  name: string,
  personId: string,
): Promise<World | null> {
  if (name !== 'revoke-for-cause') return null
  const [world] = await foundAlone(db.kysely, office, personId)
  return world && viewerOn(world, actor).may('revoke-for-cause') ? world : null
}

function goingRequest(db: Kysely<Schema>, personId: string): Promise<{ card_id: string } | undefined> {
  return db
    .selectFrom('request')
    .select('card_id')
    .where('person_id', '=', personId)
    .where('state', '=', 'revoking')
    .executeTakeFirst()
}

/** Everything that the engineer holds, with a look in the systems first; `null` for whoever may not decide about it. */
async function wholeFor(parts: WindowParts, name: string, world: World, actor: Actor): Promise<WholeRevocation | null> {
  const act = actsOnWhole[name]
  if (!act || !world.engineer || !viewerOn(world, actor).may(act)) return null
  const look = () => wholeRevocation(parts.db.kysely, parts.office, world.engineer?.id ?? '')
  const before = await look()
  if (before.worlds.length === 0) return before
  await Promise.all(before.worlds.map(({ card }) => parts.lookForMore(card.id)))
  return look()
}

const actsOnWhole: Record<string, ActName> = {
  'review-access': 'confirm-revocation',
  'keep-access': 'keep-access',
  'revoke-for-cause': 'revoke-for-cause',
}

/** What somebody said with "I am …" while they wait for a colleague's yes: it comes back filled in. */
async function saidBefore(
  { db, office }: WindowParts,
  actor: Actor,
  world: World,
  name: string,
): Promise<Record<string, unknown>> {
  if (name !== 'claim' && name !== 'ask') return {}
  const waiting = await claimsWaiting(db.kysely, office, actor.memberId)
  return waiting.find((claim) => claim.cardId === world.card.id)?.typed ?? {}
}

/** What the vendor’s own support asks for. */
function requestId(receipt: Receipt | null): string {
  return receipt?.vendorRequestId ? ` Request ${receipt.vendorRequestId}.` : ''
}

/** Only for whoever may revoke: each look asks other systems. */
async function withMore(parts: WindowParts, viewer: Viewer, actor: Actor, world: World): Promise<World | null> {
  if (!viewerOn(world, actor).may('undo-granted')) return world
  await parts.lookForMore(world.card.id)
  return lookFrom(parts, viewer, actor, world.card.id)
}
