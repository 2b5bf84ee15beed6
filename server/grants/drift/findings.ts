import type { Account, LevelId } from '../../rules/types.ts'
import type { Listed } from '../system.ts'

/** How the record and a system may stand to each other, for one account in one place. */

export type DriftKind = 'missing' | 'extra' | 'different' | 'unmanaged' | 'in-progress' | 'cannot-tell'

export interface DriftFinding {
  kind: DriftKind
  /** Of the place. */
  key: string
  system: string
  level: LevelId
  personId: string | null
  account: Listed['account']
  /** What is in the ledger for it. */
  holdingId: string | null
  /** Somebody has what belongs to a level that they were never granted. */
  overGrant: boolean
  /** For whoever decides about it. */
  sentence: string
  /** How what the system has stands to what is wanted, with its own words; `null` where it is not there. */
  listed: Pick<Listed, 'has' | 'detail'> | null
  /** Cannot be told now, and could not be the next time either, until somebody puts it right. */
  lasts: boolean
}

/** One live entry of the ledger. */
export interface Held {
  /** `null`: it stands for entries of the ledger, and is none itself. */
  id: string | null
  personId: string
  key: string
  level: LevelId
  account: Account
  /** When it was made, or last seen there, whichever is later. */
  since: Date
  /** Since when the daily look has not found it, with what it said. */
  missing: string | null
}

/** A system, or one of its places, that could not be listed. */
export interface CannotTell {
  system: string
  /** `null`: all of the system. */
  key: string | null
  sentence: string
}

/** The same thing said of the same account is the same finding, however often it is seen. */
export function identityOf({ kind, key, account }: Pick<DriftFinding, 'kind' | 'key' | 'account'>): string {
  return `${kind} ${key} ${account.kind} ${(account.id ?? account.name).toLowerCase()}`
}
