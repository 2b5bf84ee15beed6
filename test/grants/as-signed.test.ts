import { afterEach, beforeEach, expect, test } from 'vitest'
import { verifySteps } from '../../server/grants/verify-steps.ts'
import { testDatabase } from '../db/database.ts'
import { granted } from './granted.ts'
import { org, startTestOffice, type TestOffice } from './office.ts'

/** Somebody who can write to the database changes what was signed. */

let it: TestOffice & { close(): Promise<void> }
const github = 'github-production-deploy'
const team = 'production-deploy'

beforeEach(async () => {
  it = await startTestOffice(await testDatabase())
})
afterEach(() => it.close())

async function edits(request: string, direction: 'grant' | 'revoke', change: object): Promise<void> {
  const { id, plan } = await it.step(request, github, direction)
  await it.db.kysely
    .updateTable('step')
    .set({ plan: JSON.stringify({ ...plan, ...change }) })
    .where('id', '=', id)
    .execute()
}

const jo = { account: { kind: 'github', id: '1005', name: 'jo-b' } }

test.each([
  ['the account', jo],
  ['the team', { wanted: { value: 'member', params: { org, team: 'production-admin' } } }],
])('denies carrying out a grant whose step says another %s than was approved', async (_what, change) => {
  const request = await it.approved('priya')
  await edits(request, 'grant', change)
  await it.run(2)
  expect(it.github.writes).toEqual([])
  expect(await it.step(request, github)).toMatchObject({ state: 'stopped', turn: 'senior-tech' })
  for (const step of await it.steps(request)) expect(step.state).toBe('stopped')
  expect(await it.events('step-not-as-signed')).toHaveLength(1)
  expect(await it.events('step-intent')).toEqual([])
})

test('denies it where the statement was changed to fit, because the log has its digest', async () => {
  const request = await it.approved('priya')
  await edits(request, 'grant', jo)
  const { approval_id } = await it.db.kysely
    .selectFrom('request')
    .select('approval_id')
    .where('id', '=', request)
    .executeTakeFirstOrThrow()
  await it.db.kysely
    .updateTable('signed_act')
    .set({ statement: '{}' })
    .where('id', '=', approval_id ?? '')
    .execute()
  await it.run(1)
  expect(it.github.writes).toEqual([])
})

test('denies revoking from an account that nobody signed for, and leaves the step to people', async () => {
  const request = await granted(it)
  it.github.addMember(org, team, 'jo-b')
  await it.act('dan', 'revoke-holding', request, { key: github, reason: 'Moves team' })
  await edits(request, 'revoke', jo)
  await it.run(2)
  expect(it.github.membership(org, team, 'jo-b')).toBe('active')
  const step = await it.step(request, github, 'revoke')
  expect(step).toMatchObject({ state: 'stuck', turn: 'senior-tech' })
  await it.act('dan', 'make-task', step.id)
})

test('allows what was signed, and the log keeps a digest of the account and the wanted value', async () => {
  const request = await it.approved('priya')
  await it.run(1)
  expect(it.github.openInvitations(org)).toEqual(['priya-s'])
  const [intent] = await it.events('step-intent')
  expect(intent?.data).toMatchObject({
    key: github,
    wanted: 'member',
    account: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  expect(JSON.stringify(intent?.data)).not.toContain('1001')
  await it.act('dan', 'undo-granted', request, {})
  await it.run(1)
  expect(it.github.openInvitations(org)).toEqual([])
})

test('verify recomputes the plan of what was approved and the account of what was done', async () => {
  const request = await it.approved('priya')
  await it.run(1)
  expect(await verifySteps(it.db.kysely)).toEqual([])
  await edits(request, 'grant', jo)
  const { id } = await it.step(request, github)
  expect(await verifySteps(it.db.kysely)).toEqual([
    `The steps of request ${request} are not those that were approved.`,
    `Step ${id} of request ${request} is not the one that was carried out.`,
  ])
})
