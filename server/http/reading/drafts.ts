import type { Kysely } from 'kysely'
import type { Schema } from '../../db/schema.ts'
import type { Actor, World } from '../../requests/act.ts'
import { loadActor } from '../../requests/actor.ts'
import { locate } from '../../requests/locate.ts'
import { loadWorld } from '../../requests/world.ts'
import { isWindowName } from '../views/windows.ts'
import type { Viewer } from '../who.ts'
import type { ReadingParts } from './parts.ts'

/** What somebody typed in a window, kept so that a closed window loses nothing. */

/** What was typed and not sent; what rested on another plan is let go. */
export async function draftOf(
  db: Kysely<Schema>,
  world: World,
  actor: Actor,
  name: string,
): Promise<Record<string, unknown>> {
  if (!actor.person) return {}
  const kept = await db
    .selectFrom('draft')
    .selectAll()
    .where('request_id', '=', world.card.id)
    .where('person_id', '=', actor.person.id)
    // "Save review only" comes out of the approve window: what was typed there is not asked twice.
    .where('window', 'in', name === 'review' ? ['review', 'approve'] : [name])
    .orderBy('updated_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!kept || (name === 'approve' && kept.plan_hash !== (world.plan?.hash ?? ''))) return {}
  return kept.input
}

/** Keeps what was typed in a window and not sent yet. */
export async function keepDraft(
  { db, office }: Pick<ReadingParts, 'db' | 'office'>,
  viewer: Viewer,
  name: string,
  subject: string,
  input: Record<string, unknown>,
): Promise<void> {
  const actor = await loadActor(db.kysely, office, viewer)
  const place = await locate(db.kysely, subject)
  if (!actor.person || !place || !isWindowName(name)) return
  const world = await loadWorld(db.kysely, office, place.cardId, actor.person.id)
  if (!world) return
  const values = {
    plan_hash: world.plan?.hash ?? '',
    input: JSON.stringify(input),
    updated_at: office.clock.wall(),
  }
  await db.kysely
    .insertInto('draft')
    .values({ request_id: place.cardId, person_id: actor.person.id, window: name, ...values })
    .onConflict((conflict) => conflict.columns(['request_id', 'person_id', 'window']).doUpdateSet(values))
    .execute()
}

/** What was typed has been sent. */
export async function forgetDraft(
  { db, office }: Pick<ReadingParts, 'db' | 'office'>,
  viewer: Viewer,
  name: string,
  subject: string,
): Promise<void> {
  const actor = await loadActor(db.kysely, office, viewer)
  const place = await locate(db.kysely, subject)
  if (!actor.person || !place) return
  await db.kysely
    .deleteFrom('draft')
    .where('request_id', '=', place.cardId)
    .where('person_id', '=', actor.person.id)
    .where('window', '=', name)
    .execute()
}
