import type { Kysely } from 'kysely'
import { DAY, londonDay } from '../clock.ts'
import type { Schema } from '../db/schema.ts'
import type { Day, Installation } from '../rules/types.ts'
import type { RequestRow } from './act.ts'
import { beforeApproval } from './life.ts'

/**
 * A request on which nothing moved for a while expires, never without notice. The rules page says nothing of it: the
 * days are the installation's; left out, as long as somebody may be away before access would be revoked.
 */
export function quietDays({ requests }: Installation): number {
  return requests?.quietDays ?? 42
}

/** "Before a request expires: 5 days' notice and Keep it open." */
export const NOTICE_DAYS = 5

type Quiet = Pick<RequestRow, 'state_since' | 'moved_at'>

/** The first day on which it may expire. */
export function firstExpiryDay({ state_since, moved_at }: Quiet, days: number): Day {
  const quietSince = moved_at !== null && moved_at > state_since ? moved_at : state_since
  return addDays(londonDay(quietSince), days)
}

/**
 * The day on which a request expires, once its notice was written; `null` before that. A notice that a stopped server
 * wrote late moves the day, so that there are always five.
 */
export async function expiryOf(
  db: Kysely<Schema>,
  request: Quiet & Pick<RequestRow, 'id' | 'state'>,
  installation: Installation,
): Promise<Day | null> {
  if (!beforeApproval.includes(request.state)) return null
  const notices = await db
    .selectFrom('notice')
    .select('kind')
    .where('request_id', '=', request.id)
    .where('kind', 'like', `${EXPIRING}%`)
    .execute()
  const due = firstExpiryDay(request, quietDays(installation))
  // Notices of an earlier quiet time, before somebody moved it, name an earlier day.
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
