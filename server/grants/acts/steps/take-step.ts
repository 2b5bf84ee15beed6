import type { Act } from '../../../requests/act.ts'
import {
  byPeople,
  change,
  engineerFirst,
  need,
  nothing,
  type StepActParts,
  stepStatement,
  withDoer,
} from './changing.ts'

/** Says that somebody is doing a step, so that nobody does it beside them. */
export function takeStep(parts: StepActParts): Act<typeof nothing> {
  return {
    name: 'take-step',
    on: 'step',
    input: nothing,
    readsCard: false,
    allows(world, actor, _input, step) {
      const taken = step?.taken_by ? world.people.get(step.taken_by)?.fullName : null
      if (taken && step?.taken_by !== actor.person.id)
        return { code: 'taken', sentence: `${taken} is doing this step already. They can hand it over.`, status: 409 }
      return byPeople(step, parts.adapters) ?? engineerFirst(world, step)
    },
    statement: (world, _input, step) => stepStatement(world, step),
    async carryOut(doing, world, _input, step) {
      const set = {
        taken_by: doing.actor.person.id,
        taken_at: doing.clock.calendar(),
        doers: withDoer(need(step), doing),
      }
      await change(parts, doing, world, need(step), set, 'step-taken')
      return 'The step is yours. Others see that you are doing it.'
    },
  }
}
