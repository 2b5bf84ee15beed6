import { DAY, londonDay } from '../../clock.ts'
import type { Exported, ExportedAll, Observation, StepOrder, Told } from '../../grants/system.ts'
import { stagingAfter } from './staging.ts'

/**
 * What Signon told us itself: whether an account is suspended, and nothing of roles or applications. So it can say that
 * access is gone, and never that it was given.
 */

/** What was told longer ago than this may have changed since by a call that never reached us. */
const TOLD_WITHIN = DAY

/**
 * @param exported the newest export, where there is one: it is older than what was told
 * @returns `null` where what was told decides nothing
 */
export function judgedByTold(order: StepOrder, told: Told, exported: Exported | null, now: Date): Observation | null {
  const suspended = told.entry['suspended'] === true
  const { saidDoneAt } = order
  const on = `Signon told us on ${londonDay(told.at)}`
  const evidence = { status: suspended ? 'suspended' : 'not suspended', toldAt: told.at.toISOString() }
  if (!suspended) {
    if (exported?.entry?.['status'] === 'suspended')
      return {
        is: 'cannot-tell',
        detail: `${on} that the account is not suspended any more. A newer export is needed to know the rest.`,
      }
    const isUndone = order.direction === 'revoke' && order.wanted.value !== 'Super Admin' && isAfter(told, saidDoneAt)
    return isUndone
      ? { is: 'present', detail: `${on} that the account is not suspended.`, evidence, asOf: told.at }
      : null
  }
  if (order.direction === 'grant')
    return isAfter(told, saidDoneAt)
      ? { is: 'absent', detail: `${on} that the account is suspended.`, evidence, asOf: told.at }
      : null
  if (told.at.getTime() < (saidDoneAt ?? now).getTime() - TOLD_WITHIN) return null
  const kept = ' Whoever lets them in again gives back the role that they had.'
  const { words, effectiveWithinMs } = stagingAfter(told.at, now)
  return {
    is: 'absent',
    detail: `${on} that the account is suspended.${kept}${words}`,
    evidence,
    asOf: told.at,
    ...(effectiveWithinMs === null ? {} : { effectiveWithinMs }),
  }
}

const isAfter = ({ at }: Told, doneAt: Date | null | undefined) => doneAt != null && at > doneAt

/** The newest export with what was told since: an account that is let in again has the role that it had. */
export function withTold(all: ExportedAll, told: ReadonlyMap<string, Told>): ExportedAll {
  const entries = [...all.entries].map(([account, entry]): [string, typeof entry] => {
    const said = told.get(account)
    if (!entry || !said || said.at <= all.at) return [account, entry]
    const isSuspended = said.entry['suspended'] === true
    if (isSuspended === (entry['status'] === 'suspended')) return [account, entry]
    return [account, { ...entry, status: isSuspended ? 'suspended' : 'active' }]
  })
  return { ...all, entries: new Map(entries) }
}
