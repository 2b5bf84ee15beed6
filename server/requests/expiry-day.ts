import type { Kysely } from 'kysely'
import { DAY, londonDay } from '../clock.ts'
import type { Schema } from '../db/schema.ts'
import type { Day } from '../rules/types.ts'
import type { RequestRow } from './act.ts'
import { beforeApproval } from './life.ts'

/**
 * A request on which nothing moved for a while expires, never without notice. The rules page says nothing of it: the
 * days are ours, as long as somebody may be away before access would be revoked.
 */
const QUIET_DAYS = 42
/** "Before a request expires: 5 days' notice and Keep it open." */
export const NOTICE_DAYS = 5
/** Before notice is given. */
export const QUIET_BEFORE_NOTICE_DAYS = QUIET_DAYS - NOTICE_DAYS

type Quiet = Pick<RequestRow, 'state_since' | 'kept_open_at'>

/** The first day on which it may expire. */
export function firstExpiryDay({ state_since, kept_open_at }: Quiet): Day {
  const quietSince = kept_open_at !== null && kept_open_at > state_since ? kept_open_at : state_since
  return addDays(londonDay(quietSince), QUIET_DAYS)
}

/**
 * The day on which a request expires, once its notice was written; `null` before that. A notice that a stopped server
 * wrote late moves the day, so that there are always five.
 */
export async function expiryOf(
  db: Kysely<Schema>,
  request: Quiet & Pick<RequestRow, 'id' | 'state'>,
): Promise<Day | null> {
  if (!beforeApproval.includes(request.state)) return null
  const notices = await db
    .selectFrom('notice')
    .select('kind')
    .where('request_id', '=', request.id)
    .where('kind', 'like', `${EXPIRING}%`)
    .execute()
  const due = firstExpiryDay(request)
  // Notices of an earlier quiet time, before somebody kept it open, name an earlier day.
  return (
    notices
      .map((notice) => notice.kind.slice(EXPIRING.length))
      .filter((day) => day >= due)
      .sort()
      .at(-1) ?? null
  )
}

/** A notice's kind names its day, so that it says when. */
export const EXPIRING = 'expiring:'

export function addDays(day: Day, days: number): Day {
  return new Date(new Date(`${day}T00:00:00Z`).getTime() + days * DAY).toISOString().slice(0, 10)
}
