import type { World } from '../../requests/act.ts'
import type { Item } from './queue-items.ts'
import { isOverdue } from './queue-row.ts'
import { knowsWhy, sinceDue } from './reviewing.ts'
import type { Turn } from './turn.ts'
import { shortLevel } from './turns.ts'
import type { Viewer } from './viewer.ts'
import { ageWords, listWords } from './words.ts'

/** A decision about somebody's access, as one row of the queue. */

/** Of what a row is about, for telling the same decision on several cards apart from others. */
export interface ReviewOf {
  id: string
  level: string
  /** No card stands for what was adopted. */
  hasCard: boolean
  openedAt: Date
}

/**
 * The turn as this viewer may read it: since the day it was due, however long nothing could be opened; and since it was
 * opened for those who must not learn since when somebody is away.
 */
export function reviewTurn(world: World, turn: Turn, viewer: Viewer): Turn & { of: ReviewOf | null } {
  const { review, card } = world
  if (turn.review === null || !review) return { ...turn, of: null }
  const since = knowsWhy(viewer) ? sinceDue(review.due_day, review.opened_at) : turn.since
  const of = { id: review.id, level: shortLevel(world), hasCard: card.way !== 'record', openedAt: review.opened_at }
  return { ...turn, since, of }
}

/** One row for each decision, on the first card that stands for something: one answer settles it on all of them. */
export function oneForEachReview(items: Item[]): Item[] {
  const reviews = Map.groupBy(items, ({ review }) => review?.id)
  return items.flatMap((item) => {
    const same = item.review ? (reviews.get(item.review.id) ?? []) : [item]
    const first = same.find(({ review }) => review?.hasCard) ?? same[0]
    if (item !== first) return []
    const levels = listWords([...new Set(same.flatMap(({ review }) => review?.level ?? []))].sort())
    return same.length === 1 ? [item] : [{ ...item, subject: levels, row: { ...item.row, level: levels } }]
  })
}

/** As in the handover, which is pasted anywhere: since it was opened, because the day before it tells of an absence. */
export function asOpened(item: Item, now: Date): Item {
  if (!item.review) return item
  const since = item.review.openedAt
  return { ...item, since, row: { ...item.row, overdue: isOverdue(since, now), sinceWord: ageWords(since, now) } }
}
