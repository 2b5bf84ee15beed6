import type { PersonFacts } from '../../rules/types.ts'
import type { Listed } from '../system.ts'

/** Whose account a list names: the register's word, else the ledger's, which knows accounts that somebody had before. */
export interface Whose {
  /** `several`: the name alone fits more than one person. */
  of(account: Listed['account']): string | 'several' | null
}

interface OfSomebody {
  personId: string
  account: { kind: string; id: string; name: string }
}

const idOf = (kind: string, id: string) => `${kind} id ${id.toLowerCase()}`
const nameOf = (kind: string, name: string) => `${kind} name ${name.toLowerCase()}`

/**
 * @param held accounts of the ledger, with whom they are of
 * @param named accounts that somebody said are a person's
 */
export function indexAccounts(
  people: Iterable<PersonFacts>,
  held: Iterable<OfSomebody>,
  named: Iterable<OfSomebody> = [],
): Whose {
  const owners = new Map<string, string | 'several'>()
  const put = (key: string, person: string, mayReplace: boolean) => {
    const before = owners.get(key)
    if (before === undefined) owners.set(key, person)
    else if (before !== person && mayReplace) owners.set(key, 'several')
  }
  for (const { id: person, accounts } of people)
    for (const account of Object.values(accounts)) {
      put(idOf(account.kind, account.id), person, true)
      put(nameOf(account.kind, account.name), person, true)
    }
  for (const { personId, account } of named) {
    put(idOf(account.kind, account.id), personId, false)
    put(nameOf(account.kind, account.name), personId, false)
  }
  for (const { personId, account } of held) put(idOf(account.kind, account.id), personId, false)
  return {
    of: ({ kind, id, name }) => owners.get(id === null ? nameOf(kind, name) : idOf(kind, id)) ?? null,
  }
}
