import type { RequestState } from '../../db/schema.ts'
import { canBeHastened } from '../../grants/for-cause.ts'
import { goesWhole } from '../../grants/revoke.ts'
import type { LedgerLine } from '../../grants/who-holds-what.ts'
import type { Actor } from '../../requests/act.ts'
import { refusedByTable } from '../../requests/authorisation.ts'
import { finalStates } from '../../requests/life.ts'
import type { Relation } from '../../requests/relations.ts'
import type { RuleSet } from '../../rules/rule-set.ts'
import type { Finding, PersonFacts } from '../../rules/types.ts'
import type { PageView, PeopleView, Row, WindowPart } from '../api.ts'
import { factParts, judgedPart } from './person-facts.ts'
import {
  accessParts,
  cardLink,
  endedPart,
  type HoldingsKnown,
  heldWords,
  type LevelName,
  staysPart,
} from './person-holdings.ts'
import { type ReviewsKnown, reviewParts } from './reviewing-person.ts'
import { row, section } from './settings/parts.ts'
import { versionOf } from './version.ts'
import { downloads } from './viewer.ts'
import { absenceFields } from './windows/recording.ts'
import { count, dateWords, dayWords } from './words.ts'

/** The ledger, looked at by person: made from steps, never typed in. */

export interface PeopleKnown {
  find: string
  people: { person: PersonFacts; holds: LedgerLine[] }[]
  /** How many more there are than are shown. */
  left: number
  levelName: LevelName
  mayExport: boolean
  now: Date
}

export function peopleView(actor: Actor, known: PeopleKnown): PeopleView {
  const { people, left, find, now } = known
  const rows = people.map(({ person, holds }) => ({
    id: person.id,
    name: person.fullName,
    holds: heldWords(holds, known.levelName, now),
    note: holds.some((line) => line.missingSince !== null) ? 'Something given is not there any more' : null,
  }))
  return {
    version: versionOf(rows),
    lines: left > 0 ? [`${left} more are not shown. Look for a name, or export the list.`] : [],
    people: rows,
    empty: actor.person
      ? find.trim() === ''
        ? 'Nobody whom you may look up holds production access.'
        : `Nobody whom you may look up is called “${find.trim()}”.`
      : 'We do not know who you are yet. Tell us on your card, or ask a register keeper.',
    buttons: known.mayExport
      ? [
          downloads(
            'Export who holds what',
            '/api/people/ledger.csv',
            'who-holds-what.csv',
            'The list is saved. It is personal: delete the file when you are done with it.',
          ),
        ]
      : [],
  }
}

export interface PersonKnown extends HoldingsKnown {
  relations: Set<Relation>
  /** Held and ended. */
  holdings: LedgerLine[]
  requests: {
    id: string
    level: string
    rule_set: string
    state: RequestState
    state_since: Date
    url: string | null
  }[]
  /** By level, the address of its template card. */
  templates: Map<string, string>
  people: Map<string, PersonFacts>
  /** Id of whoever looks, where they keep the register. */
  keeper: string | undefined
  ruleSet: RuleSet
  readsLog: boolean
  /** What the register does not show today of what is asked for what they hold. */
  notMet: Finding[]
  reviews: ReviewsKnown['reviews']
  upcoming: ReviewsKnown['upcoming']
  /** Something that no record has, and that can be taken. */
  hasFound: boolean
}

const seeAbsences: Relation[] = ['engineer', 'tech-lead', 'senior-tech', 'keeper', 'sponsor']

/** One person's page. Absences are for those alone who decide about them, keepers and the person. */
export function personView(person: PersonFacts, known: PersonKnown): PageView {
  const { holdings, relations } = known
  const held = holdings.filter((line) => line.endedAt === null && !line.untilLeaving)
  const stays = holdings.filter((line) => line.untilLeaving)
  const ended = holdings.filter((line) => line.endedAt !== null)
  const isOwn = relations.has('engineer')
  const seesAbsence = seeAbsences.some((one) => relations.has(one))
  const parts = [
    ...accessParts(held, known, isOwn),
    ...reviewParts(person, {
      ...known,
      holds:
        known.hasFound ||
        known.standing.some(({ world }) => goesWhole(world).length > 0 || canBeHastened([world]).length > 0),
      seesAbsence,
    }),
    ...judgedPart(known.notMet, relations, person.firstName),
    ...(seesAbsence ? [absencePart(person, known)] : []),
    ...(refusedByTable('set-fact', relations) === null ? factParts(person, known) : []),
    ...(stays.length > 0 ? [staysPart(stays, known)] : []),
    requestsPart(known),
    ...(ended.length > 0 ? [endedPart(ended, known, nextDoors(ended, held, known))] : []),
  ]
  const buttons = known.readsLog
    ? [
        downloads(
          isOwn ? 'Download your log' : 'Download the log',
          `/api/log/people/${person.id}`,
          'log.jsonl',
          'The log is saved.',
        ),
      ]
    : []
  return { version: versionOf([parts, buttons]), title: person.fullName, lines: [], parts, buttons }
}

function absencePart(person: PersonFacts, { relations, ruleSet, now }: PersonKnown): WindowPart {
  const known = person.absences
  const rows =
    known === null
      ? [row('unknown', 'unknown', 'Not known', 'Whether they are away is not known', 'Unknown is not a no.')]
      : known.value.length === 0
        ? [row('none', 'yes', '', 'No absence is recorded', `${known.source}, ${dateWords(known.date, now)}`)]
        : known.value.map(({ start, end }) =>
            row(
              `absence-${start}`,
              'none',
              '',
              `${dateWords(start, now)} to ${end ? dateWords(end, now) : 'not known yet'}`,
              `${known.source}, ${dateWords(known.date, now)}`,
            ),
          )
  const text = [
    `After more than ${ruleSet.absence.limitDays} days away, access is reviewed. No card says so.`,
    ...(ruleSet.absence.beside ? [ruleSet.absence.beside] : []),
  ]
  if (refusedByTable('record-absence', relations) !== null) return section('Absence', rows, text)
  return {
    ...section('Absence', rows, text),
    form: { act: 'record-absence', subject: person.id, submit: 'Record it' },
    fields: absenceFields(person.firstName),
  }
}

/** What was adopted came from no card, so that none offers the way back: a request of its level does, filled in. */
function nextDoors(ended: LedgerLine[], held: LedgerLine[], known: PersonKnown): Row[] {
  const { ruleSet, requests, templates } = known
  const isAgain = (level: string) =>
    held.some((line) => line.level === level) ||
    requests.some((one) => one.level === level && !finalStates.includes(one.state))
  const levels = ended.flatMap(({ adopted, level }) => (adopted && !isAgain(level) ? [level] : []))
  return [...new Set(levels)].flatMap((level) => {
    const name = ruleSet.levels[level]?.name
    if (!name) return []
    const what = `${name} can be asked for on a copy of its template card`
    const how = 'What is known of what was adopted is filled in there. Everything is judged and confirmed anew.'
    const url = templates.get(level)
    const links = url ? [{ text: 'Template card', url, label: `Template card of ${name}` }] : []
    return [{ ...row(`again-${level}`, 'none', 'To have it again', what, how), links }]
  })
}

function requestsPart({ requests, levelName, now }: PersonKnown): WindowPart {
  const rows = requests.map(({ id, level, rule_set, state, state_since, url }) => ({
    ...row(id, 'none', '', `${levelName({ ruleSet: rule_set, level })}: ${stateWords[state]}`, null),
    since: `since ${dayWords(state_since, now)}`,
    links: cardLink(url, `Card of this request, ${stateWords[state]}`),
  }))
  return section('Requests', rows, rows.length > 0 ? [count(rows.length, 'request')] : ['None.'])
}

const stateWords: Record<RequestState, string> = {
  candidate: 'not asked yet',
  open: 'being gathered',
  'changes-asked': 'changes asked',
  ready: 'waiting for a decision',
  granting: 'being granted',
  granted: 'granted',
  stopped: 'stopped',
  revoking: 'being revoked',
  ended: 'revoked',
  declined: 'declined',
  withdrawn: 'withdrawn',
  expired: 'expired',
}
