import type { EventType } from '../audit/events.ts'
import { json } from '../db/json.ts'
import type { StepRow } from '../requests/act.ts'
import { afterFailure } from './failure.ts'
import { type Hand, inMs } from './hand.ts'
import { isInLine } from './in-turn.ts'
import { keepSteps } from './keep-steps.ts'
import { type Observation, type Receipt, SystemFailure } from './system.ts'

/** Refusals after which the system has certainly not done what was asked. */
const certainlyNotDone = [
  'unauthorised',
  'forbidden',
  'unknown-person',
  'unusable-account',
  'managed-elsewhere',
  'refused-by-rule',
]

/**
 * Runs one call for these steps and writes down what came of it. A typed failure decides what becomes of the steps;
 * anything else is a fault of ours and is thrown.
 * @returns `null` after a typed failure
 */
export async function tried<T extends Observation | Receipt>(
  hand: Hand,
  cardId: string,
  steps: StepRow[],
  what: 'read' | 'apply',
  call: () => Promise<T>,
): Promise<T | null> {
  try {
    const done = await call()
    for (const step of steps) {
      if ('is' in done) {
        // A step that waits is looked at for days: what only repeats what it says already is not written again.
        const isLookedAt = step.state === 'waiting' || step.state === 'stuck'
        if (isInLine(step) || (isLookedAt && step.sentence === done.detail)) continue
        await noteAttempt(hand, step, what, done.is, done.detail, null)
      } else await noteAttempt(hand, step, what, 'sent', done.detail, done)
    }
    return done
  } catch (error) {
    if (!(error instanceof SystemFailure)) throw error
    // One for all: what failed together is tried again together.
    const random = Math.random()
    for (const step of steps) {
      await noteAttempt(hand, step, what, error.kind, error.message, null)
      await failed(hand, cardId, step, { what, error, random })
    }
    return null
  }
}

async function failed(
  hand: Hand,
  cardId: string,
  step: StepRow,
  { what, error, random }: { what: string; error: SystemFailure; random: number },
): Promise<void> {
  const attempts = step.attempts + 1
  const after = afterFailure(error, attempts, random)
  const type: EventType | null = after.state === 'stuck' ? 'step-stuck' : null
  const settled = what === 'apply' && certainlyNotDone.includes(error.kind)
  await keepSteps(hand, cardId, [step], () => ({
    type,
    set: {
      state: after.state,
      turn: after.turn,
      sentence: after.sentence,
      remedy: after.remedy,
      attempts,
      ...(isInLine(step) ? { link: null } : {}),
      next_check_at: after.waitMs === null ? null : inMs(hand, after.waitMs),
      // A lost answer stays a doubt, also for whoever revokes later; a refusal is none.
      ...(settled ? { intent_at: null } : {}),
    },
  }))
}

/** Keeps what one call to a system came to, for whoever has to find out. */
export async function noteAttempt(
  hand: Hand,
  step: StepRow,
  what: 'read' | 'apply',
  outcome: string,
  detail: string,
  receipt: Receipt | null,
): Promise<void> {
  await hand.db.kysely
    .insertInto('attempt')
    .values({
      step_id: step.id,
      at: hand.clock.wall(),
      what,
      outcome,
      detail: detail.slice(0, 1000),
      receipt: receipt ? json(receipt) : null,
    })
    .execute()
}
