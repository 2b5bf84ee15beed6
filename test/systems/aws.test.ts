import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StepOrder, SystemAdapter } from '../../server/grants/system.ts'
import { createAws } from '../../server/systems/aws/aws.ts'
import { createAwsReading } from '../../server/systems/aws/reading.ts'
import { createAwsRoleLists } from '../../server/systems/aws/role-lists.ts'
import { createGithubClient } from '../../server/systems/github/client.ts'
import type { Statement } from '../local-systems/aws/model.ts'
import { type LocalAws, startLocalAws } from '../local-systems/aws.ts'
import { type LocalGithub, startLocalGithub } from '../local-systems/github.ts'
import { covers } from './covers.ts'
import { arnOf, iamUserOrder, listOrder, pathOf, repository } from './orders.ts'

/** AWS whole: lists changed by pull request, applied by a person, and read back in every account. */

let github: LocalGithub
let aws: LocalAws
let adapter: SystemAdapter
let time: Date

const environments = ['staging', 'production', 'tools']
const priya = 'priya.shah@example.gov.uk'
const adminList = 'role_admin_user_arns'
const HOURS = 3_600_000
const asAdmin = (environment: string, change: Partial<StepOrder> = {}) => listOrder(environment, change, adminList)
const listed = (users: string[], admins: string[]) =>
  `role_admin_user_arns = [\n${admins.map((arn) => `  "${arn}",\n`).join('')}]\n\nrole_user_user_arns = [\n${users.map((arn) => `  "${arn}",\n`).join('')}]\n`
const before = listed([arnOf('sam.okoro'), arnOf('lee.hart')], [arnOf('dan.reyes'), arnOf('jo.bell')])
const mfa: Statement['condition'] = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }
const trusting = (principal: string, condition = mfa): Statement[] => [
  { effect: 'Allow', action: 'sts:AssumeRole', principals: [principal], ...(condition ? { condition } : {}) },
]

function adapterWith(parts: { lists?: boolean; iam?: boolean } = {}): SystemAdapter {
  const client = createGithubClient({
    apiUrl: `${github.origin}/api`,
    credentials: { kind: 'token', token: github.token },
    pace: 'at-once',
    timeOutMs: 5_000,
  })
  const access = { region: 'eu-west-1', iamUrl: aws.origin, stsUrl: aws.origin, credentials: aws.credentials }
  const place = (name: string) => ({
    readAs: aws.readRole(name),
    userRoles: ['{local}-user'],
    adminRoles: ['{local}-admin', '{local}-poweruser'],
  })
  const read = {
    base: aws.readRole('base'),
    environments: Object.fromEntries(environments.map((name) => [name, place(name)])),
  }
  const now = () => time
  return createAws({
    lists: parts.lists === false ? null : createAwsRoleLists(client, now),
    iam: parts.iam === false ? null : createAwsReading(access, read, { wall: now }, 2_000),
    now,
  })
}

beforeEach(async () => {
  time = new Date('2026-11-24T10:00:00Z')
  github = await startLocalGithub()
  github.addRepo(repository, Object.fromEntries(environments.map((name) => [pathOf(name), before])))
  aws = await startLocalAws({
    accounts: { base: '000000000000', staging: '000000000001', production: '000000000002', tools: '000000000003' },
    lists: (name) => ({ path: pathOf(name), text: github.file(repository, pathOf(name)) }),
    now: () => time,
  })
  for (const name of ['sam.okoro', 'lee.hart', 'dan.reyes', 'jo.bell', 'priya.shah'])
    aws.addUser(`${name}@example.gov.uk`)
  for (const name of environments) expect(aws.apply(name)).toBeNull()
  adapter = adapterWith()
})
afterEach(async () => {
  await aws.close()
  await github.close()
})

/** What the worker does: asks for the change and remembers where it was sent. */
async function sent(...orders: StepOrder[]): Promise<StepOrder[]> {
  const { link } = await adapter.apply(orders)
  return orders.map((order) => ({ ...order, sentTo: link }))
}
const both = (change: Partial<StepOrder> = {}) => [listOrder('staging', change), listOrder('production', change)]

describe('the IAM user', () => {
  test(
    'that is there with MFA is verified by itself, with AWS’s own request id',
    covers('AWS', 'read', 'verify', 'client: @aws-sdk/client-iam, client-sts'),
    async () => {
      expect(adapter.reads?.(iamUserOrder())).toBe(true)
      expect(await adapter.read(iamUserOrder())).toEqual({
        is: 'present',
        detail: `The IAM user ${priya} is there, with MFA.`,
        evidence: {
          awsAccount: 'the base account',
          user: arnOf('priya.shah'),
          exists: true,
          mfaDevices: 1,
          awsRequestId: expect.stringMatching(/^\w+$/),
        },
      })
    },
  )

  test(
    'without MFA, or not there at all, is the engineer’s to mend, and never called granted',
    covers('AWS', 'read', 'wait'),
    async () => {
      aws.setMfa(priya, 0)
      expect(await adapter.read(iamUserOrder())).toMatchObject({
        is: 'waiting',
        waitsFor: 'engineer',
        detail: `The IAM user ${priya} has no MFA device: assign one under Security credentials.`,
        evidence: { exists: true, mfaDevices: 0 },
      })
      aws.deleteUser(priya)
      expect(await adapter.read(iamUserOrder())).toMatchObject({
        is: 'waiting',
        waitsFor: 'engineer',
        detail: `There is no IAM user ${priya} in the base account: ask for one with the AWS access form.`,
        evidence: { exists: false },
      })
    },
  )

  test('has its MFA devices counted over all pages', async () => {
    aws.setMfa(priya, 2)
    expect(await adapter.read(iamUserOrder())).toMatchObject({ evidence: { mfaDevices: 2 } })
  })

  test(
    'is never another user: an answer about somebody else is refused',
    covers('AWS', 'fault: somebody-else', 'error: invalid', 'error: unusable-account'),
    async () => {
      for (const action of ['GetUser', 'ListMFADevices']) {
        aws.faults.next('somebody-else', action)
        await expect(adapter.read(iamUserOrder())).rejects.toMatchObject({ kind: 'invalid' })
      }
      const elsewhere = iamUserOrder({ account: { kind: 'aws', id: arnOf('priya.shah', '000000000009'), name: priya } })
      await expect(adapter.read(elsewhere)).rejects.toMatchObject({ kind: 'unusable-account' })
    },
  )

  test.each(['grant', 'revoke'] as const)('nothing is ever proposed to %s it', async (direction) => {
    await expect(adapterWith({ lists: false }).apply([iamUserOrder({ direction })])).rejects.toMatchObject({
      kind: 'invalid',
    })
  })
})

describe('granting', () => {
  test(
    'merged is not applied; applied is verified, in each environment for itself',
    covers('AWS', 'grant', 'wait', 'verify'),
    async () => {
      const [staging, production] = await sent(...both())
      if (!staging || !production) throw new Error('two orders')
      expect(await adapter.read(staging)).toMatchObject({ is: 'waiting', waitsFor: 'reviewer' })
      github.merge(repository, 1)
      expect(await adapter.read(staging)).toMatchObject({
        is: 'waiting',
        waitsFor: 'second-line',
        detail: 'Merged, not applied in staging yet. There is no role priya.shah-user in staging.',
        link: staging.sentTo,
        evidence: { pull: 1, trust: 'no-role' },
      })
      expect(aws.apply('staging')).toBeNull()
      expect(await adapter.read(staging)).toMatchObject({
        is: 'present',
        detail: `The role priya.shah-user in staging trusts ${priya}, with MFA.`,
        evidence: { awsAccount: 'staging', roles: 'priya.shah-user', trust: 'with-mfa', pull: 1 },
      })
      expect(await adapter.read(production)).toMatchObject({ is: 'waiting', waitsFor: 'second-line' })
    },
  )

  test(
    'privileged access waits for Senior Tech to apply it, and for both of its roles',
    covers('AWS', 'grant', 'wait', 'verify'),
    async () => {
      const [order] = await sent(asAdmin('tools'))
      if (!order) throw new Error('one order')
      github.merge(repository, 1)
      expect(await adapter.read(order)).toMatchObject({ is: 'waiting', waitsFor: 'senior-tech' })
      aws.putRole('tools', 'priya.shah-admin', trusting(arnOf('priya.shah')))
      expect(await adapter.read(order)).toMatchObject({ detail: expect.stringContaining('priya.shah-poweruser') })
      aws.apply('tools')
      expect(await adapter.read(order)).toMatchObject({
        is: 'present',
        evidence: { roles: 'priya.shah-admin, priya.shah-poweruser' },
      })
    },
  )

  test('is not believed early: IAM shows a new role late', covers('AWS', 'wait', 'verify'), async () => {
    const [order] = await sent(listOrder('staging'))
    if (!order) throw new Error('one order')
    github.merge(repository, 1)
    aws.settleMs = 30_000
    aws.apply('staging')
    expect(await adapter.read(order)).toMatchObject({ is: 'waiting' })
    time = new Date(time.getTime() + 30_000)
    expect(await adapter.read(order)).toMatchObject({ is: 'present' })
  })

  test(
    'one wrong ARN of somebody else stops the apply for everybody, and ours goes on waiting',
    covers('AWS', 'wait'),
    async () => {
      const [order] = await sent(listOrder('staging'))
      if (!order) throw new Error('one order')
      github.merge(repository, 1)
      const merged = github.file(repository, pathOf('staging'))
      github.commit(repository, {
        [pathOf('staging')]: merged.replace('[\n', '[\n  "arn:aws:iam::000000000000:user/kofi",\n'),
      })
      expect(aws.apply('staging')).toContain('regex failed')
      expect(await adapter.read(order)).toMatchObject({ is: 'waiting', detail: expect.stringContaining('not applied') })
    },
  )

  test(
    'nothing is proposed for a user who is not there: that would stop the apply for everybody',
    covers('AWS', 'error: unknown-person'),
    async () => {
      aws.deleteUser(priya)
      await expect(adapter.apply(both())).rejects.toMatchObject({
        kind: 'unknown-person',
        message: expect.stringContaining('nothing was proposed'),
        remedy: 'Priya Shah asks for an AWS user, or gives the right name. Then somebody tries again.',
      })
      expect(github.writes).toEqual([])
      aws.addUser(priya)
      await adapter.apply(both())
      github.merge(repository, 1)
      expect(aws.apply('staging')).toBeNull()
    },
  )

  test(
    'nothing is proposed while it cannot be read whether the user is there',
    covers('AWS', 'error: throttled', 'fault: too-many'),
    async () => {
      aws.faults.next('throttled', 'GetUser')
      await expect(adapter.apply(both())).rejects.toMatchObject({ kind: 'throttled' })
      expect(github.writes).toEqual([])
    },
  )

  test('a role that somebody made without a list is still proposed: the next apply would take it away', async () => {
    aws.putRole('staging', 'priya.shah-user', trusting(arnOf('priya.shah')))
    expect(await adapter.read(listOrder('staging'))).toMatchObject({ is: 'absent' })
  })
})

describe('a role that is not as wanted', () => {
  const merged = async () => {
    const [order] = await sent(listOrder('staging'))
    if (!order) throw new Error('one order')
    github.merge(repository, 1)
    return order
  }
  const role = 'priya.shah-user'

  test('without MFA waits to be applied again', async () => {
    const order = await merged()
    aws.putRole('staging', role, [{ effect: 'Allow', action: 'sts:AssumeRole', principals: [arnOf('priya.shah')] }])
    expect(await adapter.read(order)).toMatchObject({
      is: 'waiting',
      detail: expect.stringContaining('without asking for MFA'),
      evidence: { trust: 'without-mfa' },
    })
    aws.apply('staging')
    expect(await adapter.read(order)).toMatchObject({ is: 'present' })
  })

  test(
    'of a returner: the user was made again, the role holds the old one’s id, and only another apply mends it',
    covers('AWS', 'verify', 'restore'),
    async () => {
      const order = await merged()
      aws.apply('staging')
      expect(await adapter.read(order)).toMatchObject({ is: 'present' })
      aws.deleteUser(priya)
      expect(await adapter.read(order)).toMatchObject({ is: 'waiting', evidence: { trust: 'orphaned' } })
      aws.addUser(priya)
      expect(await adapter.read(order)).toMatchObject({
        is: 'waiting',
        detail: expect.stringContaining('If the user was made again, the list has to be applied again.'),
      })
      aws.apply('staging')
      expect(await adapter.read(order)).toMatchObject({ is: 'present' })
    },
  )

  test('of somebody else with the same name is never taken for ours', async () => {
    const order = await merged()
    aws.putRole('staging', role, trusting(arnOf('sam.okoro')))
    expect(await adapter.read(order)).toMatchObject({ is: 'waiting', evidence: { trust: 'others' } })
  })

  test(
    'whose policy says more than we can weigh is neither there nor gone',
    covers('AWS', 'error: managed-elsewhere'),
    async () => {
      const order = await merged()
      aws.putRole(
        'staging',
        role,
        trusting(arnOf('priya.shah'), { ...mfa, IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }),
      )
      for (const direction of ['grant', 'revoke'] as const)
        await expect(adapterWith({ lists: false }).read({ ...order, direction, method: 'task' })).rejects.toMatchObject(
          {
            kind: 'managed-elsewhere',
          },
        )
    },
  )

  test('in an answer about another role is refused', async () => {
    const order = await merged()
    aws.apply('staging')
    aws.faults.next('somebody-else', 'GetRole')
    await expect(adapter.read(order)).rejects.toMatchObject({ kind: 'invalid' })
  })
})

describe('revoking', () => {
  const leaver: Partial<StepOrder> = {
    direction: 'revoke',
    account: { kind: 'aws', id: arnOf('sam.okoro'), name: 'sam.okoro@example.gov.uk' },
    engineerName: 'Sam Okoro',
  }

  test(
    'waits for the apply after the merge; gone is told with how long sessions may last',
    covers('AWS', 'revoke', 'wait'),
    async () => {
      const [order] = await sent(listOrder('staging', leaver))
      if (!order) throw new Error('one order')
      github.merge(repository, 1)
      const seen = await adapter.read(order)
      expect(seen).toMatchObject({
        is: 'waiting',
        detail:
          'Merged, not applied in staging yet. The role sam.okoro-user in staging trusts sam.okoro@example.gov.uk, with MFA.',
      })
      aws.apply('staging')
      expect(await adapter.read(order)).toMatchObject({
        is: 'absent',
        detail: 'There is no role sam.okoro-user in staging.',
        effectiveWithinMs: 8 * HOURS,
      })
    },
  )

  test('tells the longest session that the role had, also after it is gone', async () => {
    aws.putRole('staging', 'sam.okoro-user', trusting(arnOf('sam.okoro')), 7_200)
    const [order] = await sent(listOrder('staging', leaver))
    if (!order) throw new Error('one order')
    github.merge(repository, 1)
    const waiting = await adapter.read(order)
    if (waiting.is !== 'waiting') throw new Error('it waits')
    aws.putRole('staging', 'sam.okoro-user', trusting(arnOf('lee.hart')), 7_200)
    expect(await adapter.read(order)).toMatchObject({ is: 'absent', effectiveWithinMs: 2 * HOURS })
    aws.apply('staging')
    expect(await adapter.read({ ...order, lastSeen: waiting.evidence })).toMatchObject({ effectiveWithinMs: 2 * HOURS })
  })

  test('a role that names somebody without MFA, or only an old id, is told apart', async () => {
    const [order] = await sent(listOrder('staging', leaver))
    if (!order) throw new Error('one order')
    github.merge(repository, 1)
    aws.putRole('staging', 'sam.okoro-user', [
      { effect: 'Allow', action: 'sts:AssumeRole', principals: [arnOf('sam.okoro')] },
    ])
    expect(await adapter.read(order)).toMatchObject({ is: 'waiting' })
    aws.deleteUser('sam.okoro@example.gov.uk')
    expect(await adapter.read(order)).toMatchObject({ is: 'absent', evidence: { trust: 'orphaned' } })
  })

  test('the read-only role that stays because of the privileged list does not hold up its revocation', async () => {
    const account = { kind: 'aws', id: arnOf('dan.reyes'), name: 'dan.reyes@example.gov.uk' } as const
    github.commit(repository, {
      [pathOf('staging')]: listed([arnOf('sam.okoro'), arnOf('dan.reyes')], [arnOf('dan.reyes'), arnOf('jo.bell')]),
    })
    const [order] = await sent(listOrder('staging', { ...leaver, account }))
    if (!order) throw new Error('one order')
    github.merge(repository, 1)
    aws.apply('staging')
    expect(await adapter.read(order)).toMatchObject({
      is: 'absent',
      detail: expect.stringContaining('It stays because of the privileged list.'),
    })
  })

  test('is not called gone while the role trusts the same person under another ARN', async () => {
    const [order] = await sent(listOrder('staging', leaver))
    if (!order) throw new Error('one order')
    github.merge(repository, 1)
    aws.putRole('staging', 'sam.okoro-user', trusting(arnOf('sam.okoro', '000000000009')))
    expect(await adapter.read(order)).toMatchObject({ is: 'waiting', evidence: { trust: 'with-mfa' } })
    aws.apply('staging')
    expect(await adapter.read(order)).toMatchObject({ is: 'absent' })
  })

  test('restored by the same way back: proposed, merged, applied, verified', covers('AWS', 'restore'), async () => {
    await sent(listOrder('staging', leaver))
    github.merge(repository, 1)
    aws.apply('staging')
    const [again] = await sent(listOrder('staging', { ...leaver, direction: 'grant', requestId: 'request-2' }))
    if (!again) throw new Error('one order')
    github.merge(repository, 2)
    aws.apply('staging')
    expect(await adapter.read(again)).toMatchObject({ is: 'present' })
  })
})

describe('with one half only', () => {
  test('without reading, merged stays the most that is claimed, and the user is looked at by people', async () => {
    adapter = adapterWith({ iam: false })
    expect(adapter.reads?.(listOrder('staging'))).toBe(false)
    expect(adapter.reads?.(iamUserOrder())).toBe(false)
    const [order] = await sent(listOrder('staging'))
    if (!order) throw new Error('one order')
    github.merge(repository, 1)
    expect(await adapter.read(order)).toMatchObject({ is: 'merged' })
    expect(await adapter.read(iamUserOrder())).toMatchObject({ is: 'cannot-tell' })
    expect(aws.calls.filter(({ action }) => action !== 'AssumeRole')).toEqual([])
  })

  test('without the lists, what people did is read in the accounts', async () => {
    adapter = adapterWith({ lists: false })
    expect(adapter.can).toEqual([])
    const order = listOrder('staging', { method: 'task' })
    expect(adapter.reads?.(order)).toBe(true)
    expect(await adapter.read(order)).toMatchObject({ is: 'absent' })
    aws.putRole('staging', 'priya.shah-user', trusting(arnOf('priya.shah')))
    expect(await adapter.read(order)).toMatchObject({ is: 'present' })
    expect(await adapter.read({ ...order, direction: 'revoke' })).toMatchObject({ is: 'present' })
  })

  test('an environment that no role reads is as without reading', async () => {
    expect(adapter.reads?.(listOrder('integration'))).toBe(false)
    expect(adapter.reads?.(listOrder('tools'))).toBe(true)
  })
})

test('a grant of AWS that neither list makes is not read, and above all not taken for the IAM user', async () => {
  const other = listOrder('staging', { method: 'task', wanted: { value: 'fulladmin', params: {} } })
  expect(adapter.reads?.(other)).toBe(false)
  expect(await adapter.read(other)).toMatchObject({ is: 'cannot-tell' })
})

describe('health', () => {
  test('tries every account, and says what its credentials need', async () => {
    const health = await adapter.health()
    expect(health).toMatchObject({
      state: 'ok',
      sentence: expect.stringContaining('AWS itself is read in the base account, staging, production, tools.'),
      leastRights: expect.stringContaining('iam:ListMFADevices'),
    })
    const identities = aws.calls.filter(({ action }) => action === 'GetCallerIdentity')
    expect(identities.map(({ account }) => account).sort()).toEqual(['base', 'production', 'staging', 'tools'])
  })

  test('names the account whose role does not let us in', async () => {
    aws.allow('production', [], false)
    expect(await adapter.health()).toMatchObject({
      state: 'failing',
      sentence: 'AWS cannot be read in production: AWS does not let us assume the role that reads production.',
    })
  })

  test('without anything configured says so', async () => {
    expect(await adapterWith({ lists: false, iam: false }).health()).toMatchObject({ state: 'not-configured' })
  })
})
