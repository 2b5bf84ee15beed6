import { sql } from 'kysely'

/** In a query about requests: whether something that the request gave is held still. */
export const isStillHeld = sql<boolean>`exists (
  select 1 from holding where holding.request_id = request.id and holding.ended_at is null)`

/**
 * In a query about holdings and their requests: whether nothing is on its way to take it. A request that gives one thing
 * back is being revoked for as long as nobody does that, and the rest of it stands all the while.
 */
export const isNotGoing = sql<boolean>`(
  not exists (select 1 from step as taker where taker.request_id = holding.request_id and taker.direction = 'revoke'
    and taker.key = holding.grant_key and taker.state not in ('verified', 'seen'))
  and (request.state != 'revoking' or not exists (select 1 from step as giver where giver.id = holding.step_id
    and giver.plan->>'nothingToUndo' = 'true')))`

/** In a query about requests: whether something that the request gave stands. */
export const hasStanding = sql<boolean>`exists (
  select 1 from holding where holding.request_id = request.id and holding.ended_at is null and ${isNotGoing})`
