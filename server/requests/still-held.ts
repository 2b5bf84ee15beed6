import { sql } from 'kysely'

/** In a query about requests: whether something that the request gave is held still. */
export const isStillHeld = sql<boolean>`exists (
  select 1 from holding where holding.request_id = request.id and holding.ended_at is null)`
