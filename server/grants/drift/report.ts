import type { CannotTell, DriftKind } from './findings.ts'
import type { Reconciled } from './reconcile.ts'

/** What one comparison says of itself: counts, and what it could not tell. No names of people, but the first few's ids. */

export interface SystemReport {
  name: string
  counts: Record<DriftKind, number>
  /** Accounts that are as the record says. */
  agree: number
  /** Machine accounts that the installation names. */
  ignored: number
  /** Sentences about the system and its places. */
  cannotTell: string[]
  /** People whose account could not be told, by id. */
  unclear?: string[]
}

export interface DriftReport {
  /** By system. */
  systems: Record<string, SystemReport>
  /** Why some systems are not among them, in sentences. */
  notAsked?: string[]
  /** People who were judged again by today's rules: how many of whom hold something, and how they stand. */
  judged: {
    people: number
    noLongerMet: number
    unknown: number
    couldNotBeJudged: number
    /** Of each whom, by id: why is private, and stands on their pages. */
    notMet?: string[]
    notKnown?: string[]
    unjudged?: string[]
  }
}

/** More than these say rather that something is wrong with us or with the system. */
export const NAMED_AT_MOST = 20

export const emptyReport: DriftReport = {
  systems: {},
  judged: { people: 0, noLongerMet: 0, unknown: 0, couldNotBeJudged: 0 },
}

export function reportOf(name: string, done: Reconciled): SystemReport {
  const counts = { missing: 0, extra: 0, different: 0, unmanaged: 0, 'in-progress': 0, 'cannot-tell': 0 }
  for (const { kind } of done.findings) counts[kind] += 1
  const cannotTell = [...new Set(done.cannotTell.map(({ sentence }: CannotTell) => sentence))]
  const unclear = done.findings.flatMap(({ kind, personId }) => (kind === 'cannot-tell' && personId ? [personId] : []))
  const { agree, ignored } = done
  return { name, counts, agree, ignored, cannotTell, unclear: [...new Set(unclear)].slice(0, NAMED_AT_MOST) }
}
