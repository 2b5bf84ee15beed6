import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../server/db/database.ts'
import { type Change, createChanges } from '../../server/http/changes.ts'
import { createOthersChanges } from '../../server/http/others-changes.ts'
import { createVersions } from '../../server/http/versions.ts'
import { type PostgresDatabase, postgresDatabase } from '../db/postgres-server.ts'
import { addCard, addPerson, addRequest } from '../db/rows.ts'
import { movableClock } from '../trello/clock.ts'

/** What one server process changes reaches frames that are open at another. */

const clock = movableClock()

/** A process: a pool of its own on the shared database, and what its open frames hear. */
async function processOn(url: string) {
  const db = await openDatabase({ url, dataDir: null })
  const changes = createChanges()
  const versions = createVersions(db, changes)
  const look = createOthersChanges({ versions, changes, clock })
  const heard: Change[] = []
  changes.listen((change) => heard.push(change))
  return { db, versions, look, heard }
}

let shared: PostgresDatabase
let one: Awaited<ReturnType<typeof processOn>>
let other: Awaited<ReturnType<typeof processOn>>
beforeAll(async () => {
  shared = await postgresDatabase()
})
afterAll(() => shared.drop())
beforeEach(async () => {
  one = await processOn(shared.url)
  other = await processOn(shared.url)
})
afterEach(async () => {
  for (const table of ['request', 'card', 'person'] as const) await one.db.kysely.deleteFrom(table).execute()
  await one.db.close()
  await other.db.close()
})

async function cardOf({ db }: { db: Database }, id: string): Promise<void> {
  await addCard(db.kysely, id)
  await db.kysely.updateTable('card').set({ read_at: clock.wall() }).where('id', '=', id).execute()
}

test('a card that one process reads is told of by the other, once, and not again by the one', async () => {
  await cardOf(one, 'card-1')
  await one.versions.tell('card-1')
  for (const each of [one, other, one, other]) await each.look()
  expect(one.heard).toHaveLength(1)
  expect(other.heard).toEqual(one.heard)
  expect(other.heard).toMatchObject([{ cardId: 'card-1', boardId: 'board-1' }])
})

test('a request that moves on is told of each time, and only its card', async () => {
  await addPerson(one.db.kysely, 'p-priya')
  await cardOf(one, 'card-1')
  await cardOf(one, 'card-2')
  await addRequest(one.db.kysely, { id: 'r-1', card: 'card-1', person: 'p-priya', state: 'open' })
  await other.look()
  other.heard.splice(0)
  for (const version of [2, 3]) {
    clock.move(10_000)
    await one.db.kysely.updateTable('request').set({ version, updated_at: clock.wall() }).execute()
    await other.look()
    await other.look()
  }
  expect(other.heard.map((change) => change.cardId)).toEqual(['card-1', 'card-1'])
  expect(new Set(other.heard.map((change) => change.version)).size).toBe(2)
})

test('what stood still for long is not told of', async () => {
  await cardOf(one, 'card-1')
  clock.move(60_000)
  await other.look()
  expect(other.heard).toEqual([])
})

test('a server whose clock is ten seconds behind is heard too', async () => {
  await cardOf(one, 'card-1')
  clock.move(10_000)
  await other.look()
  expect(other.heard.map((change) => change.cardId)).toEqual(['card-1'])
})
