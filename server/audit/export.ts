import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Schema } from '../db/schema.ts'
import type { ChainedEvent } from './chain.ts'
import { wholeLog } from './read.ts'
import { type SignedAct, signedActSchema } from './signed.ts'

/**
 * The whole log as JSON lines: every event in order, then the evidence of every signed act as `{"signedAct": …}`.
 * Personal details stay behind. Each line ends with a line break.
 */
export async function* exportLog(db: Kysely<Schema>): AsyncGenerator<string> {
  for await (const event of wholeLog(db)) yield `${JSON.stringify(event)}\n`
  for (const signedAct of await signedActs(db)) yield `${JSON.stringify({ signedAct })}\n`
}

/** The evidence of every signed act, oldest first. */
export async function signedActs(db: Kysely<Schema>): Promise<SignedAct[]> {
  const rows = await db.selectFrom('signed_act').selectAll().orderBy('at').orderBy('id').execute()
  return rows.map((row) =>
    signedActSchema.parse({ ...row, publicKey: row.public_key, memberId: row.member_id, personId: row.person_id }),
  )
}

const eventSchema: z.ZodType<ChainedEvent> = z.object({
  seq: z.number(),
  type: z.string(),
  typeId: z.number(),
  at: z.string(),
  actor: z.string(),
  requestId: z.string().nullable(),
  personId: z.string().nullable(),
  stepId: z.string().nullable(),
  boardId: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
  prevHash: z.string(),
  hash: z.string(),
})
const lineSchema = z.union([z.strictObject({ signedAct: signedActSchema }), eventSchema])

/** Reads an export back, or answers the number of the first line that is not one of ours. */
export function readExport(text: string): { events: ChainedEvent[]; acts: SignedAct[] } | { unreadable: number } {
  const events: ChainedEvent[] = []
  const acts: SignedAct[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue
    const read = lineSchema.safeParse(parsed(line))
    if (!read.success) return { unreadable: index + 1 }
    if ('signedAct' in read.data) acts.push(read.data.signedAct)
    else events.push(read.data)
  }
  return { events, acts }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
