import { type QueryExecutorProvider, sql } from 'kysely'

/** Not keeping it open alone is a sign of life: whatever a person does about a request starts its quiet time again. */
export async function up(db: QueryExecutorProvider): Promise<void> {
  await sql.raw('alter table request rename column kept_open_at to moved_at').execute(db)
}
