import type { Trello } from '../trello.ts'

/** Which board and tab this viewer looked at last; Trello keeps it for them. Empty: as the server opens it. */
export interface Filter {
  board: string
  tab: string
}

const key = 'queueFilters'

export async function readFilter(t: Trello): Promise<Filter> {
  const kept = await t.get('member', 'private', key).catch(() => null)
  return kept && typeof kept === 'object' && 'board' in kept && 'tab' in kept
    ? { board: String(kept.board), tab: String(kept.tab) }
    : { board: '', tab: '' }
}

export function keepFilter(t: Trello, filter: Filter): void {
  void Promise.resolve(t.set('member', 'private', key, filter)).catch(() => {})
}
