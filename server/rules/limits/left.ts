import { type About, type EligibilityQuestion, notMet, unknown } from '../judging.ts'
import type { Finding } from '../types.ts'

/** Somebody who left gets nothing. A restricting fact: unknown blocks, or forgetting it would let them in. */
export function judgeLeft({ engineer, ruleSet }: EligibilityQuestion): Finding[] {
  const fact = engineer.left
  if (fact?.value === false) return []
  const about: About = {
    id: 'LEFT',
    kind: 'register',
    label: 'Still here',
    source: fact?.source ?? null,
    date: fact?.date ?? null,
    link: null,
    rule: ruleSet.absence.sentence,
    confidential: true,
  }
  if (fact === null)
    return [
      unknown(
        about,
        'We do not know whether you have left. This is not a no. Ask a register keeper to add it.',
        'keeper',
        'ready',
      ),
    ]
  return [notMet(about, 'The register says that you have left. If that is wrong, ask a register keeper.', 'keeper')]
}
