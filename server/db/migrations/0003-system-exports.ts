import { type Kysely, sql } from 'kysely'

/** Exports that people download from a system: what the newest one says of those whose access stands here. */
const statements = [
  `create table system_export (
    id text primary key,
    system text not null,
    at timestamptz not null,
    by_person text not null references person,
    digest text not null,
    rows integer not null,
    kept integer not null,
    about jsonb not null,
    unique (system, digest)
  )`,
  `create table system_export_entry (
    export_id text not null references system_export on delete cascade,
    account text not null,
    entry jsonb,
    primary key (export_id, account)
  )`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
