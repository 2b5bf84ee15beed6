import { emptyFacts } from '../../requests/world.ts'
import { judgeEligibility } from '../../rules/eligibility.ts'
import type { RuleSet } from '../../rules/rule-set.ts'
import type { Day, LevelId, PersonFacts } from '../../rules/types.ts'
import type { Held } from './findings.ts'
import { type DriftReport, NAMED_AT_MOST } from './report.ts'

/**
 * Everybody who holds something, judged again by the rules of today. Counts only: whether access ends is for people to
 * decide, and why is private. Somebody who cannot be judged is counted, is named by id, and stops nobody else.
 */
export function judgeHolders(
  question: { ruleSet: RuleSet; people: Map<string, PersonFacts>; today: Day },
  held: Held[],
  report: (error: unknown) => void,
): DriftReport['judged'] {
  const unjudged: string[] = []
  const judged = { people: 0, noLongerMet: 0, unknown: 0, couldNotBeJudged: 0, unjudged }
  const levelsOf = new Map([...Map.groupBy(held, (one) => one.personId)].map(([id, some]) => [id, levelsIn(some)]))
  for (const [id, levels] of levelsOf) {
    const engineer = question.people.get(id)
    if (!engineer) continue
    judged.people += 1
    try {
      const outcomes = levels.flatMap((level) => outcomesFor(question, engineer, level, levels))
      if (outcomes.includes('not-met')) judged.noLongerMet += 1
      else if (outcomes.includes('unknown')) judged.unknown += 1
    } catch (error) {
      judged.couldNotBeJudged += 1
      if (unjudged.length < NAMED_AT_MOST) unjudged.push(id)
      report(error)
    }
  }
  return judged
}

const levelsIn = (held: Held[]): LevelId[] => [...new Set(held.map(({ level }) => level))]

/** Outcomes of what the register decides; a review or a confirmation was given once, with the approval. */
function outcomesFor(
  { ruleSet, people, today }: { ruleSet: RuleSet; people: Map<string, PersonFacts>; today: Day },
  engineer: PersonFacts,
  level: LevelId,
  levels: LevelId[],
): string[] {
  if (!Object.hasOwn(ruleSet.levels, level)) return []
  const request = emptyFacts(
    level,
    levels.map((one) => ({ level: one, since: today })),
  )
  return judgeEligibility({ ruleSet, level, engineer, request, today, answers: null, people })
    .filter(({ kind }) => kind === 'register')
    .map(({ outcome }) => outcome)
}
