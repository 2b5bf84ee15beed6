import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FailureKind } from '../../server/grants/system.ts'
import { createAwsAccount } from '../../server/systems/aws/account.ts'
import { createGuard } from '../../server/systems/http/guard.ts'
import type { AwsFault } from '../local-systems/aws/faults.ts'
import { type LocalAws, startLocalAws } from '../local-systems/aws.ts'
import type { CommonFault } from '../local-systems/frame/faults.ts'
import { covers } from './covers.ts'

/** One account behind an assumed role: every documented refusal, and what happens to answers on their way. */

let aws: LocalAws
let time: Date
const MINUTES = 60_000
const priya = 'priya.shah@example.gov.uk'

beforeEach(async () => {
  time = new Date()
  aws = await startLocalAws({
    accounts: { base: '000000000000', staging: '000000000001' },
    lists: () => ({ path: 'common.tfvars', text: '' }),
    now: () => time,
  })
  aws.addUser(priya)
})
afterEach(() => aws.close())

const accountWith = (more: Partial<Parameters<typeof createAwsAccount>[0]> = {}) =>
  createAwsAccount({
    name: 'the base account',
    readAs: aws.readRole('base'),
    region: 'eu-west-1',
    iamUrl: aws.origin,
    stsUrl: aws.origin,
    credentials: aws.credentials,
    now: () => time,
    guard: createGuard({ name: 'AWS', now: () => time }),
    timeOutMs: 300,
    ...more,
  })
const assumed = () => aws.calls.filter(({ action }) => action === 'AssumeRole').length

describe('every refusal has its own handling', () => {
  const table: [AwsFault, FailureKind, string][] = [
    ['throttled', 'throttled', 'AWS asks us to slow down.'],
    ['server-error', 'transient', 'AWS has a problem of its own.'],
    ['denied', 'forbidden', 'AWS does not let us read users in the base account.'],
    ['lost-answer', 'transient', 'AWS could not be reached, or its answer broke off.'],
    ['no-answer', 'transient', 'AWS could not be reached, or its answer broke off.'],
    ['slow', 'transient', 'AWS could not be reached, or its answer broke off.'],
    ['truncated', 'transient', 'AWS could not be reached, or its answer broke off.'],
    ['not-xml', 'transient', 'AWS could not be reached, or its answer broke off.'],
    ['somebody-else', 'invalid', 'AWS answered about somebody or something else.'],
  ]
  /** As every system's faults are called in the table of what was shown. */
  const common: Partial<Record<AwsFault, CommonFault>> = {
    throttled: 'too-many',
    denied: 'forbidden',
    'server-error': 'server-error',
    'lost-answer': 'lost-answer',
    'no-answer': 'no-answer',
    slow: 'slow',
    truncated: 'truncated',
    'somebody-else': 'somebody-else',
  }
  const shown = (fault: AwsFault, kind: FailureKind) => {
    const name = common[fault]
    return covers('AWS', `error: ${kind}`, ...(name ? [`fault: ${name}` as const] : []))
  }
  for (const [fault, kind, message] of table)
    test(fault, shown(fault, kind), async () => {
      aws.faults.next(fault, 'GetUser')
      await expect(accountWith().user(priya)).rejects.toMatchObject({ name: 'SystemFailure', kind, message })
      expect(aws.faults.left()).toBe(0)
      // Once, and not again by ourselves: the worker knows when.
      expect(aws.calls.filter(({ action }) => action === 'GetUser').length).toBeLessThan(2)
      expect(await accountWith().user(priya)).toMatchObject({ arn: `arn:aws:iam::000000000000:user/${priya}` })
    })

  test('what the role lacks is named for whoever keeps the accounts', async () => {
    aws.allow('base', ['GetUser'])
    await expect(accountWith().mfaDevices(priya)).rejects.toMatchObject({
      kind: 'forbidden',
      remedy: 'Whoever keeps the AWS accounts allows our reading role iam:ListMFADevices, then tries again.',
    })
  })

  test('a role that we may not assume is told as that', async () => {
    aws.allow('base', ['GetUser'], false)
    await expect(accountWith().user(priya)).rejects.toMatchObject({
      kind: 'forbidden',
      message: 'AWS does not let us assume the role that reads the base account.',
    })
    aws.allow('base', ['GetUser'])
  })

  test(
    'keys that AWS does not know, or that sign wrongly, are our own trouble',
    covers('AWS', 'error: unauthorised'),
    async () => {
      const { accessKeyId } = aws.credentials
      for (const credentials of [
        { accessKeyId, secretAccessKey: 'another' },
        { accessKeyId: 'AKIALOCALUNKNOWN2222', secretAccessKey: 'another' },
      ])
        await expect(accountWith({ credentials }).user(priya)).rejects.toMatchObject({
          kind: 'unauthorised',
          message: 'AWS does not accept our credentials.',
        })
    },
  )

  test('an AWS that is down is not waited for', async () => {
    aws.faults.down = true
    await expect(accountWith().user(priya)).rejects.toMatchObject({ kind: 'transient' })
  })

  test('an address that is not the configured one is never called', async () => {
    const elsewhere = accountWith({ iamUrl: 'http://127.0.0.1:1' })
    await expect(elsewhere.user(priya)).rejects.toMatchObject({ kind: 'transient' })
  })
})

describe('the session', () => {
  test('is opened once for many calls, also when they come at once', async () => {
    const account = accountWith()
    await Promise.all([account.user(priya), account.mfaDevices(priya), account.user('nobody@example.gov.uk')])
    expect(assumed()).toBe(1)
  })

  test('is renewed before it ends', async () => {
    const account = accountWith()
    await account.user(priya)
    time = new Date(time.getTime() + 56 * MINUTES)
    await account.user(priya)
    expect(assumed()).toBe(2)
  })

  test('that ended early is opened again, once', async () => {
    const account = accountWith()
    await account.user(priya)
    aws.endSessions()
    expect(await account.user(priya)).not.toBeNull()
    expect(assumed()).toBe(2)
  })

  test('that always ends is told as credentials that have run out', async () => {
    const account = accountWith()
    for (let i = 0; i < 2; i += 1) aws.faults.next('expired', 'GetUser')
    await expect(account.user(priya)).rejects.toMatchObject({
      kind: 'unauthorised',
      message: 'The credentials with which we read AWS have run out.',
    })
    expect(assumed()).toBe(2)
  })

  test('that could not be opened is tried anew with the next call', async () => {
    const account = accountWith()
    aws.faults.next('throttled', 'AssumeRole')
    await expect(account.user(priya)).rejects.toMatchObject({ kind: 'throttled' })
    expect(await account.user(priya)).not.toBeNull()
  })

  test('of another role than the one asked for is refused', async () => {
    aws.faults.next('somebody-else', 'AssumeRole')
    await expect(accountWith().user(priya)).rejects.toMatchObject({ kind: 'invalid' })
    const account = accountWith()
    aws.faults.next('somebody-else', 'GetCallerIdentity')
    await expect(account.tryOut()).rejects.toMatchObject({ kind: 'invalid' })
  })
})

test('who is not there is no failure', async () => {
  expect(await accountWith().user('nobody@example.gov.uk')).toBeNull()
  expect(await accountWith().mfaDevices('nobody@example.gov.uk')).toBe(0)
  const staging = accountWith({ name: 'staging', readAs: aws.readRole('staging') })
  expect(await staging.role('nobody-user')).toBeNull()
})

test('a role in one account cannot read another', async () => {
  const staging = accountWith({ name: 'staging', readAs: aws.readRole('staging') })
  await expect(staging.user(priya)).rejects.toMatchObject({ kind: 'forbidden' })
})
