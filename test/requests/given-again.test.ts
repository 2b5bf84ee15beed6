import { expect, test } from 'vitest'
import { goesWhole } from '../../server/grants/revoke.ts'
import { digestOfWhole, wholeRevocation } from '../../server/grants/revoke-person.ts'
import { verifySteps } from '../../server/grants/verify-steps.ts'
import { confirmations, refused, review, startPractice } from './office.ts'

/** Something that one request revoked by itself, and that another one gave again: nothing of it outlives a revocation. */

test('goes with the request that gave it again, and for cause also where the one that revoked it once holds it', async () => {
  const it = await startPractice()
  const team = 'github-production-deploy'
  const { request: admin } = await it.ready('priya', 'admin')
  await it.as('dan').act('approve', admin, { ...confirmations, ...review })
  await it.closeSteps(admin, 'grant')
  await it.as('priya').act('revoke-holding', admin, { key: team, reason: 'Not needed' })
  await it.closeSteps(admin, 'revoke')
  const { card, request: deploy } = await it.ready('priya')
  await it.as('sam').act('approve', deploy, confirmations)
  await it.closeSteps(deploy, 'grant')
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
  for (const request of [admin, deploy]) await it.closeSteps(request, 'revoke')
  expect([await it.state(admin), await it.state(deploy)]).toEqual(['ended', 'ended'])
  expect(await held().execute()).toEqual([])
  expect(await verifySteps(db.kysely)).toEqual([])
})

test('what is given back and never taken keeps no sponsor from revoking the rest of the request', async () => {
  const it = await startPractice()
  const { card, request } = await it.ready('priya')
  await it.as('sam').act('approve', request, confirmations)
  await it.closeSteps(request, 'grant')
  await it.as('priya').act('revoke-holding', request, { key: 'logit', reason: 'Not needed' })
  await it.as('sam').act('undo-granted', request)
  expect(goesWhole(await it.world(card))).toEqual([])
  expect((await refused(it.as('sam').act('undo-granted', request))).status).toBe(409)
  await it.closeSteps(request, 'revoke')
  expect(await it.state(request)).toBe('ended')
  expect(await verifySteps(it.db.kysely)).toEqual([])
})
