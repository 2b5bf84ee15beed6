import { json } from '../db/json.ts'
import type { StepRow, World } from '../requests/act.ts'
import { backOff, MOST_TRIES } from './failure.ts'
import { type Hand, inMs } from './hand.ts'
import { isInLine } from './in-turn.ts'
import type { StepChange } from './keep-steps.ts'
import type { Observation } from './system.ts'

/**
 * What becomes of a step after a look at its system. Only what was read back counts; a proposal that is merged waits
 * for people, and a person's no stays a no.
 * @param acted whether this look came right after our own change
 */
export function afterLooking(hand: Hand, step: StepRow, seen: Observation, acted: boolean): StepChange {
  const soon = inMs(hand, hand.lookAgainMs)
  // What it waited for in turn was somebody else's.
  const link = ('link' in seen ? seen.link : null) ?? (isInLine(step) ? null : step.link)
  const common = { link, intent_at: null, attempts: 0, remedy: null, sentence: seen.detail }
  switch (seen.is) {
    case 'present':
    case 'absent':
      return seen.is === (step.direction === 'grant' ? 'present' : 'absent')
        ? {
            type: 'step-verified',
            set: {
              ...common,
              state: 'verified',
              turn: 'nobody',
              verified_at: hand.clock.calendar(),
              effective_by: effectiveBy(hand, seen.effectiveWithinMs),
              evidence: json(seen.evidence),
              next_check_at: null,
            },
          }
        : notYet(hand, step, seen, acted)
    case 'waiting':
      return {
        type: step.state === 'waiting' && step.turn === seen.waitsFor ? null : 'step-waiting',
        set: {
          ...common,
          state: 'waiting',
          turn: seen.waitsFor,
          who: seen.who,
          evidence: json(seen.evidence),
          next_check_at: soon,
        },
      }
    case 'merged': {
      const task = step.direction === 'grant' ? step.plan.task : step.plan.undoTask
      return {
        type: 'step-waiting',
        set: {
          ...common,
          state: 'waiting',
          turn: task?.doer ?? 'second-line',
          remedy: 'Apply it, then say so here. A second person looks.',
          evidence: json(seen.evidence),
          next_check_at: null,
        },
      }
    }
    case 'refused':
      return {
        type: 'step-stuck',
        set: {
          ...common,
          state: 'stuck',
          turn: 'sponsor',
          remedy: 'Ask why, then try again or stop.',
          who: seen.who,
          evidence: json(seen.evidence),
          next_check_at: null,
        },
      }
    case 'changed-by-others': {
      const told = step.state === 'stuck' && step.sentence === seen.detail
      return {
        type: told ? null : 'step-stuck',
        set: {
          ...common,
          state: 'stuck',
          turn: 'sponsor',
          remedy: seen.remedy,
          who: null,
          evidence: json(seen.evidence),
          // It is looked at on: somebody could accept it, or put it right.
          next_check_at: seen.open ? soon : null,
        },
      }
    }
    case 'cannot-tell':
      return { type: null, set: { state: 'waiting', turn: 'us', sentence: seen.detail, next_check_at: soon } }
  }
}

function effectiveBy({ clock }: Hand, withinMs: number | undefined): Date | null {
  return withinMs ? new Date(clock.calendar().getTime() + withinMs) : null
}

/**
 * What follows something else turns up by itself once that is there. After our own change it is not visible yet: that
 * is looked for, and asked for again, a bounded number of times.
 */
function notYet(
  hand: Hand,
  step: StepRow,
  seen: Extract<Observation, { is: 'present' | 'absent' }>,
  acted: boolean,
): StepChange {
  const evidence = json(seen.evidence)
  const waits = { state: 'waiting' as const, turn: 'us' as const, sentence: seen.detail, evidence, remedy: null }
  if (!acted)
    return { type: null, set: { ...waits, intent_at: null, attempts: 0, next_check_at: inMs(hand, hand.lookAgainMs) } }
  const attempts = step.attempts + 1
  if (attempts < MOST_TRIES)
    return { type: null, set: { ...waits, attempts, next_check_at: inMs(hand, backOff(attempts, Math.random())) } }
  return {
    type: 'step-stuck',
    set: {
      state: 'stuck',
      turn: 'second-line',
      sentence:
        step.direction === 'grant'
          ? `${step.plan.systemName} took the change ${attempts} times and does not show it.`
          : `It is still in ${step.plan.systemName}, which took the change ${attempts} times.`,
      remedy: 'Look in the system for what takes it back, then try again, or let people do it by hand.',
      attempts,
      evidence,
      next_check_at: null,
    },
  }
}

/** A grant that was under way while its revocation was opened ends here: the revocation looks for itself. */
export function isRevoked(step: StepRow, world: World): boolean {
  return (
    step.direction === 'grant' && world.steps.some((other) => other.direction === 'revoke' && other.key === step.key)
  )
}

export const stoppedByRevoking: StepChange = {
  type: 'step-stopped',
  set: {
    state: 'stopped',
    turn: 'nobody',
    sentence: 'Stopped because access is being revoked.',
    remedy: null,
    next_check_at: null,
  },
}
