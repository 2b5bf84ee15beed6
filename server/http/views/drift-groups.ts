import type { QueueRow } from '../api.ts'
import type { Item } from './queue-items.ts'
import { rowSince } from './queue-row.ts'
import { ageWords, count } from './words.ts'

/** Many differences together: by system and kind, with how many there are and how old the eldest is. */

interface Group {
  systemName: string
  kind: string
  number: number
  over: number
  eldest: Date
}

const kindWords: Record<string, string> = {
  missing: 'in our record and not there',
  extra: 'there and not in our record',
  different: 'there with another value',
  unmanaged: 'nobody’s',
  'cannot-tell': 'not clear',
}

function groupsOf(items: Item[]): Group[] {
  const told = items.flatMap(({ difference, since }) => (difference ? [{ ...difference, since }] : []))
  return [...Map.groupBy(told, ({ systemName, kind }) => `${systemName} ${kind}`).values()]
    .flatMap((some) => {
      const [first] = some
      if (!first) return []
      const eldest = new Date(Math.min(...some.map(({ since }) => since.getTime())))
      const over = some.filter(({ isOver }) => isOver).length
      return [{ systemName: first.systemName, kind: first.kind, number: some.length, over, eldest }]
    })
    .toSorted(
      (one, other) =>
        other.over - one.over || one.eldest.getTime() - other.eldest.getTime() || other.number - one.number,
    )
}

function groupWords({ systemName, kind, number, over }: Group): string {
  const flagged = over > 0 ? `, ${count(over, 'over-grant')} among them` : ''
  return `${systemName}: ${number} ${kindWords[kind] ?? kind}${flagged}`
}

/** So many differences are rows of their own; what is more is looked at by choosing a system or a person. */
const MOST_ROWS = 100

/** Rows as they are shown: the first differences one by one, and the others as one row for each system and kind. */
export function rowsOf(items: Item[], now: Date): QueueRow[] {
  const rest = items.filter(({ difference }) => difference !== undefined).slice(MOST_ROWS)
  if (rest.length === 0) return items.map(({ row }) => row)
  const hidden = new Set(rest)
  const groups = groupsOf(rest)
  return [
    ...items.filter((item) => !hidden.has(item)).map(({ row }) => row),
    ...groups.map((one) => groupRow(one, now)),
  ]
}

function groupRow(group: Group, now: Date): QueueRow {
  return rowSince(group.eldest, now, {
    key: `drift-more-${group.systemName}-${group.kind}`,
    person: '',
    level: group.over > 0 ? 'Over-grant' : 'Difference',
    what: `More in ${groupWords(group)}. Choose the system or a person above to see them one by one.`,
  })
}

/** So many lines stay within one screen. */
const MOST_LINES = 12

/** For the handover: no names, because it is pasted anywhere. Nothing where nothing that this viewer may see differs. */
export function differenceLines(items: Item[], now: Date): string[] {
  const groups = groupsOf(items.filter(({ difference }) => difference?.isLeft !== true))
  if (groups.length === 0) return []
  const rest = groups.slice(MOST_LINES)
  const more = rest.reduce((sum, { number }) => sum + number, 0)
  return [
    '### Differences from the record',
    ...groups.slice(0, MOST_LINES).map((one) => `- ${groupWords(one)} (the eldest ${ageWords(one.eldest, now)})`),
    ...(more > 0 ? [`- and ${count(more, 'more difference')} elsewhere`] : []),
  ]
}
