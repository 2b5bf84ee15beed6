import type { Trello } from '../trello.ts'

/** What this viewer looked at last; Trello keeps it for them. Empty: as the server opens it. */
export interface Filter {
  board: string
  tab: string
  person: string
  system: string
  state: string
}

export const unfiltered: Filter = { board: '', tab: '', person: '', system: '', state: '' }

const key = 'queueFilters'

export async function readFilter(t: Trello): Promise<Filter> {
  const kept = await t.get('member', 'private', key).catch(() => null)
  if (!kept || typeof kept !== 'object') return unfiltered
  const known = new Map(Object.entries(kept))
  const word = (name: keyof Filter) => String(known.get(name) ?? '')
  // Whom one looked for is done with when one comes back.
  return { board: word('board'), tab: word('tab'), person: '', system: word('system'), state: word('state') }
}

/** Names of people are not kept in Trello. */
export function keepFilter(t: Trello, { person: _name, ...filter }: Filter): void {
  void Promise.resolve(t.set('member', 'private', key, filter)).catch(() => {})
}

export function queryOf({ person: _name, ...filter }: Filter): string {
  return Object.entries(filter)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
}
