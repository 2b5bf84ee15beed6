import { type Kysely, sql } from 'kysely'

/** What a look at the systems found beside the record, when somebody was about to revoke a request. */
const statements = [
  `create table also_found (
    request_id text not null references request(id), key text not null, plan jsonb not null, found text not null,
    detail text not null, at timestamptz not null, primary key (request_id, key))`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
