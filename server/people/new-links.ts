import type { Kysely } from 'kysely'
import type { PersonAccountTable, Schema } from '../db/schema.ts'
import { isOurs } from './roles.ts'

/** An account that stands on somebody's word alone: no import and no configuration has confirmed it. */
export interface NewLink {
  kind: PersonAccountTable['kind']
  name: string
  since: Date
  /** Whose word: the person's own id, or the colleague's who confirmed the Trello account. */
  by: string
}

/** The linked accounts of one person that no import has confirmed, for whoever approves. */
export async function newLinksOf(db: Kysely<Schema>, personId: string): Promise<NewLink[]> {
  const rows = await db
    .selectFrom('person_account')
    .select(['kind', 'name', 'since', 'set_by'])
    .where('person_id', '=', personId)
    .where('state', '=', 'linked')
    .orderBy('kind')
    .execute()
  return rows.flatMap(({ set_by: by, ...link }) => (isOurs(by) ? [] : [{ ...link, by }]))
}
