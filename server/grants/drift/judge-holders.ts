import { emptyFacts } from '../../requests/world.ts'
import { judgeEligibility } from '../../rules/eligibility.ts'
import type { RuleSet } from '../../rules/rule-set.ts'
import type { Day, Finding, LevelId, PersonFacts } from '../../rules/types.ts'
import type { Held } from './findings.ts'
import { type DriftReport, NAMED_AT_MOST } from './report.ts'

interface Question {
  ruleSet: RuleSet
  people: Map<string, PersonFacts>
  today: Day
}

/**
 * Everybody who holds something, judged again by the rules of today. Whether access ends is for people to decide, and why
 * is private: so they are counted, and the first of them are named by id. Who cannot be judged stops nobody else.
 */
export function judgeHolders(
  question: Question,
  held: Held[],
  report: (error: unknown) => void,
): DriftReport['judged'] {
  const [notMet, notKnown, unjudged]: [string[], string[], string[]] = [[], [], []]
  let people = 0
  const levelsOf = new Map([...Map.groupBy(held, (one) => one.personId)].map(([id, some]) => [id, levelsIn(some)]))
  for (const [id, levels] of levelsOf) {
    const engineer = question.people.get(id)
    if (!engineer) continue
    people += 1
    try {
      const findings = notMetToday(question, engineer, levels)
      if (findings.some(({ outcome }) => outcome === 'not-met')) notMet.push(id)
      else if (findings.length > 0) notKnown.push(id)
    } catch (error) {
      unjudged.push(id)
      report(error)
    }
  }
  const first = (ids: string[]) => ids.slice(0, NAMED_AT_MOST)
  return {
    people,
    noLongerMet: notMet.length,
    unknown: notKnown.length,
    couldNotBeJudged: unjudged.length,
    notMet: first(notMet),
    notKnown: first(notKnown),
    unjudged: first(unjudged),
  }
}

const levelsIn = (held: Pick<Held, 'level'>[]): LevelId[] => [...new Set(held.map(({ level }) => level))]

/**
 * What the register does not show of what these levels ask of somebody; a review or a confirmation was given once, with the
 * approval.
 */
export function notMetToday({ ruleSet, people, today }: Question, engineer: PersonFacts, levels: LevelId[]): Finding[] {
  const held = levels.map((one) => ({ level: one, since: today }))
  const findings = levels
    .filter((level) => Object.hasOwn(ruleSet.levels, level))
    .flatMap((level) =>
      judgeEligibility({ ruleSet, level, engineer, request: emptyFacts(level, held), today, answers: null, people }),
    )
    .filter(({ kind, outcome }) => kind === 'register' && (outcome === 'not-met' || outcome === 'unknown'))
  return [...new Map(findings.map((one) => [one.id, one])).values()]
}
