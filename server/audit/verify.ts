import type { Kysely } from 'kysely'
import type { Schema } from '../db/schema.ts'
import { type ChainedEvent, firstBreak, type Head } from './chain.ts'
import { digestOfSealed } from './detail.ts'
import { readExport, signedActs } from './export.ts'
import { wholeLog } from './read.ts'
import { checkSignedAct, keyName, type SignedAct, signedPlan } from './signed.ts'

export interface Verdict {
  ok: boolean
  lines: string[]
}

/** What the log says about its evidence, gathered while it is walked. */
interface Promised {
  count: number
  acts: { seq: number; type: string; actor: string; act: unknown; digest: unknown; plan: unknown }[]
  details: Map<number, unknown>
}

/**
 * Checks the chain, the published heads, every signed act, that each signed event has its evidence, and that the
 * personal details are those that were logged. A server may go on writing meanwhile.
 */
export async function verifyLog(
  db: Kysely<Schema>,
  published: Head[],
  powerUpId: string | null = null,
): Promise<Verdict> {
  // Read before the walk: events that are added meanwhile lie behind it.
  const head = await db.selectFrom('event_head').select(['seq', 'hash']).executeTakeFirstOrThrow()
  const promised: Promised = { count: 0, acts: [], details: new Map() }
  const heads = head.seq === 0 ? published : [...published, head]
  const broken = await firstBreak(noting(wholeLog(db), promised), heads)
  if (broken) return brokenAt(broken.seq, broken.what)
  const changed = await changedDetail(db, promised)
  if (changed !== null) return brokenAt(changed, 'its personal details were changed')
  return verdictOn(promised, await signedActs(db), { heads: published, keys: keysOf(published), powerUpId })
}

/** Checks an exported log in the same way; personal details are not in it. */
export async function verifyExport(text: string, published: Head[], powerUpId: string | null = null): Promise<Verdict> {
  const read = readExport(text)
  if ('unreadable' in read)
    return { ok: false, lines: [`The log is broken at line ${read.unreadable}: it is not an event or a signed act.`] }
  const { events, acts } = read
  const promised: Promised = { count: 0, acts: [], details: new Map() }
  // The export may be older than the newest head: those beyond its end say nothing about it.
  const heads = published.filter((head) => head.seq <= (events.at(-1)?.seq ?? 0))
  const broken = await firstBreak(noting(events, promised), heads)
  if (broken) return brokenAt(broken.seq, broken.what)
  return verdictOn(promised, acts, { heads, keys: keysOf(published), powerUpId })
}

function brokenAt(seq: number, what: string): Verdict {
  return { ok: false, lines: [`The log is broken at event ${seq}: ${what}.`] }
}

async function* noting(
  events: Iterable<ChainedEvent> | AsyncIterable<ChainedEvent>,
  promised: Promised,
): AsyncGenerator<ChainedEvent> {
  for await (const event of events) {
    const { seq, type, actor, data } = event
    promised.count += 1
    if ('signedAct' in data) {
      const { signedAct: act, digest, planHash: plan } = data
      promised.acts.push({ seq, type, actor, act, digest, plan })
    }
    if ('detailDigest' in data) promised.details.set(seq, data['detailDigest'])
    yield event
  }
}

/** Erased details are fine; others must be those that were logged. */
async function changedDetail(db: Kysely<Schema>, promised: Promised): Promise<number | null> {
  const rows = await db.selectFrom('event_detail').select(['seq', 'detail']).orderBy('seq').execute()
  const changed = rows.find(
    (row) => row.seq <= promised.count && digestOfSealed(row.detail) !== promised.details.get(row.seq),
  )
  return changed?.seq ?? null
}

/** What is known outside of the database, against which it is held. */
interface Outside {
  heads: Head[]
  /** Names of the keys that were published as Trello's. */
  keys: Set<string>
  powerUpId: string | null
}

function keysOf(published: Head[]): Set<string> {
  return new Set(published.flatMap((head) => head.keys ?? []))
}

async function verdictOn(promised: Promised, acts: SignedAct[], outside: Outside): Promise<Verdict> {
  const wrong: string[] = []
  const kept = new Map(acts.map((act) => [act.id, act]))
  for (const { seq, type, actor, act, digest, plan } of promised.acts) {
    const evidence = typeof act === 'string' ? kept.get(act) : undefined
    if (!evidence) wrong.push(`The log is broken at event ${seq}: the evidence of "${type}" is missing.`)
    else if (evidence.digest !== digest || (evidence.personId ?? `member:${evidence.memberId}`) !== actor)
      wrong.push(`The log is broken at event ${seq}: the evidence of "${type}" is another one.`)
    else if (plan !== undefined && signedPlan(evidence) !== plan)
      wrong.push(`The log is broken at event ${seq}: the plan of "${type}" is not the one that was signed.`)
  }
  for (const act of acts) {
    const strange = outside.keys.size > 0 && !outside.keys.has(keyName(act.publicKey))
    const problem = await checkSignedAct(act, outside.powerUpId)
    const says = problem ?? (strange ? 'its key was never published as one of Trello’s' : null)
    if (says) wrong.push(`Signed act ${act.id} (${act.act} on ${act.subject}): ${says}.`)
  }
  if (wrong.length > 0) return { ok: false, lines: wrong }
  const keys = Map.groupBy(acts, (act) => keyName(act.publicKey))
  return {
    ok: true,
    lines: [
      `The log is whole: ${count(promised.count, 'event')} in one chain.`,
      outside.heads.length === 0
        ? 'No published head to compare with: whoever can write to the database could have rewritten all of it.'
        : `It agrees with ${count(outside.heads.length, 'published head')}.`,
      `${count(acts.length, 'signed act')} checked, token and statement.`,
      ...[...keys].map(([name, signed]) =>
        outside.keys.has(name)
          ? `Key ${name} signed ${signed.length} of them, and was published as Trello’s.`
          : `Key ${name} signed ${signed.length} of them: compare it with Trello’s.`,
      ),
      ...(outside.powerUpId === null
        ? ['For which Power-Up the tokens were made was not asked: set TRELLO_POWER_UP_ID to ask.']
        : []),
    ],
  }
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
