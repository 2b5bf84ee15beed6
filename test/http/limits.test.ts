import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MOST_A_MINUTE, MOST_COSTLY_A_MINUTE, MOST_STREAMS } from '../../server/http/limits.ts'
import { type BareApp, bareApp, boardId, cardId } from './bare-app.ts'

/** Who asks comes before what is asked, and nobody uses up what is there for all. */

let app: BareApp
beforeEach(async () => {
  app = await bareApp()
})
afterEach(() => app.close())
const me = () => ({ authorization: `Bearer ${app.token()}` })
const badges = (headers: Record<string, string>) =>
  app.send('POST', '/api/badges', { cards: ['e'.repeat(24)] }, headers)
const prepare = (headers: Record<string, string>) =>
  app.send('POST', '/api/acts/prepare', { act: 'ask', subject: cardId, input: {} }, headers)
const statuses = async (times: number, call: () => Promise<Response>) => {
  const counted: Record<number, number> = {}
  for (let i = 0; i < times; i += 1) {
    const { status } = await call()
    counted[status] = (counted[status] ?? 0) + 1
  }
  return counted
}

describe('forged', () => {
  test('denies a body of four megabytes without a token before it is read', async () => {
    const large = JSON.stringify({ act: 'import-people', subject: boardId, input: { csv: 'x'.repeat(4_000_000) } })
    expect((await app.send('POST', '/api/acts/prepare', large)).status).toBe(401)
    const broken = await app.send('POST', '/api/acts/prepare', '{', {
      authorization: `Bearer ${'bad'.padEnd(24, '-')}`,
    })
    expect(broken.status).toBe(401)
    expect(app.refused).toEqual(['missing', 'bad'])
  })
  test('denies more than a challenge and a token where the token comes in the body', async () => {
    const answer = await app.send('POST', '/api/acts', { challenge: 'v1.ask.c.d.n', token: 'x'.repeat(20_000) })
    expect(answer.status).toBe(413)
  })
})

describe('a member who asks too often', () => {
  test('is told to wait a minute, and others are not', async () => {
    expect(await statuses(MOST_COSTLY_A_MINUTE + 2, () => prepare(me()))).toEqual({ 200: MOST_COSTLY_A_MINUTE, 429: 2 })
    // Each download is written into the log, under its lock.
    for (const path of ['/api/log', '/api/register', '/api/people/ledger.csv'])
      expect([path, (await app.send('GET', path, undefined, me())).status]).toEqual([path, 429])
    const refused = await prepare(me())
    expect(await refused.json()).toMatchObject({
      status: 429,
      detail:
        'You asked for more than this server answers in a minute. Nothing is lost. Wait a minute, then try again.',
    })
    expect((await prepare({ authorization: `Bearer ${app.token({ member: 'f'.repeat(24) })}` })).status).toBe(200)
  })
  test('gains nothing by writing an address in capitals', async () => {
    const shouted = () => app.send('POST', '/api/Acts/PREPARE', { act: 'ask', subject: cardId, input: {} }, me())
    expect((await statuses(MOST_COSTLY_A_MINUTE + 1, shouted))[429]).toBe(1)
  })
  test('is told so for acts that bring their own token too, before anything is written of them', async () => {
    const token = app.token()
    const misuse = () => app.send('POST', '/api/acts', { challenge: 'v1.ask.c.d.n', token })
    const counted = await statuses(MOST_COSTLY_A_MINUTE + 3, misuse)
    expect(counted[429]).toBe(3)
    expect(app.misused.length).toBeLessThanOrEqual(MOST_COSTLY_A_MINUTE)
  })
  test('has room for the badges of the largest board while doing so', async () => {
    await statuses(MOST_COSTLY_A_MINUTE + 2, () => prepare(me()))
    expect(await statuses(9, () => badges(me()))).toEqual({ 200: 9 })
  })
  test('is told so for whatever is read, too', async () => {
    expect(await statuses(MOST_A_MINUTE + 1, () => badges(me()))).toEqual({ 200: MOST_A_MINUTE, 429: 1 })
  })
})

test('a member’s streams are counted, and one that ends makes room for another', async () => {
  const ends = new AbortController()
  const stream = (signal: AbortSignal) => fetch(`${app.origin}/api/stream`, { headers: me(), signal })
  const open = await Promise.all(Array.from({ length: MOST_STREAMS }, () => stream(ends.signal)))
  expect(open.map((one) => one.status)).toEqual(Array.from({ length: MOST_STREAMS }, () => 200))
  const after = new AbortController()
  expect((await stream(after.signal)).status).toBe(429)
  ends.abort()
  await expect.poll(async () => (await stream(after.signal)).status).toBe(200)
  after.abort()
})
