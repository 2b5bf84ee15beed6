import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { installation } from '../practice-world.ts'

/** `npm start` as a process: starts, refuses to share its database or its port, and stops when it is told to. */

let folder = ''
let running: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'running-'))
  writeFileSync(join(folder, 'installation.yaml'), stringify(installation('https://github.example.gov.uk')))
})
afterEach(async () => {
  for (const child of running) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  running = []
  rmSync(folder, { recursive: true, force: true })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('listens on a port')
  return address.port
}

/** Answers when it listens, or when it ended. */
async function start(port: number, more: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../server/main.ts')], {
    env: {
      PORT: String(port),
      HOST: '127.0.0.1',
      PUBLIC_ORIGIN: 'https://access.example.gov.uk',
      EMBEDDED_DATABASE_DIR: join(folder, 'data'),
      EMBEDDED_DATABASE_ACCEPTS_LOSS: 'on-power-cut',
      TRELLO_POWER_UP_ID: 'a'.repeat(24),
      TRELLO_API_KEY: 'example-api-key-0123',
      TRELLO_APP_SECRET: 'example-app-secret-0123',
      TRELLO_TOKEN: 'example-token-0123456',
      KEEPERS: 'b'.repeat(24),
      EMAIL_DOMAINS: 'example.gov.uk',
      INSTALLATION_FILE: join(folder, 'installation.yaml'),
      LOG_HEAD_FILE: join(folder, 'heads.jsonl'),
      ...more,
    },
  })
  running.push(child)
  let said = ''
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }))
  const listening = new Promise<void>((done) => {
    const hear = (data: Buffer) => {
      said += String(data)
      if (said.includes('Listening on port')) done()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
  })
  await Promise.race([listening, ended])
  return { child, ended, said: () => said }
}

test('starts, says what its database survives, answers, and on SIGTERM stops cleanly and publishes the log’s head', async () => {
  const port = await freePort()
  const server = await start(port)
  expect(server.said()).toContain(
    `Listening on port ${port}. The database is embedded. It survives a killed process, not a power cut.`,
  )
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`)
  expect([answer.status, await answer.text()]).toEqual([200, 'fine'])
  // A frame that is open does not keep it from stopping.
  const open = fetch(`http://127.0.0.1:${port}/api/stream`, { keepalive: true }).catch(() => null)
  await open
  server.child.kill('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })
  expect(existsSync(join(folder, 'heads.jsonl'))).toBe(true)
  expect(readFileSync(join(folder, 'heads.jsonl'), 'utf8')).toContain('"seq":2')
  // And it starts again on what it kept.
  const again = await start(port)
  expect(again.said()).toContain('Listening')
})

test('a second process on one embedded database is refused in a sentence, and the first goes on', async () => {
  const [one, other] = [await freePort(), await freePort()]
  await start(one)
  const second = await start(other)
  expect(await second.ended).toEqual({ code: 1, signal: null })
  expect(second.said().trim()).toMatch(
    /^Another process uses the database in \S+\. Stop it first, or choose another folder\.$/,
  )
  expect((await fetch(`http://127.0.0.1:${one}/healthz`)).status).toBe(200)
})

test('a port that is taken is refused in a sentence, and the database is let go', async () => {
  const port = await freePort()
  const holder = createServer().listen(port, '127.0.0.1')
  await once(holder, 'listening')
  const refused = await start(port)
  expect(await refused.ended).toEqual({ code: 1, signal: null })
  expect(refused.said().trim()).toBe(`Port ${port} is taken by another process. Stop it, or set PORT.`)
  holder.close()
  await once(holder, 'close')
  expect((await start(port)).said()).toContain('Listening')
})

test('an installation file that is not right is refused with its name and what is wrong in it', async () => {
  writeFileSync(join(folder, 'installation.yaml'), 'targets: {}\nawsBaseAccount: "12"\nmethod: {}\n')
  const refused = await start(await freePort())
  expect(await refused.ended).toEqual({ code: 1, signal: null })
  expect(refused.said()).toContain('INSTALLATION_FILE')
  expect(refused.said()).toContain('awsBaseAccount: twelve digits')
})
