import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { append } from '../../server/audit/append.ts'
import { createReviewRun } from '../../server/requests/review-day.ts'
import { upcomingReviews } from '../../server/requests/upcoming-reviews.ts'
import { loadWorld } from '../../server/requests/world.ts'
import { testDatabase } from '../db/database.ts'
import { confirmations } from '../http/as.ts'
import { closeAll, granted } from './granted.ts'
import { arnOf, DAYS, lists, org, pathOf, startTestOffice } from './office.ts'

/** The whole of it, with a calendar that is moved: nobody decides by themselves, and nothing is left unread. */

test('an absence passes 42 days: the ladder speaks, the tech lead revokes, every system reads absent, and who returns is whole again', async () => {
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
    expect(told.map(({ kind, mentions }) => [kind, mentions[0]])).toEqual([
      ['review-due:2027-01-05', await it.personId('Sam Okoro')],
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
    // The user in AWS itself ends only when somebody leaves: nobody looked, so nothing says that it is gone.
    const held = () =>
      db.kysely.selectFrom('holding').select(['grant_key', 'request_id']).where('ended_at', 'is', null).execute()
    expect(await held()).toEqual([{ grant_key: 'aws-iam-user', request_id: request }])

    // Back: what was known is filled in, what was confirmed is not.
    const { card_id } = await db.kysely
      .selectFrom('request')
      .select('card_id')
      .where('id', '=', request)
      .executeTakeFirstOrThrow()
    const returning = async () => (await loadWorld(db.kysely, office, card_id))?.returning ?? null
    const first = await returning()
    expect(first).toMatchObject({ request, why: 'absence', givenBack: false, accounts: { github: 'priya-s' } })
    expect(first?.onReturn.join(' ')).toContain('unless Priya signs in within 7 days')
    // Steps that were approved before the rules said so: those in force say it, and nothing is missing.
    await sql`update step set plan = plan - 'onReturn'`.execute(db.kysely)
    expect((await returning())?.onReturn).toEqual(first?.onReturn)
    await expect(it.act('priya', 'ask', card_id, {})).resolves.toContain('asked')
    const { id, ...asked } = await db.kysely
      .selectFrom('request')
      .select(['id', 'reason', 'previous_request_id', 'state'])
      .where('card_id', '=', card_id)
      .orderBy('created_at', 'desc')
      .executeTakeFirstOrThrow()
    expect(asked).toEqual({ reason: 'Joining Search', previous_request_id: request, state: 'open' })
    // Whom the register still has as away, nobody can bring back.
    await expect(it.act('sam', 'approve', id, confirmations)).rejects.toThrow('still being filled in')
    await it.act('rae', 'record-absence', priya, { away: 'no', start: '', end: '', source: 'HR' })
    await expect(it.act('sam', 'approve', id)).rejects.toThrow('There are 4 things left to confirm.')
    await it.act('sam', 'approve', id, confirmations)
    expect(await returning()).toBeNull()
    expect(await closeAll(it, id)).toBe(true)
    expect((await it.request(id)).state).toBe('granted')
    // What stayed meanwhile is of what stands now.
    expect(new Set((await held()).map(({ request_id }) => request_id))).toEqual(new Set([id]))
    expect(it.github.membership(org, 'production-deploy', 'priya-s')).toBe('active')
    for (const environment of ['staging', 'production'])
      expect(it.github.file(lists, pathOf(environment))).toContain(arnOf('priya.shah'))
    expect((await it.events('request-opened')).at(-1)?.data).toMatchObject({ returns: request })
    expect(it.reported).toEqual([])
    expect(await it.intact()).toBe(true)
  } finally {
    await it.close()
  }
})

test('somebody leaves: everything goes, they can ask for nothing, and a return is said as one', async () => {
  const it = await startTestOffice(await testDatabase())
  const { db, office } = it
  const run = createReviewRun({ db, office, append: (tx, events) => append(tx, events, office.clock) })
  try {
    const request = await granted(it)
    const priya = await it.personId('Priya Shah')
    await it.act('rae', 'set-fact', priya, { fact: 'left', value: 'yes', source: 'HR' })
    await run()
    await it.act('sam', 'confirm-revocation', priya, { plan: await it.wholeDigest('Priya Shah') })
    expect(await closeAll(it, request, 'revoke')).toBe(true)
    expect((await it.request(request)).state).toBe('ended')
    expect(it.github.membership(org, 'production-deploy', 'priya-s')).toBe('none')
    expect(await db.kysely.selectFrom('holding').select('id').where('ended_at', 'is', null).execute()).toEqual([])

    // Whoever left is nobody here: their account asks for nothing until a keeper says that they are back.
    const { card_id } = await db.kysely
      .selectFrom('request')
      .select('card_id')
      .where('id', '=', request)
      .executeTakeFirstOrThrow()
    await expect(it.act('priya', 'ask', card_id)).rejects.toThrow('not linked to a person')
    await it.act('rae', 'set-fact', priya, { fact: 'left', value: 'no', source: 'HR' })
    await it.act('priya', 'ask', card_id)
    const world = await loadWorld(db.kysely, office, card_id)
    expect(world?.request).toMatchObject({ state: 'ready', previous_request_id: request })
    expect(world?.returning).toMatchObject({ request, why: 'left' })
    expect(it.reported).toEqual([])
    expect(await it.intact()).toBe(true)
  } finally {
    await it.close()
  }
})
