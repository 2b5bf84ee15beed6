import type { Updateable } from 'kysely'
import { z } from 'zod'
import type { NewEvent } from '../../audit/events.ts'
import type { StepTable } from '../../db/schema.ts'
import type { Act, Doing, LinkedActor, Refusal, StepRow, World } from '../../requests/act.ts'
import { about, requestOf } from '../../requests/acts/common.ts'
import type { Office } from '../../requests/world.ts'
import { keepLedger } from '../ledger.ts'
import { settleSteps } from '../settle-steps.ts'
import { type Adapters, adapterFor, isClosed } from '../steps.ts'
import type { Wake } from '../wake.ts'

/** What people do with steps: take, say that it is done, undo, say why not, hand over, look as a second person. */

export interface StepActParts {
  office: Office
  adapters: Adapters
  wake: Pick<Wake, 'send'>
}

const nothing = z.strictObject({})

function need(step: StepRow | null): StepRow {
  if (!step) throw new TypeError('This act is about a step.')
  return step
}

function gone(step: StepRow | null): Refusal | null {
  if (!step) return { code: 'unknown-step', sentence: 'We do not know this step any more.', status: 404 }
  if (isClosed(step))
    return { code: 'closed', sentence: 'This step is closed already. Nothing was changed.', status: 409 }
  if (step.state === 'stopped')
    return { code: 'stopped', sentence: 'This step is stopped. The sponsor can let it go on.', status: 409 }
  if (step.state === 'planned')
    return { code: 'too-early', sentence: 'This step begins when the steps before it are closed.', status: 409 }
  return null
}

/** A step that the product carries out by itself has nothing that a person could say about it. */
function byPeople(step: StepRow | null, adapters: Adapters): Refusal | null {
  const refused = gone(step)
  if (refused || !step) return refused
  const automatic = adapterFor(adapters, step.plan.system, step.method) !== null
  const merged = step.method === 'pull-request' && step.state === 'waiting' && step.next_check_at === null
  if (automatic && !merged && step.state !== 'done')
    return {
      code: 'automatic',
      sentence: 'This step is carried out and read back by itself. Nothing needs to be said about it.',
      status: 409,
    }
  return null
}

async function change(
  parts: StepActParts,
  doing: Doing,
  world: World,
  step: StepRow,
  set: Updateable<StepTable>,
  type: NewEvent['type'],
  data: Record<string, unknown> = {},
): Promise<void> {
  const now = doing.clock.calendar()
  const since = set.state !== undefined || set.turn !== undefined ? { since: now } : {}
  const after = await doing.tx
    .updateTable('step')
    .set({ ...set, ...since, updated_at: doing.clock.wall() })
    .where('id', '=', step.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  doing.log({ ...about(doing, world), stepId: step.id, type, data: { key: step.key, ...data } })
  if (isClosed(after)) for (const event of await keepLedger(doing.tx, requestOf(world), after, now)) doing.log(event)
  await settleSteps(doing, parts.office, parts.adapters, world.card.id)
  await parts.wake.send(doing.tx)
}

const about1 = (world: World, step: StepRow | null) => ({
  request: world.request?.id ?? null,
  step: step?.id ?? null,
  key: step?.key ?? null,
  account: step?.plan.account.id ?? null,
  wanted: step?.plan.wanted ?? null,
})

export function stepActs(parts: StepActParts): Act[] {
  const { adapters } = parts
  const take: Act<typeof nothing> = {
    name: 'take-step',
    on: 'step',
    input: nothing,
    readsCard: false,
    allows(world, actor, _input, step) {
      const taken = step?.taken_by ? world.people.get(step.taken_by)?.fullName : null
      if (taken && step?.taken_by !== actor.person.id)
        return { code: 'taken', sentence: `${taken} is doing this step already. They can hand it over.`, status: 409 }
      return byPeople(step, adapters)
    },
    statement: (world, _input, step) => about1(world, step),
    async carryOut(doing, world, _input, step) {
      const set = { taken_by: doing.actor.person.id, taken_at: doing.clock.calendar() }
      await change(parts, doing, world, need(step), set, 'step-taken')
      return 'The step is yours. Others see that you are doing it.'
    },
  }
  const release: Act<typeof nothing> = {
    name: 'release-step',
    on: 'step',
    input: nothing,
    readsCard: false,
    allows: (_world, _actor, _input, step) =>
      step?.taken_by ? gone(step) : { code: 'not-taken', sentence: 'Nobody has taken this step.', status: 409 },
    statement: (world, _input, step) => about1(world, step),
    async carryOut(doing, world, _input, step) {
      await change(parts, doing, world, need(step), { taken_by: null, taken_at: null }, 'step-released')
      return 'The step is free again.'
    },
  }
  const to = z.strictObject({ to: z.string().min(1, 'Choose who takes it.').max(60) })
  const handOver: Act<typeof to> = {
    name: 'hand-over-step',
    on: 'step',
    input: to,
    readsCard: false,
    allows(world, _actor, input, step) {
      if (input.to !== 'second-line' && !world.people.has(input.to))
        return {
          code: 'unknown-person',
          sentence: 'There is 1 thing to put right.',
          fields: { to: 'Choose who takes it.' },
          status: 422,
        }
      if (input.to === world.engineer?.id)
        return {
          code: 'engineer',
          sentence: 'There is 1 thing to put right.',
          fields: { to: 'The access is theirs, so they cannot do this step.' },
          status: 422,
        }
      return gone(step)
    },
    statement: (world, input, step) => ({ ...about1(world, step), ...input }),
    async carryOut(doing, world, input, step) {
      const free = input.to === 'second-line'
      const set = { taken_by: free ? null : input.to, taken_at: free ? null : doing.clock.calendar() }
      await change(parts, doing, world, need(step), set, 'step-handed-over')
      const who = free ? '2nd line' : (world.people.get(input.to)?.fullName ?? 'They')
      return `${who} has the step now.`
    },
  }
  const ownPart: Act<typeof nothing> = {
    name: 'do-own-part',
    on: 'step',
    input: nothing,
    readsCard: false,
    allows: (_world, _actor, _input, step) => engineerPart(step),
    statement: (world, _input, step) => about1(world, step),
    async carryOut(doing, world, _input, given) {
      const step = need(given)
      const turn = step.plan.task?.doer ?? 'second-line'
      const set: Updateable<StepTable> = { state: 'ready', turn, sentence: step.plan.words.change, remedy: null }
      await change(parts, doing, world, step, set, 'engineer-part-done')
      return 'Thank you. The next step is not yours.'
    },
  }
  const done: Act<typeof nothing> = {
    name: 'done-step',
    on: 'step',
    input: nothing,
    readsCard: false,
    allows(world, actor, _input, step) {
      if (step?.state === 'done')
        return {
          code: 'done-already',
          sentence: 'Somebody has said so already. A second person looks now.',
          status: 409,
        }
      return byPeople(step, adapters) ?? takenByAnother(world, actor, step)
    },
    statement: (world, _input, step) => about1(world, step),
    async carryOut(doing, world, _input, given) {
      const step = need(given)
      const second = step.plan.proof !== 'doer'
      const set: Updateable<StepTable> = {
        state: 'done',
        done_by: doing.actor.person.id,
        done_at: doing.clock.calendar(),
        turn: second ? 'second-person' : 'nobody',
        sentence: `Done by ${doing.actor.person.fullName}, not checked.`,
        remedy: second ? 'A second person looks in the system and says so here.' : null,
        next_check_at: null,
        attempts: 0,
      }
      await change(parts, doing, world, step, set, 'step-done')
      return second ? 'Kept. It needs a second person to look.' : 'Kept.'
    },
  }
  const undoDone: Act<typeof nothing> = {
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
    statement: (world, _input, step) => about1(world, step),
    async carryOut(doing, world, _input, given) {
      const step = need(given)
      const task = step.direction === 'grant' ? step.plan.task : step.plan.undoTask
      const waits = step.method === 'pull-request'
      const set: Updateable<StepTable> = {
        state: waits ? 'waiting' : 'ready',
        done_by: null,
        done_at: null,
        turn: task?.doer ?? 'second-line',
        sentence: step.direction === 'grant' ? step.plan.words.change : step.plan.words.undo,
        remedy: null,
      }
      await change(parts, doing, world, step, set, 'step-undone')
      return 'Undone. The step is open again.'
    },
  }
  const seen: Act<typeof nothing> = {
    name: 'seen-step',
    on: 'step',
    input: nothing,
    readsCard: false,
    allows(_world, actor, _input, step) {
      if (step?.state !== 'done' || isClosed(step))
        return { code: 'not-done', sentence: 'Nobody has said yet that this step is done.', status: 409 }
      if (step.done_by === actor.person.id)
        return {
          code: 'doer',
          sentence: 'You cannot check this because you did it. Another linked colleague can, but not the engineer.',
          status: 403,
        }
      return null
    },
    statement: (world, _input, step) => ({ ...about1(world, step), doneBy: step?.done_by ?? null }),
    async carryOut(doing, world, _input, given) {
      const step = need(given)
      const seerIsApprover = doing.actor.person.id === world.request?.approved_by
      const set: Updateable<StepTable> = {
        state: 'seen',
        seen_by: doing.actor.person.id,
        seen_at: doing.clock.calendar(),
        turn: 'nobody',
        sentence: `Seen by ${doing.actor.person.fullName}${seerIsApprover ? ', who also approved' : ''}.`,
        remedy: null,
      }
      await change(parts, doing, world, step, set, 'step-seen', { seerIsApprover })
      return 'Kept: you saw it. The step is closed.'
    },
  }
  const cannotInput = z.strictObject({
    why: z.enum(['not-in-the-list', 'no-permission', 'system-down', 'instructions-wrong', 'other'], {
      error: 'Choose why.',
    }),
    line: z.string().trim().max(500, 'Use at most 500 characters.').default(''),
  })
  const cannot: Act<typeof cannotInput> = {
    name: 'cannot-step',
    on: 'step',
    input: cannotInput,
    readsCard: false,
    allows: (_world, _actor, _input, step) => byPeople(step, adapters),
    statement: (world, input, step) => ({ ...about1(world, step), ...input }),
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
      }
      await change(parts, doing, world, step, set, 'step-cannot', { why: input.why })
      return 'Kept. The right person is told.'
    },
  }
  const retry: Act<typeof nothing> = {
    name: 'retry-step',
    on: 'step',
    input: nothing,
    readsCard: false,
    allows: (_world, _actor, _input, step) =>
      step?.state === 'stuck'
        ? null
        : { code: 'not-stuck', sentence: 'This step is not stuck. Nothing was changed.', status: 409 },
    statement: (world, _input, step) => about1(world, step),
    async carryOut(doing, world, _input, given) {
      const step = need(given)
      const automatic = adapterFor(adapters, step.plan.system, step.method) !== null
      const task = step.direction === 'grant' ? step.plan.task : step.plan.undoTask
      const set: Updateable<StepTable> = {
        state: 'ready',
        turn: automatic ? 'us' : (task?.doer ?? 'second-line'),
        sentence: step.direction === 'grant' ? step.plan.words.change : step.plan.words.undo,
        remedy: null,
        attempts: 0,
        next_check_at: automatic ? doing.clock.wall() : null,
        // A closed pull request is a person's no; trying again is another person's yes, so the old one is let go.
        receipt: null,
        link: null,
      }
      await change(parts, doing, world, step, set, 'step-retried')
      return automatic ? 'Trying again. It is read first, so that nothing is changed twice.' : 'The step is open again.'
    },
  }
  const makeTask: Act<typeof nothing> = {
    name: 'make-task',
    on: 'step',
    input: nothing,
    readsCard: false,
    allows(_world, _actor, _input, step) {
      if (step?.state !== 'stuck' || step.method === 'task')
        return {
          code: 'not-stuck',
          sentence: 'Only a stuck step that we carry out can become a task for people.',
          status: 409,
        }
      if (!step.plan.task)
        return { code: 'no-clicks', sentence: 'There are no instructions for doing this by hand.', status: 409 }
      return null
    },
    statement: (world, _input, step) => about1(world, step),
    async carryOut(doing, world, _input, given) {
      const step = need(given)
      const set: Updateable<StepTable> = {
        method: 'task',
        state: 'ready',
        turn: step.plan.task?.doer ?? 'second-line',
        sentence: step.plan.words.change,
        remedy: null,
        next_check_at: null,
        intent_at: null,
      }
      await change(parts, doing, world, step, set, 'step-made-task')
      return 'People do this step now, with the clicks shown. A second person looks.'
    },
  }
  return [take, release, handOver, ownPart, done, undoDone, seen, cannot, retry, makeTask]
}

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

function engineerPart(step: StepRow | null): Refusal | null {
  if (step?.turn !== 'engineer' || step.plan.engineer === null)
    return { code: 'not-yours', sentence: 'There is nothing for the engineer to do in this step now.', status: 409 }
  if (step.plan.engineer.seenByUs)
    return { code: 'seen-by-us', sentence: 'We see this by ourselves, within a minute.', status: 409 }
  return null
}

function takenByAnother(world: World, actor: LinkedActor, step: StepRow | null): Refusal | null {
  if (!step?.taken_by || step.taken_by === actor.person.id) return null
  const who = world.people.get(step.taken_by)?.fullName ?? 'Somebody else'
  return {
    code: 'taken',
    sentence: `${who} is doing this step. They can say that it is done, or hand it over.`,
    status: 409,
  }
}
