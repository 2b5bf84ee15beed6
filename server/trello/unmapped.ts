import type { Database } from '../db/database.ts'
import { type ChecklistMap, meaningOf, normalise } from './checklist-map.ts'

/**
 * Items of the templates' checklists that the map does not know, for the settings. A template may be on a board that is not
 * connected: then its copies tell. On those, people have lists of their own, so that an item of a list that the map does
 * not name counts only where it stands on two copies.
 */
export async function unmappedItems(db: Database, map: ChecklistMap): Promise<string[]> {
  const cards = await db.kysely.selectFrom('card').select(['kind', 'checklists']).execute()
  const items = cards.flatMap(({ kind, checklists }, card) =>
    checklists.flatMap(({ name, items }) =>
      items
        .filter((item) => meaningOf(map, name, item.name) === null)
        .map((item) => ({ card, sure: kind === 'template' || name in map.checklists, text: `${name}: ${item.name}` })),
    ),
  )
  const same = Map.groupBy(items, ({ text }) => normalise(text))
  return [...same.values()].flatMap(([first, ...others]) => {
    const all = first ? [first, ...others] : []
    const counts = all.some(({ sure }) => sure) || new Set(all.map(({ card }) => card)).size > 1
    return first && counts ? [first.text] : []
  })
}
