import type { Updateable } from 'kysely'
import type { StepTable } from '../../../db/schema.ts'
import type { Act } from '../../../requests/act.ts'
import { isClosed, isLookedAt } from '../../steps.ts'
import { change, need, nothing, type StepActParts, stepStatement, taskOf } from './changing.ts'

/** Takes back that a step was done, until a second person has seen it. */
export function undoDoneStep(parts: StepActParts): Act<typeof nothing> {
  return {
    name: 'undo-done-step',
    on: 'step',
    input: nothing,
    readsCard: false,
    allows: (_world, _actor, _input, step) =>
      step?.state === 'done' && !isClosed(step)
        ? null
        : {
            code: 'not-done',
            sentence: 'There is nothing to undo: this step is not waiting for a second person.',
            status: 409,
          },
    statement: (world, _input, step) => stepStatement(world, step),
    async carryOut(doing, world, _input, given) {
      const step = need(given)
      const { task, words } = taskOf(step)
      const waits = step.method === 'pull-request'
      const set: Updateable<StepTable> = {
        state: waits ? 'waiting' : 'ready',
        done_by: null,
        done_at: null,
        turn: task?.doer ?? 'second-line',
        sentence: words,
        remedy: null,
        attempts: 0,
        next_check_at: isLookedAt(parts.adapters, step) ? doing.clock.wall() : null,
      }
      await change(parts, doing, world, step, set, 'step-undone')
      return 'Undone. The step is open again.'
    },
  }
}
