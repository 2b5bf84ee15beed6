import type { Updateable } from 'kysely'
import type { StepTable } from '../../../db/schema.ts'
import type { Act, Refusal, StepRow } from '../../../requests/act.ts'
import { readerFor } from '../../steps.ts'
import { change, need, nothing, type StepActParts, stepStatement } from './changing.ts'

/** The engineer says that they did what only they can do, where we cannot see it. */
export function doOwnPart(parts: StepActParts): Act<typeof nothing> {
  return {
    name: 'do-own-part',
    on: 'step',
    input: nothing,
    readsCard: false,
    allows: (_world, _actor, _input, step) => engineerPart(step),
    statement: (world, _input, step) => stepStatement(world, step),
    async carryOut(doing, world, _input, given) {
      const step = need(given)
      const next_check_at = readerFor(parts.adapters, step) ? doing.clock.wall() : null
      if (step.state === 'waiting') {
        // An invitation: that it was accepted is in the system, and we look there.
        await change(parts, doing, world, step, { next_check_at }, 'engineer-part-done')
        return 'Thank you. We look now.'
      }
      const turn = step.plan.task?.doer ?? 'second-line'
      const set: Updateable<StepTable> = { state: 'ready', turn, sentence: step.plan.words.change, remedy: null }
      await change(parts, doing, world, step, { ...set, next_check_at }, 'engineer-part-done')
      return 'Thank you. The next step is not yours.'
    },
  }
}

function engineerPart(step: StepRow | null): Refusal | null {
  if (step?.turn !== 'engineer' || step.plan.engineer === null)
    return { code: 'not-yours', sentence: 'There is nothing for the engineer to do in this step now.', status: 409 }
  if (step.plan.engineer.seenByUs)
    return { code: 'seen-by-us', sentence: 'We see this by ourselves, within a minute.', status: 409 }
  return null
}
