import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { SystemCall } from '../../server/grants/system.ts'
import { MOST_CALLS_A_MINUTE } from '../../server/http/told-routes.ts'
import { signonCalls } from '../../server/systems/signon/calls.ts'
import { type BareApp, bareApp } from './bare-app.ts'

/** A system that calls us: who it is comes before what it says, and whoever it is about is answered alike. */

const token = 'example-signon-calls-0123'
const kept: SystemCall[] = []
let app: BareApp
let bare: BareApp
beforeAll(async () => {
  app = await bareApp(false, [{ calls: signonCalls(token, null), keep: async (call) => void kept.push(call) }])
  bare = await bareApp()
})
afterAll(async () => {
  await app.close()
  await bare.close()
})
beforeEach(() => kept.splice(0))

const users = '/auth/gds/api/users'
const known = { authorization: `Bearer ${token}` }
const user = (change: object = {}) => ({
  user: {
    uid: 'u-1',
    email: 'Priya.Shah@example.gov.uk',
    name: 'Priya Shah',
    permissions: ['signin'],
    organisation_slug: null,
    organisation_content_id: null,
    disabled: true,
    ...change,
  },
})
const put = (body: unknown = user(), headers: Record<string, string> = known, path = `${users}/u-1`) =>
  app.send('PUT', path, body, headers)

test('is taken with its own token, and only whether the account is suspended is taken of it', async () => {
  const answer = await put()
  expect([answer.status, await answer.text()]).toEqual([200, ''])
  expect((await app.send('POST', `${users}/u-1/reauth`, {}, known)).status).toBe(200)
  expect(kept).toEqual([
    { id: 'u-1', says: { account: 'Priya.Shah@example.gov.uk', entry: { suspended: true } } },
    { id: 'u-1', says: null },
  ])
})

test('of permissions only those in the application that is called are taken, and none while suspended', () => {
  const read = (as: string | null, change: object) =>
    signonCalls(token, as).read({ method: 'PUT', path: '/users/u-1', body: user(change) })?.says?.entry
  const active = { disabled: false, permissions: ['signin', 'deploy'] }
  expect(read('Release', active)).toEqual({ suspended: false, 'app Release': 'signin, deploy' })
  expect(read('Release', { disabled: false, permissions: [] })).toEqual({ suspended: false, 'app Release': '' })
  expect(read(null, active)).toEqual({ suspended: false })
  // Suspended, it sends none, whatever is stored: that says nothing.
  expect(read('Release', { disabled: true, permissions: [] })).toEqual({ suspended: true })
})

test('that is not configured has no address here', async () => {
  expect((await bare.send('PUT', `${users}/u-1`, user(), known)).status).toBe(404)
})

test.each<[string, () => Promise<Response>, number]>([
  ['forged: no token', () => put(user(), {}), 401],
  ['forged: another token', () => put(user(), { authorization: `Bearer ${token}4` }), 401],
  ['forged: no token and too much, which is not read', () => put('x'.repeat(2_000_000), {}), 401],
  ['too much', () => put(user({ name: 'x'.repeat(20_000) })), 413],
  ['no JSON', () => put('user=1', { ...known, 'content-type': 'application/x-www-form-urlencoded' }), 415],
  ['broken JSON', () => put('{"user":'), 400],
  ['somebody else than its address names', () => put(user({ uid: 'u-2' })), 400],
  ['no word on whether they are suspended', () => put(user({ disabled: undefined })), 400],
  ['no address of theirs', () => put(user({ email: 'priya' })), 400],
  ['another call', () => app.send('DELETE', `${users}/u-1`, user(), known), 400],
  ['another address', () => put(user(), known, `${users}/u-1/reauth`), 400],
  ['an address that is none', () => put(user(), known, `${users}/%E0%A4%A`), 400],
])('denies %s, and nothing is kept', async (_, call, status) => {
  expect((await call()).status).toBe(status)
  expect(kept).toEqual([])
})

test('that comes too often is told to come later, and a forged one does not count', async () => {
  const statuses = new Set<number>()
  for (let i = 0; i < MOST_CALLS_A_MINUTE + 1; i += 1) statuses.add((await put()).status)
  expect([...statuses]).toEqual([200, 429])
  expect((await put(user(), {})).status).toBe(401)
})
