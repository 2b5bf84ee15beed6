import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readTable } from '../../server/people/csv.ts'
import { readExport } from '../../server/systems/signon/export-file.ts'
import { type LocalSignon, startLocalSignon } from '../local-systems/signon.ts'

/** The Signon that runs here keeps Signon's own rules, and its export is one that the product reads. */

let signon: LocalSignon
const [dan, rae, priya] = ['dan.reyes', 'rae.lund', 'priya.shah'].map((name) => `${name}@example.gov.uk`) as [
  string,
  string,
  string,
]
beforeEach(async () => {
  signon = await startLocalSignon()
  signon.addUser({ name: 'Dan Reyes', email: dan, role: 'superadmin', twoStep: true })
  signon.addUser({ name: 'Rae Lund', email: rae, role: 'admin', twoStep: true })
})
afterEach(() => signon.close())

const idOf = (email: string) => signon.user(email)?.uid ?? ''
const press = async (path: string, values: Record<string, string>) =>
  (await fetch(`${signon.origin}${path}`, { method: 'POST', body: new URLSearchParams(values) })).text()
const on = (who: string, by: string, values: Record<string, string>) =>
  press(`/users/${idOf(who)}?by=${idOf(by)}`, values)
const invited = (by = dan) =>
  press(`/users/invitation/new?by=${idOf(by)}`, { name: 'Priya Shah', email: priya, 'Release/signin': 'on' })
const entryOf = (email: string, by: string) => {
  const read = readExport(readTable(signon.exportBy(by)))
  return read.wrong ? read.wrong : read.entries.get(email)
}

describe('by hand', () => {
  test('somebody is invited with an application, accepts, and sets up 2-step verification', async () => {
    await invited()
    expect(entryOf(priya, dan)).toMatchObject({ role: 'Normal', status: 'invited', 'app Release': 'signin' })
    await press('/account/two-step', { who: idOf(priya), do: 'accept' })
    await press('/account/two-step', { who: idOf(priya), do: 'two-step' })
    expect(entryOf(priya, dan)).toMatchObject({ status: 'active', twoStep: 'enabled' })
  })

  test('only a Superadmin changes roles, and only of somebody with 2-step verification', async () => {
    await invited()
    expect(await on(priya, rae, { do: 'role', role: 'superadmin' })).toContain('Only a Superadmin can change roles.')
    expect(await on(priya, dan, { do: 'role', role: 'superadmin' })).toContain('has not set up 2-step verification')
    await press('/account/two-step', { who: idOf(priya), do: 'two-step' })
    await on(priya, dan, { do: 'role', role: 'superadmin' })
    expect(entryOf(priya, dan)).toMatchObject({ role: 'Super Admin' })
  })

  test('suspending needs a reason, and keeps role and permissions for later', async () => {
    await invited()
    expect(await on(priya, dan, { do: 'suspend', reason: ' ' })).toContain('Give a reason')
    await on(priya, dan, { do: 'suspend', reason: 'production access revoked' })
    expect(entryOf(priya, dan)).toMatchObject({ status: 'suspended', 'app Release': 'signin' })
    await on(priya, dan, { do: 'unsuspend' })
    expect(entryOf(priya, dan)).toMatchObject({ status: 'invited' })
  })

  test('without “signin” an application has no permission at all', async () => {
    await invited()
    await on(priya, dan, { do: 'permissions', 'Whitehall/editor': 'on', 'Content/signin': 'on' })
    expect(entryOf(priya, dan)).toEqual(expect.objectContaining({ 'app Content': 'signin' }))
    expect(entryOf(priya, dan)).not.toHaveProperty('app Whitehall')
  })

  test('an Admin’s export shows no Super Admin', async () => {
    expect(entryOf(dan, rae)).toBeUndefined()
    expect(entryOf(rae, rae)).toMatchObject({ role: 'Admin' })
  })

  test('the Users page gives the export as a file', async () => {
    const page = await (await fetch(`${signon.origin}/users?by=${idOf(dan)}`)).text()
    const [, data = ''] = /download="users.csv" href="data:text\/csv;charset=utf-8,([^"]+)"/.exec(page) ?? []
    expect(decodeURIComponent(data)).toBe(signon.exportBy(dan))
  })
})

test('what it answers to a program says neither role nor permissions nor suspension', async () => {
  const address = `${signon.origin}/api/users?uuids[]=${idOf(dan)}&uuids[]=u-99`
  const answer = await fetch(address, { headers: { authorization: 'Bearer local-signon-token-0123456789' } })
  expect(await answer.json()).toEqual([{ uid: idOf(dan), name: 'Dan Reyes', email: dan, organisation: null }])
  expect((await fetch(address)).status).toBe(401)
})
