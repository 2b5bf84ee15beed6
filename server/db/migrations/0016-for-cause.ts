import { type QueryExecutorProvider, sql } from 'kysely'

/** What is revoked for cause waits for nobody else's proposal. */
export async function up(db: QueryExecutorProvider): Promise<void> {
  await sql.raw('alter table request add column for_cause boolean not null default false').execute(db)
}
