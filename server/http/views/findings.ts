import type { World } from '../../requests/act.ts'
import type { Finding } from '../../rules/types.ts'
import type { Fold, Row } from '../api.ts'
import { line } from './blocks.ts'
import { acts, type Viewer } from './viewer.ts'
import { aboutThem, count, dateWords } from './words.ts'

/** What is known about the conditions and the checklist, as much as this viewer may know. */

const outcomes: Record<Finding['outcome'], { mark: Row['mark']; word: string }> = {
  met: { mark: 'yes', word: 'Yes' },
  'not-met': { mark: 'no', word: 'No' },
  unknown: { mark: 'unknown', word: 'Not known' },
  'could-not-check': { mark: 'unknown', word: 'Not checked' },
}

/** What is known. Private conditions are told to the engineer, possible sponsors and keepers; others get a number. */
export function findingRows(world: World, viewer: Viewer): Row[] {
  const later = world.findings.filter((finding) => finding.kind === 'attestation' && finding.outcome !== 'met')
  const rest = world.findings.filter((finding) =>
    !later.includes(finding) && finding.id !== 'AB' ? true : finding.id === 'AB' && finding.outcome !== 'met',
  )
  const laterRow =
    later.length > 0
      ? [line('later', 'later', 'Later', `The sponsor confirms ${count(later.length, 'thing')} when approving`)]
      : []
  if (viewer.sees !== 'all') {
    const not = world.findings.filter((finding) => finding.confidential && finding.outcome === 'not-met').length
    const unknown = world.findings.filter(
      (finding) => finding.confidential && finding.outcome !== 'met' && finding.outcome !== 'not-met',
    ).length
    const review = rest.filter((finding) => !finding.confidential)
    return [
      ...review.map((finding) => findingRow(world, viewer, finding)),
      ...(not > 0
        ? [line('not-met', 'no', '', not === 1 ? '1 condition is not met' : `${not} conditions are not met`)]
        : []),
      ...(unknown > 0
        ? [
            line(
              'unknown',
              'unknown',
              '',
              unknown === 1 ? '1 condition is not known yet' : `${unknown} conditions are not known yet`,
            ),
          ]
        : []),
      ...laterRow,
    ]
  }
  const rows = rest.map((finding) => findingRow(world, viewer, finding))
  return [...saidOnce(together(rows)), ...laterRow]
}

/** What is met, by the same word of the same day, stands in one row; what is met stands before what is not. */
function together(rows: Row[]): Row[] {
  const isMet = (row: Row) => row.mark === 'yes' && row.detail === null
  const met = Map.groupBy(rows.filter(isMet), (row) => row.who)
  const merged = [...met.values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, title: [first, ...others].map((row) => row.title).join(' · ') }] : [],
  )
  return [...merged, ...rows.filter((row) => !isMet(row))]
}

/** One sentence may be the reason of several findings: it stands at the last of them. */
function saidOnce(rows: Row[]): Row[] {
  return rows.map((row, i) =>
    row.detail !== null && rows.slice(i + 1).some((later) => later.detail === row.detail)
      ? { ...row, detail: null }
      : row,
  )
}

function findingRow(world: World, viewer: Viewer, finding: Finding): Row {
  const { mark, word } =
    finding.kind === 'review' && finding.outcome === 'unknown'
      ? ({ mark: 'later', word: 'Later' } as const)
      : outcomes[finding.outcome]
  const from =
    finding.source && finding.date
      ? `${world.people.get(finding.source)?.fullName ?? finding.source}, ${dateWords(finding.date, world.now)}`
      : null
  const told = finding.outcome !== 'met' || finding.sentence.startsWith('Does not apply') ? finding.sentence : null
  const read = viewer.isEngineer ? (text: string) => text : aboutThem
  return {
    ...line(`finding-${finding.id}`, mark, word, read(finding.label), told === null ? null : read(told)),
    who: from,
  }
}

/** "Checklist 6 of 8 ticked by you. This does not hold up approval." */
export function tickRows(world: World, viewer: Viewer): Row[] {
  const items = world.ticks
  if (items.length === 0) return []
  const member = world.engineer ? (world.members.get(world.engineer.id) ?? null) : null
  const own = items.filter(
    (tick) =>
      tick.complete &&
      !tick.came_with_copy &&
      ((member !== null && tick.member_id === member) || tick.claimed_by === world.engineer?.id),
  )
  const others = items.filter((tick) => tick.complete && !own.includes(tick))
  const who = viewer.isEngineer ? 'you' : (world.engineer?.firstName ?? 'the engineer')
  const detail = others.length > 0 ? `${count(others.length, 'tick')} by others, or by whom is not known.` : null
  const claim =
    others.length > 0 && viewer.may('claim-ticks')
      ? [
          acts(
            'These are mine',
            'claim-ticks',
            world.card.id,
            {},
            'link',
            'These are mine: ticks by others or by whom is not known',
          ),
        ]
      : []
  return [
    line(
      'ticks',
      'none',
      'Checklist',
      `${own.length} of ${items.length} ticked by ${who}. This does not hold up approval.`,
      detail,
      claim,
    ),
  ]
}

/** Names what is not ticked: progress that holds nothing up. */
export function untickedFold(world: World): Fold[] {
  const open = world.ticks.filter((tick) => !tick.complete)
  if (open.length === 0 || open.length === world.ticks.length) return []
  const text = open.map((tick) => `${tick.checklist_name}: ${tick.item_name}`)
  return [{ id: 'ticks', title: `${count(open.length, 'item')} not ticked`, rows: [], text }]
}
