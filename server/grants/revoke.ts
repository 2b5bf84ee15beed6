import type { Doing, StepRow, World } from '../requests/act.ts'
import { changeRequest, requestOf } from '../requests/acts/common.ts'
import type { PlanStep } from '../rules/types.ts'
import { type Adapters, writeSteps } from './steps.ts'
import type { Wake } from './wake.ts'

/**
 * The same machine run backwards: revoke steps from what was granted, what came last goes first. Opening it fences all
 * pending grant steps of that person, in the same transaction.
 */
export async function openRevocation(
  doing: Pick<Doing, 'tx' | 'clock'>,
  world: World,
  granted: StepRow[],
  parts: { adapters: Adapters; wake: Pick<Wake, 'send'> },
): Promise<void> {
  const request = requestOf(world)
  const { tx, clock } = doing
  const now = clock.calendar()
  const pending = tx
    .selectFrom('request')
    .select('id')
    .where('person_id', '=', request.person_id)
    .where('state', 'in', ['granting', 'stopped', 'granted'])
  await tx
    .updateTable('step')
    .set({
      state: 'stopped',
      since: now,
      turn: 'nobody',
      sentence: 'Stopped because access is being revoked.',
      next_check_at: null,
    })
    .where('request_id', 'in', pending)
    .where('direction', '=', 'grant')
    .where('state', 'in', ['planned', 'ready', 'waiting', 'stuck'])
    .execute()
  if (request.state === 'granted' || request.state === 'granting' || request.state === 'stopped')
    await changeRequest(doing, request, {}, 'revoking')
  await writeSteps(tx, {
    requestId: request.id,
    steps: granted.toReversed().map(backwards),
    direction: 'revoke',
    adapters: parts.adapters,
    now,
    wall: clock.wall(),
  })
  await parts.wake.send(tx)
}

/** A revoke step is closed on its own: nothing waits for another, because every system is left at once. */
function backwards(step: StepRow): PlanStep {
  return {
    ...step.plan,
    after: [],
    engineer: null,
    method: step.plan.method === 'follows' ? 'follows' : step.plan.method,
  }
}
