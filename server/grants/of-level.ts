import type { StepRow, World } from '../requests/act.ts'

/** A request that was lowered keeps the steps of its higher level: what of them still counts. */

/** Whether a step is of the level that the request has now. */
export function isOfLevel({ request, plan }: Pick<World, 'request' | 'plan'>, { key }: StepRow): boolean {
  return !request?.lowered_from || plan === null || plan.steps.some((one) => one.key === key)
}

/** Whether what is being taken back is only what the higher level had beyond the one that stays. */
export function isLowering(world: Pick<World, 'request' | 'plan' | 'steps' | 'holdings'>): boolean {
  const { request, steps, holdings } = world
  if (request?.state !== 'revoking' || !request.lowered_from) return false
  const revokes = steps.filter(({ direction }) => direction === 'revoke')
  const stays = holdings.some(
    (held) =>
      held.request_id === request.id &&
      held.level === request.level &&
      !revokes.some(({ key }) => key === held.grant_key),
  )
  // What was revoked before is of no concern: it has not changed since this began.
  return stays && revokes.some((step) => step.since >= request.state_since && !isOfLevel(world, step))
}
