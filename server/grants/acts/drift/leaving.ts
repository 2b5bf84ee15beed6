import { z } from 'zod'
import { londonDay } from '../../../clock.ts'
import { loadPerson } from '../../../people/register.ts'
import type { Doing } from '../../../requests/act.ts'
import { daysKept, daysLeftAlone } from '../../../requests/letting-stand.ts'
import type { FindingRow } from '../../drift/keep.ts'
import { lookAgainDay, refusedDay } from '../look-again.ts'
import { type DriftActParts, decided, decision, decisionOfNobodys } from './deciding.ts'

/** Something that is right as it is and stands in no record: an account of a robot, or a role that others gave. */

const input = z.strictObject({
  ...decided,
  lookAgain: lookAgainDay,
})
type Input = z.infer<typeof input>

/** Leaves what somebody has beyond what they were granted. It comes back on the day, or when it changes. */
export function leaveDriftAct({ office }: DriftActParts) {
  return decision(
    { office },
    {
      input,
      name: 'leave-drift',
      kinds: ['different'],
      how: 'stays-open',
      event: 'drift-left',
      allows: async (_actor, { person_id }, tx, { lookAgain }) =>
        refusedDay(lookAgain, londonDay(office.clock.calendar()), daysKept(await loadPerson(tx, person_id))),
      carryOut: leave,
    },
  )
}

/** The same for an account that belongs to nobody in the register. */
export function leaveAccountAct({ office }: DriftActParts) {
  return decisionOfNobodys(
    { office },
    {
      input,
      name: 'leave-account',
      kinds: ['unmanaged'],
      how: 'stays-open',
      event: 'drift-left',
      allows: async (_actor, { level }, _tx, { lookAgain }) =>
        refusedDay(lookAgain, londonDay(office.clock.calendar()), daysLeftAlone(office.ruleSet(null), level)),
      carryOut: leave,
    },
  )
}

async function leave({ tx, clock, actor }: Doing, { id }: FindingRow, { reason, lookAgain }: Input) {
  await tx
    .updateTable('drift_finding')
    .set({
      ruling: 'leave',
      ruled_by: actor.person.id,
      ruled_at: clock.calendar(),
      ruled_reason: reason,
      look_again_on: lookAgain,
      ruling_undone: null,
    })
    .where('id', '=', id)
    .execute()
  return { card: null, said: 'Left as it is. It comes back on the day that you gave, or when it changes.' }
}
