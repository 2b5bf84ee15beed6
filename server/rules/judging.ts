import type { Condition, RuleSet } from './rule-set.ts'
import type { ApprovalAnswers, Day, Finding, LevelId, PersonFacts, RequestFacts, TurnRole } from './types.ts'

/** What every condition and limit is judged from, and the four ways in which it can end. */

export interface EligibilityQuestion {
  ruleSet: RuleSet
  level: LevelId
  engineer: PersonFacts
  request: RequestFacts
  today: Day
  /** What the approver says in the approve window; `null` before that. */
  answers: ApprovalAnswers | null
  people: Map<string, PersonFacts>
  /** Set when facts could not be read: then nothing is met and nothing is not met. */
  unavailable?: string | null
}

/** All of a finding but its outcome. */
export type About = Omit<Finding, 'outcome' | 'sentence' | 'turn' | 'holdsUpReady' | 'holdsUpApproval'>

export interface From {
  source: string
  date: Day
}

/** A condition before it is judged: its words, and where in the rules they stand. */
export function aboutCondition({ ruleSet }: EligibilityQuestion, id: string, condition: Condition): About {
  return {
    id,
    kind: condition.kind,
    label: condition.label,
    source: null,
    date: null,
    link: ruleSet.linkTo(condition),
    rule: condition.sentence,
    confidential: condition.kind === 'register' && condition.confidential,
  }
}

export function met(about: About, sentence: string, from?: From): Finding {
  const open = { holdsUpReady: false, holdsUpApproval: false }
  return { ...about, ...from, outcome: 'met', sentence, turn: 'nobody', ...open }
}

export function notMet(about: About, sentence: string, turn: TurnRole, from?: From): Finding {
  return { ...about, ...from, outcome: 'not-met', sentence, turn, holdsUpReady: true, holdsUpApproval: true }
}

/**
 * Unknown never grants, so it always holds up the approval.
 * @param holdsUp `approval` where the approver settles it while approving; `ready` where it must be known before
 */
export function unknown(about: About, sentence: string, turn: TurnRole, holdsUp: 'ready' | 'approval'): Finding {
  return {
    ...about,
    outcome: 'unknown',
    sentence,
    turn,
    holdsUpReady: holdsUp === 'ready',
    holdsUpApproval: true,
  }
}
