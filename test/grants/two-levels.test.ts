import { describe, expect, test } from 'vitest'
import { loweringOf } from '../../server/grants/lowering.ts'
import { everyHolding } from '../../server/grants/who-holds-what.ts'
import { revokedWords } from '../../server/http/views/closed.ts'
import { turnsOf } from '../../server/http/views/turns.ts'
import { testDatabase } from '../db/database.ts'
import { closeAll, granted, worldOf } from './granted.ts'
import { org, type TestOffice } from './office.ts'
import { officeEach } from './office-each.ts'

/** Deploy and Admin by two requests, each on its own card, as everybody with Admin has them: what both need is taken once. */

let it: TestOffice
officeEach(testDatabase, (office) => {
  it = office
})

async function both(): Promise<{ deploy: string; admin: string }> {
  const deploy = await granted(it)
  const admin = await it.approved('priya', 'admin')
  expect(await closeAll(it, admin)).toBe(true)
  return { deploy, admin }
}
const priya = () => it.personId('Priya Shah')
const state = async (request: string) => (await it.request(request)).state
const revokedComments = async (request: string) =>
  (
    await it.db.kysely
      .selectFrom('notice')
      .select('text')
      .where('request_id', '=', request)
      .where('kind', '=', 'revoked')
      .execute()
  ).map(({ text }) => text)

describe('revoked for cause', () => {
  test('neither is over, nor says so, before what both had is gone; then both have been revoked and can return', async () => {
    const { deploy, admin } = await both()
    await it.act('dan', 'revoke-for-cause', await priya(), {
      plan: await it.wholeDigest('Priya Shah'),
      reason: 'Lost laptop',
    })
    expect(await state(deploy)).toBe('revoking')
    expect(turnsOf(await worldOf(it, deploy)).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Revoking 0 of \d+$/),
    ])
    expect(await revokedComments(deploy)).toEqual([])
    expect(await closeAll(it, admin, 'revoke')).toBe(true)
    expect([await state(deploy), await state(admin)]).toEqual(['ended', 'ended'])
    expect(it.github.membership(org, 'production-deploy', 'priya-s')).toBe('none')
    expect(revokedWords(await worldOf(it, deploy))).toMatch(/^Revoked on /)
    expect(await revokedComments(deploy)).toEqual(['Production Deploy was revoked. Nothing of it is left.'])
    // Each comes back by itself, from what was revoked of it.
    expect((await worldOf(it, deploy)).returning).toMatchObject({ request: deploy, accounts: { github: 'priya-s' } })
    expect((await worldOf(it, admin)).returning).toMatchObject({ request: admin })
  })
})

describe('the lower one undone', () => {
  test('while the higher one stands: it says that what it gave stays, and is no revocation', async () => {
    const { deploy, admin } = await both()
    await it.act('sam', 'undo-granted', deploy, {})
    expect([await state(deploy), await state(admin)]).toEqual(['ended', 'granted'])
    const world = await worldOf(it, deploy)
    expect(revokedWords(world)).toMatch(/^Ended on .*\. Another request needs what stays: .*Logit/)
    expect(turnsOf(world).map(({ text }) => text)).toEqual(['Ended'])
    const logged = it.db.kysely.selectFrom('event').select('data').where('request_id', '=', deploy)
    const { data } = await logged.where('type', '=', 'ended').executeTakeFirstOrThrow()
    expect(data['kept']).toBeGreaterThan(3)
    expect(await revokedComments(deploy)).toEqual([
      'this request for Production Deploy has ended. What is held of it stays, because another request needs it.',
    ])
    expect(it.github.membership(org, 'production-deploy', 'priya-s')).toBe('active')
    // Once the other is revoked too, it has been revoked, and comes back on its own card.
    await it.act('dan', 'undo-granted', admin, {})
    expect(await closeAll(it, admin, 'revoke')).toBe(true)
    const after = await worldOf(it, deploy)
    expect(revokedWords(after)).toMatch(/^Revoked on /)
    expect(after.returning).toMatchObject({ request: deploy, accounts: { github: 'priya-s' } })
  })

  test('and the higher one lowered to it afterwards: what it took over stays', async () => {
    const { deploy, admin } = await both()
    await it.act('sam', 'undo-granted', deploy, {})
    const lowering = loweringOf(await worldOf(it, admin), 'deploy')
    const lower = ['aws-user/staging', 'aws-user/production', 'signon-production/production', 'argo-cd/staging']
    expect(lowering?.goes.map(({ key }) => key)).toContain('signon-superadmin/production')
    for (const key of lower) expect(lowering?.goes.map((plan) => plan.key)).not.toContain(key)
    await it.act('dan', 'lower-level', admin, { to: 'deploy' })
    expect(await closeAll(it, admin, 'revoke')).toBe(true)
    expect(await closeAll(it, admin)).toBe(true)
    expect(await state(admin)).toBe('granted')
    const held = await everyHolding(it.db.kysely, { personId: await priya() })
    const keys = held.flatMap(({ key, endedAt }) => (endedAt === null ? [key] : []))
    expect(keys).toEqual(expect.arrayContaining([...lower, 'github-production-deploy', 'logit']))
    expect(keys).not.toContain('signon-superadmin/production')
    expect(it.github.membership(org, 'production-deploy', 'priya-s')).toBe('active')
    expect(it.github.membership(org, 'production-admin', 'priya-s')).toBe('none')
  })
})

test('the higher one revoked: what comes with what stays counts as the lower level', async () => {
  const { deploy, admin } = await both()
  await it.act('dan', 'undo-granted', admin, {})
  expect(await closeAll(it, admin, 'revoke')).toBe(true)
  expect([await state(deploy), await state(admin)]).toEqual(['granted', 'ended'])
  const world = await worldOf(it, admin)
  expect(revokedWords(world)).toMatch(/^Revoked on .*\. Another request needs what stays: .*Logit/)
  expect(turnsOf(world).map(({ text }) => text)).toEqual(['Revoked'])
  expect(await revokedComments(admin)).toEqual(['Production Admin was revoked. Only what another request needs stays.'])
  const held = await everyHolding(it.db.kysely, { personId: await priya() })
  // Argo CD's write role follows the deploy team, and no one takes it alone.
  expect(held.map(({ key }) => key)).toContain('argo-cd-write/production')
  expect(new Set(held.map(({ level }) => level))).toEqual(new Set(['deploy']))
})
