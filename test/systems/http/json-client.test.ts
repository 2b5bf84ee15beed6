import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { SystemFailure } from '../../../server/grants/system.ts'
import { type JsonCall, type JsonClientParts, jsonClient } from '../../../server/systems/http/json-client.ts'
import { halfSent, json, type Loopback, lost, raw, silent, startLoopback } from './loopback.ts'

/** One client for every system that speaks JSON: what it sends, what it refuses, and what it never says. */

const secret = 'secret-token-0123456789'
const email = 'priya.shah@example.gov.uk'
let there: Loopback
let time: Date

beforeEach(async () => {
  time = new Date('2026-11-02T09:00:00Z')
  there = await startLoopback()
})
afterEach(() => there.close())

const pass = (ms: number) => {
  time = new Date(time.getTime() + ms)
}

function client(change: Partial<JsonClientParts> = {}) {
  return jsonClient({
    name: 'Examplely',
    baseUrl: `${there.origin}/base`,
    headers: { Authorization: () => `Bearer ${secret}` },
    now: () => time,
    requestIdHeader: 'x-request-id',
    sleep: async () => {},
    random: () => 0,
    ...change,
  })
}

const person = z.object({ id: z.string() })
const reading: JsonCall<{ id: string }> = { method: 'GET', path: ['people', email], answer: person }
const changing: JsonCall<{ id: string }> = {
  method: 'PUT',
  path: ['people', email],
  json: { role: 'x' },
  answer: person,
}

async function failureOf(work: Promise<unknown>): Promise<SystemFailure> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof SystemFailure)) throw new Error('It did not throw a typed failure.')
  // Whatever happens: no log of this failure tells a credential, an address or what was answered.
  expect(inspect(error, { depth: 9, showHidden: true }).replaceAll(process.cwd(), '')).not.toMatch(
    /secret-token|priya|people\/|127\.0\.0\.1/,
  )
  return error
}

describe('what goes out', () => {
  test('is encoded part by part, with the credential in a header and the vendor’s id kept', async () => {
    there.answers(json(200, { id: '1', unknown: true }, { 'x-request-id': 'r-7' }))
    const done = await client().call({ ...reading, path: ['a/b', 'groups:lookup', ''], query: { email } })
    expect(done).toEqual({ status: 200, data: { id: '1' }, requestId: 'r-7', link: null })
    const [sent] = there.seen
    expect(sent?.url).toBe('/base/a%2Fb/groups:lookup/?email=priya.shah%40example.gov.uk')
    expect(sent?.headers.authorization).toBe(`Bearer ${secret}`)
  })

  test('is JSON or a form, as the system wants it', async () => {
    there.answers(json(200, { id: '1' }))
    await client().call(changing)
    const form = { role: 'engineer', limit_services: 'false' }
    await client().call({ method: 'PUT', path: ['x'], form, answer: person })
    await client().call({ ...changing, headers: { 'Content-Type': 'application/vnd.api+json' } })
    expect(there.seen.map(({ headers, body }) => [headers['content-type']?.split(';')[0], body])).toEqual([
      ['application/json', '{"role":"x"}'],
      ['application/x-www-form-urlencoded', 'role=engineer&limit_services=false'],
      ['application/vnd.api+json', '{"role":"x"}'],
    ])
  })

  test('never leaves the path that is meant', async () => {
    await expect(client().call({ ...reading, path: ['people', '..', 'admin'] })).rejects.toThrow('leads elsewhere')
    expect(there.seen).toEqual([])
  })

  test('a credential that cannot be had is a typed failure without a word of it', async () => {
    const bad = client({ headers: { authorization: () => `${secret}\n` } })
    expect(await failureOf(bad.call(reading))).toMatchObject({ kind: 'transient' })
    const none = client({ headers: { authorization: () => Promise.reject(new Error(secret)) } })
    expect(await failureOf(none.call(reading))).toMatchObject({ kind: 'transient' })
  })
})

describe('answers', () => {
  test('404 is an answer, and no body is one too', async () => {
    there.answers(json(404, {}), raw(204, '', {}))
    expect(await client().call(reading)).toBeNull()
    const done = await client().call({ method: 'DELETE', path: ['x'], answer: z.undefined() })
    expect(done?.status).toBe(204)
  })

  test.each([
    [400, 'invalid'],
    [401, 'unauthorised'],
    [403, 'forbidden'],
    [409, 'conflict'],
    [422, 'invalid'],
    [429, 'throttled'],
    [500, 'transient'],
    [503, 'transient'],
  ])('%i is %s, says the system’s name and a remedy, and quotes nothing', async (status, kind) => {
    there.answers(json(status, { detail: `${email} secret-token` }))
    const failure = await failureOf(client().call(changing))
    expect(failure).toMatchObject({ kind, message: expect.stringContaining('Examplely') })
    expect(failure.remedy).toMatch(/\.$/)
  })

  test('a text that the system is known for has its own meaning', async () => {
    there.answers(json(400, { detail: 'role is retired' }))
    const known: JsonClientParts['known'] = ({ said, status, method }) =>
      status === 400 && method === 'PUT' && said.includes('retired')
        ? new SystemFailure('managed-elsewhere', 'The role is retired.', 'Use another.')
        : null
    expect(await failureOf(client({ known }).call(changing))).toMatchObject({ kind: 'managed-elsewhere' })
  })

  test.each([
    ['of another shape', json(200, { id: 7 }), 'invalid', 'do not understand'],
    ['that is a page', raw(200, '<html>', { 'content-type': 'text/html' }), 'invalid', 'do not understand'],
    ['without a body', raw(200, '', {}), 'invalid', 'do not understand'],
    ['that is cut off', raw(200, '{"id":"', { 'content-type': 'application/json' }), 'transient', 'cut off'],
    ['that breaks off', halfSent, 'transient', 'could not be reached'],
    ['that leads elsewhere', raw(302, '', { location: 'http://127.0.0.1/' }), 'invalid', 'leads elsewhere'],
    ['that is lost', lost, 'transient', 'could not be reached'],
  ])('an answer %s is refused', async (_, answer, kind, words) => {
    there.answers(answer)
    const failure = await failureOf(client().call(changing))
    expect(failure).toMatchObject({ kind, message: expect.stringContaining(words) })
  })

  test('an answer without an end is given up', async () => {
    there.answers(json(200, { id: 'x'.repeat(5000) }))
    expect(await failureOf(client({ largestAnswer: 1000 }).call(reading))).toMatchObject({ kind: 'invalid' })
  })

  test('an answer that never comes ends in time as "we do not know", and is not waited for twice', async () => {
    there.answers(silent)
    const failure = await failureOf(client({ timeOutMs: 50 }).call(reading))
    expect(failure).toMatchObject({ kind: 'transient', message: 'Examplely did not answer in time.' })
    expect(there.seen).toHaveLength(1)
  })
})

describe('trying again', () => {
  test('a read is tried once more', async () => {
    there.answers(lost, json(200, { id: '1' }))
    expect(await client().call(reading)).toMatchObject({ data: { id: '1' } })
    there.answers(json(502, {}))
    await failureOf(client().call(reading))
    expect(there.seen).toHaveLength(4)
  })

  test.each([lost, json(500, {})])('a change never is', async (answer) => {
    there.answers(answer, json(200, { id: '1' }))
    await failureOf(client().call(changing))
    expect(there.seen).toHaveLength(1)
  })
})

describe('limits', () => {
  test.each([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['a date', { 'retry-after': 'Mon, 02 Nov 2026 12:00:20 GMT', date: 'Mon, 02 Nov 2026 12:00:00 GMT' }, 20_000],
    ['a time that is over', { 'retry-after': 'Mon, 02 Nov 2026 08:00:00 GMT', date: '' }, 0],
    ['more than an hour', { 'retry-after': '86400' }, 3_600_000],
    ['nothing that we understand', { 'retry-after': 'later' }, null],
  ])('429 with %s in Retry-After', async (_, headers, retryAfterMs) => {
    there.answers(json(429, {}, headers))
    expect(await failureOf(client().call(changing))).toMatchObject({ kind: 'throttled', retryAfterMs })
  })

  test('while it asks us to wait, nothing goes out', async () => {
    const one = client()
    there.answers(json(429, {}, { 'retry-after': '7' }), json(200, { id: '1' }))
    await failureOf(one.call(changing))
    pass(3000)
    expect(await failureOf(one.call(reading))).toMatchObject({ kind: 'throttled', retryAfterMs: 4000 })
    expect(there.seen).toHaveLength(1)
    pass(4001)
    await one.call(reading)
    expect(there.seen).toHaveLength(2)
  })

  test('503 with Retry-After is obeyed as well, and keeps its kind', async () => {
    const one = client()
    there.answers(json(503, {}, { 'retry-after': '5' }))
    expect(await failureOf(one.call(reading))).toMatchObject({ kind: 'transient', retryAfterMs: 5000 })
    expect(there.seen).toHaveLength(1)
    expect(await failureOf(one.call(reading))).toMatchObject({ kind: 'throttled' })
  })

  test('a limit that is used up, by its own headers, stops the calls that it counts until it begins anew', async () => {
    const one = client({
      limits: {
        counts: 'changes',
        read: (headers) =>
          headers.has('x-left') ? { remaining: Number(headers.get('x-left')), resetsAt: headers.get('x-reset') } : null,
      },
    })
    const reset = String(time.getTime() / 1000 + 60)
    there.answers(json(200, { id: '1' }, { 'x-left': '0', 'x-reset': reset, date: time.toUTCString() }))
    await one.call(changing)
    expect(await failureOf(one.call(changing))).toMatchObject({ kind: 'throttled', retryAfterMs: 60_000 })
    await one.call(reading)
    pass(60_000)
    await one.call(changing)
    expect(there.seen).toHaveLength(3)
  })

  test('all who were told to wait come back at moments of their own', async () => {
    there.answers(json(429, {}, { 'retry-after': '7' }))
    expect(await failureOf(client({ random: () => 0.5 }).call(changing))).toMatchObject({ retryAfterMs: 7500 })
  })
})

describe('the breaker', () => {
  test.each([
    ['did not answer', json(500, {}), 'transient', 'did not answer 5 times'],
    ['refused our credentials', json(401, {}), 'unauthorised', 'refused our credentials 5 times'],
  ])('opens after a system %s five times, and closes by one call that goes through', async (_, answer, kind, words) => {
    const one = client()
    there.answers(answer)
    for (let times = 0; times < 5; times += 1) await failureOf(one.call(changing))
    expect(there.seen).toHaveLength(5)
    const open = await failureOf(one.call(changing))
    expect(open).toMatchObject({ kind, message: expect.stringContaining(words), retryAfterMs: 30_000 })
    expect(there.seen).toHaveLength(5)

    // Half open: one call only, and a bad answer opens it again.
    pass(30_000)
    const [first, second] = await Promise.all([failureOf(one.call(changing)), failureOf(one.call(changing))])
    expect([first.kind, second.message]).toEqual([kind, expect.stringContaining('is not asked for a moment')])
    expect(there.seen).toHaveLength(6)
    await failureOf(one.call(changing))
    expect(there.seen).toHaveLength(6)

    pass(30_000)
    there.answers(json(200, { id: '1' }))
    await one.call(changing)
    await one.call(changing)
    expect(there.seen).toHaveLength(8)
  })

  test('a refusal of what we ask is an answer: it does not open', async () => {
    const one = client()
    there.answers(json(500, {}), json(500, {}), json(500, {}), json(500, {}), json(403, {}), json(500, {}))
    for (let times = 0; times < 9; times += 1) await failureOf(one.call(changing))
    expect(there.seen).toHaveLength(9)
  })
})
