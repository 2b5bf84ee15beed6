import { loadRegister } from '../../people/register.ts'
import type { Actor } from '../../requests/act.ts'
import { relationsOf } from '../../requests/relations.ts'
import { upcomingReviews } from '../../requests/upcoming-reviews.ts'
import type { Item } from '../views/queue-items.ts'
import { upcomingItem, type Viewpoint } from '../views/upcoming.ts'
import type { ReadingParts } from './parts.ts'

/** The ladder of notices in the queue of those who may know that somebody is away. It goes into no handover. */
export async function upcomingFor({ db, office }: Pick<ReadingParts, 'db' | 'office'>, actor: Actor): Promise<Item[]> {
  if (!actor.person) return []
  const upcoming = await upcomingReviews(db.kysely, office)
  if (upcoming.length === 0) return []
  const { people } = await loadRegister(db.kysely)
  const now = office.clock.calendar()
  return upcoming.flatMap((one) => {
    const person = people.get(one.personId)
    const view: Viewpoint = { relations: relationsOf(actor, person ?? null, []), now }
    return person ? upcomingItem(one, view) : []
  })
}
