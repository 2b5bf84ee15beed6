import { aboutCondition, type EligibilityQuestion, met, notMet, unknown } from '../judging.ts'
import type { RegisterCondition } from '../rule-set.ts'
import type { Finding } from '../types.ts'

/**
 * The register decides. It does not apply to contractors, which is said in writing by the approver, only where the rule
 * set lets it and the register says *contractor*; it is never waived in silence.
 */
export function judgeProbation(question: EligibilityQuestion, id: string, condition: RegisterCondition): Finding {
  const { engineer, answers } = question
  const fact = engineer.probation
  const about = aboutCondition(question, id, condition)
  if (fact?.value === 'passed')
    return met(about, `${engineer.fullName} has passed probation.`, { source: fact.source, date: fact.date })
  if (fact?.value === 'not-passed')
    return notMet(
      about,
      'The register says that probation has not been passed yet. If that is wrong, ask your line manager to tell a register keeper.',
      'keeper',
      { source: fact.source, date: fact.date },
    )
  if (condition.notApplicableTo !== 'contractor' || engineer.employment?.value !== 'contractor')
    return unknown(
      about,
      'We do not know yet whether you have passed probation. This is not a no. Ask your line manager to tell a register keeper.',
      'keeper',
      'ready',
    )
  const reason = answers?.notApplicable[id]?.trim()
  if (answers && reason)
    return met(about, `Does not apply to a contractor: ${reason}`, { source: answers.approverName, date: answers.date })
  return unknown(
    about,
    'Probation does not apply to contractors. Your sponsor says in writing how this is met.',
    'sponsor',
    'approval',
  )
}
