import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { openDatabase, type Where } from '../../server/db/database.ts'
import { startWake } from '../../server/grants/wake.ts'
import { databaseOn, oneStatement, startPostgres, template } from './postgres-server.ts'

/**
 * What a whole run shares, because making it takes seconds: a dump that embedded databases begin as, and one PostgreSQL
 * server on which every file gets a copy of a database with all tables. Answers what ends it.
 */
export default async function startOnce(): Promise<() => Promise<void>> {
  const [dump, stop] = await Promise.all([keptDump(), sharedServer()])
  process.env['TEST_DATABASE_DUMP'] = dump
  return stop
}

async function sharedServer(): Promise<() => Promise<void>> {
  try {
    const server = await startPostgres()
    await oneStatement(server.url, `create database ${template}`)
    await makeTables({ url: databaseOn(server.url, template), dataDir: null })
    process.env['TEST_POSTGRES'] = server.url
    return server.stop
  } catch (error) {
    process.env['TEST_POSTGRES_WHY_NOT'] = error instanceof Error ? error.message : String(error)
    return async () => {}
  }
}

const root = join(import.meta.dirname, '../..')

/** Kept between runs under the digest of everything that decides what is in it. */
async function keptDump(): Promise<string> {
  const migrations = join(root, 'server/db/migrations')
  const makers = [
    ...(await readdir(migrations)).sort().map((name) => join(migrations, name)),
    join(root, 'server/grants/wake.ts'),
    join(root, 'package-lock.json'),
    import.meta.filename,
  ]
  const digest = createHash('sha256')
  for (const file of makers) digest.update(await readFile(file))
  const folder = join(root, 'node_modules/.cache')
  const kept = join(folder, `tables-${digest.digest('hex').slice(0, 16)}.tar`)
  if (existsSync(kept)) return kept
  await mkdir(folder, { recursive: true })
  const making = await mkdtemp(join(tmpdir(), 'tables-'))
  await makeTables({ url: null, dataDir: making })
  const engine = await PGlite.create(join(making, 'postgres'))
  const dump = await engine.dumpDataDir('none')
  await engine.close()
  await rm(making, { recursive: true })
  // Whole or not at all, also when two runs make it at once.
  const whole = `${kept}.${process.pid}`
  await writeFile(whole, Buffer.from(await dump.arrayBuffer()))
  await rename(whole, kept)
  return kept
}

/** Those of the product and those of the queue. */
async function makeTables(where: Where): Promise<void> {
  const db = await openDatabase(where)
  const unexpected = (error: unknown) => console.error(error)
  const wake = await startWake({ db, work: async () => 0, report: unexpected, sweepEveryMs: 60_000 })
  await wake.stop()
  await db.close()
}
