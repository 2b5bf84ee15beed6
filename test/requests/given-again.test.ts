import { describe, expect, test } from 'vitest'
import { goesWhole } from '../../server/grants/revoke.ts'
import { digestOfWhole, wholeRevocation } from '../../server/grants/revoke-person.ts'
import { verifySteps } from '../../server/grants/verify-steps.ts'
import { confirmations, type Practice, refused, review, startPractice } from './office.ts'

/** Something that one request revoked by itself, and that another one gave again: nothing of it outlives a revocation. */

test('goes with the request that gave it again, and for cause also where the one that revoked it once holds it', async () => {
  const it = await startPractice()
  const team = 'github-production-deploy'
  const { request: admin } = await it.ready('priya', 'admin')
  await it.as('dan').act('approve', admin, { ...confirmations, ...review })
  await it.giveAtOnce(admin)
  await it.as('priya').act('revoke-holding', admin, { key: team, reason: 'Not needed' })
  await it.closeSteps(admin, 'revoke')
  const { card, request: deploy } = await it.ready('priya')
  await it.as('sam').act('approve', deploy, confirmations)
  await it.giveAtOnce(deploy)
  expect([await it.state(admin), await it.state(deploy)]).toEqual(['granted', 'granted'])
  // Giving Deploy back takes it: Admin does not need what it revoked.
  expect(goesWhole(await it.world(card)).map(({ key }) => key)).toContain(team)

  // As it was handed on before that was so.
  const { db } = it
  const steps = db.kysely.selectFrom('step').select('id').where('request_id', '=', admin).where('key', '=', team)
  const { id } = await steps.where('direction', '=', 'grant').executeTakeFirstOrThrow()
  const held = () =>
    db.kysely.selectFrom('holding').select('id').where('grant_key', '=', team).where('ended_at', 'is', null)
  expect(await held().execute()).toHaveLength(1)
  await db.kysely.updateTable('holding').set({ request_id: admin, step_id: id }).where('id', 'in', held()).execute()
  const plan = digestOfWhole(await wholeRevocation(db.kysely, it.office, it.id('priya')))
  await it.as('dan').act('revoke-for-cause', it.id('priya'), { plan, reason: 'Cause' })
  const forCause = async () =>
    (await db.kysely.selectFrom('request').select('for_cause').execute()).map((one) => one.for_cause)
  expect(await forCause()).toEqual([true, true])
  for (const request of [admin, deploy]) await it.closeSteps(request, 'revoke')
  // Whatever is revoked of them later takes its turn again.
  expect(await forCause()).toEqual([false, false])
  expect([await it.state(admin), await it.state(deploy)]).toEqual(['ended', 'ended'])
  expect(await held().execute()).toEqual([])
  expect(await verifySteps(db.kysely)).toEqual([])
})

test('what is given back and never taken keeps no sponsor from revoking the rest of the request', async () => {
  const it = await startPractice()
  const { card, request } = await it.ready('priya')
  await it.as('sam').act('approve', request, confirmations)
  await it.giveAtOnce(request)
  await it.as('priya').act('revoke-holding', request, { key: 'logit', reason: 'Not needed' })
  await it.as('sam').act('undo-granted', request)
  expect(goesWhole(await it.world(card))).toEqual([])
  expect((await refused(it.as('sam').act('undo-granted', request))).status).toBe(409)
  await it.closeSteps(request, 'revoke')
  expect(await it.state(request)).toBe('ended')
  expect(await verifySteps(it.db.kysely)).toEqual([])
})

describe('one thing given back while the rest of its request is still given', () => {
  const idOf = async ({ db }: Practice, request: string, direction: 'grant' | 'revoke') => {
    const steps = db.kysely.selectFrom('step').select('id').where('request_id', '=', request)
    const one = steps.where('key', '=', 'logit').where('direction', '=', direction)
    return (await one.executeTakeFirstOrThrow()).id
  }
  const given = async (it: Practice, request: string) => {
    const id = await idOf(it, request, 'grant')
    await it.as('priya').act('do-own-part', id)
    await it.as('alex').act('done-step', id)
    await it.as('omar').act('seen-step', id)
  }
  const taken = async (it: Practice, request: string) => {
    const id = await idOf(it, request, 'revoke')
    await it.as('alex').act('done-step', id)
    await it.as('omar').act('seen-step', id)
  }
  const admin = async (it: Practice) => {
    const { request } = await it.ready('priya', 'admin')
    await it.as('dan').act('approve', request, { ...confirmations, ...review })
    return request
  }

  test('what waits for it elsewhere is over when it is gone', async () => {
    const it = await startPractice()
    const { request: deploy } = await it.ready('priya')
    await it.as('sam').act('approve', deploy, confirmations)
    await it.giveAtOnce(deploy)
    const higher = await admin(it)
    await given(it, higher)
    await it.as('sam').act('undo-granted', deploy)
    await it.as('priya').act('revoke-holding', higher, { key: 'logit', reason: 'Not needed' })
    await it.closeSteps(deploy, 'revoke')
    expect([await it.state(deploy), await it.state(higher)]).toEqual(['revoking', 'granting'])
    await taken(it, higher)
    expect([await it.state(deploy), await it.state(higher)]).toEqual(['ended', 'granting'])
    expect(await verifySteps(it.db.kysely)).toEqual([])
  })

  test('no other request gives it meanwhile: it would be counted there, and taken all the same', async () => {
    const it = await startPractice()
    const { request: deploy } = await it.ready('priya')
    await it.as('sam').act('approve', deploy, confirmations)
    await given(it, deploy)
    await it.as('priya').act('revoke-holding', deploy, { key: 'logit', reason: 'Not needed' })
    const higher = await admin(it)
    const id = await idOf(it, higher, 'grant')
    expect((await refused(it.as('priya').act('do-own-part', id))).code).toBe('fence-revoking')
    await taken(it, deploy)
    await given(it, higher)
  })
})

test('what was done and nobody saw goes with the higher value that kept it', async () => {
  const it = await startPractice()
  const { card: above, request: admin } = await it.ready('priya', 'admin')
  await it.as('dan').act('approve', admin, { ...confirmations, ...review })
  await it.giveAtOnce(admin)
  const { request: deploy } = await it.ready('priya')
  await it.as('sam').act('approve', deploy, confirmations)
  const steps = it.db.kysely.selectFrom('step').select('id').where('request_id', '=', deploy)
  const idOf = async (key: string) => (await steps.where('key', '=', key).executeTakeFirstOrThrow()).id
  const team = await idOf('github-production-deploy')
  await it.as('alex').act('done-step', team)
  await it.as('omar').act('seen-step', team)
  await it.as('alex').act('done-step', await idOf('argo-cd/production'))
  await it.as('sam').act('undo-granted', deploy)
  expect(await it.state(deploy)).toBe('ended')
  // Whoever has the higher value keeps both; without it neither is left.
  const goes = goesWhole(await it.world(above)).map(({ key }) => key)
  expect(goes).toEqual(expect.arrayContaining(['argo-cd/production', 'argo-cd-write/production']))
  await it.as('dan').act('undo-granted', admin)
  await it.closeSteps(admin, 'revoke')
  expect(await it.state(admin)).toBe('ended')
  const held = it.db.kysely.selectFrom('holding').select('grant_key').where('ended_at', 'is', null)
  expect((await held.execute()).map((one) => one.grant_key)).not.toContain('argo-cd/production')
  expect(await verifySteps(it.db.kysely)).toEqual([])
})
