import type { Wait } from '../server/http/api.ts'

/** Orders for a list's cards. What nobody waits for, and what is not ours, keeps its order at the end. */

export interface Sortable {
  id: string
  waits: Wait | null
}

const turns: Wait['turn'][] = [
  'stuck',
  'sponsor',
  'senior-tech',
  'second-line',
  'second-person',
  'reviewer',
  'keeper',
  'line-manager',
  'engineer',
]

export function longestWaitingFirst(cards: Sortable[]): string[] {
  return sorted(cards, (one, other) => one.since.localeCompare(other.since))
}

export function byWhoseTurn(cards: Sortable[]): string[] {
  const place = ({ turn }: Wait) => (turns.includes(turn) ? turns.indexOf(turn) : turns.length)
  return sorted(cards, (one, other) => place(one) - place(other) || one.since.localeCompare(other.since))
}

function sorted(cards: Sortable[], compare: (one: Wait, other: Wait) => number): string[] {
  const waiting = cards.flatMap(({ id, waits }) => (waits ? [{ id, waits }] : []))
  const rest = cards.filter(({ waits }) => waits === null)
  return [...waiting.toSorted((one, other) => compare(one.waits, other.waits)), ...rest].map(({ id }) => id)
}
