import type { Kysely } from 'kysely'
import type { Schema } from '../../db/schema.ts'
import type { World } from '../../requests/act.ts'
import type { Told } from '../views/blocks.ts'

/** What our comments on a card said, and to whom. */

/** Whom the last comment asked to decide, and when it was sent. */
export async function toldOf(db: Kysely<Schema>, world: World): Promise<Told | null> {
  if (world.request?.state !== 'ready') return null
  const notice = await db
    .selectFrom('notice')
    .select(['mentions', 'sent_at'])
    .where('request_id', '=', world.request.id)
    .where('kind', '=', 'ready')
    .where('state', '=', 'sent')
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  const firstName = world.people.get(notice?.mentions[0] ?? '')?.firstName
  return notice?.sent_at && firstName ? { firstName, at: notice.sent_at } : null
}
