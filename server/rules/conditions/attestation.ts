import { aboutCondition, type EligibilityQuestion, met, unknown } from '../judging.ts'
import type { Condition } from '../rule-set.ts'
import type { Finding } from '../types.ts'

/** "Before approving access, the sponsor should ensure that the engineer …": confirmed by name, while approving. */
export function judgeAttestation(question: EligibilityQuestion, id: string, condition: Condition): Finding {
  const { answers } = question
  const about = aboutCondition(question, id, condition)
  if (answers?.confirmed.includes(id))
    return met(about, `Confirmed by ${answers.approverName}.`, { source: answers.approverName, date: answers.date })
  return unknown(about, 'Your sponsor confirms this when approving.', 'sponsor', 'approval')
}
