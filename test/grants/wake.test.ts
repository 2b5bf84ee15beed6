import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { startWake } from '../../server/grants/wake.ts'
import { describeOnBothDatabases } from '../db/database.ts'

const HOUR = 3_600_000
const wait = { timeout: 30_000 }

describeOnBothDatabases('Waking', (database) => {
  /** A worker that counts how often it was woken, and has `due` steps to carry out one by one. */
  async function worker(sweepEveryMs: number, due = 0, failures = 0) {
    const seen = { times: 0, due, reported: [] as unknown[] }
    const wake = await startWake({
      db: database(),
      sweepEveryMs,
      report: (error) => seen.reported.push(error),
      async work() {
        seen.times += 1
        if (seen.times <= failures) throw new Error('ours')
        return seen.due > 0 ? seen.due-- : 0
      },
    })
    return { wake, seen }
  }

  test('goes through the queue of the database: with the commit, and never after a rollback', async () => {
    const { wake, seen } = await worker(HOUR)
    try {
      const failing = database().transaction(async (tx) => {
        await wake.send(tx)
        throw new Error('rolled back')
      })
      await expect(failing).rejects.toThrow('rolled back')
      const queued = await sql`select id from wake.job where name = 'wake'`.execute(database().kysely)
      expect(queued.rows).toEqual([])
      await database().transaction((tx) => wake.send(tx))
      await expect.poll(() => seen.times, wait).toBe(1)
    } finally {
      await wake.stop()
    }
    expect(seen.reported).toEqual([])
  })

  test('lost: what no wake-up told of is found by looking', async () => {
    const { wake, seen } = await worker(50)
    await expect.poll(() => seen.times, wait).toBeGreaterThan(1)
    await wake.stop()
  })

  test('goes on while something is due, because a closed step lets others begin', async () => {
    const { wake, seen } = await worker(HOUR, 3)
    await database().transaction((tx) => wake.send(tx))
    await expect.poll(() => seen.due, wait).toBe(0)
    await wake.stop()
    expect(seen.times).toBe(4)
  })

  test('a look that fails is reported, and does not end the looking', async () => {
    const { wake, seen } = await worker(50, 0, 1)
    await expect.poll(() => seen.times, wait).toBeGreaterThan(1)
    await wake.stop()
    expect(seen.reported).toEqual([new Error('ours')])
  })

  test('after a stop nothing is looked for any more', async () => {
    const { wake, seen } = await worker(20)
    await expect.poll(() => seen.times, wait).toBeGreaterThan(0)
    await wake.stop()
    const before = seen.times
    await new Promise((done) => setTimeout(done, 100))
    expect(seen.times).toBe(before)
  })
})
