import { IAMClient, paginateGetGroup, paginateListGroupsForUser } from '@aws-sdk/client-iam'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FailureKind, StepOrder, SystemAdapter } from '../../server/grants/system.ts'
import { createAws } from '../../server/systems/aws/aws.ts'
import { createAwsGroups } from '../../server/systems/aws/groups.ts'
import { createAwsReading } from '../../server/systems/aws/reading.ts'
import type { AwsFault } from '../local-systems/aws/faults.ts'
import { type LocalAws, startLocalAws } from '../local-systems/aws.ts'
import type { CommonFault } from '../local-systems/frame/faults.ts'
import { covers } from './covers.ts'
import { arnOf, teamOrder } from './orders.ts'

/** AWS access by groups of IAM users in the base account, changed through a role that can do nothing else. */

let aws: LocalAws
let adapter: SystemAdapter
let time: Date

const priya = 'priya.shah@example.gov.uk'
const userGroup = 'production-access-staging'
const adminGroup = 'production-admin-staging'
const HOURS = 3_600_000

const order = (change: Partial<StepOrder> = {}, value = 'role_user_user_arns') =>
  teamOrder({
    environment: 'staging',
    account: { kind: 'aws', id: arnOf('priya.shah'), name: priya },
    wanted: { value, params: { userGroup, adminGroup, page: 'https://console.aws.example.gov.uk/' } },
    ...change,
  })
const revoke = order({ direction: 'revoke' })
const writes = () => aws.calls.flatMap(({ action }) => (/^(Add|Remove)/.test(action) ? [action] : []))

function adapterWith(names = [userGroup, adminGroup]): SystemAdapter {
  const access = { region: 'eu-west-1', iamUrl: aws.origin, stsUrl: aws.origin, credentials: aws.credentials }
  const read = { base: aws.readRole('base'), groupsAs: aws.groupRole, environments: {} }
  const iam = createAwsReading(access, read, { wall: () => time }, 300)
  if (!iam.groups) throw new Error('a role for groups is named')
  return createAws({ lists: null, iam, groups: createAwsGroups(iam.groups, iam.base, names), now: () => time })
}

beforeEach(async () => {
  time = new Date('2026-11-24T10:00:00Z')
  aws = await startLocalAws({
    accounts: { base: '000000000000' },
    lists: () => ({ path: 'common.tfvars', text: '' }),
    now: () => time,
  })
  for (const name of [userGroup, adminGroup]) aws.addGroup(name)
  for (const name of ['sam.okoro', 'lee.hart', 'dan.reyes', 'priya.shah']) aws.addUser(`${name}@example.gov.uk`)
  for (const name of ['sam.okoro', 'lee.hart', 'dan.reyes']) aws.setMember(userGroup, `${name}@example.gov.uk`, true)
  adapter = adapterWith()
})
afterEach(() => aws.close())

describe('granting', () => {
  test(
    'is by our own hand, and read back over all pages',
    covers('AWS', 'grant', 'read', 'verify', 'client: @aws-sdk/client-iam, client-sts', 'receipt: AWS’s request id'),
    async () => {
      expect(adapter.can).toEqual(['api'])
      expect(await adapter.read(order())).toMatchObject({
        is: 'absent',
        detail: `${priya} is not in the IAM group ${userGroup}.`,
      })
      expect(await adapter.apply([order()])).toEqual({
        vendorRequestId: expect.stringMatching(/^\w+$/),
        link: 'https://console.aws.example.gov.uk/',
        detail: `Asked AWS to add ${priya} to ${userGroup}.`,
      })
      expect(await adapter.read(order())).toEqual({
        is: 'present',
        detail: `${priya} is in the IAM group ${userGroup}.`,
        evidence: { group: userGroup, isMember: true, awsRequestId: expect.stringMatching(/^\w+$/) },
      })
      expect(aws.membersOf(adminGroup)).toEqual([])
    },
  )

  test('privileged access is the other group', async () => {
    await adapter.apply([order({}, 'role_admin_user_arns')])
    expect([aws.membersOf(adminGroup), aws.membersOf(userGroup).includes(priya)]).toEqual([[priya], false])
  })

  test('twice: whoever is in it already is left as they are', async () => {
    aws.setMember(userGroup, priya, true)
    expect(await adapter.apply([order()])).toMatchObject({ detail: `${priya} was in ${userGroup} already.` })
    expect(writes()).toEqual([])
  })

  test('is not believed early: IAM shows a new member late', covers('AWS', 'wait', 'verify'), async () => {
    aws.settleMs = 30_000
    await adapter.apply([order()])
    expect(await adapter.read(order())).toMatchObject({ is: 'absent' })
    // Asked again meanwhile, nothing is there twice.
    await adapter.apply([order()])
    time = new Date(time.getTime() + 30_000)
    expect(await adapter.read(order())).toMatchObject({ is: 'present' })
    expect(aws.membersOf(userGroup).filter((name) => name === priya)).toHaveLength(1)
  })

  test(
    'waits for the IAM user and its MFA device, which only the engineer brings',
    covers('AWS', 'error: unknown-person', 'wait'),
    async () => {
      aws.setMfa(priya, 0)
      await expect(adapter.apply([order()])).rejects.toMatchObject({
        kind: 'unknown-person',
        message: `The IAM user ${priya} has no MFA device: assign one under Security credentials. So nothing was changed.`,
        remedy: 'Priya Shah sees to that, or gives the right name. Then somebody tries again.',
      })
      aws.deleteUser(priya)
      await expect(adapter.apply([order()])).rejects.toMatchObject({ kind: 'unknown-person' })
      expect(writes()).toEqual([])
      aws.addUser(priya)
      await adapter.apply([order()])
      expect(aws.membersOf(userGroup)).toContain(priya)
    },
  )

  test(
    'of a returner: a user that was made again is not in the group of the old one',
    covers('AWS', 'restore'),
    async () => {
      await adapter.apply([order()])
      aws.deleteUser(priya)
      aws.addUser(priya)
      expect(await adapter.read(order())).toMatchObject({ is: 'absent' })
      await adapter.apply([order()])
      expect(await adapter.read(order())).toMatchObject({ is: 'present' })
    },
  )

  test('somebody of the same name from another account is somebody else', async () => {
    const elsewhere = order({ account: { kind: 'aws', id: arnOf('sam.okoro', '000000000009'), name: priya } })
    expect(await adapter.read(elsewhere)).toMatchObject({ is: 'absent' })
  })
})

describe('revoking', () => {
  test('is read back, and says how long sessions may last', covers('AWS', 'revoke', 'verify'), async () => {
    aws.setMember(userGroup, priya, true)
    expect(await adapter.apply([revoke])).toMatchObject({ detail: `Asked AWS to remove ${priya} from ${userGroup}.` })
    expect(await adapter.read(revoke)).toMatchObject({ is: 'absent', effectiveWithinMs: 8 * HOURS })
    expect(aws.membersOf(userGroup)).toHaveLength(3)
  })

  test('of somebody who is gone already changes nothing', async () => {
    expect(await adapter.apply([revoke])).toMatchObject({ detail: `${priya} was not in ${userGroup}.` })
    aws.deleteUser(priya)
    expect(await adapter.read(revoke)).toMatchObject({ is: 'absent' })
    expect(writes()).toEqual([])
  })

  test('halfway: whoever keeps the lower access is put into its group before the higher one goes', async () => {
    aws.setMember(adminGroup, priya, true)
    const { wanted } = order({}, 'role_admin_user_arns')
    const lowered = order({
      direction: 'revoke',
      wanted: { ...wanted, params: { ...wanted.params, keeps: 'role_user_user_arns' } },
    })
    aws.faults.next('server-error', 'RemoveUserFromGroup')
    await expect(adapter.apply([lowered])).rejects.toMatchObject({ kind: 'transient' })
    expect([aws.membersOf(userGroup), aws.membersOf(adminGroup)].every((names) => names.includes(priya))).toBe(true)
    await adapter.apply([lowered])
    expect(writes()).toEqual(['AddUserToGroup', 'RemoveUserFromGroup', 'RemoveUserFromGroup'])
    expect([aws.membersOf(userGroup).includes(priya), aws.membersOf(adminGroup)]).toEqual([true, []])
  })
})

test(
  'after a lost answer to an addition or a removal, the next look finds what was done, and nothing is done twice',
  covers('AWS', 'fault: lost-answer', 'error: transient'),
  async () => {
    aws.faults.next('lost-answer', 'AddUserToGroup')
    await expect(adapter.apply([order()])).rejects.toMatchObject({ kind: 'transient' })
    expect(await adapter.read(order())).toMatchObject({ is: 'present' })
    aws.faults.next('lost-answer', 'RemoveUserFromGroup')
    await expect(adapter.apply([revoke])).rejects.toMatchObject({ kind: 'transient' })
    expect(await adapter.read(revoke)).toMatchObject({ is: 'absent' })
    await adapter.apply([revoke])
    expect(writes()).toEqual(['AddUserToGroup', 'RemoveUserFromGroup'])
  },
)

describe('every refusal has its own handling', () => {
  const faults: [AwsFault, FailureKind, CommonFault][] = [
    ['throttled', 'throttled', 'too-many'],
    ['server-error', 'transient', 'server-error'],
    ['denied', 'forbidden', 'forbidden'],
    ['no-answer', 'transient', 'no-answer'],
    ['truncated', 'transient', 'truncated'],
    ['somebody-else', 'invalid', 'somebody-else'],
  ]
  for (const [fault, kind, common] of faults)
    test(`${fault}: neither there nor gone`, covers('AWS', `error: ${kind}`, `fault: ${common}`), async () => {
      aws.faults.next(fault, 'GetGroup')
      await expect(adapter.read(order())).rejects.toMatchObject({ kind })
      expect(await adapter.read(order())).toMatchObject({ is: 'absent' })
    })

  test('what the role for groups lacks is named', covers('AWS', 'error: forbidden'), async () => {
    aws.allowGroups(['GetGroup'])
    await expect(adapter.apply([order()])).rejects.toMatchObject({
      kind: 'forbidden',
      message: 'AWS does not let us add users to groups in the base account.',
      remedy: 'Whoever keeps the AWS accounts allows our role for groups iam:AddUserToGroup, then tries again.',
    })
  })

  test('a full quota is no matter of waiting', covers('AWS', 'error: refused-by-rule'), async () => {
    for (let i = 0; i < 10; i += 1) {
      aws.addGroup(`group-${i}`)
      aws.setMember(`group-${i}`, priya, true)
    }
    await expect(adapter.apply([order()])).rejects.toMatchObject({
      kind: 'refused-by-rule',
      message: `${priya} is in as many groups as AWS allows for one user.`,
    })
  })

  test('a group that is not there is a matter of configuration', covers('AWS', 'error: invalid'), async () => {
    const wanted = { value: 'role_user_user_arns', params: { userGroup: 'misspelt' } }
    await expect(adapter.read(order({ wanted }))).rejects.toMatchObject({
      kind: 'invalid',
      message: 'AWS has no IAM group misspelt, or the user is gone.',
    })
  })
})

test('a group proposes nothing, so nothing is looked for in the lists to be withdrawn', async () => {
  const lists: SystemAdapter = {
    ...adapter,
    async withdraw() {
      throw new Error('no list is meant')
    },
  }
  const both = createAws({ lists, iam: null, now: () => time })
  expect(await both.withdraw?.(order())).toMatchObject({ detail: 'Nothing was proposed.' })
})

test('the connection tries every group, and says that it needs three rights on those groups alone', async () => {
  // As the policy that we ask for: nothing beside it is called.
  aws.allowGroups(['GetGroup', 'AddUserToGroup', 'RemoveUserFromGroup'], [userGroup, adminGroup])
  expect(await adapter.health()).toMatchObject({
    state: 'ok',
    sentence: expect.stringContaining('Groups of IAM users are changed by us.'),
    leastRights: expect.stringContaining(
      `iam:GetGroup, iam:AddUserToGroup and iam:RemoveUserFromGroup on arn:aws:iam::000000000000:group/${userGroup}, arn:aws:iam::000000000000:group/${adminGroup}, and on nothing else.`,
    ),
  })
  await adapter.apply([order()])
  await adapter.apply([revoke])
  expect(await adapterWith([userGroup, 'misspelt']).health()).toMatchObject({ state: 'failing' })
})

test('everybody in a group is listed for the comparison, over all pages', async () => {
  const found = await adapter.list?.({ environment: 'staging', wanted: order().wanted, kind: 'aws' })
  expect(found).toMatchObject({ is: 'listed', nameless: 0, onlyOf: null })
  if (found?.is !== 'listed') throw new Error('a list')
  expect(found.accounts.map(({ account, has }) => [account.id, has])).toEqual(
    ['sam.okoro', 'lee.hart', 'dan.reyes'].map((name) => [arnOf(name), 'wanted']),
  )
})

test(
  'the stand-in answers the SDK’s own paginators',
  covers('AWS', 'client: @aws-sdk/client-iam, client-sts'),
  async () => {
    aws.allowGroups(['GetGroup', 'ListGroupsForUser'])
    const sts = new STSClient({ region: 'eu-west-1', endpoint: aws.origin, credentials: aws.credentials })
    const { Credentials: given } = await sts.send(
      new AssumeRoleCommand({ RoleArn: aws.groupRole, RoleSessionName: 'paginators' }),
    )
    const client = new IAMClient({
      region: 'us-east-1',
      endpoint: aws.origin,
      credentials: {
        accessKeyId: given?.AccessKeyId ?? '',
        secretAccessKey: given?.SecretAccessKey ?? '',
        sessionToken: given?.SessionToken ?? '',
      },
    })
    const users: (string | undefined)[] = []
    for await (const { Users } of paginateGetGroup({ client }, { GroupName: userGroup }))
      users.push(...(Users ?? []).map(({ UserName }) => UserName))
    expect(users).toEqual(aws.membersOf(userGroup))
    for (const name of ['one', 'two', 'three']) {
      aws.addGroup(name)
      aws.setMember(name, priya, true)
    }
    const groups: (string | undefined)[] = []
    for await (const { Groups } of paginateListGroupsForUser({ client }, { UserName: priya }))
      groups.push(...(Groups ?? []).map(({ GroupName }) => GroupName))
    expect(groups).toEqual(['one', 'two', 'three'])
    client.destroy()
    sts.destroy()
  },
)
