import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** One event as it stands in the chain. `at` is ISO 8601 in UTC. */
export interface ChainedEvent {
  seq: number
  type: string
  typeId: number
  at: string
  actor: string
  requestId: string | null
  personId: string | null
  stepId: string | null
  boardId: string | null
  data: Record<string, unknown>
  prevHash: string
  hash: string
}

/** SHA-256 over the previous hash and the canonical form (RFC 8785) of every other field. */
export function hashOf(event: Omit<ChainedEvent, 'hash'>): string {
  const text = canonicalize(event)
  if (text === undefined) throw new TypeError('An event holds JSON values only.')
  return createHash('sha256').update(event.prevHash).update('\n').update(text).digest('hex')
}

export interface Head {
  seq: number
  hash: string
  /** Names of the keys that Trello published then, so that no other key counts later. */
  keys?: string[] | undefined
}

/** The first thing that is wrong, by sequence number. */
export interface Break {
  seq: number
  what: string
}

/**
 * Walks the chain from its beginning and names the first broken link.
 * @param heads kept elsewhere: a rewritten or shortened log cannot agree with them
 */
export async function firstBreak(
  events: Iterable<ChainedEvent> | AsyncIterable<ChainedEvent>,
  heads: Head[] = [],
): Promise<Break | null> {
  const kept = Map.groupBy(heads, (head) => head.seq)
  let before: Head = { seq: 0, hash: '' }
  for await (const event of events) {
    const { seq, hash } = event
    if (seq !== before.seq + 1) return { seq: before.seq + 1, what: 'it is missing' }
    if (event.prevHash !== before.hash) return { seq, what: 'it does not follow from the event before it' }
    if (!isWhole(event)) return { seq, what: 'its content was changed' }
    if (kept.get(seq)?.some((head) => head.hash !== hash)) return { seq, what: 'it differs from the published head' }
    before = { seq, hash }
  }
  const beyond = heads.find((head) => head.seq > before.seq)
  return beyond ? { seq: before.seq + 1, what: `the log ends before its published head, event ${beyond.seq}` } : null
}

/** Whether an event still has the content that its own hash was made of. Says nothing about its neighbours. */
export function isWhole({ hash, ...rest }: ChainedEvent): boolean {
  return hashOf(rest) === hash
}
