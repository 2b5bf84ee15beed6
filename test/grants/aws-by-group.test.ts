import { afterEach, beforeEach, expect, test } from 'vitest'
import { createAws } from '../../server/systems/aws/aws.ts'
import { createAwsGroups } from '../../server/systems/aws/groups.ts'
import { createAwsReading } from '../../server/systems/aws/reading.ts'
import { testDatabase } from '../db/database.ts'
import { type LocalAws, startLocalAws } from '../local-systems/aws.ts'
import { covers } from '../systems/covers.ts'
import { closeAll } from './granted.ts'
import { lists, startTestOffice, type TestOffice } from './office.ts'

/** An installation that gives AWS access by groups of IAM users: a whole request, there and back, with no pull request. */

let it: TestOffice & { close(): Promise<void> }
let aws: LocalAws
const priya = 'priya.shah@example.gov.uk'
const groups = ['staging', 'production'].flatMap((name) => [`access-${name}`, `admin-${name}`])

beforeEach(async () => {
  it = await startTestOffice(await testDatabase())
  const now = () => it.office.clock.wall()
  aws = await startLocalAws({
    accounts: { base: '000000000000' },
    lists: () => ({ path: 'common.tfvars', text: '' }),
    now,
  })
  aws.addUser(priya, 0)
  for (const name of groups) aws.addGroup(name)
  for (const name of ['staging', 'production'])
    Object.assign(it.office.installation.targets[`aws:${name}`] ?? {}, {
      userGroup: `access-${name}`,
      adminGroup: `admin-${name}`,
    })
  const access = { region: 'eu-west-1', iamUrl: aws.origin, stsUrl: aws.origin, credentials: aws.credentials }
  const read = { base: aws.readRole('base'), groupsAs: aws.groupRole, environments: {} }
  const iam = createAwsReading(access, read, it.office.clock, 2_000)
  const byGroup = iam.groups && createAwsGroups(iam.groups, iam.base, groups)
  it.adapters.set('aws', createAws({ lists: it.adapters.get('aws') ?? null, iam, groups: byGroup, now }))
})
afterEach(async () => {
  expect(await it.intact()).toBe(true)
  await aws.close()
  await it.close()
})

const isIn = () => ['access-staging', 'access-production'].map((name) => aws.membersOf(name).includes(priya))

test(
  'is granted after the user has MFA, late as IAM shows it, and revoked whole',
  covers('AWS', 'grant', 'wait', 'verify', 'revoke'),
  async () => {
    const request = await it.approved('priya')
    await it.run(2)
    expect(isIn()).toEqual([false, false])
    aws.setMfa(priya, 1)
    aws.settleMs = 30_000
    expect(await closeAll(it, request)).toBe(true)
    const step = await it.step(request, 'aws-user/staging')
    expect(step).toMatchObject({ method: 'api', state: 'verified', evidence: { group: 'access-staging' } })
    expect(isIn()).toEqual([true, true])
    await it.act('dan', 'undo-granted', request)
    expect(await closeAll(it, request, 'revoke')).toBe(true)
    expect(await it.step(request, 'aws-user/staging', 'revoke')).toMatchObject({ method: 'api', state: 'verified' })
    expect(isIn()).toEqual([false, false])
    expect(it.github.pulls(lists)).toEqual([])
  },
)
