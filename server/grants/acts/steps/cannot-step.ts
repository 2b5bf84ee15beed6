import type { Updateable } from 'kysely'
import { z } from 'zod'
import type { StepTable } from '../../../db/schema.ts'
import type { Act, StepRow } from '../../../requests/act.ts'
import { optionalLine } from '../../../requests/acts/lines.ts'
import { needsNotice, needsWords } from '../../step-notices.ts'
import { byPeople, change, need, type StepActParts, stepStatement, takenByAnother } from './changing.ts'
import { saidToBeDone } from './done-step.ts'

const input = z.strictObject({
  why: z.enum(['not-in-the-list', 'no-permission', 'system-down', 'instructions-wrong', 'other'], {
    error: 'Choose why.',
  }),
  line: optionalLine(),
})
type Why = z.infer<typeof input>['why']

type Reason = Pick<StepRow, 'state' | 'turn' | 'sentence' | 'remedy'>

const reasons: Record<Why, Omit<Reason, 'state'>> = {
  'not-in-the-list': {
    sentence: 'The person is not in the list.',
    remedy: 'Senior Tech says what to do.',
    turn: 'senior-tech',
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
}

/** Somebody cannot do the step, and says why: it becomes the turn of whoever can help. */
export function cannotStep(parts: StepActParts): Act<typeof input> {
  return {
    name: 'cannot-step',
    on: 'step',
    input,
    readsCard: false,
    allows: (world, actor, { why }, step) =>
      byPeople(step, parts.adapters) ?? (step && isGone(step, why) ? takenByAnother(world, actor, step) : null),
    statement: (world, input, step) => ({ ...stepStatement(world, step), ...input }),
    async carryOut(doing, world, { why, line }, given) {
      const step = need(given)
      if (isGone(step, why)) {
        const { set, said } = saidToBeDone(parts, doing, step)
        await change(parts, doing, world, step, set, 'step-done')
        return said
      }
      const reason = reasonFor(step, why)
      const set: Updateable<StepTable> = {
        ...reason,
        sentence: line === '' ? reason.sentence : `${reason.sentence} ${line}`,
        taken_by: null,
        taken_at: null,
        done_by: null,
        done_at: null,
      }
      const after = await change(parts, doing, world, step, set, 'step-cannot', { why })
      const notice = needsNotice(world, after, doing.actor)
      if (notice) doing.notify(notice)
      return needsWords(world, after, notice)
    },
  }
}

/** Whoever is not in the list has nothing left to be revoked there: that is what was wanted, and a second person looks. */
function isGone(step: StepRow, why: Why): boolean {
  return step.direction === 'revoke' && why === 'not-in-the-list'
}

/** The engineer can help only where their own part comes first: signing in puts them on the list. */
function reasonFor(step: StepRow, why: Why): Reason {
  const part = step.direction === 'grant' ? step.plan.engineer : null
  if (why !== 'not-in-the-list' || part?.when !== 'before') return { state: 'stuck', ...reasons[why] }
  return {
    state: 'ready',
    turn: 'engineer',
    sentence: 'The person is not in the list yet.',
    remedy: `The engineer’s part comes first: ${part.text}.`,
  }
}
