import type { Updateable } from 'kysely'
import { z } from 'zod'
import type { StepTable } from '../../../db/schema.ts'
import type { Act } from '../../../requests/act.ts'
import { byPeople, change, need, type StepActParts, stepStatement } from './changing.ts'

const input = z.strictObject({
  why: z.enum(['not-in-the-list', 'no-permission', 'system-down', 'instructions-wrong', 'other'], {
    error: 'Choose why.',
  }),
  line: z.string().trim().max(500, 'Use at most 500 characters.').default(''),
})

const reasons = {
  'not-in-the-list': {
    sentence: 'The person is not in the list yet.',
    remedy: 'The engineer signs in once, then this step can be done.',
    turn: 'engineer',
  },
  'no-permission': {
    sentence: 'The doer has no permission in this system.',
    remedy: 'Somebody in Senior Tech does it, or hands it over.',
    turn: 'senior-tech',
  },
  'system-down': { sentence: 'The system is down.', remedy: 'Try again when it is back.', turn: 'second-line' },
  'instructions-wrong': {
    sentence: 'The instructions are wrong.',
    remedy: 'Senior Tech says how it is done now.',
    turn: 'senior-tech',
  },
  other: { sentence: 'The doer cannot do this.', remedy: 'Senior Tech says what to do.', turn: 'senior-tech' },
} as const

/** Somebody cannot do the step, and says why: it becomes the turn of whoever can help. */
export function cannotStep(parts: StepActParts): Act<typeof input> {
  return {
    name: 'cannot-step',
    on: 'step',
    input,
    readsCard: false,
    allows: (_world, _actor, _input, step) => byPeople(step, parts.adapters),
    statement: (world, input, step) => ({ ...stepStatement(world, step), ...input }),
    async carryOut(doing, world, input, given) {
      const step = need(given)
      const { sentence, remedy, turn } = reasons[input.why]
      const line = input.line === '' ? '' : ` ${input.line}`
      const waits = input.why === 'not-in-the-list' && step.plan.engineer?.when === 'before'
      const set: Updateable<StepTable> = {
        state: waits ? 'ready' : 'stuck',
        turn: waits ? 'engineer' : turn,
        sentence: `${sentence}${line}`,
        remedy,
        taken_by: null,
        taken_at: null,
        done_by: null,
        done_at: null,
      }
      await change(parts, doing, world, step, set, 'step-cannot', { why: input.why })
      return 'Kept. The right person is told.'
    },
  }
}
