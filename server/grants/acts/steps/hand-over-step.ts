import { z } from 'zod'
import type { Act } from '../../../requests/act.ts'
import { isSamePerson, isThatPerson } from '../../../rules/same-person.ts'
import { handedOverNotice, needsNotice } from '../../step-notices.ts'
import { change, gone, need, type StepActParts, stepStatement } from './changing.ts'

const input = z.strictObject({ to: z.string().min(1, 'Choose who takes it.').max(60) })

/** Gives a step to a named colleague, or back to 2nd line. */
export function handOverStep(parts: StepActParts): Act<typeof input> {
  return {
    name: 'hand-over-step',
    on: 'step',
    input,
    readsCard: false,
    allows(world, _actor, input, step) {
      const taker = world.people.get(input.to)
      if (input.to !== 'second-line' && (!taker || taker.left?.value))
        return {
          code: 'unknown-person',
          sentence: 'There is 1 thing to put right.',
          fields: { to: 'Choose who takes it.' },
          status: 422,
        }
      if (taker && world.engineer && isSamePerson(taker, world.engineer))
        return {
          code: 'engineer',
          sentence: 'There is 1 thing to put right.',
          fields: { to: 'The access is theirs, so they cannot do this step.' },
          status: 422,
        }
      return gone(step)
    },
    statement: (world, input, step) => ({ ...stepStatement(world, step), ...input }),
    async carryOut(doing, world, input, step) {
      const free = input.to === 'second-line'
      const set = { taken_by: free ? null : input.to, taken_at: free ? null : doing.clock.calendar() }
      const after = await change(parts, doing, world, need(step), set, 'step-handed-over')
      const back = free && after.turn === 'second-line'
      const notice = back ? needsNotice(world, after, doing.actor) : handedOverNotice(world, after)
      if (notice && !isThatPerson(world.people, input.to, doing.actor.person)) doing.notify(notice)
      const who = free ? '2nd line' : (world.people.get(input.to)?.fullName ?? 'They')
      return `${who} has the step now.`
    },
  }
}
