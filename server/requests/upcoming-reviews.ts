import type { Kysely } from 'kysely'
import type { Schema } from '../db/schema.ts'
import { loadRegister } from '../people/register.ts'
import { type Upcoming, upcomingFor } from '../rules/access-review.ts'
import { knownFrom, reviewDay, standingStates } from './access-reviews.ts'
import { isNotGoing } from './still-held.ts'
import type { Office } from './world.ts'

/** A decision that will be due soon. It tells that somebody is away: never for a board. */
export interface UpcomingReview extends Upcoming {
  personId: string
  fullName: string
}

/**
 * The ladder of notices, for the queue and for a person's page, the nearest first; only of people who hold something.
 * Show one only to whoever may see that person's absence: the person, their tech lead and possible sponsors, keepers.
 * @param personId of one person alone
 */
export async function upcomingReviews(
  db: Kysely<Schema>,
  office: Pick<Office, 'clock' | 'ruleSet' | 'report'>,
  personId: string | null = null,
): Promise<UpcomingReview[]> {
  const held = await db
    .selectFrom('holding')
    .innerJoin('request', 'request.id', 'holding.request_id')
    .select('holding.person_id')
    .where('ended_at', 'is', null)
    .where('request.state', 'in', [...standingStates])
    .where(isNotGoing)
    .$if(personId !== null, (query) => query.where('holding.person_id', '=', personId ?? ''))
    .distinct()
    .execute()
  if (held.length === 0) return []
  const { people } = await loadRegister(db)
  const reviews = Map.groupBy(await db.selectFrom('access_review').selectAll().execute(), (row) => row.person_id)
  const { limitDays } = office.ruleSet(null).absence
  const today = reviewDay(office.clock)
  return held
    .flatMap(({ person_id }) => {
      const person = people.get(person_id)
      if (!person) return []
      const known = (reviews.get(person_id) ?? []).map(knownFrom)
      try {
        const { fullName } = person
        return upcomingFor(person, known, today, limitDays).map((one) => ({ ...one, personId: person_id, fullName }))
      } catch (error) {
        // One person who cannot be judged takes nobody's queue away.
        office.report(error)
        return []
      }
    })
    .toSorted((one, other) => one.daysLeft - other.daysLeft)
}
