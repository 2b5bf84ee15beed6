import type { PersonFacts } from '../rules/types.ts'

/** One person of the register, as a keeper looks for gaps. */
export interface PersonLine {
  id: string
  fullName: string
  email: string | null
  /** What nobody has said yet and a keeper can; nothing for somebody who left. */
  missing: string[]
}

/**
 * What the register does not know of somebody. Names in GitHub and AWS are not among it: engineers give them on the card.
 * @param linked whether a Trello account is linked to this person
 */
export function personLine(person: PersonFacts, linked: boolean): PersonLine {
  const known: Record<string, unknown> = {
    'Trello account': linked || null,
    'work email': person.accounts.email ?? null,
    employment: person.employment,
    apprentice: person.apprentice,
    clearance: person.clearance,
    probation: person.probation,
    // Any other Senior Tech member sponsors them.
    'tech lead': person.seniorTech?.value ? true : person.techLead,
    absences: person.absences,
  }
  const missing = Object.keys(known).filter((what) => known[what] === null)
  return {
    id: person.id,
    fullName: person.fullName,
    email: person.accounts.email?.name ?? null,
    missing: person.left?.value ? [] : missing,
  }
}
