import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { readInstallation } from '../../server/installation.ts'
import { configWith, connectedWith } from './environment.ts'
import { iamUserOrder, listOrder } from './orders.ts'

/** Reading AWS is asked for in two places, the environment and the installation file, and never happens unasked. */

const folder = mkdtempSync(join(tmpdir(), 'aws-configured-'))
afterAll(() => rmSync(folder, { recursive: true }))
const awsWith = (more: Record<string, string>, named = {}) => connectedWith(folder, more, named).get('aws')
const region = { AWS_READ_REGION: 'eu-west-2' }
const github = { GITHUB_TOKEN: 'example-token-0123456' }

describe('the adapter', () => {
  test('is not there where neither GitHub nor AWS is configured, whatever keys lie about', () => {
    expect(awsWith({ AWS_ACCESS_KEY_ID: 'AKIALOCALLOCALLOCAL2', AWS_SECRET_ACCESS_KEY: 'local' })).toBeUndefined()
  })

  test('with GitHub alone changes lists and reads nothing', () => {
    const aws = awsWith(github)
    expect(aws?.can).toEqual(['pull-request'])
    expect(aws?.reads?.(listOrder('staging'))).toBe(false)
  })

  test('with AWS alone reads what people do', () => {
    const aws = awsWith(region)
    expect(aws?.can).toEqual([])
    for (const order of [iamUserOrder(), listOrder('staging'), listOrder('production'), listOrder('tools')])
      expect(aws?.reads?.(order)).toBe(true)
  })

  test('asks AWS’s own addresses, and that region’s STS', () => {
    expect(configWith(folder, region).aws).toEqual({
      region: 'eu-west-2',
      iamUrl: 'https://iam.amazonaws.com',
      stsUrl: 'https://sts.eu-west-2.amazonaws.com',
      credentials: null,
    })
  })

  test('changes groups only with a role for that, and reads nothing of them without', () => {
    const targets = { 'aws:staging': { userGroup: 'access-staging' } }
    const byGroup = { environment: 'staging', direction: 'grant' as const }
    const wanted = { value: 'role_user_user_arns', params: { userGroup: 'access-staging' } }
    const base = 'arn:aws:iam::000000000000:role/read'
    const groupsAs = 'arn:aws:iam::000000000000:role/groups'
    const withRole = awsWith(region, { targets, awsRead: { base, groupsAs, environments: {} } })
    const without = awsWith(region, { targets, awsRead: { base, environments: {} } })
    expect([withRole?.can, withRole?.reads?.({ ...byGroup, wanted })]).toEqual([['api'], true])
    expect([without?.can, without?.reads?.({ ...byGroup, wanted })]).toEqual([[], false])
  })

  test('is refused where a region is given and no roles', () => {
    expect(() => awsWith(region, { awsRead: null })).toThrow('give it the part awsRead')
  })
})

describe('the installation file', () => {
  const base = { awsBaseAccount: '000000000000', targets: {} }
  function read(awsPart: unknown) {
    const path = join(folder, 'installation.yaml')
    writeFileSync(path, stringify({ ...base, awsRead: awsPart }))
    return readInstallation(path).awsRead
  }
  const role = (account: string) => `arn:aws:iam::${account}:role/read`

  test('names the usual roles where it says nothing else', () => {
    expect(read({ base: role('000000000000'), environments: { staging: { readAs: role('000000000001') } } })).toEqual({
      base: role('000000000000'),
      environments: {
        staging: { readAs: role('000000000001'), userRoles: ['{local}-user'], adminRoles: ['{local}-admin'] },
      },
    })
  })

  test.each([
    [
      'a role in another account than that of the users',
      { base: role('000000000001'), environments: {} },
      'use a role in the account awsBaseAccount',
    ],
    [
      'a role for groups in another account than that of the users',
      { base: role('000000000000'), groupsAs: role('000000000001'), environments: {} },
      'awsRead.groupsAs: use a role in the account awsBaseAccount',
    ],
    [
      'a user in the place of a role',
      { base: 'arn:aws:iam::000000000000:user/read', environments: {} },
      'the ARN of an IAM role',
    ],
    [
      'one role name for everybody',
      { base: role('000000000000'), environments: { staging: { readAs: role('000000000001'), userRoles: ['user'] } } },
      'use {local} for what stands before the @',
    ],
  ])('denies %s', (_what, part, words) => {
    expect(() => read(part)).toThrow(words)
  })
})
