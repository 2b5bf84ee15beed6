import { absenceStanding } from './absence.ts'
import type { RuleSet } from './rule-set.ts'
import { isSamePerson } from './same-person.ts'
import type { Day, LevelId, PersonFacts, SponsorAnswer } from './types.ts'

/** Who may sponsor whom. People are compared, never accounts: nobody sponsors themselves under any name. */

export interface SponsorQuestion {
  ruleSet: RuleSet
  level: LevelId
  engineer: PersonFacts
  people: Map<string, PersonFacts>
  today: Day
}

type No = Extract<SponsorAnswer, { may: false }>

/** Whether one person may sponsor this engineer for this level, as what, and if not, why not and who can. */
export function judgeSponsorship(question: SponsorQuestion & { viewer: PersonFacts }): SponsorAnswer {
  const { viewer, engineer, ruleSet, level } = question
  const no = (reason: No['reason'], sentence: string): No => ({
    may: false,
    reason,
    sentence,
    whoCan: whoCanSponsor(question),
  })
  if (isSamePerson(viewer, engineer)) return no('self', `You cannot approve your own request. ${whoCanWords(question)}`)
  const gone = whyNotHere(question, viewer)
  if (gone?.reason === 'sponsor-left') return no(gone.reason, gone.sentence)
  const relation = relationOf(question, viewer)
  if (relation && gone) return no(gone.reason, gone.sentence)
  if (relation === 'senior-tech')
    return { may: true, relation, sentence: 'You can approve because you are in Senior Tech.' }
  if (relation === 'tech-lead')
    return { may: true, relation, sentence: `You can approve because you are ${engineer.firstName}’s tech lead.` }
  const sponsors = ruleSet.levels[level]?.sponsors ?? []
  if (!sponsors.some((one) => one.relation === 'tech-lead')) {
    const perhaps = viewer.seniorTech === null ? ' If you are in Senior Tech, ask a register keeper to record it.' : ''
    const levelName = ruleSet.levels[level]?.name ?? level
    return no(
      'admin-needs-senior-tech',
      `Only Senior Tech can approve ${levelName}. ${whoCanWords(question)}${perhaps}`,
    )
  }
  if (engineer.techLead?.value !== viewer.id)
    return no(
      'not-recorded-tech-lead',
      `You cannot approve this because you are not recorded as ${engineer.firstName}’s tech lead. ${recordedLead(question)} If that has changed, ask a register keeper to update it.`,
    )
  const senior = sponsors.some((one) => one.relation === 'senior-tech') ? ' Any Senior Tech member can approve it.' : ''
  return viewer.employment === null
    ? no(
        'tech-lead-employment-unknown',
        `You cannot approve this yet because we do not know whether you are a civil servant, which a tech lead who sponsors must be. Ask a register keeper to add it.${senior}`,
      )
    : no(
        'tech-lead-not-civil-servant',
        `You cannot approve this because a tech lead who sponsors must be a civil servant.${senior}`,
      )
}

/** Ids of everybody who may sponsor this engineer for this level, the tech lead first. */
export function whoCanSponsor(question: SponsorQuestion): string[] {
  const { engineer, people } = question
  const able = [...people.values()].flatMap((person) => {
    const relation =
      isSamePerson(person, engineer) || whyNotHere(question, person) ? null : relationOf(question, person)
    return relation ? [person.id] : []
  })
  const lead = engineer.techLead?.value
  return lead !== undefined && able.includes(lead) && leadMaySponsor(question)
    ? [lead, ...able.filter((id) => id !== lead)]
    : able
}

/** "Sam Okoro, your tech lead, or any Senior Tech member can." Said to the engineer. */
export function whoCanWords(question: SponsorQuestion): string {
  const { engineer, people, ruleSet, level } = question
  const able = whoCanSponsor(question)
  const lead = people.get(engineer.techLead?.value ?? '')
  if (lead && able.includes(lead.id) && leadMaySponsor(question)) {
    const senior = (ruleSet.levels[level]?.sponsors ?? []).some((one) => one.relation === 'senior-tech')
    return senior
      ? `${lead.fullName}, your tech lead, or any Senior Tech member can.`
      : `${lead.fullName}, your tech lead, can.`
  }
  const [first, ...others] = able
  if (!first) return 'Nobody in the register can at the moment. Ask a register keeper.'
  const name = people.get(first)?.fullName ?? 'Senior Tech'
  if (others.length === 0) return `${name} can.`
  return `${name} and ${others.length} ${others.length === 1 ? 'other' : 'others'} can.`
}

/** By which of the level's relations somebody may sponsor, absences aside; Senior Tech counts first, for it asks less. */
function relationOf(
  { ruleSet, level, engineer }: SponsorQuestion,
  person: PersonFacts,
): 'tech-lead' | 'senior-tech' | null {
  const sponsors = ruleSet.levels[level]?.sponsors ?? []
  if (person.seniorTech?.value === true && sponsors.some((one) => one.relation === 'senior-tech')) return 'senior-tech'
  const asLead = sponsors.find((one) => one.relation === 'tech-lead')
  if (!asLead || engineer.techLead?.value !== person.id) return null
  return asLead.employment === 'any' || person.employment?.value === 'civil-servant' ? 'tech-lead' : null
}

function leadMaySponsor({ ruleSet, level }: SponsorQuestion): boolean {
  return (ruleSet.levels[level]?.sponsors ?? []).some((one) => one.relation === 'tech-lead')
}

/** Unknown never looks like no: a silent register does not say that there is no tech lead. */
function recordedLead({ engineer, people }: SponsorQuestion): string {
  const lead = people.get(engineer.techLead?.value ?? '')
  return lead ? `${lead.fullName} is.` : 'We do not know who is.'
}

/**
 * Somebody who left, or whose own access is due to be revoked for absence, does not approve others' meanwhile.
 * Restricting facts: where the register is silent about them, nobody approves on the strength of that.
 */
function whyNotHere({ today, ruleSet }: SponsorQuestion, person: PersonFacts): Pick<No, 'reason' | 'sentence'> | null {
  if (person.left?.value === true)
    return {
      reason: 'sponsor-left',
      sentence: 'You cannot approve this because the register says that you have left.',
    }
  if (person.left === null || person.absences === null)
    return {
      reason: 'sponsor-presence-unknown',
      sentence: `You cannot approve this yet because the register does not say whether you ${person.left === null ? 'have left' : 'are away'}. Ask a register keeper to add it.`,
    }
  const standing = absenceStanding(person.absences.value, today, ruleSet.absence.limitDays)
  if (standing.is !== 'over-limit') return null
  return {
    reason: 'sponsor-absent',
    sentence:
      'You cannot approve this while the register says that you are away. If you are back, ask a register keeper to update it.',
  }
}
