import { type Kysely, sql } from 'kysely'

/** What people do is read back, what is held is read again, and a change may take a while to have its whole effect. */
const statements = [
  // When the last session or copy that acts on the old value is gone, at the latest.
  `alter table step add column effective_by timestamptz`,
  // What somebody says is done is looked at too.
  `drop index step_due`,
  `create index step_due on step (next_check_at) where state in ('ready', 'acting', 'waiting', 'done')`,
  // The last look at what is held: when it was last there, what was seen, and since when it is missing.
  `alter table holding add column last_seen_at timestamptz, add column seen text, add column seen_detail text,
    add column missing_since timestamptz, add column looked_at timestamptz, add column next_look_at timestamptz`,
  `create index holding_due on holding (next_look_at) where ended_at is null`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
