import type { Updateable } from 'kysely'
import type { StepTable } from '../../../db/schema.ts'
import type { Act, Doing, StepRow } from '../../../requests/act.ts'
import { asksForSecond, readerFor } from '../../steps.ts'
import {
  byPeople,
  change,
  engineerFirst,
  need,
  nothing,
  type StepActParts,
  stepStatement,
  takenByAnother,
  withDoer,
} from './changing.ts'

/** Somebody says that they did the step. That alone closes only what small things ask for. */
export function doneStep(parts: StepActParts): Act<typeof nothing> {
  return {
    name: 'done-step',
    on: 'step',
    input: nothing,
    readsCard: false,
    allows(world, actor, _input, step) {
      if (step?.state === 'done')
        return {
          code: 'done-already',
          sentence: `Somebody has said so already. ${step.turn === 'us' ? 'We look' : 'A second person looks'} now.`,
          status: 409,
        }
      return byPeople(step, parts.adapters) ?? takenByAnother(world, actor, step) ?? engineerFirst(world, step)
    },
    statement: (world, _input, step) => stepStatement(world, step),
    async carryOut(doing, world, _input, given) {
      const step = need(given)
      const { set, said } = saidToBeDone(parts, doing, step)
      await change(parts, doing, world, step, set, 'step-done')
      return said
    },
  }
}

/** What becomes of a step that somebody says they did, or found as wanted; and what they are told. */
export function saidToBeDone(
  parts: StepActParts,
  doing: Doing,
  step: StepRow,
): { set: Updateable<StepTable>; said: string } {
  const second = asksForSecond(step)
  const read = second && readerFor(parts.adapters, step) !== null
  return {
    set: {
      state: 'done',
      done_by: doing.actor.person.id,
      done_at: doing.clock.calendar(),
      doers: withDoer(step, doing),
      turn: read ? 'us' : second ? 'second-person' : 'nobody',
      sentence: `Done by ${doing.actor.person.fullName}, not checked.`,
      remedy: read
        ? `We look in ${step.plan.systemName} now.`
        : second
          ? 'A second person looks in the system and says so here.'
          : null,
      next_check_at: read ? doing.clock.wall() : null,
      attempts: 0,
    },
    said: read
      ? `Kept. We look in ${step.plan.systemName} now.`
      : second
        ? 'Kept. It needs a second person to look.'
        : 'Kept.',
  }
}
