import { z } from 'zod'
import { reviewDay } from '../access-reviews.ts'
import type { OfficeAct } from '../act.ts'
import { heldReviews, letReviews } from '../held-reviews.ts'
import { officeEvent } from './common.ts'

const input = z.strictObject({ people: z.coerce.number().int().min(2) })

/** Somebody looked at a run that stopped because it concerns many, and lets it begin: for so many, on this day. */
export const letReviewsAct: OfficeAct<typeof input> = {
  name: 'let-reviews',
  on: 'installation',
  input,
  async allows(_actor, _subject, { people }, tx) {
    const held = await heldReviews(tx)
    if (held?.people === people) return null
    return {
      code: 'not-held',
      sentence: 'How many it would be changed. Reload the settings and look again.',
      status: 409,
    }
  },
  async carryOut(doing, _subject, { people }) {
    await letReviews(doing.tx, { people, day: reviewDay(doing.clock) }, doing.actor.person.id, doing.clock.wall())
    doing.log(officeEvent(doing, 'reviews-let', { people }))
    return 'The access reviews begin within a minute. Each is still decided by a person.'
  },
}
