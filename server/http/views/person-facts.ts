import type { Relation } from '../../requests/relations.ts'
import type { Finding, PersonFacts } from '../../rules/types.ts'
import type { Row, WindowPart } from '../api.ts'
import { row, section } from './settings/parts.ts'
import { leftFields, techLeadFields } from './windows/recording.ts'
import { dateWords } from './words.ts'

/** What ends or moves somebody's access beside absence: written down by a register keeper on the person's page. */

interface FactsKnown {
  people: Map<string, PersonFacts>
  /** Id of the keeper who looks. */
  keeper: string | undefined
  now: Date
}

export function factParts(person: PersonFacts, { people, keeper, now }: FactsKnown): WindowPart[] {
  const form = { act: 'set-fact', subject: person.id, submit: 'Update the record' }
  return [
    {
      ...section(
        'Team',
        [leadRow(person, people, now)],
        ['Whoever comes under another tech lead has moved: a decision about what they hold is due that day.'],
      ),
      form,
      fields: techLeadFields(people, person.id, keeper),
    },
    {
      ...section(
        'Leaving',
        [leftRow(person, now)],
        ['Once somebody has left, a decision about all of their access is due.'],
      ),
      form,
      fields: leftFields(person.firstName),
    },
  ]
}

/** Who may read what is confidential about somebody: they, possible sponsors and keepers. */
const mayRead: Relation[] = ['engineer', 'sponsor', 'keeper']

/** Why somebody who holds something would not be approved today. */
export function judgedPart(findings: Finding[], relations: Set<Relation>, firstName: string): WindowPart[] {
  if (!mayRead.some((one) => relations.has(one)) || findings.length === 0) return []
  const rows = findings.map(({ id, label, outcome, sentence }) =>
    outcome === 'unknown'
      ? row(`judged-${id}`, 'unknown', 'Not known', label, sentence)
      : row(`judged-${id}`, 'no', 'Not met', label, sentence),
  )
  const isKnown = findings.some(({ outcome }) => outcome === 'not-met')
  const what = isKnown
    ? `What ${firstName} holds would not be approved today.`
    : `The register does not know enough to approve today what ${firstName} holds.`
  const then = 'Nothing ends by that: a sponsor decides, or a keeper puts the record right.'
  return [section('By the rules of today', rows, [`${what} ${then}`])]
}

function leadRow({ techLead }: PersonFacts, people: Map<string, PersonFacts>, now: Date): Row {
  if (!techLead) return row('lead', 'unknown', 'Not known', 'Who their tech lead is is not known', null)
  const name = people.get(techLead.value)?.fullName ?? 'somebody whom we do not know any more'
  return row('lead', 'none', '', `Tech lead: ${name}`, `${techLead.source}, ${dateWords(techLead.date, now)}`)
}

function leftRow({ left, firstName }: PersonFacts, now: Date): Row {
  if (!left) return row('left', 'unknown', 'Not known', `Whether ${firstName} has left is not known`, null)
  const from = `${left.source}, ${dateWords(left.date, now)}`
  return left.value
    ? row('left', 'warn', 'Left', `${firstName} has left`, from)
    : row('left', 'none', '', `${firstName} has not left`, from)
}
