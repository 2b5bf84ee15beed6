import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type BareApp, bareApp, boardId, cardId } from './bare-app.ts'

let app: BareApp
beforeAll(async () => {
  app = await bareApp()
})
afterAll(() => app.close())
beforeEach(() => {
  app.refused.splice(0)
  app.misused.splice(0)
  app.reported.splice(0)
  Object.assign(app.answers, { records: true })
})
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('headers of every answer', () => {
  const paths = [
    '/connector.html',
    '/assets/connector-aBc123.js',
    '/icon-dark.svg',
    '/healthz',
    '/api/settings',
    '/none',
  ]
  test.each(paths)('%s bears the policy that was tried with Trello’s real library', async (path) => {
    const { headers } = await app.get(path)
    expect(headers.get('content-security-policy')?.split(';')).toEqual([
      "default-src 'none'",
      "script-src 'self' https://p.trellocdn.com",
      "style-src 'self'",
      "img-src 'self' https: data:",
      "connect-src 'self'",
      "font-src 'self'",
      'frame-ancestors https://trello.com',
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ])
    // Trello frames us: this header would make the Power-Up vanish without a word.
    expect(headers.has('x-frame-options')).toBe(false)
    expect(headers.has('x-powered-by')).toBe(false)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000')
  })

  test('on the practice board the configured page may frame us and nobody else, and https is not insisted on', async () => {
    const practice = await bareApp(true)
    const { headers } = await practice.get('/connector.html')
    const policy = headers.get('content-security-policy')
    await practice.close()
    expect(policy).toContain('frame-ancestors http://localhost:4400;')
    expect(policy).not.toContain('trello.com')
    expect(headers.has('strict-transport-security')).toBe(false)
  })
})

describe('the built client', () => {
  test('pages are asked for again each time, and carry the platform and the library’s address', async () => {
    const answer = await app.get('/connector.html')
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    const html = await answer.text()
    expect(html).toContain('<script defer src="https://p.trellocdn.com/power-up.min.js">')
    expect(html).toContain('&quot;pageOrigin&quot;:&quot;https://trello.com&quot;')
    expect(html).not.toContain('__')
  })

  test('hashed assets never change under one name', async () => {
    const { headers } = await app.get('/assets/connector-aBc123.js')
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  })

  test('icons may be fetched by Trello’s page', async () => {
    for (const icon of ['/icon-light.svg', '/icon-dark.svg']) {
      const answer = await app.get(icon)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    }
  })

  test('nothing else is open to other origins', async () => {
    for (const path of ['/connector.html', '/api/settings', '/assets/connector-aBc123.js'])
      expect((await app.get(path, { origin: 'https://example.com' })).headers.has('access-control-allow-origin')).toBe(
        false,
      )
  })

  test.each(['/assets/../../package.json', '/assets/%2e%2e/%2e%2e/package.json', '/assets/', '/.env'])(
    '%s is not ours to give',
    async (path) => {
      expect((await app.get(path)).status).toBe(404)
    },
  )
})

describe('a refusal is a problem document (RFC 9457) whose detail says what to do', () => {
  const good = () => bearer(app.token())
  const cases: [number, string, () => Promise<Response>, RegExp][] = [
    [404, 'about:not-found', () => app.get('/api/nothing', good()), /nothing at this address/],
    [401, 'about:no-token', () => app.get('/api/settings'), /Nothing is lost. Sign in/],
    [401, 'about:token-refused', () => app.get('/api/settings', bearer('signature.'.padEnd(24, 'x'))), /not for us/],
    [400, 'about:no-card', () => app.get('/api/cards/abc', good()), /Say which card/],
    [
      403,
      'about:other-card',
      () => app.get(`/api/cards/${'e'.repeat(24)}`, bearer(app.token({ card: cardId }))),
      /Open/,
    ],
    [400, 'about:unreadable', () => app.send('POST', '/api/badges', '{"cards":', good()), /could not read/],
    [400, 'about:unreadable', () => app.send('POST', '/api/badges', { cards: ['x'] }, good()), /at most 500/],
    [
      415,
      'about:not-json',
      () => app.send('POST', '/api/badges', 'a=b', { ...good(), 'content-type': 'text/plain' }),
      /JSON/,
    ],
    [
      413,
      'about:too-large',
      () => app.send('POST', '/api/badges', { cards: ['x'.repeat(300_000)] }, good()),
      /Send less/,
    ],
    [413, 'about:too-large', () => app.send('POST', '/api/acts', { token: 'x'.repeat(300_000) }), /Send less/],
    [
      413,
      'about:too-large',
      () => app.send('POST', '/api/acts/prepare', { act: 'x'.repeat(4_300_000) }, good()),
      /Send less/,
    ],
    [404, 'about:no-window', () => app.get('/api/windows/approve?subject=r-1', good()), /nothing to show/],
    [500, 'about:our-side', () => app.get('/api/settings', good()), /Nothing is lost. Try again in a minute/],
  ]
  test.each(cases)('%i %s', async (status, type, ask, detail) => {
    const answer = await ask()
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    const problem = await answer.json()
    expect(problem).toMatchObject({ type, status, title: expect.any(String), detail: expect.stringMatching(detail) })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('cache-control') ?? 'no-store').toBe('no-store')
  })

  test('what went wrong on our side reaches the log and never the reader', async () => {
    const text = await (await app.get('/api/settings', good())).text()
    expect(text).not.toMatch(/priya|Key \(|Error:|\.ts/)
    expect(app.reported).toHaveLength(1)
  })

  test('with the database away it says so, what happens meanwhile, and whose turn it is', async () => {
    app.answers.records = false
    const answer = await app.get('/api/settings', good())
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({
      type: 'about:database-down',
      detail:
        'We cannot read our own records. Nothing is lost. Nothing is granted or revoked meanwhile. Whoever runs this server looks at it. You need not do anything.',
    })
    const health = await app.get('/healthz')
    expect([health.status, await health.text()]).toEqual([503, 'the database cannot be reached'])
  })
})

describe('who is looking', () => {
  test('each unauthenticated refusal moves the metric under its name', async () => {
    await app.get('/api/settings')
    await app.get('/api/settings', { authorization: 'Basic abc' })
    for (const reason of ['signature', 'other-plugin', 'expired'])
      await app.get('/api/settings', bearer(`${reason}.`.padEnd(24, 'x')))
    await app.get('/api/settings', bearer(app.token({ seconds: -120 })))
    expect(app.refused).toEqual(['missing', 'missing', 'signature', 'other-plugin', 'expired', 'expired'])
    expect(app.reported).toEqual([])
  })

  test('a token that ran out says that nothing is lost', async () => {
    const { detail } = await (await app.get('/api/settings', bearer(app.token({ seconds: -120 })))).json()
    expect(detail).toBe('Trello’s word on who you are has run out. Nothing is lost. Reload the board.')
  })

  test('with Trello’s keys out of reach nobody is called unknown', async () => {
    const answer = await app.get('/api/settings', bearer('keys-unreachable.'.padEnd(24, 'x')))
    expect(answer.status).toBe(503)
    expect((await answer.json()).detail).toContain('Nothing is lost. Try again in a minute.')
  })

  test('a token that was made for one act opens nothing else', async () => {
    const state = `v1.approve.r-1.${'a'.repeat(64)}.${'b'.repeat(32)}`
    const answer = await app.get('/api/settings', bearer(app.token({ state })))
    expect([answer.status, (await answer.json()).type]).toEqual([401, 'about:token-refused'])
    expect(app.refused).toEqual(['challenge-as-bearer'])
    expect(app.misused).toEqual(['challenge-as-bearer'])
  })

  test('an act’s token must carry that act’s challenge', async () => {
    const answer = await app.send('POST', '/api/acts', { challenge: 'v1.approve.r-1.x.y', token: app.token() })
    expect([answer.status, (await answer.json()).type]).toEqual([403, 'about:other-challenge'])
    expect(app.misused).toEqual(['other-challenge'])
  })
})

describe('versions', () => {
  test('a snapshot of badges that has not changed is answered with 304 and no body', async () => {
    const ask = (etag?: string) =>
      app.send(
        'POST',
        '/api/badges',
        { cards: [cardId] },
        { ...bearer(app.token()), ...(etag ? { 'if-none-match': etag } : {}) },
      )
    const first = await ask()
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toBe('"1"')
    expect((await first.json()).version).toBe('1')
    const second = await ask(etag)
    expect([second.status, await second.text()]).toEqual([304, ''])
    expect((await ask('"another"')).status).toBe(200)
  })

  test('so is the section', async () => {
    const ask = (etag: string) => app.get(`/api/cards/${cardId}`, { ...bearer(app.token()), 'if-none-match': etag })
    expect((await ask('"old"')).status).toBe(200)
    expect((await ask('"v-1"')).status).toBe(304)
  })
})

describe('figures', () => {
  test('are for whoever has the token, and are not even there for others', async () => {
    expect((await app.get('/metrics')).status).toBe(404)
    expect((await app.get('/metrics', bearer('another-metrics-token'))).status).toBe(404)
    const answer = await app.get('/metrics', bearer('example-metrics-token'))
    expect(await answer.text()).toContain('tokens_refused_total')
  })
})

describe('the live stream', () => {
  /** Reads a stream until it has said enough, or ended. */
  async function listen(headers: Record<string, string>, until: (said: string) => boolean, path = '/api/stream') {
    const answer = await app.get(path, headers)
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    let said = ''
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    while (reader && !until(said)) {
      const { done, value } = await reader.read()
      if (done) return { said, ended: true }
      said += value
    }
    await reader?.cancel()
    return { said, ended: false }
  }
  const change = { cardId, boardId, version: 'version-2', boardVersion: 'board-2' }
  const events = (said: string) => [...said.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''))
  const tellSoon = (...changes: (typeof change)[]) => {
    setTimeout(() => {
      for (const one of changes) app.changes.tell(one)
    }, 50)
  }

  test('takes the token in a header and never in the address', async () => {
    expect((await app.get(`/api/stream?card=${cardId}&token=${app.token()}`)).status).toBe(401)
  })

  test('tells of the card that is followed, with a version to ask for and nothing that might be private', async () => {
    tellSoon({ ...change, cardId: 'e'.repeat(24) }, change)
    const { said } = await listen(bearer(app.token()), (text) => text.includes('data:'), `/api/stream?card=${cardId}`)
    expect(said).toContain('id: version-2\nevent: change\n')
    expect(events(said)).toEqual([
      { id: 'version-2', card: cardId, board: boardId, version: 'version-2', announcement: null },
    ])
  })

  test('tells a board of each of its cards, and of no other board’s', async () => {
    tellSoon({ ...change, boardId: 'f'.repeat(24) }, change)
    const { said } = await listen(bearer(app.token()), (text) => text.includes('data:'))
    expect(said).toContain('id: board-2\n')
    expect(events(said)).toMatchObject([{ card: cardId, board: boardId }])
  })

  test('whoever comes back after a gap hears at once that something happened meanwhile', async () => {
    const headers = { ...bearer(app.token()), 'last-event-id': 'version-0' }
    for (const path of [`/api/stream?card=${cardId}`, '/api/stream']) {
      const { said } = await listen(headers, (text) => text.includes('data:'), path)
      expect(events(said)).toMatchObject([{ id: 'version-1', version: 'version-1' }])
    }
  })

  test('whoever missed nothing is told nothing', async () => {
    const headers = { ...bearer(app.token()), 'last-event-id': 'version-1' }
    const { said } = await listen(headers, (text) => text.includes('retry'), `/api/stream?card=${cardId}`)
    expect(events(said)).toEqual([])
  })

  test('ends when the token ends, and lets go of what it listened to', async () => {
    const { said, ended } = await listen(bearer(app.token({ seconds: 1 })), () => false)
    expect(ended).toBe(true)
    expect(events(said)).toEqual([])
  })

  test('of another card than the token’s is refused', async () => {
    const answer = await app.get(`/api/stream?card=${'e'.repeat(24)}`, bearer(app.token({ card: cardId })))
    expect([answer.status, (await answer.json()).type]).toEqual([403, 'about:other-card'])
  })
})
