import type { QueueRow } from '../api.ts'
import { ageWords, daysSince } from './words.ts'

/** What every row of the queue has, whatever it is about. */

/** A turn that waited longer is overdue: 2 working days are promised, so three calendar days are too many. */
const OVERDUE_DAYS = 3

export function isOverdue(since: Date, now: Date): boolean {
  return daysSince(since, now) >= OVERDUE_DAYS
}

/** A row of no card, taken by nobody, where it does not say otherwise. */
export function rowSince(
  since: Date,
  now: Date,
  row: Pick<QueueRow, 'key' | 'person' | 'level' | 'what'> & Partial<QueueRow>,
): QueueRow {
  return {
    overdue: false,
    since: since.toISOString(),
    sinceWord: ageWords(since, now),
    taken: null,
    boardId: '',
    cardUrl: null,
    buttons: [],
    panel: null,
    ...row,
  }
}
