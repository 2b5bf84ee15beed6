import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../server/db/database.ts'
import { startFrom } from '../db/start-from.ts'
import { as, confirmations, details, until } from '../http/as.ts'
import { listsRepository, memberId, type Surroundings, startSurroundings } from '../practice-world.ts'
import type { Peek } from './server-child.ts'

/** A server in a process of its own, among a Trello and a GitHub that outlive it. */
export interface KilledServer extends Surroundings {
  /** Starts it and waits until it answers. @param killAt such as `after-intent:github` */
  start(killAt?: string): Promise<void>
  /** Sets the point at which the running server kills itself. */
  killAt(point: string): Promise<void>
  /** Waits until it has killed itself. */
  died(): Promise<void>
  kill(): Promise<void>
  /** Tells it to stop, and answers its exit code. */
  stop(): Promise<number | null>
  /** A second process on the same database, at another port. */
  sibling(): Promise<ChildProcess>
  /** On PostgreSQL: two minutes pass, so that the leases of whoever died run out. */
  freeLeases(): Promise<void>
  peek(): Promise<Peek>
  /** A Deploy request of Priya, approved by Sam. The server may die right after it. */
  approve(): Promise<void>
  step(key: string): Promise<Peek['steps'][number]>
  stepIs(key: string, what: (step: Peek['steps'][number]) => boolean): Promise<void>
  attest(key: string): Promise<void>
  /** What GitHub's own history tells. */
  history(): { invitations: number; branches: string[]; commits: number; pulls: number }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

/** @param databaseUrl a PostgreSQL server, or `null` for the embedded database in a folder of its own */
export async function aroundKilledServer(databaseUrl: string | null): Promise<KilledServer> {
  const port = await freePort()
  const around = await startSurroundings({ folder: null, databaseUrl }, `http://127.0.0.1:${port}`)
  const folder = mkdtempSync(join(tmpdir(), 'killed-'))
  const file = join(folder, 'config.json')
  const database = { url: databaseUrl, dataDir: databaseUrl ? null : join(folder, 'database'), startFrom }
  // AWS is not read, so that what people say of it, and others see, is killed in between too.
  const config = { ...around.config, aws: null, database, lookAgainMs: 300, logLevel: 'silent' }
  writeFileSync(file, JSON.stringify(config))
  let child: ChildProcess | null = null
  let sibling: ChildProcess | null = null
  let said = ''

  async function spawned(at: number, killAt: string): Promise<ChildProcess> {
    const script = join(import.meta.dirname, 'server-child.ts')
    const started = spawn(process.execPath, [script, file, String(at), killAt], { stdio: ['ignore', 'pipe', 'pipe'] })
    started.stderr.on('data', (data) => {
      said += String(data)
    })
    // Work that is due may kill it before it listens.
    await Promise.race([once(started.stdout, 'data'), once(started, 'exit')])
    if (said !== '') throw new Error(said)
    return started
  }

  const me: KilledServer = {
    ...around,
    async start(killAt = '') {
      said = ''
      child = await spawned(port, killAt)
    },
    async sibling() {
      sibling = await spawned(await freePort(), '')
      return sibling
    },
    async freeLeases() {
      if (databaseUrl === null) return
      const { kysely, close } = await openDatabase({ url: databaseUrl, dataDir: null }, 'as-it-is')
      await kysely
        .updateTable('step')
        .set({ lease_until: new Date(0) })
        .where('lease_by', 'is not', null)
        .execute()
      await close()
    },
    async killAt(point) {
      await fetch(`${around.origin}/kill-at/${point}`)
    },
    async died() {
      if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      if (child?.signalCode !== 'SIGKILL') throw new Error(`the server was not killed: ${said}`)
    },
    async kill() {
      child?.kill('SIGKILL')
      await me.died()
    },
    async stop() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return null
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
      return child.exitCode
    },
    async peek() {
      const answer = await fetch(`${around.origin}/peek`)
      if (!answer.ok) throw new Error('the server cannot look')
      return (await answer.json()) as Peek
    },
    async approve() {
      const template = around.trello.model.card('S9sex2XU')
      if (!template) throw new Error('no template')
      const card = around.trello.model.copyCard(
        memberId('sam'),
        template,
        around.listId('To do'),
        'Production Deploy for Priya Shah',
      )
      await until(async () => (await me.peek()).cards.includes(card.id), 'the copy to be known', 90_000)
      await as(around, 'priya').act('ask', card.id, details)
      const [request] = (await me.peek()).requests
      // Its answer may be lost with the server; what counts is what it wrote.
      await as(around, 'sam')
        .act('approve', request?.id ?? '', confirmations)
        .catch(() => {})
    },
    async step(key) {
      const found = (await me.peek()).steps.find((step) => step.key === key)
      if (!found) throw new Error(`there is no step ${key}`)
      return found
    },
    async stepIs(key, what) {
      await until(async () => what(await me.step(key)), `the step ${key}`, 90_000)
    },
    async attest(key) {
      const { id, turn } = await me.step(key)
      if (turn === 'engineer') await as(around, 'priya').act('do-own-part', id)
      await as(around, 'alex').act('done-step', id)
      // What we read ourselves is looked at by us before a second person is asked. The server may die of what was said.
      await until(async () => {
        const why = await as(around, 'jo')
          .act('seen-step', id)
          .catch((error: Error) => error.message)
        return !why.includes('We look in')
      }, `${key} to be seen`)
    },
    history() {
      const count = (what: RegExp) => around.github.writes.filter((call) => what.test(call)).length
      return {
        invitations: count(/^PUT .*memberships/),
        branches: [...new Set(around.github.pulls(listsRepository).map((pull) => pull.head))],
        commits: count(/^POST .*\/git\/commits$/),
        pulls: around.github.pulls(listsRepository).length,
      }
    },
    async close() {
      child?.kill('SIGKILL')
      sibling?.kill('SIGKILL')
      await around.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return me
}
