import type { RequestState } from '../../db/schema.ts'
import { goesWhole } from '../../grants/revoke.ts'
import type { LedgerLine } from '../../grants/who-holds-what.ts'
import type { Actor, World } from '../../requests/act.ts'
import { refusedByTable } from '../../requests/authorisation.ts'
import type { Relation } from '../../requests/relations.ts'
import type { RuleSet } from '../../rules/rule-set.ts'
import type { PersonFacts } from '../../rules/types.ts'
import type { PageView, PeopleView, Row, WindowPart } from '../api.ts'
import { oneBackButton, wholeBackButtons } from './giving-back.ts'
import { factParts } from './person-facts.ts'
import { type ReviewsKnown, reviewParts } from './reviewing-person.ts'
import { row, section } from './settings/parts.ts'
import { versionOf } from './version.ts'
import { downloads, type Viewer } from './viewer.ts'
import { absenceFields } from './windows/recording.ts'
import { agoWords, capital, count, dateWords, dayWords, effectiveWords, listWords, onWhoseWord } from './words.ts'

/** The ledger, looked at by person: made from steps, never typed in. */

type LevelName = (line: Pick<LedgerLine, 'ruleSet' | 'level'>) => string

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

/** "Production Admin since 24 November and part of Production Deploy since 2 October" */
function heldWords(lines: LedgerLine[], levelName: LevelName, now: Date): string {
  const byLevel = Map.groupBy(lines, (line) => levelName(line))
  const parts = [...byLevel].map(([level, some]) => {
    const first = Math.min(...some.map(({ since }) => since.getTime()))
    const part = some.some(({ whole }) => whole) ? '' : 'part of '
    return `${part}${level} since ${dayWords(new Date(first), now)}`
  })
  return parts.length > 0 ? capital(listWords(parts)) : 'Nothing'
}

/** A request that stands, for one viewer. */
export interface Standing {
  world: World
  viewer: Viewer
}

export interface PersonKnown {
  standing: Standing[]
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
  people: Map<string, PersonFacts>
  /** Id of whoever looks, where they keep the register. */
  keeper: string | undefined
  levelName: LevelName
  ruleSet: RuleSet
  readsLog: boolean
  review: ReviewsKnown['review']
  upcoming: ReviewsKnown['upcoming']
  now: Date
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
      holds: known.standing.some(({ world }) => goesWhole(world).length > 0),
      seesAbsence,
    }),
    ...(seesAbsence ? [absencePart(person, known)] : []),
    ...(refusedByTable('set-fact', relations) === null ? factParts(person, known) : []),
    ...(stays.length > 0 ? [staysPart(stays, known)] : []),
    requestsPart(known),
    ...(ended.length > 0 ? [endedPart(ended, known)] : []),
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

/** One part for each request: on whose word it is held is said once, and each thing says how it was proved. */
function accessParts(held: LedgerLine[], known: PersonKnown, isOwn: boolean): WindowPart[] {
  if (held.length === 0)
    return [section(isOwn ? 'What you hold' : 'What they hold', [], ['No production access is held.'])]
  return [...Map.groupBy(held, (line) => line.requestId).values()].map((lines) => {
    const [first] = lines
    const word: Row[] = first
      ? [
          {
            ...row('word', 'person', '', `${decidedWords(first, known.now)}, rules ${first.ruleSet}`, null),
            links: cardLink(first.cardUrl, `Card of ${known.levelName(first)} for ${first.personName}`),
          },
        ]
      : []
    const stands = known.standing.find(({ world }) => world.request?.id === first?.requestId) ?? null
    const things = lines.map((line) => holdingRow(line, known, stands))
    const whole = stands ? wholeBackButtons(stands.world, stands.viewer) : []
    const all = whole.length > 0 ? [{ ...row('all', 'none', '', 'All of it', null), buttons: whole }] : []
    return section(heldWords(lines, known.levelName, known.now), [...word, ...things, ...all])
  })
}

function decidedWords(line: LedgerLine, now: Date): string {
  const { approvedBy, approvedAt, loweredBy, loweredAt } = line
  const by = approvedBy ?? 'nobody whom we know'
  if (line.adopted) return `Adopted by ${by}`
  return onWhoseWord({ by, at: approvedAt }, { by: loweredBy ?? 'somebody', at: loweredAt }, now)
}

function holdingRow(line: LedgerLine, { now }: PersonKnown, stands: Standing | null): Row {
  const missing = line.missingSince !== null
  const step = { id: line.stepId, key: line.key, short: line.words.short }
  return {
    ...row(
      line.id,
      missing ? 'warn' : 'yes',
      missing ? 'Not there' : '',
      thing(line),
      `Since ${dayWords(line.since, now)}, ${proofOf(line, now)}`,
    ),
    trap: line.missingSince ? `The system no longer shows this, since ${dayWords(line.missingSince, now)}.` : null,
    buttons: stands ? oneBackButton(stands.world, stands.viewer, step) : [],
  }
}

/** "AWS staging: role_user_user_arns" */
function thing({ systemName, environment, value }: LedgerLine): string {
  return `${systemName}${environment ? ` ${environment}` : ''}: ${value}`
}

function proofOf(line: LedgerLine, now: Date): string {
  const words = { verified: 'verified', attested: 'seen by a second person', done: 'done, not checked' }[line.proof]
  const last = line.lastVerifiedAt ?? line.lastSeenAt
  if (!last) return words
  return line.proof === 'verified'
    ? `last verified ${agoWords(last, now)}`
    : `${words}, last seen ${agoWords(last, now)}`
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

/** None to a card that was deleted. */
function cardLink(url: string | null, label: string): Row['links'] {
  return url === null ? [] : [{ text: 'Card', url, label }]
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

/** Part of no access that was given: it is held for as long as somebody is there, and told so. */
function staysPart(stays: LedgerLine[], { now }: PersonKnown): WindowPart {
  return section(
    'What stays until they leave',
    stays.map((line) =>
      row(line.id, 'none', '', thing(line), `Since ${dayWords(line.since, now)}, ${proofOf(line, now)}`),
    ),
  )
}

function endedPart(ended: LedgerLine[], { levelName, now }: PersonKnown): WindowPart {
  const rows = ended.map((line) =>
    row(
      line.id,
      'none',
      '',
      thing(line),
      `${levelName(line)} from ${dayWords(line.since, now)} to ${dayWords(line.endedAt ?? now, now)}`,
    ),
  )
  // What still works is not folded away with what is over.
  const acting = ended.flatMap((line) => {
    const effective = effectiveWords(line.effectiveBy, now)
    return effective ? [row(`acting-${line.id}`, 'moving', 'Still works for a while', thing(line), effective)] : []
  })
  return {
    ...section('What was revoked', acting),
    folds: [{ id: 'ended', title: count(rows.length, 'thing'), rows, text: [] }],
  }
}
