import { type Kysely, sql } from 'kysely'

/** A request whose level was lowered while it stood: what went with the higher one is no part of what it gives now. */
const statements = [`alter table request add column lowered_from text`]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
