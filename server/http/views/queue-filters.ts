import type { QueueView } from '../api.ts'
import type { Item, QueueState } from './queue-items.ts'
import { ageWords } from './words.ts'

/** What of the queue is looked at, and where things wait. */

export interface Chosen {
  /** A part of a name, however it is written. */
  person: string
  system: string
  state: string
}

export const everything: Chosen = { person: '', system: '', state: '' }

export function chosenOf(items: Item[], { person, system, state }: Chosen): Item[] {
  const lower = (text: string) => text.trim().toLocaleLowerCase('en-GB')
  return items.filter(
    (item) =>
      lower(item.row.person).includes(lower(person)) &&
      (system === '' || item.system === system) &&
      (state === '' || item.state === state),
  )
}

const stateWords: Record<QueueState, string> = {
  asked: 'Asked for, not decided',
  granting: 'Being granted',
  stopped: 'Stopped',
  revoking: 'Being revoked',
  review: 'Access to be reviewed',
  help: 'Help asked',
  difference: 'Differences from the record',
  other: 'Other',
}

/** What there is to choose from, among everything that waits; what was chosen stays, also when nothing of it is left. */
export function filtersOf(items: Item[], chosen: Chosen): QueueView['filters'] {
  const systems = new Set(items.flatMap(({ system }) => system ?? []))
  if (chosen.system !== '') systems.add(chosen.system)
  const states = new Set<string>(items.map(({ state }) => state))
  return {
    chosen,
    systems: [...systems].sort((one, other) => one.localeCompare(other, 'en-GB')),
    states: Object.entries(stateWords).flatMap(([value, text]) =>
      states.has(value) || chosen.state === value ? [{ value, text }] : [],
    ),
  }
}

/** So many places are a picture; more are a list. */
const MOST_PLACES = 8

/** Where things wait: by system, or by what is going on where it is about no system; the fullest first. */
export function pictureOf(items: Item[], now: Date): QueueView['picture'] {
  const places = Map.groupBy(
    items.filter(({ since }) => since <= now),
    ({ system, state }) => system ?? stateWords[state],
  )
  const most = Math.max(1, ...[...places.values()].map((some) => some.length))
  return [...places]
    .map(([place, some]) => {
      const oldest = new Date(Math.min(...some.map(({ since }) => since.getTime())))
      return { place, count: some.length, longest: ageWords(oldest, now), share: some.length / most }
    })
    .toSorted((one, other) => other.count - one.count || one.place.localeCompare(other.place, 'en-GB'))
    .slice(0, MOST_PLACES)
}
