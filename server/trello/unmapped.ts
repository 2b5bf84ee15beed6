import type { Database } from '../db/database.ts'
import { type ChecklistMap, meaningOf } from './checklist-map.ts'

/** Items of the templates' checklists that the map does not know, for the settings. */
export async function unmappedItems(db: Database, map: ChecklistMap): Promise<string[]> {
  const cards = await db.kysely.selectFrom('card').select('checklists').where('kind', '=', 'template').execute()
  return cards.flatMap((card) =>
    card.checklists.flatMap((list) =>
      list.items
        .filter((item) => meaningOf(map, list.name, item.name) === null)
        .map((item) => `${list.name}: ${item.name}`),
    ),
  )
}
