import { absenceStanding } from './absence.ts'
import type { Condition, RuleSet } from './rule-set.ts'
import type { ApprovalAnswers, Day, Finding, Known, LevelId, PersonFacts, RequestFacts, Said } from './types.ts'

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

/**
 * Judges every condition of a level for one engineer. Unknown never grants and never looks like no.
 * @returns one finding for each condition, in the order of the page, then the limits (apprentice, absence, leaving)
 */
export function judgeEligibility(question: EligibilityQuestion): Finding[] {
  const { ruleSet, level, request } = question
  const levels = ruleSet.withIncluded(level)
  const findings = levels.flatMap((name) => {
    const held = name === level ? undefined : request.held.find((one) => one.level === name)
    return (ruleSet.levels[name]?.conditions ?? []).map((id) =>
      held ? metByHolding(question, id, held.since) : judgeCondition(question, id),
    )
  })
  const all = [...merged(findings, ruleSet), ...apprentice(question), absence(question), ...left(question)]
  if (!question.unavailable) return all
  const why = question.unavailable
  return all.map((finding) => ({
    ...finding,
    outcome: 'could-not-check' as const,
    sentence: why,
    turn: 'us' as const,
    holdsUpReady: true,
    holdsUpApproval: true,
  }))
}

/** What still stands in the way of an approval with these answers; empty when nothing does. */
export function holdingUp(findings: Finding[]): Finding[] {
  return findings.filter((finding) => finding.holdsUpApproval)
}

/** Clearance is asked once even where two levels name it: the stricter level's wording stays. */
function merged(findings: Finding[], ruleSet: RuleSet): Finding[] {
  const factOf = (finding: Finding) => {
    const one = ruleSet.conditions[finding.id]
    return one?.kind === 'register' ? one.fact : null
  }
  return findings.filter((finding, i) => {
    const fact = factOf(finding)
    return fact === null || !findings.slice(i + 1).some((later) => factOf(later) === fact)
  })
}

function base(
  question: EligibilityQuestion,
  id: string,
  condition: Condition,
): Omit<Finding, 'outcome' | 'sentence' | 'turn' | 'holdsUpReady' | 'holdsUpApproval'> {
  return {
    id,
    kind: condition.kind,
    label: condition.label,
    source: null,
    date: null,
    link: { text: 'the rules', url: question.ruleSet.page },
    rule: condition.sentence,
    confidential: condition.kind === 'register' && condition.confidential,
  }
}

const open = { holdsUpReady: false, holdsUpApproval: false }

function metByHolding(question: EligibilityQuestion, id: string, since: Day): Finding {
  const condition = question.ruleSet.conditions[id]
  if (!condition) throw new RangeError(`The rule set has no condition "${id}".`)
  // Clearance can be lost; what was confirmed once by a sponsor stays confirmed.
  if (condition.kind === 'register') return judgeCondition(question, id)
  return {
    ...base(question, id, condition),
    outcome: 'met',
    sentence: `Confirmed when the lower level was granted, on ${since}.`,
    source: 'this product',
    date: since,
    turn: 'nobody',
    ...open,
  }
}

function judgeCondition(question: EligibilityQuestion, id: string): Finding {
  const condition = question.ruleSet.conditions[id]
  if (!condition) throw new RangeError(`The rule set has no condition "${id}".`)
  switch (condition.kind) {
    case 'register':
      return condition.fact === 'clearance' ? clearance(question, id, condition) : probation(question, id, condition)
    case 'attestation':
      return attestation(question, id, condition)
    case 'review':
      return review(question, id, condition)
  }
}

type RegisterCondition = Extract<Condition, { kind: 'register' }>

function clearance(question: EligibilityQuestion, id: string, condition: RegisterCondition): Finding {
  const { engineer, answers } = question
  const fact = engineer.clearance
  const about = base(question, id, condition)
  if (fact?.value === true)
    return {
      ...about,
      outcome: 'met',
      sentence: `${engineer.fullName} has BPSS clearance.`,
      source: fact.source,
      date: fact.date,
      turn: 'nobody',
      ...open,
    }
  if (fact?.value === false)
    return {
      ...about,
      outcome: 'not-met',
      sentence: 'The register says that BPSS clearance has not been given. If that is wrong, ask a register keeper.',
      source: fact.source,
      date: fact.date,
      turn: 'keeper',
      holdsUpReady: true,
      holdsUpApproval: true,
    }
  const seen = answers?.clearanceSeen
  if (seen && condition.whenSilent === 'approver-records')
    return {
      ...about,
      outcome: 'met',
      sentence: `Seen by ${answers.approverName}: ${seen.where}.`,
      source: answers.approverName,
      date: seen.date,
      turn: 'nobody',
      ...open,
    }
  const canRecord = condition.whenSilent === 'approver-records'
  return {
    ...about,
    outcome: 'unknown',
    sentence: canRecord
      ? 'We do not know yet whether BPSS clearance has been given. This is not a no. Your sponsor says what they have seen, or a register keeper adds it.'
      : 'We do not know yet whether BPSS clearance has been given. This is not a no. Ask a register keeper to add it.',
    turn: canRecord ? 'sponsor' : 'keeper',
    holdsUpReady: !canRecord,
    holdsUpApproval: true,
  }
}

function probation(question: EligibilityQuestion, id: string, condition: RegisterCondition): Finding {
  const { engineer, answers } = question
  const fact = engineer.probation
  const about = base(question, id, condition)
  if (fact?.value === 'passed')
    return {
      ...about,
      outcome: 'met',
      sentence: `${engineer.fullName} has passed probation.`,
      source: fact.source,
      date: fact.date,
      turn: 'nobody',
      ...open,
    }
  if (fact?.value === 'not-passed')
    return {
      ...about,
      outcome: 'not-met',
      sentence:
        'The register says that probation has not been passed yet. If that is wrong, ask your line manager to tell a register keeper.',
      source: fact.source,
      date: fact.date,
      turn: 'line-manager',
      holdsUpReady: true,
      holdsUpApproval: true,
    }
  // Probation does not apply to contractors: only in writing, only where the rule set says so, and never silently.
  const mayNotApply = condition.notApplicableTo === 'contractor' && engineer.employment?.value === 'contractor'
  const reason = answers?.notApplicable[id]?.trim()
  if (mayNotApply && answers && reason)
    return {
      ...about,
      outcome: 'met',
      sentence: `Does not apply to a contractor: ${reason}`,
      source: answers.approverName,
      date: answers.date,
      turn: 'nobody',
      ...open,
    }
  if (mayNotApply)
    return {
      ...about,
      outcome: 'unknown',
      sentence: 'Probation does not apply to contractors. Your sponsor says in writing how this is met.',
      turn: 'sponsor',
      holdsUpReady: false,
      holdsUpApproval: true,
    }
  return {
    ...about,
    outcome: 'unknown',
    sentence:
      'We do not know yet whether you have passed probation. This is not a no. Ask your line manager to tell a register keeper.',
    turn: 'keeper',
    holdsUpReady: true,
    holdsUpApproval: true,
  }
}

function attestation(question: EligibilityQuestion, id: string, condition: Condition): Finding {
  const { answers } = question
  const about = base(question, id, condition)
  if (answers?.confirmed.includes(id))
    return {
      ...about,
      outcome: 'met',
      sentence: `Confirmed by ${answers.approverName}.`,
      source: answers.approverName,
      date: answers.date,
      turn: 'nobody',
      ...open,
    }
  return {
    ...about,
    outcome: 'unknown',
    sentence: 'Your sponsor confirms this when approving.',
    turn: 'sponsor',
    holdsUpReady: false,
    holdsUpApproval: true,
  }
}

function review(question: EligibilityQuestion, id: string, condition: Condition): Finding {
  const { request, engineer, ruleSet, level, people } = question
  const about = base(question, id, condition)
  const done = request.review
  const wanted = ruleSet.objectivesOf(level).map((objective) => objective.id)
  const whole = done !== null && wanted.every((objective) => done.objectives.includes(objective))
  const bySenior =
    done !== null && done.reviewer !== engineer.id && people.get(done.reviewer)?.seniorTech?.value === true
  if (done && whole && bySenior)
    return {
      ...about,
      outcome: 'met',
      sentence: `Reviewed by ${done.reviewerName}, form version ${done.formVersion}.`,
      source: done.reviewerName,
      date: done.date,
      turn: 'nobody',
      ...open,
    }
  return {
    ...about,
    outcome: 'unknown',
    sentence: 'Somebody in Senior Tech reviews your form response and confirms each of the four objectives.',
    turn: 'senior-tech',
    // The review is a Senior Tech turn on a request that is otherwise ready; it does not keep the engineer busy.
    holdsUpReady: false,
    holdsUpApproval: true,
  }
}

const recordedByApprover =
  'You recorded what the line manager said, so you cannot be the one who approves as well. Ask another Senior Tech member, or ask the line manager to answer on the card.'

/** "Limited to Production Deploy … However, if they are confident and want to take on a 2nd line shift as a Secondary …" */
function apprentice(question: EligibilityQuestion): Finding[] {
  const { ruleSet, level, engineer, request } = question
  if (level === ruleSet.apprentice.limit) return []
  const fact = engineer.apprentice
  const about = {
    kind: 'register' as const,
    source: fact?.source ?? null,
    date: fact?.date ?? null,
    link: { text: 'the rules', url: ruleSet.page },
    rule: ruleSet.apprentice.sentence,
    confidential: true,
  }
  if (fact === null)
    return [
      {
        ...about,
        id: 'AP',
        label: 'Apprentice or not',
        outcome: 'unknown',
        sentence:
          'We do not know whether you are a technologist apprentice. This is not a no. Ask a register keeper to add it.',
        turn: 'keeper',
        holdsUpReady: true,
        holdsUpApproval: true,
      },
    ]
  if (!fact.value) return []
  if (level !== ruleSet.apprentice.exception)
    return [
      {
        ...about,
        id: 'AP',
        label: 'Apprentice',
        outcome: 'not-met',
        sentence: `Technologist apprentices can have ${ruleSet.levels[ruleSet.apprentice.limit]?.name ?? ''}.`,
        turn: 'nobody',
        holdsUpReady: true,
        holdsUpApproval: true,
      },
    ]
  const { confident, wantsSecondary, lineManagerAgrees } = request.apprentice
  const own = (said: Said | null) => said !== null && said.by === engineer.id
  // Recorded by somebody else counts with a reference, and never on the word of the engineer.
  const manager = engineer.lineManager?.value
  const agreed =
    lineManagerAgrees !== null &&
    manager !== undefined &&
    lineManagerAgrees.by === manager &&
    lineManagerAgrees.by !== engineer.id &&
    lineManagerAgrees.recordedBy !== engineer.id &&
    (lineManagerAgrees.recordedBy === null || lineManagerAgrees.reference !== null)
  // Whoever recorded it must not be its only source: another approves, or the line manager says it here.
  const recorder = lineManagerAgrees?.recordedBy ?? null
  const onlySource = recorder !== null && recorder !== manager && recorder === question.answers?.approver
  const exception =
    'Technologist apprentices can have Production Deploy. You can ask for Production Admin if you are confident, want a 2nd line shift as Secondary and your line manager agrees.'
  const fact3 = (id: string, label: string, met: boolean, turn: Finding['turn'], said: Said | null): Finding => ({
    ...about,
    id,
    label,
    source: said?.recordedBy ?? said?.by ?? null,
    date: said?.date ?? null,
    outcome: met ? 'met' : 'unknown',
    sentence: met ? `${label}: yes.` : exception,
    turn: met ? 'nobody' : turn,
    holdsUpReady: !met,
    holdsUpApproval: !met,
  })
  return [
    fact3('AP-confident', 'You are confident', own(confident), 'engineer', confident),
    fact3('AP-secondary', 'You want a 2nd line shift as Secondary', own(wantsSecondary), 'engineer', wantsSecondary),
    {
      ...fact3(
        'AP-line-manager',
        'Your line manager agrees',
        agreed && !onlySource,
        manager === undefined ? 'keeper' : 'line-manager',
        lineManagerAgrees,
      ),
      ...(onlySource ? { sentence: recordedByApprover } : {}),
    },
  ]
}

function absence(question: EligibilityQuestion): Finding {
  const { ruleSet, engineer, today } = question
  const fact = engineer.absences
  const about = {
    id: 'AB',
    kind: 'register' as const,
    label: 'Not away',
    source: fact?.source ?? null,
    date: fact?.date ?? null,
    link: { text: 'the rules', url: ruleSet.page },
    rule: ruleSet.absence.sentence,
    confidential: true,
  }
  const blocks = { holdsUpReady: true, holdsUpApproval: true }
  if (fact === null)
    return {
      ...about,
      outcome: 'unknown',
      sentence: 'We do not know whether an absence is recorded. This is not a no. Ask a register keeper to add it.',
      turn: 'keeper',
      ...blocks,
    }
  const standing = absenceStanding(fact.value, today, ruleSet.absence.limitDays)
  if (standing.is === 'over-limit')
    return {
      ...about,
      outcome: 'not-met',
      sentence:
        'The register says you are absent more than 6 weeks. If you are back, ask a register keeper to update it.',
      turn: 'keeper',
      ...blocks,
    }
  return { ...about, outcome: 'met', sentence: 'No absence of more than 6 weeks is recorded.', turn: 'nobody', ...open }
}

function left(question: EligibilityQuestion): Finding[] {
  const fact: Known<boolean> | null = question.engineer.left
  if (!fact?.value) return []
  return [
    {
      id: 'LEFT',
      kind: 'register',
      label: 'Still here',
      outcome: 'not-met',
      sentence: 'The register says that you have left. If that is wrong, ask a register keeper.',
      source: fact.source,
      date: fact.date,
      turn: 'keeper',
      link: null,
      rule: question.ruleSet.absence.sentence,
      confidential: true,
      holdsUpReady: true,
      holdsUpApproval: true,
    },
  ]
}
