import { type About, type EligibilityQuestion, met, notMet, unknown } from '../judging.ts'
import { isSamePerson } from '../same-person.ts'
import type { Finding, Said, TurnRole } from '../types.ts'

const agrees = { id: 'AP-line-manager', label: 'Your line manager agrees' }
const recordedByApprover =
  'You recorded what the line manager said, so you cannot be the one who approves as well. Ask another Senior Tech member, or ask the line manager to answer on the card.'

/**
 * "A technologist apprentice is limited to Production Deploy access. However, if they are confident and want to take on
 * a 2nd line shift as a Secondary, they can follow the Production Admin access steps (at their Line Manager’s
 * discretion)": three facts, and then every condition of the level.
 */
export function judgeApprentice(question: EligibilityQuestion): Finding[] {
  const { ruleSet, level, engineer, request } = question
  const { limit, exception } = ruleSet.apprentice
  if (ruleSet.withIncluded(limit).includes(level)) return []
  const fact = engineer.apprentice
  const about: About = {
    id: 'AP',
    kind: 'register',
    label: 'Apprentice',
    source: fact?.source ?? null,
    date: fact?.date ?? null,
    link: ruleSet.linkTo(ruleSet.apprentice),
    rule: ruleSet.apprentice.sentence,
    confidential: true,
  }
  if (fact === null)
    return [
      unknown(
        { ...about, label: 'Apprentice or not' },
        'We do not know whether you are a technologist apprentice. This is not a no. Ask a register keeper to add it.',
        'keeper',
        'ready',
      ),
    ]
  if (!fact.value) return []
  const nameOf = (id: string) => ruleSet.levels[id]?.name ?? id
  const limited = `Technologist apprentices can have ${nameOf(limit)}.`
  if (level !== exception) return [notMet(about, limited, 'nobody')]
  const route = `${limited} You can ask for ${nameOf(exception)} if you are confident, want a 2nd line shift as Secondary and your line manager agrees.`
  const { confident, wantsSecondary, lineManagerAgrees } = request.apprentice
  const own = (said: Said | null) => said !== null && said.by === engineer.id && said.recordedBy === null
  const manager = managersWord(question, lineManagerAgrees)
  const one = (id: string, label: string, said: Said | null, counts: boolean, turn: TurnRole): Finding => {
    const named = { ...about, id, label, source: said?.recordedBy ?? said?.by ?? null, date: said?.date ?? null }
    return counts ? met(named, `${label}: yes.`) : unknown(named, route, turn, 'ready')
  }
  return [
    one('AP-confident', 'You are confident', confident, own(confident), 'engineer'),
    one('AP-secondary', 'You want a 2nd line shift as Secondary', wantsSecondary, own(wantsSecondary), 'engineer'),
    manager === 'recorded-by-approver'
      ? unknown({ ...about, ...agrees }, recordedByApprover, 'senior-tech', 'approval')
      : one(
          agrees.id,
          agrees.label,
          lineManagerAgrees,
          manager === 'counts',
          engineer.lineManager === null ? 'keeper' : 'line-manager',
        ),
  ]
}

/**
 * The line manager's own click, or what Senior Tech recorded with date and reference. Whoever recorded it must not be
 * its only source: another approves, or the line manager says it here.
 */
function managersWord(
  { engineer, people, answers, today }: EligibilityQuestion,
  said: Said | null,
): 'counts' | 'recorded-by-approver' | 'missing' {
  const manager = engineer.lineManager?.value
  if (!said || manager === undefined || said.by !== manager || said.date > today) return 'missing'
  const isEngineer = (id: string) => {
    const person = people.get(id)
    return id === engineer.id || (person !== undefined && isSamePerson(person, engineer))
  }
  const recorder = said.recordedBy
  if (isEngineer(said.by) || (recorder !== null && isEngineer(recorder))) return 'missing'
  if (recorder === null || recorder === manager) return 'counts'
  if (!said.reference?.trim() || people.get(recorder)?.seniorTech?.value !== true) return 'missing'
  return answers?.approver === recorder ? 'recorded-by-approver' : 'counts'
}
