import type { Kysely } from 'kysely'
import { readLog } from '../../audit/read.ts'
import type { Schema } from '../../db/schema.ts'
import { openClaims } from '../../people/claims.ts'
import type { World } from '../../requests/act.ts'
import { loadActor } from '../../requests/actor.ts'
import type { SectionView } from '../api.ts'
import { historyLines } from '../views/history.ts'
import { newRulesIn } from '../views/new-rules.ts'
import { type SectionExtra, sectionView } from '../views/section.ts'
import { shortOf } from '../views/turns.ts'
import type { Viewer } from '../who.ts'
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
  const claims = world.card.kind === 'template' ? [] : await openClaims(db.kysely)
  // Only where what was typed waits on this card: a claim made elsewhere is asked about there.
  const here = new Set(
    (
      await db.kysely
        .selectFrom('draft')
        .select('person_id')
        .where('request_id', '=', cardId)
        .where('window', '=', 'claim')
        .execute()
    ).map((row) => row.person_id),
  )
  return sectionView(world, actor, {
    ...(await logOf(db.kysely, world)),
    claims: claims.filter((claim) => here.has(claim.personId)),
    old: await parts.oldBecause(world.card.board_id),
    unreached: await unreachedOf(db.kysely, world),
    told: await toldOf(db.kysely, world),
  })
}

async function logOf(db: Kysely<Schema>, world: World): Promise<Pick<SectionExtra, 'history' | 'newRules'>> {
  if (!world.request) return { history: [] }
  const events = await readLog(db, { requestId: world.request.id })
  const history = historyLines(events, world.people, (key) => shortOf(world, key), world.helps)
  return { history, newRules: newRulesIn(events) }
}
