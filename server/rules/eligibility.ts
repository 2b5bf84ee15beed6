import { judgeCondition } from './conditions/judge.ts'
import type { EligibilityQuestion } from './judging.ts'
import { judgeAbsence } from './limits/absence.ts'
import { judgeApprentice } from './limits/apprentice.ts'
import { judgeLeft } from './limits/left.ts'
import type { RuleSet } from './rule-set.ts'
import { isSamePerson } from './same-person.ts'
import type { Finding } from './types.ts'

export type { EligibilityQuestion } from './judging.ts'

/**
 * Judges every condition of a level for one engineer. Unknown never grants and never looks like no.
 * @returns one finding for each condition, in the order of the page, then the limits (apprentice, absence, leaving)
 * @throws RangeError for a level that the rule set does not have
 */
export function judgeEligibility(asked: EligibilityQuestion): Finding[] {
  const question = withoutOwnAnswers(asked)
  const { ruleSet, level, request, unavailable } = question
  const findings = ruleSet.withIncluded(level).flatMap((name) => {
    const held = name === level ? undefined : request.held.find((one) => one.level === name)
    return (ruleSet.levels[name]?.conditions ?? []).map((id) => judgeCondition(question, id, held))
  })
  const all = [
    ...askedOnce(findings, ruleSet),
    ...judgeApprentice(question),
    judgeAbsence(question),
    ...judgeLeft(question),
  ]
  return unavailable ? all.map((finding) => notChecked(finding, unavailable)) : all
}

/** What still stands in the way of an approval with these answers; empty when nothing does. */
export function holdingUp(findings: Finding[]): Finding[] {
  return findings.filter((finding) => finding.holdsUpApproval)
}

/** Nobody confirms anything about themselves, under any of their names. */
function withoutOwnAnswers(question: EligibilityQuestion): EligibilityQuestion {
  const { answers, engineer, people } = question
  if (!answers) return question
  const approver = people.get(answers.approver)
  const own = answers.approver === engineer.id || (approver !== undefined && isSamePerson(approver, engineer))
  return own ? { ...question, answers: null } : question
}

/** A fact is asked once even where two levels name it: the strictest finding stays, the higher level's among equals. */
function askedOnce(findings: Finding[], ruleSet: RuleSet): Finding[] {
  const factOf = ({ id }: Finding) => {
    const condition = ruleSet.conditions[id]
    return condition?.kind === 'register' ? condition.fact : null
  }
  const weight = (finding: Finding) => Number(finding.holdsUpApproval) + Number(finding.holdsUpReady)
  return findings.filter((finding) => {
    const fact = factOf(finding)
    if (fact === null) return true
    const same = findings.filter((other) => factOf(other) === fact)
    const strictest = Math.max(...same.map(weight))
    return same.findLast((other) => weight(other) === strictest) === finding
  })
}

function notChecked(finding: Finding, why: string): Finding {
  return {
    ...finding,
    outcome: 'could-not-check',
    sentence: why,
    source: null,
    date: null,
    turn: 'us',
    holdsUpReady: true,
    holdsUpApproval: true,
  }
}
