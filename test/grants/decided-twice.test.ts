import { expect, test } from 'vitest'
import { append } from '../../server/audit/append.ts'
import { createReviewRun } from '../../server/requests/review-day.ts'
import { describeOnPostgres } from '../db/database.ts'
import { startTestOffice } from './office.ts'

describeOnPostgres('An access review', (database) => {
  test('twice: two people decide, and two servers look, at the same moment: one decision stands', async () => {
    const it = await startTestOffice(database())
    const { db, office } = it
    try {
      const request = await it.approved()
      const priya = await it.personId('Priya Shah')
      await db.kysely
        .insertInto('access_review')
        .values({
          id: 'review-1',
          person_id: priya,
          why: 'absence',
          first_day: '2026-10-01',
          due_day: '2026-11-12',
          opened_at: office.clock.calendar(),
        })
        .execute()
      const plan = await it.wholeDigest('Priya Shah')
      const newRun = () => createReviewRun({ db, office, append: (tx, events) => append(tx, events, office.clock) })()
      const [confirmed, kept] = await Promise.allSettled([
        it.act('sam', 'confirm-revocation', priya, { plan }),
        it.act('dan', 'keep-access', priya, { plan, reason: 'Back soon', lookAgain: '2026-12-01' }),
        // Nothing is held yet, so the servers would close it: as late as they come, they change no decision.
        newRun(),
        newRun(),
      ])
      const decided = [confirmed, kept].filter(({ status }) => status === 'fulfilled').length
      const reviews = await db.kysely.selectFrom('access_review').selectAll().execute()
      expect(reviews).toHaveLength(1)
      expect(decided).toBe(reviews[0]?.decided_by === null ? 0 : 1)
      const { state } = await it.request(request)
      expect(state === 'granting').toBe(reviews[0]?.outcome !== 'revoked')
      expect((await it.events('review-decided')).length + (await it.events('review-closed')).length).toBe(1)
      expect(await it.intact()).toBe(true)
    } finally {
      await it.close()
    }
  })
})
