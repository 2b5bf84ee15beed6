import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Listing, type SystemAdapter, SystemFailure } from '../../server/grants/system.ts'
import { createAws } from '../../server/systems/aws/aws.ts'
import { createAwsReading } from '../../server/systems/aws/reading.ts'
import { list, listed } from '../grants/drift/drifting.ts'
import type { Statement } from '../local-systems/aws/model.ts'
import { type LocalAws, startLocalAws } from '../local-systems/aws.ts'
import { covers } from './covers.ts'
import { arnOf } from './orders.ts'

/** Who stands in the trust policies of an account, to be compared with the record; read by the AWS SDK. */

const userList = 'role_user_user_arns'
const adminList = 'role_admin_user_arns'
const names = ['dan.reyes', 'jo.bell', 'lee.hart', 'priya.shah', 'sam.okoro']
const mfa: Statement['condition'] = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }
const trusting = (principals: string[], condition: Statement['condition'] | null = mfa): Statement[] => [
  { effect: 'Allow', action: 'sts:AssumeRole', principals, ...(condition ? { condition } : {}) },
]

let aws: LocalAws
/** As the repository has them; a failure where it cannot be read. */
let merged: Record<string, string[]> | SystemFailure

beforeEach(async () => {
  merged = { [userList]: [arnOf('sam.okoro'), arnOf('lee.hart')], [adminList]: [arnOf('dan.reyes')] }
  aws = await startLocalAws({
    accounts: { base: '000000000000', staging: '000000000001' },
    lists: () => ({
      path: 'common.tfvars',
      text: Object.entries('message' in merged ? {} : merged)
        .map(([name, arns]) => `${name} = [\n${arns.map((arn) => `  "${arn}",\n`).join('')}]\n`)
        .join('\n'),
    }),
  })
  for (const name of names) aws.addUser(`${name}@example.gov.uk`)
  expect(aws.apply('staging')).toBeNull()
})
afterEach(() => aws.close())

const lists: SystemAdapter = {
  id: 'aws',
  name: 'AWS',
  can: ['pull-request'],
  health: async () => ({ state: 'ok', sentence: '', checkedAt: new Date() }),
  async list({ wanted }) {
    if (merged instanceof SystemFailure) throw merged
    const arns = merged[String(wanted.params['list'])] ?? []
    const account = (arn: string) => ({ kind: 'aws' as const, id: arn, name: arn })
    return list(
      arns.map((arn) => listed(arn, arn, { account: account(arn) })),
      { cannotSee: 'Only the list is read.' },
    )
  },
  read: () => Promise.reject(new Error('not read')),
  apply: () => Promise.reject(new Error('nothing is changed')),
}

/** Everybody with how they have it and why, in small words. */
async function told(
  which = userList,
  from: SystemAdapter | null = lists,
  params: Record<string, string> = { list: which },
) {
  const place = {
    readAs: aws.readRole('staging'),
    userRoles: ['{local}-user'],
    adminRoles: ['{local}-admin', '{local}-poweruser'],
    roles: { developer: ['{local}-developer'] },
  }
  const access = { region: 'eu-west-1', iamUrl: aws.origin, stsUrl: aws.origin, credentials: aws.credentials }
  const read = { base: aws.readRole('base'), environments: { staging: place } }
  const adapter = createAws({
    lists: from,
    iam: createAwsReading(access, read, { wall: () => new Date() }, 2_000),
    now: () => new Date(),
  })
  const wanted = { value: which, params }
  const found: Listing | undefined = await adapter.list?.({ environment: 'staging', wanted, kind: 'aws' })
  if (found?.is !== 'listed') return { rest: found, who: {} }
  const { accounts, ...rest } = found
  const who = accounts.map(({ account, has, detail }) => [account.name.split('@')[0], `${has}: ${detail}`])
  return { rest, who: Object.fromEntries(who) }
}
const trusts = (role: string, name: string) => `The role ${role} in staging trusts ${name}@example.gov.uk, with MFA.`

describe('AWS itself says who has a role', () => {
  test('over all pages, the read-only role of the privileged list among them', covers('AWS', 'read'), async () => {
    const { rest, who } = await told()
    expect(who).toEqual({
      'dan.reyes': `wanted: ${trusts('dan.reyes-user', 'dan.reyes')}`,
      'lee.hart': `wanted: ${trusts('lee.hart-user', 'lee.hart')}`,
      'sam.okoro': `wanted: ${trusts('sam.okoro-user', 'sam.okoro')}`,
    })
    expect(rest).toMatchObject({ is: 'listed', nameless: 0, onlyOf: null, cannotSee: null })
    expect((await told(adminList)).who).toEqual({ 'dan.reyes': `wanted: ${trusts('dan.reyes-admin', 'dan.reyes')}` })
    expect(aws.calls.filter(({ action }) => action === 'ListRoles').length).toBeGreaterThan(2)
  })

  test('whoever was put into a policy by hand is there, also in somebody else’s role, and no list names them', async () => {
    aws.putRole('staging', 'priya.shah-user', trusting([arnOf('priya.shah')]))
    aws.putRole('staging', 'lee.hart-user', trusting([arnOf('lee.hart'), arnOf('jo.bell')]))
    const words = ' No list in the repository names them, so the next apply takes this away.'
    expect((await told()).who).toMatchObject({
      'priya.shah': `wanted: ${trusts('priya.shah-user', 'priya.shah')}${words}`,
      'jo.bell': `not-whole: ${trusts('lee.hart-user', 'jo.bell')}${words}`,
      'lee.hart': `wanted: ${trusts('lee.hart-user', 'lee.hart')}`,
    })
  })

  test('whoever is on the list and in no policy is not there yet; a user made again says why', async () => {
    merged = { [userList]: [arnOf('priya.shah'), arnOf('sam.okoro')], [adminList]: [] }
    aws.deleteUser('sam.okoro@example.gov.uk')
    aws.addUser('sam.okoro@example.gov.uk')
    const { rest, who } = await told()
    const notApplied = 'The list in the repository names them: it is not applied yet.'
    expect(who).toMatchObject({
      'priya.shah': `not-yet: There is no role priya.shah-user in staging. ${notApplied}`,
      'sam.okoro': expect.stringMatching(/^not-yet: .*the list has to be applied again\. The list in/),
    })
    expect(rest).toMatchObject({ nameless: 0, cannotSee: null })
  })

  test('the id of a deleted user hides nobody: a user made again has lost it, and others are missing or not by their own roles', async () => {
    merged = { [userList]: [arnOf('sam.okoro'), arnOf('lee.hart')], [adminList]: [] }
    aws.deleteUser('sam.okoro@example.gov.uk')
    aws.addUser('sam.okoro@example.gov.uk')
    aws.putRole('staging', 'jo.bell-user', [])
    aws.putRole('staging', 'priya.shah-user', trusting(['arn:aws:iam::000000000000:root']))
    const { rest } = await told(userList, null)
    if (rest?.is !== 'listed') throw new Error('not listed')
    expect(rest.nameless).toBe(0)
    expect(rest.unlisted?.(arnOf('sam.okoro'))).toEqual({
      is: 'absent',
      detail:
        'The role sam.okoro-user in staging trusts a user that was deleted, and not sam.okoro@example.gov.uk of today. If the user was made again, the list has to be applied again.',
    })
    expect(rest.unlisted?.(arnOf('jo.bell'))).toEqual({
      is: 'absent',
      detail: 'The role jo.bell-user in staging does not trust jo.bell@example.gov.uk.',
    })
    expect(rest.unlisted?.(arnOf('nora.quinn'))).toEqual({
      is: 'absent',
      detail: 'There is no role nora.quinn-user in staging.',
    })
    expect(rest.unlisted?.(arnOf('priya.shah'))).toMatchObject({ is: 'cannot-tell' })
    expect(rest.unlisted?.('9001')).toBeNull()
  })

  test('what is not as the list makes it is told: without MFA, one role of two, refused, or beyond us', async () => {
    aws.putRole('staging', 'dan.reyes-poweruser', [])
    aws.putRole('staging', 'jo.bell-admin', [
      ...trusting([arnOf('jo.bell')]),
      { effect: 'Deny', action: 'sts:AssumeRole', principals: [arnOf('jo.bell')] },
    ])
    expect((await told(adminList)).who).toMatchObject({
      'dan.reyes': `not-whole: ${trusts('dan.reyes-admin', 'dan.reyes')} The role dan.reyes-poweruser in staging does not.`,
      'jo.bell': expect.stringMatching(/^less: .* refuses them by another statement/),
    })
    aws.putRole('staging', 'sam.okoro-user', trusting([arnOf('sam.okoro')], null))
    aws.putRole(
      'staging',
      'lee.hart-user',
      trusting([arnOf('lee.hart')], { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }),
    )
    expect((await told()).who).toMatchObject({
      'sam.okoro': expect.stringMatching(/^not-whole: .*without asking for MFA/),
      'lee.hart': expect.stringMatching(/^unreadable: .*cannot be weighed/),
    })
  })

  test('a whole account in a person’s role is said, and hides that person alone; other machinery’s roles are none of ours', async () => {
    aws.putRole('staging', 'priya.shah-user', trusting(['arn:aws:iam::000000000000:root']))
    aws.putRole('staging', 'terraform-user', trusting([arnOf('priya.shah'), '*']))
    const { rest, who } = await told()
    expect(rest).toMatchObject({
      nameless: 0,
      cannotSee:
        'The role priya.shah-user in staging lets in more than we can name, so who else can use it cannot be told.',
    })
    expect(who).not.toHaveProperty('priya.shah')
  })
})

describe('where a half cannot be read', () => {
  test('without the right to list, the list in the repository is compared as before, and that is said', async () => {
    aws.allow('staging', ['GetRole'])
    const why = 'AWS does not let us list roles in staging.'
    const { rest, who } = await told()
    expect(rest).toMatchObject({ is: 'listed', cannotSee: `Only the list is read. ${why}` })
    expect(Object.keys(who)).toHaveLength(2)
    expect((await told(userList, null)).rest).toEqual({
      is: 'cannot-see',
      detail: `The lists are changed by people and are not read by us. ${why}`,
    })
  })

  test('what no list makes, because it comes of another system’s, is compared with nothing, and that is said', async () => {
    expect((await told('fulladmin', lists, {})).rest).toEqual({
      is: 'cannot-see',
      detail: 'No list and no group that we know makes this, so nobody is compared.',
    })
  })

  test('what another list makes is compared where its roles are named, and not with our lists', async () => {
    aws.putRole('staging', 'priya.shah-developer', trusting([arnOf('priya.shah')]))
    const { rest, who } = await told('developer', lists, {})
    expect(rest).toMatchObject({ is: 'listed', cannotSee: null })
    expect(who).toEqual({ 'priya.shah': `wanted: ${trusts('priya.shah-developer', 'priya.shah')}` })
    aws.allow('staging', ['GetRole'])
    expect((await told('developer', lists, {})).rest).toEqual({
      is: 'cannot-see',
      detail: 'AWS does not let us list roles in staging.',
    })
  })

  test('lists that cannot be read, or that people change, hold up nothing: AWS’s answer counts', async () => {
    aws.putRole('staging', 'priya.shah-user', trusting([arnOf('priya.shah')]))
    const plain = { 'priya.shah': `wanted: ${trusts('priya.shah-user', 'priya.shah')}` }
    expect((await told(userList, null)).who).toMatchObject(plain)
    merged = new SystemFailure('transient', 'GitHub did not answer.', '')
    const { rest, who } = await told()
    expect(who).toMatchObject(plain)
    expect(rest).toMatchObject({
      cannotSee: 'AWS was read, and not the lists in the repository: GitHub did not answer.',
    })
  })

  test.each([
    ['throttled', 'throttled'],
    ['truncated', 'transient'],
    ['somebody-else', 'invalid'],
  ] as const)('an answer that is %s is no list', async (fault, kind) => {
    aws.faults.next(fault, 'ListRoles')
    await expect(told()).rejects.toMatchObject({ kind })
  })
})
