import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe } from 'vitest'
import { type Database, openDatabase } from '../../server/db/database.ts'
import { type PostgresDatabase, postgresDatabase } from './postgres-server.ts'
import { startFrom } from './start-from.ts'

let shared: Promise<Database> | null = null

/** An empty database in memory with all tables. One instance per test file, emptied at each call: do not close it. */
export async function testDatabase(): Promise<Database> {
  shared ??= openDatabase({ url: null, dataDir: null, startFrom })
  const database = await shared
  await emptyDatabase(database)
  return database
}

/** Removes every row. The log refuses that in the product, so its guard is set aside for this one statement. */
export async function emptyDatabase({ kysely }: Database): Promise<void> {
  const { rows } = await sql<{ name: string }>`select quote_ident(tablename) as name from pg_tables
    where schemaname = 'public' and tablename not like 'kysely_%'`.execute(kysely)
  await kysely.transaction().execute(async (tx) => {
    await sql`alter table event disable trigger user`.execute(tx)
    await sql`truncate ${sql.raw(rows.map((row) => row.name).join(', '))} restart identity cascade`.execute(tx)
    await sql`insert into event_head values (1, 0, '')`.execute(tx)
    await sql`alter table event enable trigger user`.execute(tx)
  })
}

/**
 * Runs one suite on the embedded engine and on a real PostgreSQL server. The suite gets a function that answers the
 * database, which is empty at the start of each test. Where no server can be started, its half is skipped with the reason.
 */
export function describeOnBothDatabases(name: string, suite: (database: () => Database) => void): void {
  describe(`${name}, embedded`, () => {
    let database: Database | null = null
    beforeEach(async () => {
      database = await testDatabase()
    })
    suite(() => opened(database))
  })
  describeOnPostgres(name, suite)
}

/**
 * Runs one suite on a real PostgreSQL server alone: where several connections could get into each other's way, and where
 * the suite tells nothing more of an engine than others do that run on both.
 */
export function describeOnPostgres(name: string, suite: (database: () => Database) => void): void {
  describe(`${name}, on a PostgreSQL server`, () => {
    let own: PostgresDatabase | null = null
    let database: Database | null = null
    let whyNot = ''
    beforeAll(async () => {
      own = await postgresDatabase().catch((error: Error) => {
        whyNot = error.message
        return null
      })
      if (own) database = await openDatabase({ url: own.url, dataDir: null })
    })
    beforeEach(async (context) => {
      if (!database) return context.skip(whyNot)
      await emptyDatabase(database)
    })
    afterAll(async () => {
      await database?.close()
      await own?.drop()
    })
    suite(() => opened(database))
  })
}

function opened(database: Database | null): Database {
  if (!database) throw new Error('The database is open inside tests only.')
  return database
}
