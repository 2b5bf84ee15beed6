import { z } from 'zod'
import { reviewDay } from '../access-reviews.ts'
import { ActRefused, type OfficeAct } from '../act.ts'
import { letRun, notSoMany } from '../held-runs.ts'
import { officeEvent } from './common.ts'

const input = z.strictObject({ people: z.coerce.number().int().min(2), items: z.coerce.number().int().min(0) })

/** Somebody looked at a run that stopped because it concerns many, and lets it begin: for just them, on this day. */
export const letReviewsAct: OfficeAct<typeof input> = {
  name: 'let-reviews',
  on: 'installation',
  input,
  allows: async () => null,
  async carryOut(doing, _subject, { people, items }) {
    const given = { people, items, day: reviewDay(doing.clock), by: doing.actor.person.id, at: doing.clock.wall() }
    if (!(await letRun(doing.tx, 'reviews', given))) throw new ActRefused(notSoMany)
    doing.log(officeEvent(doing, 'reviews-let', { people, items }))
    return 'The access reviews begin within a minute. Each is still decided by a person.'
  },
}
