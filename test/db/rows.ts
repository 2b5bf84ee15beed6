import type { Kysely } from 'kysely'
import { json } from '../../server/db/json.ts'
import type { RequestState, Schema } from '../../server/db/schema.ts'

/** Small rows for tests that need them to be there and do not care what is in them. */

const at = new Date('2026-03-02T09:00:00.000Z')

export async function addPerson(db: Kysely<Schema>, id: string, fullName = 'Priya Shah'): Promise<void> {
  await db.insertInto('person').values({ id, full_name: fullName, created_at: at }).execute()
}

export async function addCard(db: Kysely<Schema>, id: string): Promise<void> {
  await db
    .insertInto('card')
    .values({
      id,
      short_link: id,
      url: `https://trello.com/c/${id}`,
      board_id: 'board-1',
      name: 'Production Deploy for Priya Shah',
      list_name: 'Doing',
      kind: 'request',
      level: 'deploy',
      way: 'copy',
      closed: false,
      checklists: json([]),
      members: json([]),
      last_activity: at,
      read_at: at,
    })
    .execute()
}

export async function addRequest(
  db: Kysely<Schema>,
  request: { id: string; card: string; person: string; state: RequestState; level?: string },
): Promise<void> {
  await db
    .insertInto('request')
    .values({
      id: request.id,
      card_id: request.card,
      board_id: 'board-1',
      person_id: request.person,
      level: request.level ?? 'deploy',
      rule_set: '2024-11',
      state: request.state,
      state_since: at,
      attached_by: request.person,
      signon_apps: json({}),
      apprentice: json({ confident: null, wantsSecondary: null, lineManagerAgrees: null }),
      version: 1,
      updated_at: at,
      created_at: at,
    })
    .execute()
}
