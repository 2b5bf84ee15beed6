import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SECOND } from '../../server/clock.ts'
import { createTrelloHost } from '../../server/trello/card-host.ts'
import { createTrelloRest, type TrelloRest } from '../../server/trello/rest.ts'
import { type Answering, answering } from './answering.ts'
import { type MovableClock, movableClock } from './clock.ts'

const token = 'example-token-0123456789'
const apiKey = 'example-key-0123456789'
let trello: Answering
let clock: MovableClock
let rest: TrelloRest
/** When each request went out, on the test's clock. */
let sentAt: number[]
beforeAll(async () => {
  trello = await answering()
})
beforeEach(() => {
  clock = movableClock()
  sentAt = []
  trello.asked.splice(0)
  answer(200, '{"ok":true}')
  // Waiting moves the clock, so that nothing here takes real time.
  const sleep = async (ms: number) => {
    clock.move(ms)
    await new Promise((done) => setImmediate(done))
  }
  rest = createTrelloRest({ origin: trello.origin, apiKey, token, clock, sleep, random: () => 0.5 })
})
function answer(status: number, body: string, headers: Record<string, string> = {}): void {
  trello.answers((_request, response) => {
    sentAt.push(clock.wall().getTime())
    response.writeHead(status, headers).end(body)
  })
}

test('credentials stand in a header and never in an address; what is written stands in the body', async () => {
  await rest.get('/cards/S9sex2XU', { fields: 'name' })
  await rest.send('POST', '/cards/S9sex2XU/actions/comments', { text: '@sam Priya Shah is ready' })
  expect(trello.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET /1/cards/S9sex2XU?fields=name',
    'POST /1/cards/S9sex2XU/actions/comments',
  ])
  for (const one of trello.asked) {
    expect(one.authorization).toBe(`OAuth oauth_consumer_key="${apiKey}", oauth_token="${token}"`)
    expect(one.url).not.toMatch(/example-|Priya/)
  }
  expect(trello.asked[1]?.body).toBe('{"text":"@sam Priya Shah is ready"}')
})

describe('what Trello answers', () => {
  const cases: [number, string, string, RegExp, string][] = [
    [401, 'invalid token', 'unauthorised', /renews TRELLO_TOKEN/, 'refused'],
    [401, 'invalid key', 'unauthorised', /refuses the token/, 'refused'],
    [401, 'unauthorized card permission requested', 'forbidden', /adds it to the board/, 'ok'],
    [403, 'Forbidden', 'forbidden', /A board admin/, 'ok'],
    [404, 'The requested resource was not found.', 'not-found', /does not know this/, 'ok'],
    [400, 'invalid value for text', 'refused', /did not accept this \(400\)/, 'ok'],
    [503, 'Service Unavailable', 'unreachable', /could not reach Trello/, 'unreachable'],
    [200, '<html>A proxy’s page</html>', 'unreachable', /could not reach Trello/, 'unreachable'],
  ]
  test.each(cases)('%i "%s" is %s', async (status, body, kind, words, state) => {
    answer(status, body)
    await expect(rest.get('/cards/x')).rejects.toMatchObject({ kind, message: expect.stringMatching(words) })
    expect(rest.health().state).toBe(state)
  })

  test('its health says when it last answered', async () => {
    await rest.get('/cards/x')
    const then = clock.wall()
    answer(503, 'Service Unavailable')
    clock.move(60 * SECOND)
    await expect(rest.get('/cards/x')).rejects.toThrow('could not reach Trello')
    expect(rest.health()).toMatchObject({ state: 'unreachable', lastOk: then })
  })

  test('more than 8 MB is not read, whether it says so or not', async () => {
    trello.answers((_request, response) => {
      const part = Buffer.alloc(1024 * 1024, 'x')
      const more = () => {
        if (!response.destroyed) response.write(part, () => setImmediate(more))
      }
      response.on('error', () => {})
      more()
    })
    await expect(rest.get('/cards/x')).rejects.toThrow('more than we can read')
  })

  test('a redirect is not followed: the credentials would go along', async () => {
    trello.answers((_request, response) => void response.writeHead(302, { location: '/elsewhere' }).end())
    await expect(rest.get('/cards/x')).rejects.toMatchObject({ kind: 'unreachable' })
    expect(new Set(trello.asked.map(({ url }) => url))).toEqual(new Set(['/1/cards/x']))
  })

  test('a reading that fails is tried again, a writing never: it may have arrived', async () => {
    trello.answers((request) => void request.socket.destroy())
    await expect(rest.get('/cards/x')).rejects.toThrow('could not reach')
    await expect(rest.background.get('/cards/x')).rejects.toThrow('could not reach')
    await expect(rest.send('POST', '/cards/x/actions/comments', { text: 'a' })).rejects.toThrow('could not reach')
    expect(trello.asked.map(({ method }) => method)).toEqual([...Array(6).fill('GET'), 'POST'])
  })
})

describe('how often Trello is asked', () => {
  test('after a 429 without Retry-After nothing is sent for longer than Trello’s window, and longer the next time', async () => {
    answer(429, '{"error":"API_TOKEN_LIMIT_EXCEEDED","message":"Rate limit exceeded"}')
    await expect(rest.background.get('/boards/x')).rejects.toMatchObject({ kind: 'limited' })
    const waits = sentAt.slice(1).map((at, n) => at - (sentAt[n] ?? 0))
    expect(sentAt).toHaveLength(4)
    for (const [n, wait] of waits.entries()) expect(wait).toBeGreaterThan(11 * SECOND * 2 ** n)
    expect(rest.health()).toMatchObject({
      state: 'limited',
      sentence: 'Trello asks us to slow down (429). This is tried again by itself.',
    })
  })

  test('meanwhile somebody at a frame is told at once instead of waiting', async () => {
    answer(429, '{"error":"API_TOKEN_LIMIT_EXCEEDED","message":"Rate limit exceeded"}')
    await expect(rest.get('/cards/x')).rejects.toMatchObject({ kind: 'limited' })
    const asked = trello.asked.length
    await expect(rest.get('/cards/x')).rejects.toThrow('Trello asks us to slow down')
    expect(trello.asked).toHaveLength(asked)
    answer(200, '{}')
    clock.move(60 * SECOND)
    await rest.get('/cards/x')
    expect(rest.health().state).toBe('ok')
  })
})

describe('the card host', () => {
  const card = {
    id: 'a'.repeat(24),
    shortLink: 'aBcD1234',
    idBoard: 'b'.repeat(24),
    name: 'Production Deploy for Priya Shah',
    closed: false,
  }
  test('lets fields pass that nobody knows, and does without those that are missing', async () => {
    answer(200, JSON.stringify({ ...card, mirrorSourceId: null, checklists: [{ id: 'x', name: 'y', limits: {} }] }))
    const read = await createTrelloHost(rest).readCard(card.id)
    expect(read).toMatchObject({ id: card.id, copiedFrom: null, members: [], checklists: [{ items: [] }] })
  })

  test.each([
    ['another card', { ...card, id: 'c'.repeat(24), shortLink: 'other' }],
    ['a card without a board', { ...card, idBoard: undefined }],
    ['a list', []],
  ])('refuses %s', async (_name, body) => {
    answer(200, JSON.stringify(body))
    await expect(createTrelloHost(rest).readCard(card.id)).rejects.toThrow('something else than what we asked for')
  })

  test('several people who open one board at once ask Trello once', async () => {
    answer(200, JSON.stringify([{ id: 'm', fullName: 'Priya Shah', username: 'priya' }]))
    const host = createTrelloHost(rest)
    const all = await Promise.all(Array.from({ length: 25 }, () => host.boardMembers(card.idBoard)))
    expect(all.every(([first]) => first?.username === 'priya')).toBe(true)
    expect(trello.asked).toHaveLength(1)
    await host.boardMembers(card.idBoard)
    expect(trello.asked).toHaveLength(2)
  })

  test('reads every page of what happened, oldest first', async () => {
    const action = (n: number) => ({
      id: `action-${String(n).padStart(5, '0')}`,
      type: 'updateCard',
      date: '2026-11-24T09:00:00Z',
      data: { card: { id: `card-${n}` } },
    })
    const all = Array.from({ length: 1500 }, (_, n) => action(1499 - n))
    trello.answers((request, response) => {
      const query = new URL(request.url ?? '', trello.origin).searchParams
      const before = query.get('before')
      response.end(JSON.stringify(all.filter(({ id }) => !before || id < before).slice(0, Number(query.get('limit')))))
    })
    const { cards, newest } = await createTrelloHost(rest).changedSince(card.idBoard, 'action-0')
    expect(cards).toHaveLength(1500)
    expect(cards[0]?.id).toBe('card-0')
    expect(newest).toBe('action-01499')
  })
})
