import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testDatabase } from '../db/database.ts'
import { granted } from './granted.ts'
import { DAYS, lists, startTestOffice, type TestOffice } from './office.ts'

/** Whose turn it becomes while access is given, one comment for each, told once. */

let it: TestOffice & { close(): Promise<void> }
beforeEach(async () => {
  it = await startTestOffice(await testDatabase())
})
afterEach(() => it.close())

const told = async (request: string, kind: string) => {
  const rows = await it.db.kysely
    .selectFrom('notice')
    .select(['text', 'mentions'])
    .where('request_id', '=', request)
    .where('kind', 'like', kind)
    .execute()
  const names = await it.db.kysely.selectFrom('person').select(['id', 'full_name']).execute()
  return rows.map(({ text, mentions }) => [
    mentions.map((id) => names.find((one) => one.id === id)?.full_name).join(', '),
    text,
  ])
}

describe('a pull request closed without merging', () => {
  test('tells the sponsor, once for all its steps, and reminds them of it after a day', async () => {
    const request = await it.approved()
    await it.run()
    await it.attest(request, 'aws-iam-user')
    await it.run()
    it.github.closePull(lists, 1, 'kofi-o')
    await it.run()
    expect((await it.step(request, 'aws-user/staging')).state).toBe('stuck')
    expect(await told(request, 'refused:%')).toEqual([
      [
        'Sam Okoro',
        'the pull request for AWS was closed without merging. Ask why, then try again or stop: open this card on a computer.',
      ],
    ])
    it.pass(2 * DAYS)
    await it.worker.sweep()
    expect((await told(request, 'stuck:aws%')).map(([who]) => who)).toEqual(['Sam Okoro', 'Sam Okoro'])
  })
})

describe('who carries out steps', () => {
  test('the pair of 2nd line is told together: one does, another looks', async () => {
    const request = await it.approved()
    expect(await told(request, 'doers:%')).toEqual([
      [
        'Alex Green, Jo Bell',
        'Priya Shah was approved for Production Deploy. 2nd line: AWS user and Signon, later Logit. One of you does each, another looks at it. Open this card or the access queue on a computer.',
      ],
    ])
  })

  test('a revocation does not begin in silence: its doers are told, once for each, and never why', async () => {
    const request = await granted(it)
    await it.act('sam', 'revoke-holding', request, { key: 'signon-production/production', reason: 'Left the team' })
    const once = [
      'Alex Green, Jo Bell',
      'Priya Shah’s access is being revoked. 2nd line: Signon. One of you does each, another looks at it. Open this card or the access queue on a computer.',
    ]
    const begun = async () => (await told(request, 'doers:%')).filter(([, text]) => text?.includes('revoked'))
    expect(await begun()).toEqual([once])
    await it.attest(request, 'signon-production/production', 'revoke')
    it.pass(60_000)
    expect((await it.request(request)).state).toBe('granted')
    await it.act('dan', 'undo-granted', request, { reason: 'Left the organisation' })
    expect((await begun()).map(([, text]) => text?.includes('2nd line: '))).toEqual([true, true])
    expect(JSON.stringify(await told(request, '%'))).not.toContain('Left')
  })
})

test('an account that changed holds the rest, and the sponsor is told without why', async () => {
  const request = await it.approved()
  const priya = await it.personId('Priya Shah')
  await it.db.kysely
    .updateTable('person_account')
    .set({ id: '1099', name: 'priya-new' })
    .where('person_id', '=', priya)
    .where('kind', '=', 'github')
    .execute()
  await it.run()
  expect(await told(request, 'held')).toEqual([
    ['Sam Okoro', 'nothing more is given here until you look at it again. Open this card on a computer.'],
  ])
})
