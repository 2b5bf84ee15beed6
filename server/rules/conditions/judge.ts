import { aboutCondition, type EligibilityQuestion, met } from '../judging.ts'
import type { Day, Finding, LevelId } from '../types.ts'
import { judgeAttestation } from './attestation.ts'
import { judgeClearance } from './clearance.ts'
import { judgeProbation } from './probation.ts'
import { judgeReview } from './review.ts'

/**
 * Judges one condition of the rule set.
 * @param held the included level that names the condition, where the engineer holds it already: what a sponsor confirmed
 *   then stays confirmed. What the register says can change, so it is judged again.
 * @throws RangeError for a condition that the rule set does not have
 */
export function judgeCondition(
  question: EligibilityQuestion,
  id: string,
  held: { level: LevelId; since: Day } | undefined,
): Finding {
  const { ruleSet } = question
  const condition = ruleSet.conditions[id]
  if (!condition) throw new RangeError(`The rule set has no condition "${id}".`)
  if (held && condition.kind !== 'register') {
    const name = ruleSet.levels[held.level]?.name ?? held.level
    const about = aboutCondition(question, id, condition)
    return met(about, `Confirmed when ${name} was granted.`, { source: `${name} granted`, date: held.since })
  }
  switch (condition.kind) {
    case 'register':
      return condition.fact === 'clearance'
        ? judgeClearance(question, id, condition)
        : judgeProbation(question, id, condition)
    case 'attestation':
      return judgeAttestation(question, id, condition)
    case 'review':
      return judgeReview(question, id, condition)
  }
}
