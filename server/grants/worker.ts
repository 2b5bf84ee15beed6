import { newId } from '../requests/ids.ts'
import { carryOut } from './carry-out.ts'
import { faultPoint } from './fault-point.ts'
import type { Claimed, Hand, WorkerParts } from './hand.ts'
import { claimDue, endLeases } from './lease.ts'
import { stopHeldUp } from './stop-held-up.ts'
import { tellOfStuck } from './tell-of-stuck.ts'

export interface Worker {
  /** Carries out what is due. Answers how many steps were looked at. */
  runDue(): Promise<number>
  /** Tells about steps that have been stuck for a day. */
  sweep(): Promise<void>
  /** Stops tasks of people that may not go on. */
  stopHeldUp(): Promise<void>
  /** Ends the leases of a process that is gone. Only where this process is the database's single owner. */
  takeOver(): Promise<void>
}

/** Builds a worker: any number of them, in any number of processes, share the work through leases. */
export function createWorker(parts: WorkerParts): Worker {
  const hand: Hand = { ...parts, me: newId() }
  return {
    async runDue() {
      const claimed = await claimDue(hand)
      for (const { step } of claimed) await faultPoint('after-claim', step.plan.system)
      await Promise.all(groups(claimed).map((group) => carryOut(hand, group)))
      return claimed.length
    },
    sweep: () => tellOfStuck(parts),
    stopHeldUp: () => stopHeldUp(parts),
    takeOver: () => endLeases(parts.db),
  }
}

/** Steps of one request, direction and batch go out together; every other step by itself. */
function groups(claimed: Claimed[]): Claimed[][] {
  return [
    ...Map.groupBy(claimed, ({ step }) =>
      step.plan.batch === null ? step.id : `${step.request_id} ${step.direction} ${step.plan.batch} ${step.method}`,
    ).values(),
  ]
}
