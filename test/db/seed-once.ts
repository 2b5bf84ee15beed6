import { sql } from 'kysely'
import type { Database } from '../../server/db/database.ts'

/**
 * Fills an empty database: the first time by the given work, afterwards by a copy of what that wrote. A world of people
 * takes a quarter of a second to import and is wanted before each of hundreds of tests.
 * @param name of this seed, letters only; one database may have several
 */
export async function seedOnce({ kysely }: Database, name: string, seed: () => Promise<void>): Promise<void> {
  const schema = `seed_${name}`
  const copies = await sql<{ name: string }>`select quote_ident(table_name) as name from information_schema.tables
    where table_schema = ${schema}`.execute(kysely)
  if (copies.rows.length > 0) {
    // As one statement: in the order in which rows refer to each other, with the log's guard set aside.
    await kysely.transaction().execute(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx)
      for (const { name: table } of copies.rows) {
        await sql`delete from ${sql.raw(table)}`.execute(tx)
        await sql`insert into ${sql.raw(table)} select * from ${sql.raw(`${schema}.${table}`)}`.execute(tx)
      }
    })
    return
  }
  await seed()
  const { rows } = await sql<{ name: string }>`select quote_ident(tablename) as name from pg_tables
    where schemaname = 'public' and tablename not like 'kysely_%'`.execute(kysely)
  await sql`create schema ${sql.raw(schema)}`.execute(kysely)
  for (const { name: table } of rows) {
    const some = await sql<{ some: boolean }>`select exists (select 1 from ${sql.raw(table)}) as some`.execute(kysely)
    if (some.rows[0]?.some)
      await sql`create table ${sql.raw(`${schema}.${table}`)} as table ${sql.raw(table)}`.execute(kysely)
  }
}
