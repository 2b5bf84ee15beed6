import type { DriftReport, SystemReport } from '../../../grants/drift/report.ts'
import type { Actor } from '../../../requests/act.ts'
import type { Fold, WindowPart } from '../../api.ts'
import { acts, opens } from '../viewer.ts'
import { count, dayWords, listWords, timeWords } from '../words.ts'
import { row, section } from './parts.ts'

/** The newest one, and what somebody in the register is called. */
export interface Newest {
  at: Date
  report: DriftReport
  nameOf(personId: string): string | undefined
}

/**
 * What the newest comparison of the record with the systems said: counts, and what it could not tell. Of whom, for those
 * who can put it right.
 */
export function comparisonPart(newest: Newest | null, { roles }: Pick<Actor, 'roles'>, now: Date): WindowPart {
  const may = roles.keeper || roles.seniorTech || roles.secondLine
  const buttons = may ? [acts('Compare now', 'compare-now', 'systems')] : []
  const part = comparison(newest, now)
  // That somebody would not be approved tells of what is private about them: for those who read everybody's pages whole.
  const folds = newest && (roles.keeper || roles.seniorTech) ? judgedFolds(newest) : []
  return { ...part, text: [...part.text, ...(newest && may ? ofWhom(newest) : [])], folds, buttons }
}

/** Who would not be approved today, each with their page, where whoever may know reads why. */
function judgedFolds({ report, nameOf }: Newest): Fold[] {
  const { notMet = [], noLongerMet, notKnown = [], unknown } = report.judged
  const fold = (id: string, title: string, ids: string[], all: number): Fold[] => {
    const rows = ids.flatMap((person) => {
      const name = nameOf(person)
      const page = opens('Why', 'person', person, 'plain', `Why: ${name}`)
      return name ? [{ ...row(`${id}-${person}`, 'todo', '', name, null), buttons: [page] }] : []
    })
    const more = all > rows.length ? [`And ${all - rows.length} more.`] : []
    return rows.length > 0 ? [{ id, title, rows, text: more }] : []
  }
  return [
    ...fold('not-met', 'Who would not be approved today', notMet, noLongerMet),
    ...fold('not-known', 'Of whom the register does not know enough', notKnown, unknown),
  ]
}

/** Whom to look at: without a name nobody finds one account among thousands. */
function ofWhom({ report, nameOf }: Newest): string[] {
  const named = (what: string, ids: string[] = []) => {
    const names = ids.flatMap((id) => nameOf(id) ?? [])
    return names.length > 0 ? [`${what}: ${listWords(names)}.`] : []
  }
  return [
    ...named('Could not be judged', report.judged.unjudged),
    ...Object.values(report.systems).flatMap(({ name, unclear }) => named(`Not clear in ${name}`, unclear)),
  ]
}

function comparison(newest: Newest | null, now: Date): WindowPart {
  const title = 'Our record and the systems'
  if (!newest)
    return section(title, [], ['The record has not been compared with the systems yet. That happens once a day.'])
  const { at, report } = newest
  const { people, noLongerMet, unknown, couldNotBeJudged } = report.judged
  const judged = [
    `${people === 1 ? '1 person who holds' : `${people} people who hold`} something ${people === 1 ? 'was' : 'were'} judged again.`,
    ...(noLongerMet > 0 ? [`${noLongerMet} would not be approved today.`] : []),
    ...(unknown > 0 ? [`Of ${unknown} the register does not know enough.`] : []),
    ...(couldNotBeJudged > 0 ? [`${couldNotBeJudged} could not be judged: look at their facts.`] : []),
  ].join(' ')
  const rows = Object.entries(report.systems).map(([id, system]) => systemRow(id, system))
  return section(title, rows, [
    `Compared ${dayWords(at, now)}, ${timeWords(at)}. What differs stands in the queue.`,
    judged,
    ...(report.notAsked ?? []),
  ])
}

function systemRow(id: string, { name, counts, agree, ignored, cannotTell }: SystemReport) {
  const told = [
    [counts.missing, 'missing'],
    [counts.extra, 'extra'],
    [counts.different, 'different'],
    [counts.unmanaged, 'nobody’s'],
    [counts['in-progress'], 'being changed'],
    [counts['cannot-tell'], 'not clear'],
  ] as const
  const differs = told.flatMap(([number, word]) => (number > 0 ? [`${number} ${word}`] : []))
  const machines = ignored > 0 ? `, and ${count(ignored, 'machine')}` : ''
  const detail = cannotTell.length > 0 ? `Could not be told. ${cannotTell.join(' ')}` : null
  const isClear = differs.length === 0 && detail === null
  return row(
    `comparison-${id}`,
    isClear ? 'yes' : detail ? 'unknown' : 'todo',
    isClear ? 'Same' : detail ? 'Not all' : 'Differs',
    `${name}: ${agree} as in our record${machines}${differs.length > 0 ? `; ${listWords(differs)}` : ''}`,
    detail,
  )
}
