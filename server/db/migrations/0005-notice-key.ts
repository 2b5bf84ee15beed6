import { type Kysely, sql } from 'kysely'

/** Of which step and since when the turn is that a comment tells of: a turn that comes back is told again. */
const statements = [
  `alter table notice add column step_id text, add column turn_since timestamptz, add column mention text,
    add column edits text`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
