import { createHash } from 'node:crypto'
import { londonDay } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { loadShared, loadWorld, type Office, type Shared } from '../requests/world.ts'
import type { BadgesView } from './api.ts'
import { type BadgeModel, badgeModel, badgesAt, unknownBadges } from './views/badges.ts'

/**
 * Badges for many cards at once, from the database only. One query says which cards are ours and what changed; only
 * those are judged anew. Everything else is remembered, per day, because the rules count in days. A card that cannot be
 * judged says so and spoils no other; what is wrong with it is reported once until it changes.
 */
export function createBadgeSource(
  db: Database,
  office: Office,
): (boardId: string, cardIds: string[]) => Promise<BadgesView> {
  const known = new Map<string, { mark: string; model: BadgeModel }>()
  /** By card, the mark under which it could not be judged. */
  const reported = new Map<string, string>()
  return async (boardId, cardIds) => {
    const now = office.clock.calendar()
    const day = londonDay(now)
    const rows =
      cardIds.length === 0
        ? []
        : await db.kysely
            .selectFrom('card')
            .leftJoin('request', 'request.card_id', 'card.id')
            .select([
              'card.id',
              'card.kind',
              'card.read_at',
              'request.id as request_id',
              'request.version',
              'request.created_at',
            ])
            .where('card.id', 'in', cardIds)
            // The token says on which board the viewer is; cards elsewhere are not theirs to see.
            .where('card.board_id', '=', boardId)
            .orderBy('request.created_at')
            .execute()
    const people = await db.kysely
      .selectFrom('person_fact')
      .select((eb) => eb.fn.max('recorded_at').as('newest'))
      .executeTakeFirst()
    const cards: BadgesView['cards'] = {}
    let shared: Shared | null = null
    // Several requests on one card: the newest comes last and stands.
    for (const row of new Map(rows.map((one) => [one.id, one])).values()) {
      const mark = `${day} ${row.kind} ${row.request_id} ${row.version} ${people?.newest?.getTime() ?? 0}`
      const old = known.get(row.id)
      if (old?.mark === mark) {
        cards[row.id] = badgesAt(old.model, now)
        continue
      }
      shared ??= await loadShared(db.kysely, office)
      try {
        const world = await loadWorld(db.kysely, office, row.id, null, shared)
        if (!world) continue
        const model = badgeModel(world)
        known.set(row.id, { mark, model })
        cards[row.id] = badgesAt(model, now)
      } catch (error) {
        if (reported.get(row.id) !== mark) office.report(error)
        reported.set(row.id, mark)
        cards[row.id] = badgesAt(unknownBadges, now)
      }
    }
    return { version: createHash('sha256').update(JSON.stringify(cards)).digest('hex').slice(0, 16), cards }
  }
}
