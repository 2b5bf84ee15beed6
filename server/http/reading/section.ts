import type { Kysely } from 'kysely'
import { readLog } from '../../audit/read.ts'
import type { Schema } from '../../db/schema.ts'
import { openClaims } from '../../people/claims.ts'
import type { World } from '../../requests/act.ts'
import { loadActor } from '../../requests/actor.ts'
import type { SectionView } from '../api.ts'
import { historyLines } from '../views/history.ts'
import { newRulesIn, notReadyIn } from '../views/new-rules.ts'
import { type SectionExtra, sectionView } from '../views/section.ts'
import { shortOf } from '../views/turns.ts'
import type { Viewer } from '../who.ts'
import { claimsWaiting, mayVouch } from './claims.ts'
import { lookFrom } from './looking.ts'
import type { ReadingParts } from './parts.ts'
import { toldOf } from './told.ts'
import { unreachedOf } from './unreached.ts'

/** The card-back section for one viewer; `null` for a card that is not ours. */
export async function readSection(parts: ReadingParts, viewer: Viewer, cardId: string): Promise<SectionView | null> {
  const { db, office } = parts
  const actor = await loadActor(db.kysely, office, viewer)
  const world = await lookFrom(parts, viewer, actor, cardId)
  if (!world) return null
  // Only where what was typed waits on this card: a claim made elsewhere is asked about there.
  const asks = world.card.kind !== 'template' && (await mayVouch(db.kysely, actor))
  const claims = asks ? await claimsWaiting(db.kysely, office) : []
  return sectionView(world, actor, {
    ...(await logOf(db.kysely, world)),
    claims: claims.filter((claim) => claim.cardId === cardId),
    claimed: actor.person ? null : await claimedBy(parts, actor.memberId, cardId),
    old: await parts.oldBecause(world.card.board_id),
    unreached: await unreachedOf(db.kysely, world),
    told: await toldOf(db.kysely, world),
  })
}

async function logOf(
  db: Kysely<Schema>,
  world: World,
): Promise<Pick<SectionExtra, 'history' | 'newRules' | 'notReady'>> {
  if (!world.request) return { history: [] }
  const events = await readLog(db, { requestId: world.request.id })
  const history = historyLines(events, world.people, (key) => shortOf(world, key), world.helps)
  return { history, newRules: newRulesIn(events), notReady: notReadyIn(events) }
}

/** Whom somebody unlinked says they are, and whether what they ask for waits on this card. */
async function claimedBy(
  { db, office }: ReadingParts,
  memberId: string,
  cardId: string,
): Promise<{ fullName: string; typed: boolean } | null> {
  const claim = (await openClaims(db.kysely)).find((one) => one.memberId === memberId)
  if (!claim) return null
  const here = await claimsWaiting(db.kysely, office, memberId)
  return { fullName: claim.fullName, typed: here.some((one) => one.cardId === cardId) }
}
