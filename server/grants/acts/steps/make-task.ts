import type { Updateable } from 'kysely'
import type { StepTable } from '../../../db/schema.ts'
import type { Act } from '../../../requests/act.ts'
import { readerFor } from '../../steps.ts'
import { change, need, nothing, type StepActParts, stepStatement, taskOf } from './changing.ts'

/** What the product cannot carry out is done by people, by hand: by a person’s logged click, never by itself. */
export function makeTask(parts: StepActParts): Act<typeof nothing> {
  return {
    name: 'make-task',
    on: 'step',
    input: nothing,
    readsCard: false,
    allows(_world, _actor, _input, step) {
      if (step?.state !== 'stuck' || step.method === 'task')
        return {
          code: 'not-stuck',
          sentence: 'Only a stuck step that we carry out can be given to people.',
          status: 409,
        }
      // Stuck and looked at on: what was proposed was changed by somebody, and can still be accepted.
      if (step.next_check_at !== null)
        return {
          code: 'still-open',
          sentence: 'What was proposed is still open, and somebody changed it. Close it first, or choose Try again.',
          status: 409,
        }
      if (!taskOf(step).task)
        return { code: 'no-clicks', sentence: 'There are no instructions for doing this by hand.', status: 409 }
      return null
    },
    statement: (world, _input, step) => stepStatement(world, step),
    async carryOut(doing, world, _input, given) {
      const step = need(given)
      const { task, words } = taskOf(step)
      const set: Updateable<StepTable> = {
        method: 'task',
        state: 'ready',
        turn: task?.doer ?? 'second-line',
        sentence: words,
        remedy: null,
        next_check_at: readerFor(parts.adapters, step) ? doing.clock.wall() : null,
        attempts: 0,
      }
      await change(parts, doing, world, step, set, 'step-made-task')
      return 'People do this step now, with the clicks shown. A second person looks.'
    },
  }
}
