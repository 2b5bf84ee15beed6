import type { RuleSet } from '../rules/rule-set.ts'
import type { LevelId, PersonFacts } from '../rules/types.ts'
import type { Relation } from './relations.ts'

/** For how long, and by whom, access may be let stand that should not be there. No rule says it: the strictest in use here. */

const WITHIN_DAYS = 366
/** What nobody should hold is looked at again within a month. */
const SHORT_DAYS = 30

/** Days within which a decision about somebody comes back. @param engineer whose access it is */
export function daysKept(engineer: Pick<PersonFacts, 'left'> | null): number {
  return engineer?.left?.value ? SHORT_DAYS : WITHIN_DAYS
}

/** Days within which an account of nobody comes back: sooner where it has what is given after a review alone. */
export function daysLeftAlone({ levels, conditions }: RuleSet, level: LevelId): number {
  const asked = Object.hasOwn(levels, level) ? (levels[level]?.conditions ?? []) : []
  return asked.some((id) => conditions[id]?.kind === 'review') ? SHORT_DAYS : WITHIN_DAYS
}

/** Why somebody who may revoke what a person holds may not let it stand once that person has left; `null` where they may. */
export function refusedAfterLeaving(
  engineer: Pick<PersonFacts, 'left'> | null,
  relations: ReadonlySet<Relation>,
): string | null {
  if (!engineer?.left?.value || relations.has('senior-tech') || relations.has('keeper')) return null
  return 'You cannot let this stand because they have left. Senior Tech or a register keeper can, for 30 days at most. You can revoke it.'
}
