import { type Kysely, sql } from 'kysely'

/** Keeping a request open starts its quiet time anew, and leaves alone since when it stands as it does. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table request add column kept_open_at timestamptz').execute(db)
}
