import type { Clock } from '../clock.ts'
import type { Tx } from '../db/database.ts'
import type { RequestRow, StepRow, World } from '../requests/act.ts'
import { actsUntil, copiesByHand } from '../rules/outlives.ts'
import { isOverwritten } from '../rules/weekday-copy.ts'
import { type Adapters, isClosed, writeSteps } from './steps.ts'

/** Copies of what is revoked, such as Signon in staging: taken by hand wherever they would follow only days later. */

interface Hand {
  tx: Tx
  clock: Clock
}

/**
 * What people came to only when its copy was far away gets the step for the copy too, whenever it was planned.
 * Answers how many steps were written.
 */
export async function writeLateCopies(
  { tx, clock }: Hand,
  request: RequestRow,
  steps: StepRow[],
  adapters: Adapters,
): Promise<number> {
  const revokes = steps.filter((step) => step.direction === 'revoke')
  const late = revokes
    .flatMap((step) => {
      const taken = takenAt(step)
      return taken ? copiesByHand([step.plan], taken) : []
    })
    .filter((plan) => !revokes.some((step) => step.key === plan.key))
  await writeSteps(tx, {
    requestId: request.id,
    steps: late,
    direction: 'revoke',
    adapters,
    now: clock.calendar(),
    wall: clock.wall(),
  })
  return late.length
}

/** Once the copy was taken by hand, nothing acts on until it follows by itself. */
export async function settleCopies({ tx }: Hand, { steps }: World): Promise<void> {
  const revokes = steps.filter((step) => step.direction === 'revoke')
  for (const origin of revokes) {
    const taken = takenAt(origin)
    if (!taken || !origin.effective_by) continue
    const isTaken = revokes.some((step) => {
      const byHand = isClosed(step) && step.plan.copyOf === origin.key ? takenAt(step) : null
      return byHand !== null && !isOverwritten(byHand, taken)
    })
    if (!isTaken) continue
    const effective_by = actsUntil({ sessionHours: origin.plan.sessionHours }, taken)
    await tx.updateTable('step').set({ effective_by }).where('id', '=', origin.id).execute()
  }
}

/** When a revoke step was carried out; `null` before anybody says so. */
function takenAt({ state, done_at, verified_at, seen_at }: StepRow): Date | null {
  if (state !== 'done' && state !== 'seen' && state !== 'verified') return null
  return done_at ?? verified_at ?? seen_at
}
