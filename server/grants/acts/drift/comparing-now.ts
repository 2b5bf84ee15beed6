import { z } from 'zod'
import type { OfficeAct } from '../../../requests/act.ts'
import { officeEvent } from '../../../requests/acts/common.ts'
import { wantComparison } from '../../drift/claim.ts'

const nothing = z.strictObject({})

/** Has the record compared with the systems within a minute, for whoever put something right and wants to see it. */
export const compareNowAct: OfficeAct<typeof nothing> = {
  name: 'compare-now',
  on: 'installation',
  input: nothing,
  allows: async () => null,
  async carryOut(doing) {
    await wantComparison(doing.tx, doing.clock, doing.actor.person.id)
    doing.log(officeEvent(doing, 'comparison-wanted', {}))
    return 'Comparing. What differs stands in the queue within a few minutes.'
  },
}
