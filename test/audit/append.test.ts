import { expect, test } from 'vitest'
import { append, EventRefused } from '../../server/audit/append.ts'
import { eraseDetails } from '../../server/audit/detail.ts'
import { eventTypes, type NewEvent } from '../../server/audit/events.ts'
import { readLog } from '../../server/audit/read.ts'
import { verifyLog } from '../../server/audit/verify.ts'
import { describeOnBothDatabases } from '../db/database.ts'
import { addPerson } from '../db/rows.ts'
import { clock, opened } from './small-log.ts'

describeOnBothDatabases('The log', (database) => {
  const seqs = async () =>
    (await database().kysely.selectFrom('event').select('seq').orderBy('seq').execute()).map((row) => row.seq)
  const verify = () => verifyLog(database().kysely, [])

  test('is one chain, whoever writes at the same time', async () => {
    const requests = Array.from({ length: 20 }, (_, n) => `r-${n}`)
    await Promise.all(requests.map((id) => database().transaction((tx) => append(tx, [opened(id), opened(id)], clock))))
    expect(await seqs()).toEqual(Array.from({ length: 40 }, (_, n) => n + 1))
    expect((await verify()).lines[0]).toBe('The log is whole: 40 events in one chain.')
  })

  test('has no gap where a transaction failed', async () => {
    await database().transaction((tx) => append(tx, [opened()], clock))
    const failing = database().transaction(async (tx) => {
      await append(tx, [opened()], clock)
      throw new Error('rolled back')
    })
    await expect(failing).rejects.toThrow('rolled back')
    await database().transaction((tx) => append(tx, [opened()], clock))
    expect(await seqs()).toEqual([1, 2])
    expect((await verify()).ok).toBe(true)
  })

  test('refuses an event that is not whole, and the change it tells of is not made', async () => {
    const change = database().transaction(async (tx) => {
      await addPerson(tx, 'p-priya')
      await append(tx, [{ ...opened(), data: {} }], clock)
    })
    await expect(change).rejects.toThrow(EventRefused)
    await expect(change).rejects.toThrow(/The event "request-opened" is not whole \(level: /)
    expect(await database().kysely.selectFrom('person').selectAll().execute()).toEqual([])
    expect(await seqs()).toEqual([])
  })

  test('refuses what its type does not name, so that no personal detail slips in', async () => {
    const event = { ...opened(), data: { level: 'deploy', clearance: 'no' } }
    await expect(database().transaction((tx) => append(tx, [event], clock))).rejects.toThrow(EventRefused)
  })

  test('is read for one request or one person, oldest first', async () => {
    const other: NewEvent = { ...opened('r-2'), personId: 'p-lee' }
    await database().transaction((tx) => append(tx, [opened(), other, { ...opened(), type: 'ready', data: {} }], clock))
    const { kysely } = database()
    const short = (events: { seq: number; type: string }[]) => events.map(({ seq, type }) => [seq, type])
    expect(short(await readLog(kysely, { requestId: 'r-1' }))).toEqual([
      [1, 'request-opened'],
      [3, 'ready'],
    ])
    expect(short(await readLog(kysely, { personId: 'p-lee' }))).toEqual([[2, 'request-opened']])
  })

  test('keeps personal details beside it: erased, the chain is still whole', async () => {
    const detail = { before: null, after: 'contractor' }
    const event: NewEvent = { ...opened(), type: 'fact-changed', data: { fact: 'employment' }, detail }
    await database().transaction((tx) => append(tx, [event, { ...event, personId: 'p-lee' }], clock))
    const read = () => readLog(database().kysely, { personId: 'p-priya' })
    const [first] = await read()
    expect(first?.detail).toEqual(detail)
    expect(JSON.stringify(first?.data)).not.toContain('contractor')
    expect(await database().transaction((tx) => eraseDetails(tx, 'p-priya'))).toBe(1)
    expect((await read())[0]).not.toHaveProperty('detail')
    expect((await verify()).ok).toBe(true)
  })

  test('shows a personal detail that was changed afterwards', async () => {
    const event: NewEvent = { ...opened(), type: 'fact-changed', data: { fact: 'clearance' }, detail: { after: false } }
    await database().transaction((tx) => append(tx, [opened(), event], clock))
    const { kysely } = database()
    const { detail } = await kysely.selectFrom('event_detail').selectAll().executeTakeFirstOrThrow()
    await kysely
      .updateTable('event_detail')
      .set({ detail: JSON.stringify({ ...detail, detail: { after: true } }) })
      .execute()
    expect(await verify()).toEqual({
      ok: false,
      lines: ['The log is broken at event 2: its personal details were changed.'],
    })
  })
})

test('No two types of event share a number, so that old exports keep their meaning', () => {
  const numbers = Object.values(eventTypes).map((type) => type.id)
  expect(new Set(numbers).size).toBe(numbers.length)
})
