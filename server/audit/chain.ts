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
}

/** The first thing that is wrong, by sequence number. */
export interface Break {
  seq: number
  what: string
}

/**
 * Walks the chain from its beginning and names the first broken link.
 * @param published heads that were kept elsewhere: a rewritten or shortened log cannot agree with them
 */
export function firstBreak(events: Iterable<ChainedEvent>, published: Head[] = []): Break | null {
  const heads = new Map(published.map((head) => [head.seq, head.hash]))
  let before: Head = { seq: 0, hash: '' }
  for (const event of events) {
    const { hash, ...rest } = event
    if (event.seq !== before.seq + 1) return { seq: before.seq + 1, what: `event ${before.seq + 1} is missing` }
    if (event.prevHash !== before.hash) return { seq: event.seq, what: 'it does not follow from the event before it' }
    if (hashOf(rest) !== hash) return { seq: event.seq, what: 'its content was changed' }
    const head = heads.get(event.seq)
    if (head !== undefined && head !== hash) return { seq: event.seq, what: 'it differs from the published head' }
    before = { seq: event.seq, hash }
  }
  const beyond = published.find((head) => head.seq > before.seq)
  return beyond ? { seq: before.seq + 1, what: `the log ends before the published head ${beyond.seq}` } : null
}
