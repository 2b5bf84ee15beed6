import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createGithubClient } from '../../server/systems/github/client.ts'
import { outgoing } from '../../server/systems/http/outgoing.ts'
import { type LocalGithub, startLocalGithub } from '../local-systems/github.ts'

let github: LocalGithub
beforeEach(async () => {
  github = await startLocalGithub()
  github.addUser('priya-s', 1001)
})
afterEach(() => github.close())

describe('a GitHub App', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  const appClient = (appId: string) =>
    createGithubClient({
      apiUrl: `${github.origin}/api`,
      credentials: { kind: 'app', appId, installationId: '7', privateKey: String(pem) },
      pace: 'at-once',
    })

  beforeEach(() => github.addApp('42', '7', String(publicKey.export({ type: 'spki', format: 'pem' }))))

  test('signs for a token, once, and uses it', async () => {
    const client = appClient('42')
    for (const _ of [1, 2]) {
      const found = await client.call('GET /users/{username}', { username: 'priya-s' })
      expect(found).toMatchObject({ status: 200, requestId: expect.any(String) })
    }
    const signed = github.requests.filter((one) => one.path === '/app/installations/7/access_tokens')
    expect(signed).toHaveLength(1)
  })

  test('that GitHub does not know is unauthorised, without its key in any word', async () => {
    const call = appClient('43').call('GET /users/{username}', { username: 'priya-s' })
    await expect(call).rejects.toMatchObject({ kind: 'unauthorised' })
    await expect(call).rejects.not.toThrow(/BEGIN|eyJ/)
  })
})

test('a call is never repeated by itself: whether it was carried out is read first', async () => {
  const credentials = { kind: 'token', token: github.token } as const
  const client = createGithubClient({ apiUrl: `${github.origin}/api`, credentials })
  github.faults.next('server-error')
  await expect(client.call('GET /users/{username}', { username: 'priya-s' })).rejects.toMatchObject({
    kind: 'transient',
  })
  expect(github.requests).toHaveLength(1)
})

test.each([
  [301, 'GitHub’s answer was refused: it leads elsewhere, or is larger than any that we expect.'],
  [410, 'GitHub answered 410.'],
])(
  'of a repository that moved or is gone, answered %i, it is told for good, and nothing else rests for it',
  async (status, message) => {
    let asked = 0
    const server = createServer((_request, response) => {
      asked += 1
      response.writeHead(status, { 'content-type': 'application/json', location: '/elsewhere' }).end('{}')
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const credentials = { kind: 'token', token: github.token } as const
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const client = createGithubClient({ apiUrl, credentials, pace: 'at-once' })
    for (let i = 0; i < 7; i += 1)
      await expect(client.call('GET /repos/{owner}/{repo}', { owner: 'o', repo: 'r' })).rejects.toMatchObject({
        kind: 'invalid',
        message,
      })
    expect(asked).toBe(7)
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  },
)

describe('what leaves this server', () => {
  test('goes to the configured host only', async () => {
    const send = outgoing('https://api.example.gov.uk')
    await expect(send(`${github.origin}/api/rate_limit`)).rejects.toThrow('not the one that was configured')
  })

  test.each([
    ['a redirect', (_: number) => ({ status: 302, headers: { location: '/elsewhere' }, body: '' })],
    ['an answer without an end', (size: number) => ({ status: 200, headers: {}, body: 'x'.repeat(size) })],
  ])('is given up at %s', async (_, answer) => {
    const server = createServer((request, response) => {
      if (request.url === '/elsewhere') return response.end('followed')
      const { status, headers, body } = answer(5 * 1024 * 1024)
      return response.writeHead(status, headers).end(body)
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await expect(outgoing(origin)(`${origin}/x`)).rejects.toThrow()
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  })
})
