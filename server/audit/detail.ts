import { createHash, randomBytes } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Tx } from '../db/database.ts'

/**
 * Personal details stand beside the log, not in it. The event holds only a digest, salted so that nobody can guess the
 * detail back once it is erased; the salt is erased with it.
 */
interface Sealed {
  salt: string
  detail: Record<string, unknown>
}

export function sealDetail(detail: Record<string, unknown>): { sealed: Sealed; digest: string } {
  const sealed = { salt: randomBytes(16).toString('hex'), detail }
  return { sealed, digest: digestOfSealed(sealed) }
}

/** SHA-256 over the canonical form (RFC 8785) of salt and detail, in hex. */
export function digestOfSealed(sealed: unknown): string {
  const text = canonicalize(sealed)
  if (text === undefined) throw new TypeError('A detail holds JSON values only.')
  return createHash('sha256').update(text).digest('hex')
}

/** What was sealed, for somebody who may read it. */
export function openDetail(sealed: Record<string, unknown>): Record<string, unknown> | null {
  const { detail } = sealed
  return typeof detail === 'object' && detail !== null ? { ...detail } : null
}

/** Erases all personal details about one person. The chain stays whole. Answers how many there were. */
export async function eraseDetails(tx: Tx, personId: string): Promise<number> {
  const theirs = tx.selectFrom('event').select('seq').where('person_id', '=', personId)
  const erased = await tx.deleteFrom('event_detail').where('seq', 'in', theirs).executeTakeFirst()
  return Number(erased.numDeletedRows)
}
