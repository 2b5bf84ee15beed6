import { refusedByTable } from '../../requests/authorisation.ts'
import type { Relation } from '../../requests/relations.ts'
import type { UpcomingReview } from '../../requests/upcoming-reviews.ts'
import type { Item } from './queue-items.ts'
import { rowSince } from './queue-row.ts'
import { opens } from './viewer.ts'
import { count, dateWords } from './words.ts'

/** A decision about somebody's access that will be due, as a row of the queue. */

export interface Viewpoint {
  relations: Set<Relation>
  now: Date
}

/** Who may know that this person is away: they, and whoever decides. Everybody else gets no row. */
export function upcomingItem(upcoming: UpcomingReview, { relations, now }: Viewpoint): Item[] {
  const decides = refusedByTable('confirm-revocation', relations) === null
  if (!decides && !relations.has('engineer')) return []
  const { personId, fullName, due, daysLeft } = upcoming
  const since = new Date(`${due}T12:00:00Z`)
  return [
    {
      row: rowSince(since, now, {
        key: `upcoming-${personId}-${due}`,
        person: fullName,
        level: 'Review',
        what: `A decision about this access will be due on ${dateWords(due, now)}`,
        sinceWord: `in ${count(daysLeft, 'day')}`,
        buttons: [
          opens(decides ? 'What they hold' : 'What you hold', 'person', personId, 'plain', `What ${fullName} holds`),
        ],
      }),
      tabs: decides ? ['yours', 'sponsors', 'everything'] : ['yours', 'everything'],
      since,
      revokes: false,
      system: null,
      state: 'review',
      subject: 'a review to come',
      // Never in the handover: it would tell that somebody is away.
      brief: '',
    },
  ]
}
