import type { Account } from './types.ts'

/**
 * An account that was typed where its system is not connected: nobody knows its stable id yet. People can work with its
 * name; the product itself never acts on it.
 */

const MARK = 'typed:'

export function typedAccount(kind: Account['kind'], name: string): Account {
  return { kind, id: `${MARK}${name.toLowerCase()}`, name }
}

/** Whether nobody has looked this account up. */
export function isOnlyTyped({ id }: Pick<Account, 'id'>): boolean {
  return id.startsWith(MARK)
}
