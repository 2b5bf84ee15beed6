import type { QueueRow } from '../api.ts'

export interface UnknownCard {
  id: string
  boardId: string
  url: string
  /** Whether its board is one that we look after. */
  connected: boolean
}

/** A card whose request cannot be read or judged: it stands in the queue, so that nobody takes it for done. */
export function unknownRow({ id, boardId, url }: UnknownCard, now: Date): QueueRow {
  return {
    key: `unknown-${id}`,
    overdue: false,
    person: 'Status unknown',
    level: '',
    what: 'We cannot read how this request stands. Nothing is lost. Whoever runs the server finds why in its log.',
    since: now.toISOString(),
    sinceWord: '',
    taken: null,
    tab: '',
    boardId,
    cardUrl: url,
    buttons: [],
    panel: null,
  }
}
