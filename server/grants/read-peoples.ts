import { MINUTE } from '../clock.ts'
import { json } from '../db/json.ts'
import type { StepRow, World } from '../requests/act.ts'
import { noteAttempt } from './attempts.ts'
import { backOff, MOST_TRIES } from './failure.ts'
import { type Claimed, type Hand, inMs } from './hand.ts'
import { keepSteps, type StepChange } from './keep-steps.ts'
import { afterLooking, isRevoked, stoppedByRevoking } from './observed.ts'
import { orderOf } from './order.ts'
import { opening, readerFor } from './steps.ts'
import { type Observation, SystemFailure } from './system.ts'

/**
 * Steps of people are only read, never acted on: what is there is verified without a second person, what is said and not
 * there is looked at again a bounded number of times, and what cannot be read waits for a second person.
 */

/** How often a step is read that nobody has done yet, or that could not be read. */
const RARELY = 5 * MINUTE
/** The engineer’s own part is seen within a minute, and waits for days: it is looked at less often than what we do. */
const SLOWER_FOR_ENGINEERS = 3

/** Reads a step of people at its system and keeps what follows. */
export async function readPeoples(hand: Hand, { step, cardId }: Claimed, world: World): Promise<void> {
  const reader = readerFor(hand.adapters, step)
  let seen: Observation | SystemFailure
  try {
    seen = reader
      ? await reader.read(orderOf(step, world))
      : new SystemFailure('unauthorised', `${step.plan.systemName} is not connected any more.`, '')
  } catch (error) {
    if (!(error instanceof SystemFailure)) throw error
    seen = error
  }
  const [outcome, detail] = seen instanceof SystemFailure ? [seen.kind, seen.message] : [seen.is, seen.detail]
  if (!(await isNoted(hand, step, outcome, detail))) await noteAttempt(hand, step, 'read', outcome, detail, null)
  const found = seen
  await keepSteps(hand, cardId, [step], (now, then) => {
    if (isRevoked(now, then)) return stoppedByRevoking
    return found instanceof SystemFailure ? unreadable(hand, now, then, found) : afterReading(hand, now, then, found)
  })
}

/** What only repeats the last look is not written again: such a step is read for days. */
async function isNoted(hand: Hand, step: StepRow, outcome: string, detail: string): Promise<boolean> {
  const last = await hand.db.kysely
    .selectFrom('attempt')
    .select(['outcome', 'detail'])
    .where('step_id', '=', step.id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last?.outcome === outcome && last.detail === detail
}

function afterReading(hand: Hand, step: StepRow, world: World, seen: Observation): StepChange {
  const isWanted = seen.is === (step.direction === 'grant' ? 'present' : 'absent')
  if (isWanted || seen.is === 'changed-by-others') return afterLooking(hand, step, seen, false)
  switch (seen.is) {
    case 'present':
    case 'absent':
      return step.done_by === null ? open(hand, step) : notShown(hand, step, world)
    case 'waiting':
      if (seen.waitsFor === 'engineer') return forEngineer(hand, step, seen)
      if (step.done_by !== null) return notShown(hand, step, world)
      return open(hand, step, true)
    case 'refused':
      return step.done_by === null && step.state !== 'waiting' ? open(hand, step) : undone(step, seen.detail)
    case 'merged':
      return cannotTell(hand, step, world, null)
    case 'cannot-tell':
      return step.done_by === null ? open(hand, step, seen.ownPartSeen) : cannotTell(hand, step, world, seen.detail)
  }
}

/** Nobody has done it yet. @param partSeen the engineer’s own part, which comes first, is there */
function open(hand: Hand, step: StepRow, partSeen = false): StepChange {
  const { engineer } = step.plan
  const set = { attempts: 0, next_check_at: inMs(hand, RARELY) }
  const engineerFirst = step.direction === 'grant' && engineer?.when === 'before'
  if (partSeen && engineerFirst && step.turn === 'engineer')
    return {
      type: 'engineer-part-seen',
      set: {
        ...set,
        state: 'ready',
        ...opening({ ...step.plan, engineer: null }, 'task', step.direction),
        remedy: null,
      },
    }
  // An invitation that was open is not any more, and nothing came of it.
  if (step.state === 'waiting')
    return { type: null, set: { ...set, state: 'ready', ...opening(step.plan, 'task', step.direction), remedy: null } }
  const soon = step.turn === 'engineer' ? { next_check_at: inMs(hand, SLOWER_FOR_ENGINEERS * hand.lookAgainMs) } : {}
  return { type: null, set: { ...set, ...soon } }
}

function forEngineer(hand: Hand, step: StepRow, seen: Extract<Observation, { is: 'waiting' }>): StepChange {
  const next = { next_check_at: inMs(hand, SLOWER_FOR_ENGINEERS * hand.lookAgainMs), attempts: 0 }
  // Their part comes first and is not there yet: it is shown already.
  if (step.done_by === null && step.turn === 'engineer') return { type: null, set: next }
  return {
    type: 'step-waiting',
    set: {
      ...next,
      state: 'waiting',
      turn: 'engineer',
      sentence: seen.detail,
      remedy: null,
      link: seen.link ?? step.link,
      who: seen.who,
      evidence: json(seen.evidence),
    },
  }
}

/** Somebody says that it is done, and the system says that it is not. */
function notShown(hand: Hand, step: StepRow, world: World): StepChange {
  const attempts = step.attempts + 1
  const { systemName } = step.plan
  const shows = step.direction === 'grant' ? `${systemName} does not show it yet` : `it is still in ${systemName}`
  const sentence = `Done by ${doerOf(step, world)}, and ${shows}.`
  if (attempts >= MOST_TRIES) return undone(step, sentence)
  return {
    type: null,
    set: {
      state: 'done',
      turn: 'us',
      sentence,
      remedy: 'We look again by ourselves.',
      attempts,
      next_check_at: inMs(hand, backOff(attempts, Math.random())),
    },
  }
}

/** It will not turn up by itself. */
function undone({ direction, plan }: StepRow, sentence: string): StepChange {
  const task = direction === 'grant' ? plan.task : plan.undoTask
  return {
    type: 'step-stuck',
    set: {
      state: 'stuck',
      turn: task?.doer ?? 'second-line',
      sentence,
      remedy: `Look in ${plan.systemName} for what is missing, choose Try again, and say when it is done.`,
      attempts: 0,
      next_check_at: null,
    },
  }
}

/** Another person can look where we cannot. @param why in the system’s terms */
function cannotTell(hand: Hand, step: StepRow, world: World, why: string | null): StepChange {
  return {
    type: null,
    set: {
      state: 'done',
      turn: 'second-person',
      sentence: `Done by ${doerOf(step, world)}, not checked.${why ? ` ${why}` : ''}`,
      remedy: 'A second person looks in the system and says so here.',
      attempts: 0,
      next_check_at: inMs(hand, RARELY),
    },
  }
}

/** The system could not be asked: that says nothing about the step. */
function unreadable(hand: Hand, step: StepRow, world: World, failure: SystemFailure): StepChange {
  const wait = inMs(hand, Math.max(failure.retryAfterMs ?? 0, RARELY))
  const change = step.done_by === null ? { type: null, set: {} } : cannotTell(hand, step, world, failure.message)
  return { ...change, set: { ...change.set, next_check_at: readerFor(hand.adapters, step) ? wait : null } }
}

function doerOf({ done_by }: StepRow, { people }: World): string {
  return people.get(done_by ?? '')?.fullName ?? 'somebody'
}
