import { reviewDay } from '../access-reviews.ts'
import { ActRefused, type OfficeAct } from '../act.ts'
import { letInput, letRun, notSoMany } from '../held-runs.ts'
import { officeEvent } from './common.ts'

/** Somebody looked at a run that stopped because it concerns many, and lets it begin: for just them, on this day. */
export const letReviewsAct: OfficeAct<typeof letInput> = {
  name: 'let-reviews',
  on: 'installation',
  input: letInput,
  allows: async () => null,
  async carryOut(doing, _subject, asked) {
    const { people, items } = asked
    const given = { ...asked, day: reviewDay(doing.clock), by: doing.actor.person.id, at: doing.clock.wall() }
    if (!(await letRun(doing.tx, 'reviews', given))) throw new ActRefused(notSoMany)
    doing.log(officeEvent(doing, 'reviews-let', { people, items }))
    return 'The access reviews begin within a minute. Each is still decided by a person.'
  },
}
