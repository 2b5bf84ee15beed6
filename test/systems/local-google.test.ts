import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { auth, cloudidentity } from '@googleapis/cloudidentity'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readGoogleCredentials } from '../../server/systems/google/credentials.ts'
import { createGoogleTokens } from '../../server/systems/google/tokens.ts'
import { violations, wrongByGoogle } from '../contracts/google.ts'
import { type LocalGoogle, startLocalGoogle } from '../local-systems/google.ts'
import { covers } from './covers.ts'
import { googleGroup as group } from './orders.ts'

/** The local Google against Google's own client, and both kinds of credentials. */

let google: LocalGoogle
let folder: string
const here = () => ({ now: () => new Date(), tokensFrom: google.tokensUrl })
beforeEach(async () => {
  google = await startLocalGoogle()
  google.addGroup(group, 'Production access')
  folder = mkdtempSync(join(tmpdir(), 'local-google-'))
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await google.close()
})

test(
  'Google’s own client finds the group, adds, reads, lists and removes a member',
  covers('Google group', 'client: @googleapis/cloudidentity'),
  async () => {
    const signedIn = new auth.OAuth2()
    const header = await createGoogleTokens(google.tokens.key, here()).header()
    signedIn.setCredentials({ access_token: header.replace('Bearer ', ''), expiry_date: Date.now() + 3_600_000 })
    const client = cloudidentity({ version: 'v1', rootUrl: `${google.origin}/`, auth: signedIn, retry: false })
    const { data: found } = await client.groups.lookup({ 'groupKey.id': group })
    const parent = found.name ?? ''
    const email = 'priya.shah@example.gov.uk'
    const requestBody = { preferredMemberKey: { id: email }, roles: [{ name: 'MEMBER' }] }
    const { data: made } = await client.groups.memberships.create({ parent, requestBody })
    expect(made).toMatchObject({ done: true, response: { preferredMemberKey: { id: email } } })
    await expect(client.groups.memberships.create({ parent, requestBody })).rejects.toMatchObject({ status: 409 })
    const { data: one } = await client.groups.memberships.lookup({ parent, 'memberKey.id': email })
    const { data: read } = await client.groups.memberships.get({ name: one.name ?? '' })
    expect(read).toMatchObject({ name: one.name, roles: [{ name: 'MEMBER' }] })
    const { data: all } = await client.groups.memberships.list({ parent })
    expect(all.memberships).toHaveLength(2)
    const query = `member_key_id == '${email}'`
    expect((await client.groups.memberships.checkTransitiveMembership({ parent, query })).data.hasMembership).toBe(true)
    await client.groups.memberships.delete({ name: one.name ?? '' })
    await expect(client.groups.memberships.lookup({ parent, 'memberKey.id': email })).rejects.toMatchObject({
      status: 404,
    })
  },
)

describe('Google’s own description finds', () => {
  const right = { preferredMemberKey: { id: 'priya.shah@example.gov.uk' }, roles: [{ name: 'MEMBER' }] }
  test.each([
    ['nothing wrong with what we send', right, []],
    ['a field that Google does not know', { ...right, email: 'a' }, ['Schema$Membership has no email']],
    [
      'a field deep inside',
      { ...right, roles: [{ name: 'MEMBER', until: 'tomorrow' }] },
      ['Schema$Membership.roles: Schema$MembershipRole has no until'],
    ],
    ['another kind of value', { ...right, roles: 'MEMBER' }, ['Schema$Membership.roles: is not a list']],
    ['a number for a text', { ...right, name: 7 }, ['Schema$Membership.name: is not a string']],
  ])('%s', (_what, value, expected) => {
    expect(violations(value, 'Schema$Membership')).toEqual(expected)
  })

  test('an answer that is not as it should be', () => {
    const call = { method: 'GET', path: '/groups/a/memberships/7', query: '', body: undefined, status: 200 }
    expect(wrongByGoogle({ ...call, answer: { name: 7 } })).toEqual(['Schema$Membership.name: is not a string'])
    expect(wrongByGoogle({ ...call, status: 404, answer: { error: { code: 404, message: 'Not found.' } } })).toEqual([
      'an error without its status',
    ])
  })

  test('a lie of any test or world that drives the local Google, which fails when it is closed', async () => {
    const lied = await startLocalGoogle()
    lied.addGroup(group, 'Production access')
    const authorization = await createGoogleTokens(lied.tokens.key, { ...here(), tokensFrom: lied.tokensUrl }).header()
    const ask = (path: string, method = 'GET') =>
      fetch(`${lied.origin}/v1/${path}`, { method, headers: { authorization } })
    await ask('groups/production-access/members', 'PUT')
    await ask(`groups:lookup?groupKey.email=${group}`)
    await expect(lied.close()).rejects.toThrow(
      /Google describes no PUT \/groups\/production-access\/members\n.*Groups\$Lookup has no groupKey.email/,
    )
  })
})

describe('credentials', () => {
  const file = (content: unknown) => {
    const path = join(folder, 'credentials.json')
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
    return path
  }

  test('a service account’s key gives a token that the groups take', async () => {
    const key = readGoogleCredentials(file(google.tokens.key))
    expect(await createGoogleTokens(key, here()).header()).toMatch(/^Bearer local-/)
  })

  test('a workload’s proof in a file gives one too, by way of the service account', async () => {
    const proof = join(folder, 'proof')
    writeFileSync(proof, google.tokens.proof)
    const workload = readGoogleCredentials(
      file({
        type: 'external_account',
        audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/local/providers/local',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: 'https://sts.googleapis.com/v1/token',
        service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${google.serviceAccount}:generateAccessToken`,
        credential_source: { file: proof },
      }),
    )
    const tokens = createGoogleTokens(workload, here())
    const header = await tokens.header()
    expect(await tokens.header()).toBe(header)
    writeFileSync(proof, 'of somebody else')
    tokens.forget()
    await expect(tokens.header()).rejects.toMatchObject({ kind: 'unauthorised' })
    rmSync(proof)
    await expect(tokens.header()).rejects.toMatchObject({ message: 'There is no proof of who we are for Google.' })
    const path = `/v1/groups:lookup?groupKey.id=${encodeURIComponent(group)}`
    const answer = await fetch(`${google.origin}${path}`, { headers: { authorization: header } })
    expect(answer.status).toBe(200)
  })

  const elsewhere = {
    type: 'external_account',
    audience: 'a',
    subject_token_type: 'b',
    token_url: 'https://tokens.example.com/v1/token',
    credential_source: { file: 'proof' },
  }
  test.each([
    ['nothing that is JSON', 'key'],
    ['a key without its secret', { type: 'service_account', client_email: 'a@example.gov.uk', private_key: 'none' }],
    ['a workload whose tokens come from elsewhere', elsewhere],
    [
      'a program to run',
      {
        ...elsewhere,
        token_url: 'https://sts.googleapis.com/v1/token',
        credential_source: { executable: { command: 'true' } },
      },
    ],
  ])('denies %s, without repeating it', (_what, content) => {
    expect(() => readGoogleCredentials(file(content))).toThrow('GOOGLE_CREDENTIALS_FILE')
  })
})
