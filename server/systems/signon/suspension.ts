import { DAY, londonDay } from '../../clock.ts'
import type { Exported, ExportedAll, Observation, StepOrder, Told } from '../../grants/system.ts'
import { appsOf, mayDo, sameName } from './applications.ts'
import type { CalledAs } from './calls.ts'
import { stagingAfter } from './staging.ts'

/**
 * What Signon told us itself: whether an account is suspended, and whether it may sign in to the one application as which
 * it calls us. So it can say that access is gone; that it was given only where that application is all that was asked for,
 * with the role that every account has.
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
    const given = order.direction === 'grant' && isAfter(told, saidDoneAt) ? grantedByTold(order, told, on) : null
    if (given) return given
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

/** Whether everything that is asked for is what Signon can tell us by calling. */
export function isWhollyTold({ wanted }: Pick<StepOrder, 'wanted'>, as: CalledAs): boolean {
  const apps = appsOf({ wanted })
  return wanted.value === 'Normal' && as !== null && apps.length > 0 && apps.every((app) => sameName(app, as))
}

/** Of other applications and of higher roles nothing is told: then an export decides. */
function grantedByTold(order: StepOrder, { entry, at }: Told, on: string): Observation | null {
  const apps = appsOf(order)
  const evidence = { status: 'not suspended', toldAt: at.toISOString() }
  const missing = apps.find((app) => mayDo(entry, app, 'signin') === false)
  if (missing !== undefined)
    return { is: 'absent', detail: `${on} that “signin” for ${missing} is missing.`, evidence, asOf: at }
  const [only] = apps
  const isWhole = only !== undefined && isWhollyTold(order, only) && mayDo(entry, only, 'signin') === true
  if (!isWhole) return null
  return { is: 'present', detail: `${on} that “signin” for ${only} is there.`, evidence, asOf: at }
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
