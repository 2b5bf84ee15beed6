import { expect, test } from 'vitest'
import { heldLevels } from '../../server/grants/held-levels.ts'
import { verifySteps } from '../../server/grants/verify-steps.ts'
import { everyHolding, ledgerCsv } from '../../server/grants/who-holds-what.ts'
import { changedSince } from '../../server/http/reading/changed-since.ts'
import { approveWindow } from '../../server/http/views/windows/approve.ts'
import { testDatabase } from '../db/database.ts'
import { confirmations } from '../http/as.ts'
import { closeAll, worldOf } from './granted.ts'
import { arnOf, DAYS, lists, org, pathOf, type TestOffice } from './office.ts'
import { officeEach } from './office-each.ts'

/** A holder of Admin who should be Deploy only: what Admin has beyond it goes, and nothing of Deploy is missed meanwhile. */

let it: TestOffice
officeEach(testDatabase, (office) => {
  it = office
})

const inList = (environment: string, list: string) =>
  it.github.file(lists, pathOf(environment)).split(list)[1]?.split(']')[0]?.includes(arnOf('priya.shah')) ?? false
const lists2 = (environment: string) => [
  inList(environment, 'role_user_user_arns'),
  inList(environment, 'role_admin_user_arns'),
]

test('the lower value is there before the higher one is gone, and the ledger says Deploy', async () => {
  const request = await it.approved('priya', 'admin')
  await closeAll(it, request)
  expect((await it.request(request)).state).toBe('granted')
  expect([lists2('production'), lists2('tools')]).toEqual([
    [false, true],
    [false, true],
  ])
  // Approved long ago: the lowering is a decision of its own, and it is of today.
  const approved_at = new Date(it.office.clock.calendar().getTime() - 30 * DAYS)
  await it.db.kysely.updateTable('request').set({ approved_at }).where('id', '=', request).execute()
  await it.act('rae', 'lower-level', request, { to: 'deploy', reason: 'No 2nd line shifts any more' })
  const revokes = await it.steps(request, 'revoke')
  expect(revokes.map(({ key }) => key)).not.toContain('github-production-deploy')
  expect(revokes.find(({ key }) => key === 'aws-admin/production')?.plan.wanted.params['keeps']).toBe(
    'role_user_user_arns',
  )
  expect(revokes.find(({ key }) => key === 'aws-admin/tools')?.plan.wanted.params['keeps']).toBeUndefined()

  await closeAll(it, request, 'revoke')
  // One commit took the one and gave the other.
  expect([lists2('production'), lists2('staging'), lists2('tools')]).toEqual([
    [true, false],
    [true, false],
    [false, false],
  ])
  expect(it.github.membership(org, 'production-admin', 'priya-s')).toBe('none')
  expect(it.github.membership(org, 'production-deploy', 'priya-s')).toBe('active')

  await closeAll(it, request)
  expect((await it.request(request)).state).toBe('granted')
  expect((await heldLevels(it.db.kysely, await it.personId('Priya Shah'))).map(({ level }) => level)).toEqual([
    'deploy',
  ])
  const held = await it.db.kysely
    .selectFrom('holding')
    .select(['grant_key', 'level'])
    .where('ended_at', 'is', null)
    .orderBy('grant_key')
    .execute()
  expect(new Set(held.map(({ level }) => level))).toEqual(new Set(['deploy']))
  expect(held.map((one) => one.grant_key)).toEqual(
    expect.arrayContaining(['aws-user/production', 'aws-user/staging', 'github-production-deploy', 'logit']),
  )
  expect(held.some((one) => one.grant_key.startsWith('aws-admin') || one.grant_key === 'fastly')).toBe(false)
  // What comes with the team that stays counts as the lower value, and all of it is a whole level.
  const lines = await everyHolding(it.db.kysely)
  expect(lines.filter(({ system }) => system === 'argo-cd').map(({ value }) => value)).toEqual(['readonly', 'readonly'])
  expect(lines.every(({ whole }) => whole)).toBe(true)
  expect(await verifySteps(it.db.kysely)).toEqual([])
  // The handover says so, and of nothing that it was revoked.
  const changed = await changedSince(
    it.db.kysely,
    new Date(it.office.clock.calendar().getTime() - DAYS),
    ['board-1'],
    (_, level) => level,
  )
  expect(changed).toMatchObject({ lowered: ['Priya Shah (deploy)'], revoked: [], partlyRevoked: [] })
  // Dan never signed this plan, and Rae may approve nothing: each stands for what they decided.
  expect(new Set(lines.map(({ approvedBy, loweredBy }) => `${approvedBy}, ${loweredBy}`))).toEqual(
    new Set(['Dan Reyes, Rae Lund']),
  )
  const [header, first] = ledgerCsv(lines, new Map([[lines[0]?.personId ?? '', '=priya']])).split('\n')
  expect(header).toMatch(/^person,email,level,/)
  // What a spreadsheet would carry out stays text.
  expect(first).toMatch(/^Priya Shah,'=priya,/)
  expect(header).toContain(',approved_by,approved_at,lowered_by,lowered_at,')
  expect(header).toMatch(/,person_id,request_id$/)
  expect(first?.endsWith(`,${request}`)).toBe(true)
  expect(first).toMatch(/,Dan Reyes,2026-10-25T[^,]+,Rae Lund,2026-11-24T[^,]+,/)

  // And all of it goes when that is revoked too.
  await it.act('dan', 'undo-granted', request, { reason: 'Left' })
  await closeAll(it, request, 'revoke')
  expect((await it.request(request)).state).toBe('ended')
  expect(lists2('production')).toEqual([false, false])
  expect(await verifySteps(it.db.kysely)).toEqual([])

  // Asked for again, the review of then counts for nothing until somebody in Senior Tech confirms it anew.
  const rows = it.db.kysely.selectFrom('request').select(['id', 'card_id', 'review'])
  const before = await rows.where('id', '=', request).executeTakeFirstOrThrow()
  expect(before.review).not.toBeNull()
  await it.act('priya', 'ask', before.card_id)
  const again = await rows.where('previous_request_id', '=', request).executeTakeFirstOrThrow()
  expect(again.review).toBeNull()
  await expect(it.act('dan', 'approve', again.id, confirmations)).rejects.toThrow('There are 7 things left to confirm.')
})

test('stopped midway: it is approved again by whoever may sponsor the lower level, and is whole; stopped once more it only goes on', async () => {
  const request = await it.approved('priya', 'admin')
  await closeAll(it, request)
  await it.act('priya', 'lower-level', request, { to: 'deploy', reason: '' })
  await closeAll(it, request, 'revoke')
  expect((await it.request(request)).state).toBe('granting')
  await it.act('sam', 'stop', request, { reason: 'Wait' })
  await it.run()
  expect((await it.request(request)).state).toBe('stopped')
  // The lowering was signed once; what still begins of it is looked at and attested by itself.
  await expect(it.act('dan', 'go-on', request)).rejects.toThrow('Check the change and approve again.')
  const world = await worldOf(it, request)
  const sam = world.people.get(await it.personId('Sam Okoro')) ?? null
  const actor = { memberId: '', boardId: 'board-1', cardId: null, person: sam, roles: noRoles }
  const form = approveWindow(world, actor, null, [])
  expect(form.refusal).toBe(undefined)
  expect(JSON.stringify(form.parts?.[0])).toContain('It was lowered to Production Deploy since.')
  await expect(it.act('sam', 'approve', request, {})).rejects.toThrow('left to confirm')
  await it.act('sam', 'approve', request, confirmations)
  expect((await it.request(request)).state).toBe('granting')
  expect(await verifySteps(it.db.kysely)).toEqual([])

  await it.act('sam', 'stop', request, { reason: 'Wait again' })
  await it.act('sam', 'go-on', request)
  await closeAll(it, request)
  expect((await it.request(request)).state).toBe('granted')
  expect(lists2('production')).toEqual([true, false])
  expect((await heldLevels(it.db.kysely, await it.personId('Priya Shah'))).map(({ level }) => level)).toEqual([
    'deploy',
  ])
  expect(await verifySteps(it.db.kysely)).toEqual([])
  await it.act('sam', 'undo-granted', request, { reason: 'Left' })
  await closeAll(it, request, 'revoke')
  expect((await it.request(request)).state).toBe('ended')
  expect(lists2('production')).toEqual([false, false])
  expect(await verifySteps(it.db.kysely)).toEqual([])
})

const noRoles = { keeper: false, seniorTech: false, secondLine: false, holdsAdmin: false }

test('denies a swapped AWS name: nobody approved that account, so nothing lower is given to it', async () => {
  const request = await it.approved('priya', 'admin')
  await closeAll(it, request)
  await it.db.kysely
    .updateTable('person_account')
    .set({ id: arnOf('priya.new'), name: 'priya.new@example.gov.uk' })
    .where('kind', '=', 'aws')
    .where('person_id', '=', await it.personId('Priya Shah'))
    .execute()
  for (const who of ['priya', 'dan'])
    await expect(it.act(who, 'lower-level', request, { to: 'deploy', reason: 'Moves' })).rejects.toThrow(
      'is another than the one that was approved',
    )
  expect((await it.request(request)).state).toBe('granted')
})

test('revoked altogether while it was being lowered: nothing lower is given afterwards', async () => {
  const request = await it.approved('priya', 'admin')
  await closeAll(it, request)
  await it.act('priya', 'lower-level', request, { to: 'deploy', reason: '' })
  await it.act('dan', 'revoke-for-cause', await it.personId('Priya Shah'), {
    plan: await it.wholeDigest('Priya Shah'),
    reason: 'Cause',
  })
  await closeAll(it, request, 'revoke')
  expect((await it.request(request)).state).toBe('ended')
  expect(it.github.membership(org, 'production-deploy', 'priya-s')).toBe('none')
  expect(await it.db.kysely.selectFrom('holding').select('grant_key').where('ended_at', 'is', null).execute()).toEqual([
    { grant_key: 'aws-iam-user' },
  ])
})

test('halfway, all of it is revoked for cause: what the lowering puts there goes too, and nothing is over before', async () => {
  const request = await it.approved('priya', 'admin')
  await closeAll(it, request)
  await it.act('rae', 'lower-level', request, { to: 'deploy', reason: 'No 2nd line shifts any more' })
  await it.run(3)
  const priya = await it.personId('Priya Shah')
  await it.act('dan', 'revoke-for-cause', priya, { plan: await it.wholeDigest('Priya Shah'), reason: 'Lost laptop' })
  const takes = (await it.steps(request, 'revoke')).map(({ key }) => key)
  expect(takes).toEqual(
    expect.arrayContaining(['aws-user/production', 'aws-user/staging', 'signon-production/production']),
  )
  // Its pull request adds them to the lower list; somebody merges it all the same.
  await it.run(2)
  expect((await it.step(request, 'aws-user/production', 'revoke')).state).not.toBe('verified')
  const lower = await it.step(request, 'signon-production/production', 'revoke')
  await it.act('alex', 'done-step', lower.id)
  await expect(it.act('jo', 'seen-step', lower.id)).rejects.toThrow(
    /^Wait until .* is gone, because that leaves this there/,
  )
  expect(await closeAll(it, request, 'revoke')).toBe(true)
  expect((await it.request(request)).state).toBe('ended')
  for (const environment of ['production', 'staging', 'tools']) expect(lists2(environment)).toEqual([false, false])
  expect(
    (await everyHolding(it.db.kysely)).filter(({ endedAt, untilLeaving }) => endedAt === null && !untilLeaving),
  ).toEqual([])
  expect(await verifySteps(it.db.kysely)).toEqual([])
})
