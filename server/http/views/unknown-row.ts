import type { Item } from './queue-items.ts'
import { rowSince } from './queue-row.ts'

export interface UnknownCard {
  id: string
  boardId: string
  url: string
  /** Whether its board is one that we look after. */
  connected: boolean
}

/** A card whose request cannot be read or judged: it stands in the queue, so that nobody takes it for done. */
export function unknownItem({ id, boardId, url }: UnknownCard, now: Date): Item {
  const what = 'We cannot read how this request stands. Nothing is lost. Whoever runs the server finds why in its log.'
  return {
    row: rowSince(now, now, {
      key: `unknown-${id}`,
      person: 'Status unknown',
      level: '',
      what,
      sinceWord: '',
      boardId,
      cardUrl: url,
    }),
    tabs: ['others', 'stuck', 'everything'],
    since: now,
    revokes: false,
    system: null,
    state: 'other',
    subject: '',
    brief: what,
  }
}
