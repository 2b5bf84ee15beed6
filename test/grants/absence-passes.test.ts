import { expect, test } from 'vitest'
import { append } from '../../server/audit/append.ts'
import { createReviewRun } from '../../server/requests/review-day.ts'
import { upcomingReviews } from '../../server/requests/upcoming-reviews.ts'
import { testDatabase } from '../db/database.ts'
import { closeAll, granted } from './granted.ts'
import { arnOf, DAYS, lists, org, pathOf, startTestOffice } from './office.ts'

/** The whole of it, with a calendar that is moved: nobody decides by themselves, and nothing is left unread. */

test('an absence passes 42 days: the ladder speaks, the tech lead revokes, and every system reads absent', async () => {
  const it = await startTestOffice(await testDatabase())
  const { db, office } = it
  const run = createReviewRun({ db, office, append: (tx, events) => append(tx, events, office.clock) })
  try {
    const request = await granted(it)
    const priya = await it.personId('Priya Shah')
    const [alex, jo] = [await it.personId('Alex Green'), await it.personId('Jo Bell')]
    await db.kysely
      .insertInto('rota')
      .values({ starts: '2026-11-30', ends: '2027-02-01', primary_id: alex, secondary_id: jo })
      .execute()
    await it.act('rae', 'record-absence', priya, { away: 'yes', start: '2026-11-24', end: '', source: 'HR' })

    // Day by day: 24 November is day 1, 5 January is day 43.
    const said: string[] = []
    let days = 0
    while ((await db.kysely.selectFrom('access_review').select('id').execute()).length === 0) {
      it.pass(DAYS)
      days += 1
      await run()
      const [one] = await upcomingReviews(db.kysely, office)
      if (one && said.at(-1) !== `${one.rung}`) said.push(`${one.rung}`)
    }
    expect(days).toBe(42)
    expect(said).toEqual(['14', '7', '3', '1'])
    expect((await it.request(request)).state).toBe('granted')
    // Until that day no board was told anything.
    const told = await db.kysely.selectFrom('notice').selectAll().where('kind', 'like', 'review-%').execute()
    expect(told.map(({ kind, mentions }) => [kind, mentions])).toEqual([
      ['review-due:2027-01-05', [await it.personId('Sam Okoro')]],
    ])

    await it.act('sam', 'confirm-revocation', priya, { plan: await it.wholeDigest('Priya Shah') })
    // Before anything is read back, nothing is over.
    expect((await it.request(request)).state).toBe('revoking')
    expect(await closeAll(it, request, 'revoke')).toBe(true)
    expect((await it.request(request)).state).toBe('ended')
    for (const { state } of await it.steps(request, 'revoke')) expect(['verified', 'seen']).toContain(state)
    expect(it.github.membership(org, 'production-deploy', 'priya-s')).toBe('none')
    for (const environment of ['staging', 'production'])
      expect(it.github.file(lists, pathOf(environment))).not.toContain(arnOf('priya.shah'))
    const held = await db.kysely.selectFrom('holding').select('id').where('ended_at', 'is', null).execute()
    expect(held).toEqual([])
    expect(it.reported).toEqual([])
    expect(await it.intact()).toBe(true)
  } finally {
    await it.close()
  }
})
