import { appendFile, readFile } from 'node:fs/promises'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Schema } from '../db/schema.ts'
import type { Head } from './chain.ts'

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
  .pipe(z.object({ seq: z.int().positive(), hash: z.string() }))

/**
 * Writes the log's head, one JSON line, to a file that the database's owner cannot rewrite: whoever changes old events
 * later cannot make them agree with it. Writes nothing while the head stands still.
 */
export async function publishHead(db: Kysely<Schema>, file: string, clock: Clock): Promise<Head | null> {
  const { seq, hash } = await db.selectFrom('event_head').select(['seq', 'hash']).executeTakeFirstOrThrow()
  const heads = await publishedHeads(file)
  if (seq === 0 || heads.at(-1)?.seq === seq) return null
  // The line begins with its own break: one that a crash cut short then spoils no other.
  await appendFile(file, `\n${JSON.stringify({ seq, hash, at: clock.wall().toISOString() })}\n`)
  return { seq, hash }
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
