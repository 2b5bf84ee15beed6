import type { Database } from '../db/database.ts'
import type { World } from '../requests/act.ts'
import { loadShared, loadWorld, type Office } from '../requests/world.ts'

/**
 * The worlds of many cards. One that cannot be read, judged or shown is reported and told apart; the others stand.
 * @param showing what will be done with each: whatever it throws concerns that card alone
 */
export async function loadWorlds<Card extends { id: string }>(
  parts: { db: Database; office: Office },
  cards: Card[],
  showing: (world: World) => unknown,
): Promise<{ worlds: World[]; unknown: Card[] }> {
  const shared = await loadShared(parts.db.kysely, parts.office)
  const loaded = await Promise.all(
    cards.map(async (card) => {
      try {
        const world = await loadWorld(parts.db.kysely, parts.office, card.id, null, shared)
        if (world) showing(world)
        return { card, world }
      } catch (error) {
        parts.office.report(error)
        return { card, world: 'unknown' as const }
      }
    }),
  )
  return {
    worlds: loaded.flatMap(({ world }) => (world === null || world === 'unknown' ? [] : [world])),
    unknown: loaded.flatMap(({ card, world }) => (world === 'unknown' ? [card] : [])),
  }
}
