import { londonDay } from '../../../clock.ts'
import { ActRefused, type OfficeAct } from '../../../requests/act.ts'
import { officeEvent } from '../../../requests/acts/common.ts'
import { letInput, letRun, notSoMany } from '../../../requests/held-runs.ts'
import { wantComparison } from '../../drift/claim.ts'

/**
 * Somebody looked at a comparison that found very many with something beyond the record, and lets it into the queue. The
 * subject is the system's id.
 */
export const letDifferencesAct: OfficeAct<typeof letInput> = {
  name: 'let-differences',
  on: 'installation',
  input: letInput,
  allows: async () => null,
  async carryOut(doing, system, asked) {
    const { people, items } = asked
    const { tx, clock } = doing
    const by = doing.actor.person.id
    const given = { ...asked, day: londonDay(clock.calendar()), by, at: clock.wall() }
    if (!(await letRun(tx, `differences-${system}`, given))) throw new ActRefused(notSoMany)
    await wantComparison(tx, clock, by)
    doing.log(officeEvent(doing, 'differences-let', { system, people, items }))
    return 'It is compared once more, and what differs stands in the queue within a few minutes. Each is still decided by a person.'
  },
}
