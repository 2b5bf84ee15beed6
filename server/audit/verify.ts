import type { Kysely } from 'kysely'
import type { Schema } from '../db/schema.ts'
import { type ChainedEvent, firstBreak, type Head } from './chain.ts'
import { wholeLog } from './read.ts'
import { checkSignedAct } from './signed.ts'

export interface Verdict {
  ok: boolean
  lines: string[]
}

/** Checks the chain, the published heads, every signed act, and that each approval in the log has its evidence. */
export async function verifyLog(db: Kysely<Schema>, published: Head[]): Promise<Verdict> {
  const events: ChainedEvent[] = []
  for await (const event of wholeLog(db)) events.push(event)
  const broken = firstBreak(events, published)
  if (broken) return { ok: false, lines: [`The log is broken at event ${broken.seq}: ${broken.what}.`] }
  const head = await db.selectFrom('event_head').select(['seq', 'hash']).executeTakeFirstOrThrow()
  const last = events.at(-1)
  if (head.seq !== (last?.seq ?? 0) || head.hash !== (last?.hash ?? ''))
    return { ok: false, lines: [`The log is broken at event ${(last?.seq ?? 0) + 1}: its end was cut off.`] }
  const acts = await db.selectFrom('signed_act').selectAll().orderBy('at').execute()
  const wrong: string[] = []
  const digests = new Map<string, string>()
  for (const row of acts) {
    digests.set(row.id, row.digest)
    const problem = await checkSignedAct({ ...row, publicKey: row.public_key, memberId: row.member_id })
    if (problem) wrong.push(`Signed act ${row.id} (${row.act}): ${problem}.`)
  }
  for (const event of events) {
    const act = event.data['signedAct']
    if (typeof act === 'string' && digests.get(act) !== event.data['digest'])
      wrong.push(`Event ${event.seq} (${event.type}): its signed act is missing or another one.`)
  }
  if (wrong.length > 0) return { ok: false, lines: wrong }
  return {
    ok: true,
    lines: [
      `${events.length} events follow from each other. ${acts.length} signed acts hold. ${published.length} published heads agree.`,
    ],
  }
}
