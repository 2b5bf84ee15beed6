import { expect, test } from 'vitest'
import { readHeld } from '../../server/grants/read-held.ts'
import { type Observation, SystemFailure } from '../../server/grants/system.ts'
import { describeOnBothDatabases } from '../db/database.ts'
import { granted } from './granted.ts'
import { DAYS, org, type TestOffice } from './office.ts'
import { officeEach } from './office-each.ts'
import { connectReadSystem, present, type ReadSystem } from './read-system.ts'

let it: TestOffice
let signon: ReadSystem
const github = 'github-production-deploy'
const told: string[] = []

async function round(): Promise<void> {
  const parts = { ...it, clock: it.office.clock, changed: (card: string) => void told.push(card) }
  const report = (error: unknown) => void it.reported.push(error)
  while ((await readHeld({ ...parts, report, random: () => 0.5 })) > 0);
}

/** A day later, everything that is due was looked at. */
async function aDayLater(): Promise<void> {
  await round()
  it.pass(1.1 * DAYS)
  await round()
}

const holding = (key: string) =>
  it.db.kysely.selectFrom('holding').selectAll().where('grant_key', '=', key).executeTakeFirstOrThrow()

describeOnBothDatabases('What is held is read again', (database) => {
  officeEach(database, (office) => {
    it = office
    signon = connectReadSystem(it)
    signon.answers(present)
    told.length = 0
  })

  test('on a rhythm: not at once, then once a day, and each look is kept', async () => {
    await granted(it)
    const looks = signon.looks.length
    await round()
    expect(signon.looks.length).toBe(looks)
    await aDayLater()
    expect(signon.looks.length).toBe(looks + 1)
    expect(signon.looks.at(-1)).toMatchObject({ direction: 'grant', seen: present.evidence })
    expect(await holding('signon-production/production')).toMatchObject({
      seen: 'present',
      missing_since: null,
      last_seen_at: it.office.clock.calendar(),
    })
    expect(told).toContain('card-0')
    await round()
    expect(signon.looks.length).toBe(looks + 1)
  })

  test('gone: it is kept and logged once, nothing is done about it, and it may come back', async () => {
    const request = await granted(it)
    await it.adapters.get('github')?.apply([{ ...(await it.orderFor(request, github)), direction: 'revoke' }])
    await aDayLater()
    const since = it.office.clock.calendar()
    expect(await holding(github)).toMatchObject({ seen: 'absent', missing_since: since, ended_at: null })
    await aDayLater()
    expect(await holding(github)).toMatchObject({ missing_since: since })
    expect((await it.events('holding-missing')).filter(({ data }) => data['grant'] === github)).toHaveLength(1)
    expect((await it.request(request)).state).toBe('granted')
    expect(it.github.membership(org, 'production-deploy', 'priya-s')).toBe('none')
    it.github.addMember(org, 'production-deploy', 'priya-s')
    await aDayLater()
    expect(await holding(github)).toMatchObject({ seen: 'present', missing_since: null })
    expect((await it.events('holding-back')).filter(({ data }) => data['grant'] === github)).toHaveLength(1)
  })

  test.each<[string, Observation | Error]>([
    ['cannot tell', { is: 'cannot-tell', detail: 'The export is old.' }],
    ['is down', new SystemFailure('transient', 'The export is old.', 'Wait.')],
    ['knows nobody of that name', new SystemFailure('unknown-person', 'The export is old.', 'Ask.')],
  ])('unknown is never no: a system that %s takes nothing away, and holds up no other', async (_what, answer) => {
    await granted(it)
    signon.answers(answer)
    const before = await holding('signon-production/production')
    await aDayLater()
    expect(await holding('signon-production/production')).toMatchObject({
      seen: 'cannot-tell',
      seen_detail: 'The export is old.',
      missing_since: null,
      last_seen_at: before.last_seen_at,
    })
    expect(await holding(github)).toMatchObject({ seen: 'present' })
    expect(
      (await it.events('holding-missing')).filter(({ data }) => String(data['grant']).startsWith('signon')),
    ).toEqual([])
  })

  test('throttled: what the system asks for is obeyed, and the rest of it waits too', async () => {
    await granted(it)
    await round()
    it.pass(1.1 * DAYS)
    signon.answers(new SystemFailure('throttled', 'Too many.', 'Wait.', 3 * DAYS))
    const looks = signon.looks.length
    await round()
    it.pass(2 * DAYS)
    await round()
    expect(signon.looks.length).toBe(looks + 1)
    signon.answers(present)
    it.pass(2 * DAYS)
    await round()
    expect(await holding('signon-production/production')).toMatchObject({ seen: 'present' })
  })

  test('a fault of ours in one system is reported and holds up no other', async () => {
    await granted(it)
    signon.answers(new TypeError('a slip of ours'))
    await aDayLater()
    expect(it.reported).toEqual([expect.objectContaining({ message: 'a slip of ours' })])
    it.reported.length = 0
    expect(await holding(github)).toMatchObject({ seen: 'present' })
  })

  test('while it is revoked, its own steps look, and what is revoked is not looked at any more', async () => {
    const request = await granted(it)
    await round()
    it.pass(1.1 * DAYS)
    // What stays while one thing goes is looked at all the while.
    await it.act('priya', 'revoke-holding', request, { key: 'logit', reason: 'Not needed' })
    const looks = signon.looks.length
    await round()
    expect(signon.looks.length).toBe(looks + 1)
    it.pass(1.1 * DAYS)
    await it.act('dan', 'undo-granted', request, { reason: 'For cause' })
    await round()
    expect(signon.looks.length).toBe(looks + 1)
    // They know by what was seen then whose account it was, whatever address it has now.
    await it.run(1)
    expect(signon.looks.at(-1)).toMatchObject({ direction: 'revoke', lastSeen: null, seen: present.evidence })
  })
})
