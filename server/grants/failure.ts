import { MINUTE, SECOND } from '../clock.ts'
import type { StepState } from '../db/schema.ts'
import type { TurnRole } from '../rules/types.ts'
import type { SystemFailure } from './system.ts'

/** What becomes of a step after a typed failure of its system. */
export interface AfterFailure {
  state: Extract<StepState, 'ready' | 'stuck'>
  turn: TurnRole
  sentence: string
  remedy: string | null
  /** Milliseconds until the next look; `null` = not by itself. */
  waitMs: number | null
}

/** How often something that may pass by itself is tried before a person is asked: about 20 minutes in all. */
export const MOST_TRIES = 9
const LONGEST_WAIT = 10 * MINUTE

/** Milliseconds before the next try. @param random 0 to 1, for jitter */
export function backOff(tries: number, random: number): number {
  return Math.min(LONGEST_WAIT, 5 * SECOND * 2 ** (tries - 1)) * (0.75 + random / 2)
}

/**
 * Decides by the kind of failure. Throttling is obeyed, what may pass is tried again a bounded number of times, and
 * what will not change by itself becomes somebody's turn with a sentence and a remedy.
 * @param tries how often this step failed in a row, this time included
 * @param random 0 to 1, for jitter
 */
export function afterFailure(failure: SystemFailure, tries: number, random: number): AfterFailure {
  const stuck: AfterFailure = {
    state: 'stuck',
    turn: 'second-line',
    sentence: failure.message,
    remedy: failure.remedy,
    waitMs: null,
  }
  const again = (waitMs: number): AfterFailure =>
    tries >= MOST_TRIES
      ? { ...stuck, sentence: `${failure.message} Tried ${tries} times. Nothing was changed twice.` }
      : { state: 'ready', turn: 'us', sentence: failure.message, remedy: 'This is tried again by itself.', waitMs }
  switch (failure.kind) {
    case 'throttled':
    case 'transient':
      return again(Math.max(failure.retryAfterMs ?? 0, backOff(tries, random)))
    case 'conflict':
      return again(SECOND * tries)
    case 'unknown-person':
    case 'unusable-account':
      return { ...stuck, turn: 'engineer' }
    case 'refused-by-rule':
    case 'unauthorised':
    case 'forbidden':
    case 'managed-elsewhere':
    case 'invalid':
      return stuck
  }
}
