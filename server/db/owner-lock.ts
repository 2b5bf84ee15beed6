import { createHash, randomUUID } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Unix socket paths end at about 107 bytes; longer ones are replaced by a short one made from a hash. */
const LONGEST_SOCKET_PATH = 100

/**
 * Takes the folder for this process. Two processes on one embedded database lose each other's writes without an error,
 * so the second is refused. The kernel drops the lock with the process, also after a kill.
 * @param dataDir the folder's real path
 * @returns the function that gives it back
 * @throws DirectoryTaken, in a sentence, when another process holds it
 */
export async function holdDirectory(dataDir: string): Promise<() => Promise<void>> {
  const path = socketPath(dataDir)
  const server = await listen(path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    if (await answers(path)) throw taken(dataDir)
    await removeStale(path, dataDir)
    return listen(path)
  })
  return () => new Promise((done) => server.close(() => done()))
}

/**
 * Moves a dead owner's socket away before it is removed. Two processes may find it dead at the same moment; the slower
 * one then holds the quicker one's new socket, sees that it answers, and puts it back.
 */
async function removeStale(path: string, dataDir: string): Promise<void> {
  const away = `${path}.${randomUUID().slice(0, 4)}`
  await rename(path, away).catch(() => {})
  if (await answers(away)) {
    await rename(away, path)
    throw taken(dataDir)
  }
  await rm(away, { force: true })
}

/** Thrown where another process holds the folder. */
export class DirectoryTaken extends Error {
  override name = 'DirectoryTaken'
}

function taken(dataDir: string): DirectoryTaken {
  return new DirectoryTaken(`Another process uses the database in ${dataDir}. Stop it first, or choose another folder.`)
}

function socketPath(dataDir: string): string {
  const inside = join(dataDir, 'owner.sock')
  if (Buffer.byteLength(inside) <= LONGEST_SOCKET_PATH) return inside
  return join(tmpdir(), `owner-${createHash('sha256').update(dataDir).digest('hex').slice(0, 24)}`)
}

function listen(path: string): Promise<Server> {
  return new Promise((done, fail) => {
    const server = createServer((socket) => {
      // Whoever asks may hang up first: without a handler that would end the owner, and an open socket would keep it.
      socket.on('error', () => {})
      socket.destroy()
    })
    server.once('error', fail)
    server.listen(path, () => {
      server.unref()
      done(server)
    })
  })
}

function answers(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', () => done(false))
  })
}
