import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Compared, compare } from './sides.ts'

const ROUNDS = 2

/** From nothing to listening, as a process of its own, with the local Trello and GitHub that it needs. */
export async function startFigures(): Promise<Compared> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  let last: Awaited<ReturnType<typeof started>> | null = null
  const start = (where: () => string) => async () => {
    last = await started(where())
  }
  const before = async () => {
    await last?.stop()
    last = null
  }
  let fresh = 0
  try {
    return await compare(
      'cold start',
      ROUNDS,
      { name: 'with the data of before', before, run: start(() => join(folder, 'kept')) },
      { name: 'with nothing', before, run: start(() => join(folder, `fresh-${fresh++}`)) },
    )
  } finally {
    await before()
    await rm(folder, { recursive: true, force: true })
  }
}

async function started(folder: string): Promise<{ stop(): Promise<void> }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'start-child.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((done) => child.once('close', () => done()))
  await new Promise<void>((done, fail) => {
    child.stdout.once('data', () => done())
    child.once('exit', () => fail(new Error('The server ended before it listened.')))
  })
  return {
    stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}
