import { appendFile, readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { append } from './append.ts'
import type { Head } from './chain.ts'
import { keyName } from './signed.ts'

const head = z
  .string()
  .transform((line, context) => {
    try {
      return JSON.parse(line) as unknown
    } catch {
      context.addIssue('not JSON')
      return z.NEVER
    }
  })
  .pipe(z.object({ seq: z.int().positive(), hash: z.string(), keys: z.array(z.string()).optional() }))

/**
 * Writes the log's head, one JSON line, to a file that the database's owner cannot rewrite: whoever changes old events
 * later cannot make them agree with it. The log then tells of it. Does nothing while nothing else happened.
 * @param publicKeys Trello's keys as we have them: their names go along, so that a key of somebody's own is found out
 */
export async function publishHead(
  db: Database,
  file: string,
  clock: Clock,
  publicKeys: string[] = [],
): Promise<Head | null> {
  const { seq, hash } = await db.kysely.selectFrom('event_head').select(['seq', 'hash']).executeTakeFirstOrThrow()
  const before = await publishedHeads(file)
  const known = new Set(before.flatMap((one) => one.keys ?? []))
  const keys = publicKeys.map(keyName).filter((name) => !known.has(name))
  if (keys.length === 0 && !(await somethingHappened(db, before.at(-1)?.seq ?? 0))) return null
  if (seq === 0) return null
  // The line begins with its own break: one that a crash cut short then spoils no other.
  await appendFile(file, `\n${JSON.stringify({ seq, hash, keys, at: clock.wall().toISOString() })}\n`)
  const about = { requestId: null, personId: null, stepId: null, boardId: null }
  await db.transaction((tx) =>
    append(tx, [{ ...about, type: 'head-published', actor: 'system', data: { head: seq } }], clock),
  )
  return { seq, hash }
}

/** Our own word that a head was published, or another server's, is no reason to publish again. */
async function somethingHappened(db: Database, after: number): Promise<boolean> {
  const found = await db.kysely
    .selectFrom('event')
    .select('seq')
    .where('seq', '>', after)
    .where('type', '!=', 'head-published')
    .limit(1)
    .executeTakeFirst()
  return found !== undefined
}

/** Heads published so far; none when the file is not there yet. A line that a crash cut short says nothing. */
export async function publishedHeads(file: string): Promise<Head[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return text.split('\n').flatMap((one) => {
    const read = head.safeParse(one)
    return read.success ? [read.data] : []
  })
}
