import { absenceStanding } from './absence.ts'
import type { RuleSet } from './rule-set.ts'
import type { Day, LevelId, PersonFacts, SponsorAnswer } from './types.ts'

/** Who may sponsor whom. People are compared, never accounts: nobody sponsors themselves under any name. */

export interface SponsorQuestion {
  ruleSet: RuleSet
  level: LevelId
  engineer: PersonFacts
  people: Map<string, PersonFacts>
  today: Day
}

/** Whether one person may sponsor this engineer for this level, as what, and if not, why not and who can. */
export function judgeSponsorship(question: SponsorQuestion & { viewer: PersonFacts }): SponsorAnswer {
  const { viewer, engineer, ruleSet, level, people } = question
  const sponsors = ruleSet.levels[level]?.sponsors ?? []
  const lead = people.get(engineer.techLead?.value ?? '')
  const whoCan = () => whoCanSponsor(question)
  const levelName = ruleSet.levels[level]?.name ?? level
  const no = (reason: Extract<SponsorAnswer, { may: false }>['reason'], sentence: string): SponsorAnswer => ({
    may: false,
    reason,
    sentence,
    whoCan: whoCan(),
  })
  if (viewer.id === engineer.id) return no('self', `You cannot approve your own request. ${whoCanWords(question)}`)
  if (viewer.left?.value)
    return no('sponsor-left', 'You cannot approve this because the register says that you have left.')
  if (viewer.seniorTech?.value === true && sponsors.some((one) => one.relation === 'senior-tech'))
    return (
      away(question, viewer) ?? {
        may: true,
        relation: 'senior-tech',
        sentence: 'You can approve because you are in Senior Tech.',
      }
    )
  const asLead = sponsors.find((one) => one.relation === 'tech-lead')
  if (!asLead)
    return no('admin-needs-senior-tech', `Only Senior Tech can approve ${levelName}. ${whoCanWords(question)}`)
  if (lead?.id !== viewer.id) {
    const recorded = lead ? `${lead.fullName} is.` : 'Nobody is.'
    return no(
      'not-recorded-tech-lead',
      `You cannot approve this because you are not recorded as ${engineer.firstName}’s tech lead. ${recorded} If that has changed, ask a register keeper to update it.`,
    )
  }
  if (asLead.employment === 'civil-servant' && viewer.employment?.value !== 'civil-servant')
    return viewer.employment === null
      ? no(
          'tech-lead-employment-unknown',
          'You cannot approve this yet because we do not know whether you are a civil servant, which a tech lead who sponsors must be. Ask a register keeper to add it. Any Senior Tech member can approve it.',
        )
      : no(
          'tech-lead-not-civil-servant',
          'You cannot approve this because a tech lead who sponsors must be a civil servant. Any Senior Tech member can approve it.',
        )
  return (
    away(question, viewer) ?? {
      may: true,
      relation: 'tech-lead',
      sentence: `You can approve because you are ${engineer.firstName}’s tech lead.`,
    }
  )
}

/** Somebody whose own access is due to be revoked for absence does not approve others' meanwhile. */
function away(question: SponsorQuestion, viewer: PersonFacts): SponsorAnswer | null {
  const standing = absenceStanding(viewer.absences?.value ?? [], question.today, question.ruleSet.absence.limitDays)
  if (standing.is !== 'over-limit') return null
  return {
    may: false,
    reason: 'sponsor-absent',
    sentence: `You cannot approve this while the register says that you are away. If you are back, ask a register keeper to update it.`,
    whoCan: whoCanSponsor(question),
  }
}

/** Ids of everybody who may sponsor this engineer for this level, the tech lead first. */
export function whoCanSponsor(question: SponsorQuestion): string[] {
  const { engineer, people, ruleSet, level, today } = question
  const sponsors = ruleSet.levels[level]?.sponsors ?? []
  const found: string[] = []
  const able = (person: PersonFacts) =>
    person.id !== engineer.id &&
    person.left?.value !== true &&
    absenceStanding(person.absences?.value ?? [], today, ruleSet.absence.limitDays).is !== 'over-limit'
  for (const one of sponsors) {
    if (one.relation === 'tech-lead') {
      const lead = people.get(engineer.techLead?.value ?? '')
      if (lead && able(lead) && (one.employment === 'any' || lead.employment?.value === 'civil-servant'))
        found.push(lead.id)
    } else
      for (const person of people.values()) if (person.seniorTech?.value === true && able(person)) found.push(person.id)
  }
  return [...new Set(found)]
}

/** "Sam Okoro, your tech lead, or any Senior Tech member can." */
export function whoCanWords(question: SponsorQuestion): string {
  const { engineer, people, ruleSet, level } = question
  const sponsors = ruleSet.levels[level]?.sponsors ?? []
  const able = whoCanSponsor(question)
  const seniors = able.filter((id) => people.get(id)?.seniorTech?.value === true)
  const lead = people.get(engineer.techLead?.value ?? '')
  if (sponsors.some((one) => one.relation === 'tech-lead') && lead && able.includes(lead.id))
    return `${lead.fullName}, your tech lead, or any Senior Tech member can.`
  const [first, ...others] = seniors
  if (!first) return 'Nobody in the register can at the moment. Ask a register keeper.'
  const name = people.get(first)?.fullName ?? 'Senior Tech'
  if (others.length === 0) return `${name} can.`
  return `${name} and ${others.length} ${others.length === 1 ? 'other' : 'others'} can.`
}
