import { beforeEach, expect, test } from 'vitest'
import type { Database } from '../../server/db/database.ts'
import { type Beginning, heldRuns, letRun, mayBegin } from '../../server/requests/held-runs.ts'
import { testDatabase } from '../db/database.ts'

/** A run over the ceiling is let go on about just the people whom somebody looked at, and on that day. */

let db: Database
beforeEach(async () => {
  db = await testDatabase()
})

const at = new Date('2026-03-02T09:00:00Z')
const some = (from: number, count = 12) => Array.from({ length: count }, (_, n) => `p-${from + n}`)
const begins = (people: string[], change: Partial<Beginning> = {}) => {
  const ceiling = { share: 0.2, number: 10, items: { share: 0.2, number: 100 } }
  const about = { people, items: people.length, all: { people: 20, items: 400 } }
  const run = { run: 'reviews', of: '', ...about, ceiling, today: '2026-03-02', at, ...change } as const
  return db.transaction((tx) => mayBegin(tx, run))
}
const heldNow = async () => (await heldRuns(db.kysely)).find(({ run }) => run === 'reviews')
const given = async (people: number, items = people, whom?: string) => {
  const seen = whom ?? (await heldNow())?.whom ?? ''
  return db.transaction((tx) => letRun(tx, 'reviews', { people, items, whom: seen, day: '2026-03-02', by: 'rae', at }))
}

test('stops once, with news once; let, it is about these people and nobody else, today and not tomorrow', async () => {
  expect(await begins(some(0))).toEqual({ may: false, isNews: true })
  expect(await begins(some(0))).toEqual({ may: false, isNews: false })
  expect(await heldRuns(db.kysely)).toEqual([
    { run: 'reviews', of: '', whom: expect.any(String), people: 12, all: 20, items: 12, allItems: 400, since: at },
  ])
  expect(await given(11)).toBe(false)
  expect(await given(12)).toBe(true)
  expect(await begins(some(0))).toEqual({ may: true, isNews: false })
  expect(await begins(some(1, 11))).toEqual({ may: true, isNews: false })
  // As many others, by another wrong import on the same day.
  expect(await begins(some(100))).toEqual({ may: false, isNews: true })
  expect(await begins(some(0), { today: '2026-03-03' })).toEqual({ may: false, isNews: true })
})

test('stale: as many others, since somebody looked, are not let go by what they signed', async () => {
  await begins(some(0))
  const looked = (await heldNow())?.whom
  await begins(some(1))
  expect(await given(12, 12, looked)).toBe(false)
  expect(await begins(some(1))).toMatchObject({ may: false })
  await begins(some(0).toReversed())
  expect(await given(12, 12, looked)).toBe(true)
})

test('one run says nothing of another, and what is put right asks nobody any more', async () => {
  await begins(some(0))
  await begins(some(0), { run: 'differences-github', of: 'GitHub' })
  expect((await heldRuns(db.kysely)).map(({ run }) => run)).toEqual(['reviews', 'differences-github'])
  expect(await given(12)).toBe(true)
  expect(await begins(some(0), { run: 'differences-github' })).toMatchObject({ may: false })
  expect(await begins([], { run: 'differences-github' })).toEqual({ may: true, isNews: false })
  expect(await heldRuns(db.kysely)).toEqual([])
})

test('few people with too much of theirs stop too; let, no more of it goes on than somebody looked at', async () => {
  expect(await begins(some(0, 2), { items: 100 })).toEqual({ may: true, isNews: false })
  expect(await begins(some(0, 2), { items: 101 })).toEqual({ may: false, isNews: true })
  expect(await given(2, 100)).toBe(false)
  expect(await given(2, 101)).toBe(true)
  expect(await begins(some(0, 2), { items: 101 })).toEqual({ may: true, isNews: false })
  expect(await begins(some(0, 2), { items: 102 })).toEqual({ may: false, isNews: true })
})
