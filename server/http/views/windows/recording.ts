import type { Actor, World } from '../../../requests/act.ts'
import type { Finding } from '../../../rules/types.ts'
import type { Field } from '../../api.ts'
import { levelOf, whoOf } from '../blocks.ts'
import { viewerOn } from '../viewer.ts'
import { dateWords } from '../words.ts'
import { choice, type Form, field, part } from './fields.ts'

/** What keepers and tech leads write into the register by hand: one fact that a request waits for, or an absence. */

type Option = { value: string; text: string; hint: string | null }
const option = (value: string, text: string, hint: string | null = null): Option => ({ value, text, hint })
const yesNo = [option('yes', 'Yes'), option('no', 'No')]
const source = field(
  'text',
  'source',
  'Where this is known from',
  'For example a message of the person who knows, with its date. It is kept.',
  '',
  true,
)

/** The finding that a keeper settles next; `null` when none waits for them. */
export function keepersFinding(world: World): Finding | null {
  return world.findings.find((finding) => finding.holdsUpReady && isKeepers(world, finding)) ?? null
}

function isKeepers(world: World, finding: Finding): boolean {
  return finding.turn === 'keeper' && questionOf(world, finding, null) !== null
}

/** The fact behind a finding, as a question with its answers; `null` for what is no fact of the register. */
function questionOf(world: World, { id }: Finding, actor: Actor | null) {
  const condition = world.ruleSet.conditions[id]
  const fact = condition && 'fact' in condition ? condition.fact : id
  switch (fact) {
    case 'clearance':
      return { fact: 'clearance', label: 'BPSS clearance has been given', options: yesNo }
    case 'probation':
      return {
        fact: 'probation',
        label: 'Probation',
        options: [option('passed', 'Passed'), option('not-passed', 'Not passed yet')],
      }
    case 'AP':
      return { fact: 'apprentice', label: 'Is a technologist apprentice', options: yesNo }
    case 'LEFT':
      return { fact: 'left', label: 'Has left', options: yesNo }
    case 'AP-line-manager':
      return {
        fact: 'lineManager',
        label: 'Line manager',
        options: colleagues(world.people, [world.engineer?.id, actor?.person?.id]),
      }
    case 'AB':
      return { fact: 'absences', label: 'Away', options: [] }
    default:
      return null
  }
}

/** Whom a role can be given to. @param but nobody gives themselves one, nor is anybody their own line manager or tech lead */
function colleagues(people: World['people'], but: (string | undefined)[]): Option[] {
  return [...people.values()]
    .filter((one) => !but.includes(one.id) && one.left?.value !== true)
    .toSorted((one, other) => one.fullName.localeCompare(other.fullName, 'en-GB'))
    .map((one) => option(one.id, one.fullName))
}

/**
 * One fact at a time, the first that the request waits for; the next is asked when this one is known. Where it waits for
 * none, and for the tech lead, it is about absences. The window's name and title tell nobody which.
 */
export function updateRecordForm(world: World, actor: Actor): Form {
  const who = whoOf(world)
  const title = `Update ${who}’s record`
  const { may } = viewerOn(world, actor)
  const finding = keepersFinding(world)
  const question = finding && questionOf(world, finding, actor)
  const ofAbsence = !question || question.fact === 'absences' || !may('set-fact')
  if (ofAbsence && may('record-absence')) return { ...recordAbsenceForm(world), title }
  if (!finding || !question) return { title, act: 'set-fact' }
  return {
    title,
    act: 'set-fact',
    subject: world.engineer?.id ?? '',
    lines: [
      `${who}’s request for ${levelOf(world)} waits for this. Unknown is not a no: say only what you know.`,
      ...(finding.outcome === 'not-met' && finding.date
        ? [`The register says otherwise since ${dateWords(finding.date, world.now)}. Your word replaces it.`]
        : []),
    ],
    parts: [
      part(finding.label, [
        { kind: 'hidden', name: 'fact', value: question.fact },
        choice('value', question.label, question.options),
        source,
      ]),
    ],
    submit: { text: 'Update the record', tone: 'primary' },
  }
}

/** An absence, or that there is none. What is recorded already is not shown: not everybody who may add may read it. */
function recordAbsenceForm(world: World): Omit<Form, 'title'> & { act: string } {
  return {
    act: 'record-absence',
    subject: world.engineer?.id ?? '',
    lines: ['It stands in the register only. The card, its badge and its comments say nothing of it.'],
    parts: [part('Away or not', absenceFields(world.engineer?.firstName ?? 'The engineer'))],
    submit: { text: 'Record it', tone: 'primary' },
  }
}

/** Who leads somebody now, on their page. */
export function techLeadFields(people: World['people'], person: string, keeper: string | undefined): Field[] {
  const label = 'Tech lead from now on'
  return [
    { kind: 'hidden', name: 'fact', value: 'techLead' },
    choice('value', label, colleagues(people, [person, keeper])),
    source,
  ]
}

/** Whether somebody has left, on their page. */
export function leftFields(firstName: string): Field[] {
  return [{ kind: 'hidden', name: 'fact', value: 'left' }, choice('value', `Has ${firstName} left?`, yesNo), source]
}

/** What is asked about an absence, here and on the person's page. */
export function absenceFields(firstName: string): Field[] {
  return [
    choice('away', `${firstName} is`, [
      option(
        'no',
        'Not away',
        'An absence that is recorded for today ends today. One that is planned for later stays.',
      ),
      option('yes', 'Away, or will be', 'An absence with the same first day is replaced.'),
      option('called-off', 'Not going away after all', 'Give the first day of the absence that was planned.'),
    ]),
    field('date', 'start', 'First day away', null, '', false),
    field('date', 'end', 'Day of return', 'Leave it empty while it is not known.', '', false),
    source,
  ]
}
