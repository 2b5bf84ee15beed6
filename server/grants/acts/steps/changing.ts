import type { Updateable } from 'kysely'
import { z } from 'zod'
import type { NewEvent } from '../../../audit/events.ts'
import { json } from '../../../db/json.ts'
import type { StepTable } from '../../../db/schema.ts'
import type { Doing, LinkedActor, Refusal, StepRow, World } from '../../../requests/act.ts'
import { about, requestOf } from '../../../requests/acts/common.ts'
import type { Office } from '../../../requests/world.ts'
import type { TaskWords } from '../../../rules/types.ts'
import { fenced } from '../../judge-again.ts'
import { keepLedger } from '../../ledger.ts'
import { settleSteps } from '../../settle-steps.ts'
import { type Adapters, adapterFor, engineersPart, isClosed, isHandWork } from '../../steps.ts'
import type { Wake } from '../../wake.ts'

/** What the acts of people on steps share. */

export interface StepActParts {
  office: Office
  adapters: Adapters
  wake: Pick<Wake, 'send'>
  /** How many days an approval holds. */
  approvalValidDays: number
}

export const nothing = z.strictObject({})

export function need(step: StepRow | null): StepRow {
  if (!step) throw new TypeError('This act is about a step.')
  return step
}

/** Refuses a step that nobody can do anything with now. */
export function gone(step: StepRow | null): Refusal | null {
  if (!step) return { code: 'unknown-step', sentence: 'We do not know this step any more.', status: 404 }
  if (isClosed(step))
    return { code: 'closed', sentence: 'This step is closed already. Nothing was changed.', status: 409 }
  if (step.state === 'stopped')
    return { code: 'stopped', sentence: 'This step is stopped. The sponsor can let it go on.', status: 409 }
  if (step.state === 'planned')
    return { code: 'too-early', sentence: 'This step begins when the steps before it are closed.', status: 409 }
  return null
}

/** Refuses a step that may not change anything now: people are held by the same stop conditions as the product. */
export function heldUp(parts: StepActParts, world: World, step: StepRow | null): Refusal | null {
  const fence = step && fenced(world, step, parts.approvalValidDays)
  return fence && { code: `fence-${fence.code}`, sentence: `${fence.sentence} ${fence.remedy}`, status: 409 }
}

/** Refuses a step that cannot be done before the engineer did their part of it. */
export function engineerFirst(world: World, step: StepRow | null): Refusal | null {
  const part = step && engineersPart(step)
  return part
    ? {
        code: 'engineer-first',
        sentence: `${world.engineer?.firstName ?? 'The engineer'} has a part of this step first: ${part}. Then it can be done.`,
        status: 409,
      }
    : null
}

/** Refuses a step that the product carries out by itself: a person has nothing to say about it. */
export function byPeople(step: StepRow | null, adapters: Adapters): Refusal | null {
  const refused = gone(step)
  if (refused || !step) return refused
  const automatic = adapterFor(adapters, step.plan.system, step.method) !== null
  if (automatic && !isHandWork(step) && step.state !== 'done')
    return {
      code: 'automatic',
      sentence: 'This step is carried out and read back by itself. Nothing needs to be said about it.',
      status: 409,
    }
  return null
}

/** Refuses what somebody else has taken. */
export function takenByAnother(world: World, actor: LinkedActor, step: StepRow | null): Refusal | null {
  if (!step?.taken_by || step.taken_by === actor.person.id) return null
  const who = world.people.get(step.taken_by)?.fullName ?? 'Somebody else'
  return {
    code: 'taken',
    sentence: `${who} is doing this step. They can say that it is done, or hand it over.`,
    status: 409,
  }
}

/** The step's doers with whoever acts now. */
export function withDoer({ doers }: StepRow, { actor }: Doing): string {
  return json([...new Set([...doers, actor.person.id])])
}

/** What a person's click on a step stands for. */
export const stepStatement = (world: World, step: StepRow | null) => ({
  request: world.request?.id ?? null,
  step: step?.id ?? null,
  key: step?.key ?? null,
  account: step?.plan.account.id ?? null,
  wanted: step?.plan.wanted ?? null,
})

/** The clicks and the words of a step, in its direction. */
export function taskOf({ direction, plan }: StepRow): { task: TaskWords | null; words: string } {
  return direction === 'grant'
    ? { task: plan.task, words: plan.words.change }
    : { task: plan.undoTask, words: plan.words.undo }
}

/** Writes a step's change with its event, its ledger and what follows from it. Answers the step as it is now. */
export async function change(
  parts: StepActParts,
  doing: Doing,
  world: World,
  step: StepRow,
  set: Updateable<StepTable>,
  type: NewEvent['type'],
  data: Record<string, unknown> = {},
): Promise<StepRow> {
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
  return after
}
