import type { Item } from './queue-items.ts'
import { count, dayWords, listWords } from './words.ts'

/** What the next pair needs on Monday, as Markdown that can be pasted anywhere: what changed, what is promised, what waits. */

export interface Changed {
  since: Date
  /** People with their level: "Priya Shah (Deploy)". */
  granted: string[]
  revoked: string[]
  /** Held at a lower level now. */
  lowered: string[]
  /** Of what is still granted something was revoked. */
  partlyRevoked: string[]
  /** Declined, withdrawn or expired. */
  closed: string[]
  /** How many steps were verified or seen. */
  steps: number
}

export function nothingChanged(since: Date): Changed {
  return { since, granted: [], revoked: [], lowered: [], partlyRevoked: [], closed: [], steps: 0 }
}

/** Revocations go before grants; of each what is overdue, and then what waits longest. */
export function byUrgency(one: Item, other: Item): number {
  const weigh = (item: Item) => (item.revokes ? 0 : 2) + (item.row.overdue ? 0 : 1)
  return weigh(one) - weigh(other) || one.since.getTime() - other.since.getTime()
}

export function handoverLines(items: Item[], changed: Changed, now: Date): string[] {
  const sorted = items.toSorted(byUrgency)
  const promised = sorted.filter((item) => item.row.taken !== null)
  const rest = sorted.filter((item) => item.row.taken === null)
  const stuck = rest.filter((item) => item.tabs.includes('stuck'))
  const waiting = rest.filter((item) => item.tabs.includes('second-line') && !stuck.includes(item))
  const others = rest.filter((item) => !stuck.includes(item) && !waiting.includes(item))
  return [
    `## Access queue on ${dayWords(now, now)}`,
    ...changedLines(changed, now),
    ...block('Promised', promised, 'Nothing is taken.'),
    ...block('Waiting for 2nd line', waiting, 'Nothing is waiting for 2nd line.'),
    ...block('Stuck', stuck, 'Nothing is stuck.'),
    ...block('Waiting for others', others, 'Nothing is waiting for others.'),
  ]
}

function changedLines(
  { since, granted, revoked, lowered, partlyRevoked, closed, steps }: Changed,
  now: Date,
): string[] {
  const named = (what: string, who: string[]) => (who.length > 0 ? [`- ${what}: ${listWords(who)}`] : [])
  return [
    `### Since ${dayWords(since, now)}`,
    ...named('Granted', granted),
    ...named('Revoked', revoked),
    ...named('Lowered', lowered),
    ...named('Partly revoked', partlyRevoked),
    ...named('Declined, withdrawn or expired', closed),
    `- ${count(steps, 'step')} verified or seen`,
  ]
}

function block(title: string, items: Item[], empty: string): string[] {
  return [`### ${title}`, ...(items.length > 0 ? items.map(lineOf) : [`- ${empty}`])]
}

function lineOf({ row, brief }: Item): string {
  const taken = row.taken ? `; ${row.taken.replace('You have', 'I have')}` : ''
  // Of an account that nobody has, the name may be a work address.
  const who = row.person.includes('@') ? 'An account' : row.person
  return `- ${row.overdue ? '**Overdue** ' : ''}${who}, ${row.level}: ${brief} (${row.sinceWord}${taken})`
}
