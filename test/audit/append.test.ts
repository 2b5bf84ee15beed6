import { describe, expect, test } from 'vitest'
import { append, EventRefused } from '../../server/audit/append.ts'
import { eraseDetails } from '../../server/audit/detail.ts'
import { type EventType, eventTypes, type NewEvent } from '../../server/audit/events.ts'
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

  test('names the evidence of a signed act beside what its type holds, and only in its form', async () => {
    const evidence = { signedAct: 'a-9', digest: 'a'.repeat(64) }
    await database().transaction((tx) => append(tx, [{ ...opened(), evidence }], clock))
    const [event] = await readLog(database().kysely, { requestId: 'r-1' })
    expect(event?.data).toEqual({ level: 'deploy', ...evidence })
    expect((await verify()).lines).toEqual([
      'The log is broken at event 1: the evidence of "request-opened" is missing.',
    ])
    const bad = { ...opened(), evidence: { ...evidence, digest: 'short' } }
    await expect(database().transaction((tx) => append(tx, [bad], clock))).rejects.toThrow()
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

/** Numbers that old exports bear. Add to the list; never change a line of it. */
const numbers: Record<EventType, number> = {
  'request-attached': 100,
  'request-detached': 123,
  'request-opened': 101,
  'details-given': 102,
  'ticks-claimed': 103,
  ready: 104,
  'no-longer-ready': 105,
  'review-recorded': 106,
  'line-manager-agreed': 107,
  'changes-asked': 108,
  approved: 109,
  declined: 110,
  withdrawn: 111,
  expired: 112,
  'kept-open': 113,
  stopped: 114,
  resumed: 115,
  paused: 116,
  granted: 117,
  'undo-opened': 118,
  ended: 119,
  'approved-again': 121,
  'judged-again': 122,
  'identity-claimed': 200,
  'identity-confirmed': 201,
  'identity-rejected': 202,
  'account-linked': 203,
  'account-changed': 204,
  'keeper-made': 205,
  'register-imported': 206,
  'fact-changed': 207,
  'rota-imported': 208,
  'details-erased': 209,
  'register-exported': 210,
  'export-imported': 211,
  'step-intent': 300,
  'step-receipt': 301,
  'step-waiting': 302,
  'step-stuck': 303,
  'step-verified': 304,
  'step-taken': 305,
  'step-released': 306,
  'step-handed-over': 307,
  'step-done': 308,
  'step-undone': 309,
  'step-seen': 310,
  'step-cannot': 311,
  'step-retried': 312,
  'step-made-task': 313,
  'step-stopped': 314,
  'engineer-part-done': 315,
  'step-not-as-signed': 317,
  'engineer-part-seen': 318,
  'holding-missing': 403,
  'holding-back': 404,
  'holding-kept': 405,
  'drift-found': 450,
  'drift-gone': 451,
  'drift-adopted': 452,
  'drift-removal-opened': 453,
  'drift-granted-again': 454,
  'drift-recorded-as-ended': 455,
  'comparison-wanted': 456,
  'drift-ended': 457,
  'drift-not-ended': 458,
  'differences-held': 459,
  'differences-let': 460,
  'drift-left': 461,
  'drift-account-named': 462,
  'drift-account-to-go': 463,
  'drift-lowering-opened': 464,
  'holding-made': 400,
  'holding-ended': 401,
  'revocation-opened': 402,
  'review-opened': 420,
  'review-closed': 421,
  'review-decided': 422,
  'revoked-by-command': 423,
  'level-lowered': 424,
  'reviews-held': 425,
  'reviews-let': 426,
  'command-looked-at': 427,
  'help-asked': 500,
  'help-answered': 501,
  'card-archived': 600,
  'card-deleted': 601,
  'card-moved': 602,
  'notice-sent': 603,
  'notice-not-sent': 604,
  'tick-earned': 605,
  'board-connected': 700,
  'board-disconnected': 701,
  'rule-set-activated': 702,
  'log-exported': 703,
  'ledger-exported': 705,
  'head-published': 704,
  refused: 800,
}

/** Numbers of types that are written no more: no other type may bear them. */
const retired = [120, 316]

describe('Every type of event', () => {
  const types = Object.keys(eventTypes) as EventType[]

  test('keeps its number, so that old exports keep their meaning', () => {
    expect(Object.fromEntries(types.map((type) => [type, eventTypes[type].id]))).toEqual(numbers)
    expect(new Set([...Object.values(numbers), ...retired]).size).toBe(types.length + retired.length)
  })

  test.for(types)('enforces its fields: %s', (type) => {
    const { data } = eventTypes[type]
    const required = Object.entries(data.shape).flatMap(([name, field]) => (field.isOptional() ? [] : [name]))
    expect(data.safeParse({}).success).toBe(required.length === 0)
    expect(data.safeParse({ surname: 'Shah' }).success).toBe(false)
    const missing = data.safeParse({}).error?.issues.map((issue) => issue.path.join('.')) ?? []
    expect(missing.sort()).toEqual(required.sort())
  })
})
