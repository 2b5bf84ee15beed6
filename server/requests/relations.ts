import { isSamePerson } from '../rules/same-person.ts'
import type { PersonFacts } from '../rules/types.ts'

/** How the actor stands to the request's engineer. `sponsor` = may sponsor this level for this engineer now, by the rules. */
export type Relation =
  | 'unlinked'
  | 'linked'
  | 'engineer'
  | 'sponsor'
  | 'tech-lead'
  | 'senior-tech'
  | 'second-line'
  | 'line-manager'
  | 'keeper'
  | 'holds-admin'
  | 'on-request'

/**
 * How an actor stands to an engineer. People are compared, not accounts.
 * @param sponsors people who may sponsor this request by the rules, by person id
 */
export function relationsOf(
  actor: {
    person: PersonFacts | null
    roles: { keeper: boolean; seniorTech: boolean; secondLine: boolean; holdsAdmin: boolean }
  },
  engineer: PersonFacts | null,
  sponsors: string[],
): Set<Relation> {
  const me = actor.person
  // Somebody who left may keep a Trello account for years; it opens nothing here.
  if (!me || me.left?.value) return new Set(['unlinked'])
  const found = new Set<Relation>(['linked'])
  if (actor.roles.keeper) found.add('keeper')
  if (actor.roles.seniorTech) found.add('senior-tech')
  if (actor.roles.secondLine) found.add('second-line')
  if (actor.roles.holdsAdmin) found.add('holds-admin')
  if (engineer) {
    if (isSamePerson(engineer, me)) found.add('engineer')
    if (engineer.techLead?.value === me.id) found.add('tech-lead')
    if (engineer.lineManager?.value === me.id) found.add('line-manager')
    if (sponsors.includes(me.id)) found.add('sponsor')
  }
  const concerned: Relation[] = [
    'engineer',
    'sponsor',
    'tech-lead',
    'line-manager',
    'senior-tech',
    'second-line',
    'keeper',
    'holds-admin',
  ]
  if (concerned.some((relation) => found.has(relation))) found.add('on-request')
  return found
}
