import { afterEach, beforeEach, expect, test } from 'vitest'
import { readQueue } from '../../server/http/reading/queue.ts'
import { HostFailure } from '../../server/requests/card-host.ts'
import { testDatabase } from '../db/database.ts'
import { startTestOffice, type TestOffice } from '../grants/office.ts'

/** Whose queue holds what, wherever its card went. */

let it: TestOffice & { close(): Promise<void> }
beforeEach(async () => {
  it = await startTestOffice(await testDatabase())
})
afterEach(() => it.close())

async function rowsOf(name: string, board = 'all') {
  const person = await it.personId(name)
  const { id: memberId } = await it.db.kysely
    .selectFrom('person_account')
    .select('id')
    .where('kind', '=', 'trello')
    .where('person_id', '=', person)
    .executeTakeFirstOrThrow()
  const host = {
    boardMembers: async () => {
      throw new HostFailure('forbidden', 'not on it')
    },
  }
  const viewer = {
    memberId,
    boardId: 'board-1',
    cardId: null,
    state: null,
    token: '',
    publicKey: '',
    until: it.office.clock.wall(),
  }
  const asked = { board, tab: 'everything', person: '', system: '', state: '' }
  return (await readQueue({ db: it.db, office: it.office, host, exports: async () => [] }, viewer, asked)).rows
}

test('what is being carried out stays in every queue when its card is moved to a board that is not connected, and says so', async () => {
  const request = await it.approved('priya')
  await it.run(2)
  const before = (await rowsOf('Alex Green')).map(({ key }) => key)
  expect(before.length).toBeGreaterThan(2)
  await it.db.kysely.updateTable('request').set({ board_id: 'board-private' }).where('id', '=', request).execute()
  for (const name of ['Alex Green', 'Dan Reyes', 'Sam Okoro']) {
    const rows = await rowsOf(name)
    expect(rows.map(({ key }) => key).toSorted()).toEqual(before.toSorted())
    expect(rows[0]?.notes).toEqual(['Its card is on a board that is not connected, so nothing is written there.'])
  }
  // It is nobody else's business there either.
  expect(await rowsOf('Lee Hart')).toEqual([])
})
