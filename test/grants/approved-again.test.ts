import { beforeEach, expect, test } from 'vitest'
import { verifyLog } from '../../server/audit/verify.ts'
import { confirmations, type Practice, startPractice } from '../requests/office.ts'

/** Letting a stopped request go on approves anew what had not begun: it is checked as the first approval is. */

let office: Practice
let request = ''
let approvals: string[] = []
beforeEach(async () => {
  office = await startPractice()
  request = (await office.ready('priya')).request
  await office.as('sam').act('approve', request, confirmations)
  approvals = [await approvalOf()]
  await office.as('sam').act('stop', request, {})
  await office.as('dan').act('go-on', request)
  approvals.push(await approvalOf())
})

const row = () => office.db.kysely.selectFrom('request').selectAll().where('id', '=', request).executeTakeFirstOrThrow()
const approvalOf = async () => (await row()).approval_id ?? ''
const again = async () =>
  await office.db.kysely
    .selectFrom('event')
    .select(['actor', 'data'])
    .where('type', '=', 'approved-again')
    .executeTakeFirstOrThrow()
const verdict = () => verifyLog(office.db.kysely, [])

test('the request has the approval in force, and the record names both, with plan, rule set and relation', async () => {
  const [first, second] = approvals
  expect(first).not.toBe(second)
  expect(await row()).toMatchObject({ state: 'granting', approved_by: office.id('dan') })
  const { actor, data } = await again()
  expect([actor, data['signedAct'], data['before'], data['relation']]).toEqual([
    office.id('dan'),
    second,
    first,
    'senior-tech',
  ])
  const kept = await office.db.kysely
    .selectFrom('signed_act')
    .select(['act', 'statement'])
    .where('id', '=', second ?? '')
    .executeTakeFirstOrThrow()
  expect([kept.act, JSON.parse(kept.statement).about]).toEqual([
    'go-on',
    expect.objectContaining({ before: first, plan: data['planHash'], engineer: office.id('priya'), level: 'deploy' }),
  ])
  expect(await verdict()).toMatchObject({ ok: true })
})

test.each([
  ['token', { token: 'e30.e30.e30' }, 'its token is not signed by its key'],
  ['statement', { statement: '{}' }, 'its statement was changed'],
])('npm run verify finds a changed %s', async (_what, change, problem) => {
  const [, second = ''] = approvals
  await office.db.kysely.updateTable('signed_act').set(change).where('id', '=', second).execute()
  expect((await verdict()).lines).toContain(`Signed act ${second} (go-on on ${request}): ${problem}.`)
})

test('npm run verify finds one that is gone', async () => {
  const [, second = ''] = approvals
  await office.db.kysely.deleteFrom('signed_act').where('id', '=', second).execute()
  expect((await verdict()).lines).toEqual([
    expect.stringMatching(/^The log is broken at event \d+: the evidence of "approved-again" is missing\.$/),
  ])
})
