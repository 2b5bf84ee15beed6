import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { StepRow } from '../requests/act.ts'
import type { Office } from '../requests/world.ts'
import type { Adapters } from './steps.ts'

export interface WorkerParts {
  db: Database
  office: Office
  adapters: Adapters
  clock: Clock
  approvalValidDays: number
  /** How soon a step that waits for somebody outside is looked at again, in milliseconds. */
  lookAgainMs: number
  /** After every commit, so that open frames learn of it. */
  changed(cardId: string): void
  /** A failure that is ours and not a system's: for the process log, without personal details. */
  report(error: unknown): void
}

/** What every part of one worker works with. */
export interface Hand extends WorkerParts {
  /** This worker's name on leases. */
  me: string
}

/** A step whose lease this worker has, and the card that it is told of on. */
export interface Claimed {
  step: StepRow
  cardId: string
}

/** A moment of the wall clock, `ms` from now. */
export function inMs(hand: Pick<Hand, 'clock'>, ms: number): Date {
  return new Date(hand.clock.wall().getTime() + ms)
}
