import { type Kysely, sql } from 'kysely'

/** What systems tell us by themselves of those whose access stands here: the last of each account. */
const statements = [
  `create table system_told (
    system text not null,
    account text not null,
    its_id text not null,
    at timestamptz not null,
    entry jsonb not null,
    primary key (system, account)
  )`,
  'create index system_told_by_its_id on system_told (system, its_id)',
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
