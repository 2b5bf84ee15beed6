import type { Updateable } from 'kysely'
import type { StepTable } from '../../../db/schema.ts'
import type { Act } from '../../../requests/act.ts'
import { needsNotice } from '../../step-notices.ts'
import { adapterFor, isLookedAt } from '../../steps.ts'
import { change, need, nothing, type StepActParts, stepStatement, taskOf } from './changing.ts'

/** Lets a stuck step be tried anew. */
export function retryStep(parts: StepActParts): Act<typeof nothing> {
  return {
    name: 'retry-step',
    on: 'step',
    input: nothing,
    readsCard: false,
    allows: (_world, _actor, _input, step) =>
      step?.state === 'stuck'
        ? null
        : { code: 'not-stuck', sentence: 'This step is not stuck. Nothing was changed.', status: 409 },
    statement: (world, _input, step) => stepStatement(world, step),
    async carryOut(doing, world, _input, given) {
      const step = need(given)
      const automatic = adapterFor(parts.adapters, step.plan.system, step.method) !== null
      const { task, words } = taskOf(step)
      const set: Updateable<StepTable> = {
        state: 'ready',
        turn: automatic ? 'us' : (task?.doer ?? 'second-line'),
        sentence: words,
        remedy: null,
        attempts: 0,
        next_check_at: isLookedAt(parts.adapters, step) ? doing.clock.wall() : null,
        // What somebody had done did not last, so it is done anew.
        done_by: null,
        done_at: null,
        // A closed pull request is a person's no; trying again is another person's yes, so the old one is let go.
        receipt: null,
        link: null,
      }
      const after = await change(parts, doing, world, step, set, 'step-retried')
      if (automatic) return 'Trying again. It is read first, so that nothing is changed twice.'
      const notice = needsNotice(world, after, doing.actor)
      if (notice) doing.notify(notice)
      return 'The step is open again.'
    },
  }
}
