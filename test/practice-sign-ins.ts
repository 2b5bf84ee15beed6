import type { Kysely } from 'kysely'
import { londonDay } from '../server/clock.ts'
import type { Schema } from '../server/db/schema.ts'
import { loadRegister } from '../server/people/register.ts'
import type { LocalSignon } from './local-systems/signon.ts'

/**
 * Days that pass: whoever is at work signs in to Signon, and whoever is away or has left did so last before. Answers what
 * lets them, in one go, so that no night passes between.
 */
export async function lastDaysAtWork(db: Kysely<Schema>): Promise<(signon: LocalSignon, now: Date) => void> {
  const { people } = await loadRegister(db)
  return (signon, now) => {
    const today = londonDay(now)
    for (const { accounts, absences, left } of people.values()) {
      if (!accounts.email || left?.value) continue
      const away = absences?.value.find(({ start, end }) => start <= today && (end === null || end > today))
      signon.signIn(accounts.email.id, away ? new Date(`${away.start}T00:00:00Z`) : now)
    }
    signon.passNights()
  }
}
