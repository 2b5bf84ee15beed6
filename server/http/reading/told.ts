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

/** Whom our last comment could not mention, as a sentence; `null` when it reached everybody. */
export async function notOnBoard(db: Kysely<Schema>, world: World): Promise<string | null> {
  if (!world.request) return null
  const notice = await db
    .selectFrom('notice')
    .select(['reason', 'mentions'])
    .where('request_id', '=', world.request.id)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!notice?.reason?.startsWith('Not on the board')) return null
  const names = notice.mentions.map((id) => world.people.get(id)?.fullName).filter((name) => name !== undefined)
  return names.length > 0
    ? `${names.join(' and ')} could not be mentioned here because they are not on this board. Send them the link to this card.`
    : null
}
