import type { Updateable } from 'kysely'
import type { StepTable } from '../../../db/schema.ts'
import type { Act } from '../../../requests/act.ts'
import { actsUntil } from '../../../rules/outlives.ts'
import { isThatPerson } from '../../../rules/same-person.ts'
import { higherFirst } from '../../left-by-higher.ts'
import { isClosed, isDoer } from '../../steps.ts'
import { change, need, nothing, type StepActParts, stepStatement } from './changing.ts'

/** A second person says that they saw it in the system: neither who did it, nor whose access it is. */
export function seenStep(parts: StepActParts): Act<typeof nothing> {
  return {
    name: 'seen-step',
    on: 'step',
    input: nothing,
    readsCard: false,
    allows(world, actor, _input, step) {
      if (step?.state !== 'done' || isClosed(step))
        return { code: 'not-done', sentence: 'Nobody has said yet that this step is done.', status: 409 }
      if (isDoer(step, world.people, actor.person)) {
        const why = step.done_by === actor.person.id ? 'you did it' : 'you had this step yourself'
        return {
          code: 'doer',
          sentence: `You cannot check this because ${why}. Another linked colleague can, but not the engineer.`,
          status: 403,
        }
      }
      // Whoever made this account the colleague's would be looking at their own work through it.
      const voucher = actor.linkedBy ? world.people.get(actor.linkedBy) : undefined
      if (
        voucher &&
        (isDoer(step, world.people, voucher) || isThatPerson(world.people, world.engineer?.id ?? null, voucher))
      )
        return {
          code: 'vouched',
          sentence: `You cannot check this because ${voucher.fullName} confirmed who you are, and this is theirs. Another linked colleague can.`,
          status: 403,
        }
      const higher = higherFirst(world, step)
      if (higher)
        return {
          code: 'higher-first',
          sentence: `Wait until ${higher.plan.words.short} is gone, because that leaves this there. Then look again.`,
          status: 409,
        }
      if (step.turn === 'us')
        return {
          code: 'read-by-us',
          sentence: `We look in ${step.plan.systemName} ourselves. If that cannot be read, a second person is asked.`,
          status: 409,
        }
      return null
    },
    statement: (world, _input, step) => ({ ...stepStatement(world, step), doneBy: step?.done_by ?? null }),
    async carryOut(doing, world, _input, given) {
      const step = need(given)
      const approver = world.request?.approved_by ?? null
      const seerIsApprover = isThatPerson(world.people, approver, doing.actor.person)
      const set: Updateable<StepTable> = {
        state: 'seen',
        seen_by: doing.actor.person.id,
        seen_at: doing.clock.calendar(),
        effective_by: step.direction === 'revoke' ? actsUntil(step.plan, step.done_at ?? doing.clock.calendar()) : null,
        turn: 'nobody',
        sentence: `Seen by ${doing.actor.person.fullName}${seerIsApprover ? ', who also approved' : ''}.`,
        remedy: null,
      }
      await change(parts, doing, world, step, set, 'step-seen', { seerIsApprover })
      return 'Kept: you saw it. The step is closed.'
    },
  }
}
