import { absenceStanding } from '../absence.ts'
import { type About, type EligibilityQuestion, met, notMet, unknown } from '../judging.ts'
import type { Finding } from '../types.ts'

/** "If you’re absent more than 6 weeks, your access should be revoked": so it is not given meanwhile either. */
export function judgeAbsence({ ruleSet, engineer, today }: EligibilityQuestion): Finding {
  const { absence } = ruleSet
  const fact = engineer.absences
  const about: About = {
    id: 'AB',
    kind: 'register',
    label: 'Not away',
    source: fact?.source ?? null,
    date: fact?.date ?? null,
    link: ruleSet.linkTo(absence),
    rule: absence.sentence,
    confidential: true,
  }
  if (fact === null)
    return unknown(
      about,
      'We do not know whether an absence is recorded. This is not a no. Ask a register keeper to add it.',
      'keeper',
      'ready',
    )
  const limit = inWords(absence.limitDays)
  if (absenceStanding(fact.value, today, absence.limitDays).is === 'over-limit')
    return notMet(
      about,
      `The register says you are absent more than ${limit}. If you are back, ask a register keeper to update it.`,
      'keeper',
    )
  return met(about, `No absence of more than ${limit} is recorded.`)
}

function inWords(days: number): string {
  const weeks = days / 7
  if (!Number.isInteger(weeks)) return days === 1 ? '1 day' : `${days} days`
  return weeks === 1 ? '1 week' : `${weeks} weeks`
}
