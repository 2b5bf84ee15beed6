import type { Doing, StepRow, World } from '../requests/act.ts'

/**
 * What is revoked for cause waits for nobody: an accomplice who leaves a proposal on the same file unmerged must not hold
 * it up, and neither must somebody who gave everything back and waits in turn behind it.
 */

/**
 * Everything of this person that is on its way out goes at once from now on, also what waits in turn already. Call it in
 * the transaction that revoked for cause.
 */
export async function goesForCause({ tx, clock }: Pick<Doing, 'tx' | 'clock'>, personId: string): Promise<void> {
  const marked = await tx
    .updateTable('request')
    .set({ for_cause: true })
    .where('person_id', '=', personId)
    .where('state', '=', 'revoking')
    .returning('id')
    .execute()
  if (marked.length === 0) return
  await tx
    .updateTable('step')
    .set({ next_check_at: clock.wall() })
    .where(
      'request_id',
      'in',
      marked.map(({ id }) => id),
    )
    .where('direction', '=', 'revoke')
    .where('state', '=', 'ready')
    .where('next_check_at', 'is not', null)
    .execute()
}

/** What is being revoked already, and does or may yet wait in turn for another proposal: that can still be hastened. */
export function canBeHastened(worlds: World[]): StepRow[] {
  return worlds.flatMap(({ request, steps }) =>
    request?.state !== 'revoking' || request.for_cause
      ? []
      : steps.filter(
          (step) =>
            step.direction === 'revoke' &&
            step.method === 'pull-request' &&
            step.state === 'ready' &&
            step.receipt === null,
        ),
  )
}
