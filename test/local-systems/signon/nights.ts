import type { State, User } from './model.ts'

/**
 * What Signon's own timetable does, by the clock in London: production is backed up at 23:03, staging restores that at
 * 01:03 from Monday to Friday, and at 04:27 production suspends who has not signed in for 45 days. Source:
 * `charts/db-backup/values.yaml` of alphagov/govuk-helm-charts, and `SUSPENSION_THRESHOLD_PERIOD` and
 * `UNSUSPENSION_GRACE_PERIOD` of alphagov/signon.
 */

const DAY_MS = 86_400_000
const SUSPENDED_AFTER_DAYS = 45
const GRACE_DAYS = 7

const inLondon = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/London',
  dateStyle: 'short',
  timeStyle: 'short',
})
const inUtc = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'short' })

/** @param day such as `2026-11-24` @param time such as `01:03` */
function london(day: string, time: string): number {
  const utc = Date.parse(`${day}T${time}:00Z`)
  const summer = utc - 3_600_000
  return inLondon.format(summer) === `${day} ${time}` ? summer : utc
}

interface Nightly {
  at: number
  does(): void
}

/** @param told is called for everybody whom a night suspends */
export function createNights(state: State, now: () => Date, told: (user: User) => void) {
  const copyOf = (users: User[]) => structuredClone(users)

  function suspendInactive(at: number): void {
    for (const user of state.users) {
      const { lastSignIn, suspended, unsuspended } = user
      if (suspended !== null || lastSignIn === null) continue
      const inGrace = unsuspended !== undefined && Date.parse(unsuspended) > at - GRACE_DAYS * DAY_MS
      if (inGrace || Date.parse(lastSignIn) >= at - SUSPENDED_AFTER_DAYS * DAY_MS) continue
      user.suspended = `Not signed in for ${SUSPENDED_AFTER_DAYS} days`
      told(user)
    }
  }

  function restore(): void {
    if (state.backup) state.staging = copyOf(state.backup)
  }

  function on(day: string): Nightly[] {
    const isWeekday = !['Sat', 'Sun'].includes(inUtc.format(new Date(`${day}T12:00:00Z`)))
    const suspending = london(day, '04:27')
    return [
      ...(isWeekday ? [{ at: london(day, '01:03'), does: restore }] : []),
      { at: suspending, does: () => suspendInactive(suspending) },
      {
        at: london(day, '23:03'),
        does() {
          state.backup = copyOf(state.users)
        },
      },
    ]
  }

  return {
    /** Lets the nights pass that are over by now: whoever changes or looks at anything calls it first. */
    pass(): void {
      const to = now().getTime()
      const from = state.nightsTo ? Date.parse(state.nightsTo) : to
      for (let noon = from - DAY_MS; noon <= to + DAY_MS; noon += DAY_MS)
        for (const { at, does } of on(new Date(noon).toISOString().slice(0, 10))) if (at > from && at <= to) does()
      state.nightsTo = new Date(to).toISOString()
    },
  }
}
