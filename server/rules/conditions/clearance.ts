import { aboutCondition, type EligibilityQuestion, met, notMet, unknown } from '../judging.ts'
import type { RegisterCondition } from '../rule-set.ts'
import type { Finding } from '../types.ts'

/**
 * The register decides. Where it is silent, and the rule set lets it, the approver records what they have seen, with
 * source and date. A register's *no* is never overridden.
 */
export function judgeClearance(question: EligibilityQuestion, id: string, condition: RegisterCondition): Finding {
  const { engineer, answers, today } = question
  const fact = engineer.clearance
  const about = aboutCondition(question, id, condition)
  if (fact?.value === true) return met(about, `${engineer.fullName} has BPSS clearance.`, fromRegister(fact))
  if (fact?.value === false)
    return notMet(
      about,
      'The register says that BPSS clearance has not been given. If that is wrong, ask a register keeper.',
      'keeper',
      fromRegister(fact),
    )
  if (condition.whenSilent !== 'approver-records')
    return unknown(
      about,
      'We do not know yet whether BPSS clearance has been given. This is not a no. Ask a register keeper to add it.',
      'keeper',
      'ready',
    )
  const seen = answers?.clearanceSeen
  if (answers && seen && seen.where.trim() !== '' && seen.date <= today)
    return met(about, `Seen by ${answers.approverName}: ${seen.where.trim()}.`, {
      source: answers.approverName,
      date: seen.date,
    })
  return unknown(
    about,
    'We do not know yet whether BPSS clearance has been given. This is not a no. Your sponsor says what they have seen, or a register keeper adds it.',
    'sponsor',
    'approval',
  )
}

function fromRegister({ source, date }: { source: string; date: string }) {
  return { source, date }
}
