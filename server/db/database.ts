import { existsSync, openAsBlob } from 'node:fs'
import { access, mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { Kysely, PGliteDialect, PostgresDialect, type Transaction } from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import { MINUTE, SECOND } from '../clock.ts'
import { up as initial } from './migrations/0001-initial.ts'
import { up as readAgain } from './migrations/0002-read-again.ts'
import { up as systemExports } from './migrations/0003-system-exports.ts'
import { up as alsoFound } from './migrations/0004-also-found.ts'
import { up as noticeKey } from './migrations/0005-notice-key.ts'
import { up as accessReview } from './migrations/0007-access-review.ts'
import { up as drift } from './migrations/0008-drift.ts'
import { up as loweredLevel } from './migrations/0010-lowered-level.ts'
import { up as keptOpen } from './migrations/0011-kept-open.ts'
import { up as told } from './migrations/0012-told.ts'
import { up as lowering } from './migrations/0013-lowering.ts'
import { up as driftRulings } from './migrations/0014-drift-rulings.ts'
import { up as movedAt } from './migrations/0015-moved-at.ts'
import { up as forCause } from './migrations/0016-for-cause.ts'
import { up as askedLead } from './migrations/0017-asked-lead.ts'
import { holdDirectory } from './owner-lock.ts'
import type { Schema } from './schema.ts'

export type Tx = Transaction<Schema>

export interface Where {
  /** The address of a PostgreSQL server; `null`: the embedded database. */
  url: string | null
  /** The embedded database's folder; `null`: in memory. */
  dataDir: string | null
  /** A file with a dump that a new embedded database begins as: far quicker than making all tables. */
  startFrom?: string | undefined
}

export interface Database {
  kysely: Kysely<Schema>
  engine: 'pglite' | 'postgres'
  /** What a reader of the start-up lines should know about this database. */
  says: string
  /**
   * One transaction. On the embedded engine all transactions run one after another: never use `kysely` inside `work`,
   * only the `tx` that it is given, or it waits for itself.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Runs SQL as it stands, for the queue that keeps its own tables. Answers all rows of all statements. */
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
  close(): Promise<void>
}

const migrations = {
  '0001-initial': { up: initial },
  '0002-read-again': { up: readAgain },
  '0003-system-exports': { up: systemExports },
  '0004-also-found': { up: alsoFound },
  '0005-notice-key': { up: noticeKey },
  '0007-access-review': { up: accessReview },
  '0008-drift': { up: drift },
  '0010-lowered-level': { up: loweredLevel },
  '0011-kept-open': { up: keptOpen },
  '0012-told': { up: told },
  '0013-lowering': { up: lowering },
  '0014-drift-rulings': { up: driftRulings },
  '0015-moved-at': { up: movedAt },
  '0016-for-cause': { up: forCause },
  '0017-asked-lead': { up: askedLead },
}

/** How often the embedded engine is tidied: it has no background processes of its own. */
const TIDY_EVERY = 10 * MINUTE
/** After this long without a connection, whoever waits is told that the database is away. */
const CONNECT_WITHIN = 10 * SECOND

/**
 * Opens PostgreSQL by address, or the embedded database in a folder (`null`: in memory), and brings its tables up to date.
 * @param how `as-it-is` changes nothing and makes nothing: for whoever only checks
 * @throws Error in a sentence when a folder has another owner or a migration fails
 */
export async function openDatabase(where: Where, how: 'up-to-date' | 'as-it-is' = 'up-to-date'): Promise<Database> {
  if (how === 'as-it-is' && where.dataDir !== null) await mustBeThere(where.dataDir)
  const database = where.url ? openPostgres(where.url) : await openEmbedded(where)
  if (how === 'as-it-is') return database
  const migrator = new Migrator({ db: database.kysely, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (error) {
    await database.close()
    throw error
  }
  return database
}

async function mustBeThere(dataDir: string): Promise<void> {
  await access(join(dataDir, 'postgres', 'PG_VERSION')).catch(() => {
    throw new Error(`There is no embedded database in ${dataDir}.`)
  })
}

function openPostgres(url: string): Database {
  // Counts and sequence numbers stay far below 2^53; both engines then answer numbers.
  const types = {
    getTypeParser: ((oid: number, format?: 'text') =>
      oid === 20 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
  }
  const pool = new pg.Pool({ connectionString: url, types, max: 10, connectionTimeoutMillis: CONNECT_WITHIN })
  // An idle connection that the server drops must not end the process; the next query reports it.
  pool.on('error', () => {})
  const kysely = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
  return {
    kysely,
    engine: 'postgres',
    says: 'The database is PostgreSQL.',
    transaction: (work) => kysely.transaction().execute(work),
    async executeSql(text, values) {
      const result: pg.QueryResult | pg.QueryResult[] = await pool.query(text, values)
      return { rows: (Array.isArray(result) ? result : [result]).flatMap((one) => one.rows as unknown[]) }
    },
    close: () => kysely.destroy(),
  }
}

async function openEmbedded({ dataDir, startFrom }: Where): Promise<Database> {
  const folder = dataDir === null ? null : await ownFolder(dataDir)
  const release = folder ? await holdDirectory(folder) : async () => {}
  const pglite = await openEngine(folder, startFrom).catch(async (error: unknown) => {
    await release()
    throw error
  })
  const kysely = new Kysely<Schema>({ dialect: new PGliteDialect({ pglite }) })
  let tidying: Promise<void> = Promise.resolve()
  const tidy = folder
    ? setInterval(() => {
        tidying = tidyUp(pglite)
      }, TIDY_EVERY)
    : null
  tidy?.unref()
  return {
    kysely,
    engine: 'pglite',
    says: folder
      ? 'The database is embedded. It survives a killed process, not a power cut.'
      : 'The database is in memory. It is gone when the process ends.',
    transaction: (work) => kysely.transaction().execute(work),
    async executeSql(text, values) {
      if (values && values.length > 0) return { rows: (await pglite.query(text, values)).rows }
      return { rows: (await pglite.exec(text)).flatMap((one) => one.rows) }
    },
    async close() {
      if (tidy) clearInterval(tidy)
      await tidying
      await kysely.destroy()
      if (!pglite.closed) await pglite.close()
      await release()
    },
  }
}

async function openEngine(folder: string | null, startFrom: string | undefined): Promise<PGlite> {
  // In a folder below the lock's: the engine wants its own empty one at first.
  const own = folder === null ? null : join(folder, 'postgres')
  const isNew = own === null || !existsSync(join(own, 'PG_VERSION'))
  const beginning = startFrom !== undefined && isNew ? { loadDataDir: await openAsBlob(startFrom) } : {}
  return own === null ? PGlite.create(beginning) : PGlite.create(own, beginning)
}

/** By its real path, so that a link to the same folder is the same folder. */
async function ownFolder(dataDir: string): Promise<string> {
  await mkdir(join(dataDir, 'postgres'), { recursive: true })
  return realpath(dataDir)
}

/** Waits for its turn between transactions. What it cannot do now, it does the next time. */
async function tidyUp(pglite: PGlite): Promise<void> {
  await pglite
    .exec('vacuum (analyze)')
    .then(() => pglite.exec('checkpoint'))
    .catch(() => {})
}
