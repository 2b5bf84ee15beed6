import { appendFile, readFile } from 'node:fs/promises'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Schema } from '../db/schema.ts'
import type { Head } from './chain.ts'

const line = z.object({ seq: z.number().int(), hash: z.string(), at: z.string() })

/**
 * Writes the log's head, one JSON line, to a file that the database's owner cannot rewrite: whoever changes old events
 * later cannot make them agree with it. Writes nothing while the head stands still.
 */
export async function publishHead(db: Kysely<Schema>, file: string, clock: Clock): Promise<Head | null> {
  const { seq, hash } = await db.selectFrom('event_head').select(['seq', 'hash']).executeTakeFirstOrThrow()
  const heads = await publishedHeads(file)
  if (seq === 0 || heads.at(-1)?.seq === seq) return null
  await appendFile(file, `${JSON.stringify({ seq, hash, at: clock.wall().toISOString() })}\n`)
  return { seq, hash }
}

/** Heads published so far; none when the file is not there yet. */
export async function publishedHeads(file: string): Promise<Head[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter((one) => one !== '')
    .map((one) => line.parse(JSON.parse(one)))
}
