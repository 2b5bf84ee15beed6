import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testDatabase } from '../db/database.ts'
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

test('the pair of 2nd line is told together: one does, the other looks', async () => {
  const request = await it.approved()
  const [[who, text] = []] = await told(request, 'doers')
  expect([who, text]).toEqual(['Alex Green, Jo Bell', expect.stringContaining('One of you does each, the other looks')])
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
