import type { Act } from '../../../requests/act.ts'
import { change, gone, need, nothing, type StepActParts, stepStatement } from './changing.ts'

/** Gives a step back that somebody had taken. */
export function releaseStep(parts: StepActParts): Act<typeof nothing> {
  return {
    name: 'release-step',
    on: 'step',
    input: nothing,
    readsCard: false,
    allows: (_world, _actor, _input, step) =>
      step?.taken_by ? gone(step) : { code: 'not-taken', sentence: 'Nobody has taken this step.', status: 409 },
    statement: (world, _input, step) => stepStatement(world, step),
    async carryOut(doing, world, _input, step) {
      await change(parts, doing, world, need(step), { taken_by: null, taken_at: null }, 'step-released')
      return 'The step is free again.'
    },
  }
}
