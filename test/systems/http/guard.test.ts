import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type AwsAccount, createAwsAccount } from '../../../server/systems/aws/account.ts'
import { wayOut } from '../../../server/systems/aws/way-out.ts'
import { createGithubClient, type GithubClient } from '../../../server/systems/github/client.ts'
import { createGuard } from '../../../server/systems/http/guard.ts'
import { type LocalAws, startLocalAws } from '../../local-systems/aws.ts'
import { type LocalGithub, startLocalGithub } from '../../local-systems/github.ts'
import { raw, startLoopback } from './loopback.ts'

/** Vendors' own clients go by the same rules as ours: they wait where they are told to, and rest where nothing comes. */

const SECONDS = 1_000
const HALF_A_MINUTE = 30 * SECONDS
let time: Date
const now = () => time
const pass = (ms: number) => {
  time = new Date(time.getTime() + ms)
}
beforeEach(() => {
  time = new Date('2026-11-02T09:00:00Z')
})

describe('GitHub, through octokit', () => {
  let github: LocalGithub
  let client: GithubClient
  beforeEach(async () => {
    github = await startLocalGithub({ now })
    github.addUser('priya-s', 1001)
    client = createGithubClient({
      apiUrl: `${github.origin}/api`,
      credentials: { kind: 'token', token: github.token },
      pace: 'at-once',
      now,
      random: () => 0,
    })
  })
  afterEach(() => github.close())
  const ask = () => client.call('GET /users/{username}', { username: 'priya-s' })

  test.each([
    ['too-many', 7 * SECONDS],
    ['secondary-limit', 1 * SECONDS],
    ['primary-limit', 90 * SECONDS],
  ] as const)('after a %s nothing goes out until the time that it named', async (fault, wait) => {
    github.faults.next(fault)
    await expect(ask()).rejects.toMatchObject({ kind: 'throttled', retryAfterMs: wait })
    pass(wait - SECONDS / 2)
    await expect(ask()).rejects.toMatchObject({ kind: 'throttled', retryAfterMs: SECONDS / 2 })
    expect(github.requests).toHaveLength(1)
    pass(SECONDS / 2)
    expect(await ask()).toMatchObject({ status: 200 })
  })

  test('an answer that says the hour is spent is the last one until it begins anew', async () => {
    github.spend()
    await ask()
    await expect(ask()).rejects.toMatchObject({ kind: 'throttled' })
    expect(github.requests).toHaveLength(1)
    pass(3600 * SECONDS)
    expect(await ask()).toMatchObject({ status: 200 })
  })

  test('five answers that do not come open the breaker, for half a minute', async () => {
    github.faults.down = true
    for (let times = 0; times < 5; times += 1)
      await expect(ask()).rejects.toMatchObject({ message: 'GitHub could not be reached.' })
    github.faults.down = false
    await expect(ask()).rejects.toMatchObject({
      kind: 'transient',
      message: 'GitHub did not answer 5 times, so it is not asked for a moment.',
      retryAfterMs: HALF_A_MINUTE,
    })
    expect(github.requests).toEqual([])
    pass(HALF_A_MINUTE)
    expect(await ask()).toMatchObject({ status: 200 })
  })
})

describe('AWS, through its SDK', () => {
  let aws: LocalAws
  let account: AwsAccount
  const user = 'priya.shah@example.gov.uk'
  beforeEach(async () => {
    aws = await startLocalAws({
      accounts: { base: '000000000000' },
      lists: () => ({ path: 'common.tfvars', text: '' }),
      now,
    })
    aws.addUser(user)
    account = createAwsAccount({
      name: 'the base account',
      readAs: aws.readRole('base'),
      region: 'eu-west-2',
      iamUrl: aws.origin,
      stsUrl: aws.origin,
      credentials: aws.credentials,
      now,
      guard: createGuard({ name: 'AWS', now }),
    })
  })
  afterEach(() => aws.close())
  const asked = () => aws.calls.filter(({ action }) => action === 'GetUser').length

  test('five troubles open the breaker, and none of them is asked about twice by the SDK', async () => {
    for (let times = 1; times <= 5; times += 1) {
      aws.faults.next('server-error', 'GetUser')
      await expect(account.user(user)).rejects.toMatchObject({ message: 'AWS has a problem of its own.' })
    }
    expect(aws.faults.left()).toBe(0)
    const before = asked()
    await expect(account.user(user)).rejects.toMatchObject({
      message: 'AWS did not answer 5 times, so it is not asked for a moment.',
    })
    expect(asked()).toBe(before)
    pass(HALF_A_MINUTE)
    expect(await account.user(user)).not.toBeNull()
  })

  test.each(['throttled', 'denied'] as const)('%s is an answer, and opens nothing', async (fault) => {
    for (let times = 1; times <= 6; times += 1) {
      aws.faults.next(fault, 'GetUser')
      await expect(account.user(user)).rejects.toThrow()
    }
    expect(await account.user(user)).not.toBeNull()
  })
})

test('where AWS names a time to come back, nothing goes out before it', async () => {
  const guard = createGuard({ name: 'AWS', now, random: () => 0 })
  const there = await startLoopback()
  there.answers(raw(503, '', { 'retry-after': '7', date: now().toUTCString() }))
  const { hostname, port } = new URL(there.origin)
  const call = { protocol: 'http:', hostname, port: Number(port), path: '/', method: 'POST', headers: {} }
  await wayOut(there.origin, guard).handle(call)
  await there.close()
  const work = () => Promise.resolve('asked')
  await expect(guard.run('POST', work)).rejects.toMatchObject({ kind: 'throttled', retryAfterMs: 7 * SECONDS })
  pass(7 * SECONDS)
  expect(await guard.run('POST', work)).toBe('asked')
})
