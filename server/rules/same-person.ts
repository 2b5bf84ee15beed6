import type { PersonFacts } from './types.ts'

/**
 * Whether two records are one human being: people are compared, never accounts, so a second record that shares any
 * account with the first is the same person. An account linked to two people is refused elsewhere; this is the second lock.
 */
export function isSamePerson(one: PersonFacts, other: PersonFacts): boolean {
  if (one.id === other.id) return true
  return Object.values(one.accounts).some((account) => {
    const same = other.accounts[account.kind]
    return same !== undefined && same.id !== '' && same.id.toLowerCase() === account.id.toLowerCase()
  })
}

/** The same for somebody of whom only the id is kept, for example whoever did a step; `null` is nobody. */
export function isThatPerson(
  people: ReadonlyMap<string, PersonFacts>,
  id: string | null,
  person: PersonFacts,
): boolean {
  if (id === null) return false
  const other = people.get(id)
  return other ? isSamePerson(other, person) : id === person.id
}
