import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StepOrder, SystemAdapter } from '../../server/grants/system.ts'
import { createGithub } from '../../server/systems/github/by-proposal.ts'
import { createGithubClient, type GithubClient } from '../../server/systems/github/client.ts'
import { createGithubTeams } from '../../server/systems/github/teams.ts'
import { createRepositoryLists } from '../../server/systems/repository-lists/adapter.ts'
import { listedPeople } from '../../server/systems/repository-lists/listed-people.ts'
import { type LocalGithub, startLocalGithub } from '../local-systems/github.ts'
import { covers } from './covers.ts'
import { org, priya, team, teamOrder } from './orders.ts'

/** Lists of people in any repository, which a rule set names without any code: of names, and of records. */

let github: LocalGithub
let client: GithubClient
let access: SystemAdapter
const repository = `${org}/example-access`
const path = 'config/tech.yml'
const now = () => new Date('2026-11-02T09:00:00Z')

const people = `# Who may do what
groups:
  production_deploy_access:
    - sam-o
    - kit-d # joined in May
  production_admin_access: [dan-r, jo-b]
people:
  - username: samokoro
    github_username: "sam-o"
    aws: { integration: user }
  # the newest
  - username: kitdoyle
    github_username: "kit-d"
`

beforeEach(async () => {
  github = await startLocalGithub()
  github.addUser('priya-s', 1001)
  github.addTeam(org, team, 'Production Deploy')
  github.addOrgMember(org, 'priya-s')
  github.addRepo(repository, { [path]: people })
  const credentials = { kind: 'token', token: github.token } as const
  client = createGithubClient({ apiUrl: `${github.origin}/api`, credentials, pace: 'at-once', timeOutMs: 5_000 })
  access = createRepositoryLists(listedPeople('access-list', 'Access list', true), client, now)
})
afterEach(() => github.close())

type Params = Record<string, string>
const named: Params = { list: 'groups.production_deploy_access' }
const recorded: Params = {
  list: 'people',
  key: 'github_username',
  same: 'username',
  'field.username': 'priyashah',
  'field.github_username': 'priya-s',
}

function order(params: Params, change: Partial<StepOrder> = {}): StepOrder {
  const wanted = { value: 'listed', params: { repository, branch: 'main', path, ...params } }
  return teamOrder({ wanted, proposal: 'access', method: 'pull-request', ...change })
}

async function merged(one: StepOrder): Promise<string> {
  const { link } = await access.apply([one])
  expect(await access.read({ ...one, sentTo: link })).toMatchObject({ is: 'waiting', waitsFor: 'reviewer' })
  github.merge(repository, github.pulls(repository).length)
  expect(await access.read({ ...one, sentTo: link })).toMatchObject({
    is: one.direction === 'grant' ? 'present' : 'absent',
    evidence: { listed: one.direction === 'grant' },
  })
  return github.file(repository, path)
}

describe('a list of names', () => {
  test(
    'gets one line more, and no other byte changes',
    covers('Lists in a repository', 'grant', 'verify', 'description: GitHub’s OpenAPI', 'client: octokit'),
    async () => {
      expect(await merged(order(named))).toBe(people.replace('in May\n', 'in May\n    - priya-s\n'))
    },
  )

  test('of which somebody is taken out', covers('Lists in a repository', 'revoke', 'verify'), async () => {
    const kit = { kind: 'github', id: '1009', name: 'kit-d' } as const
    const text = await merged(order(named, { direction: 'revoke', account: kit }))
    expect(text).toBe(people.replace('    - kit-d # joined in May\n', ''))
  })

  test('holds what the rule set says, such as an address', async () => {
    const text = await merged(order({ ...named, element: 'priya.shah@example.gov.uk' }))
    expect(text).toContain('    - priya.shah@example.gov.uk\n')
  })

  test('that includes another is enough for both', async () => {
    const dan = { kind: 'github', id: '1003', name: 'dan-r' } as const
    const one = order({ ...named, impliedBy: 'groups.production_admin_access' }, { account: dan })
    expect(await access.read(one)).toMatchObject({ is: 'present' })
  })

  test('that somebody leaves for a lower one: both change together', async () => {
    const dan = { kind: 'github', id: '1003', name: 'dan-r' } as const
    const params = { list: 'groups.production_admin_access', keeps: 'groups.production_deploy_access' }
    const text = await merged(order(params, { direction: 'revoke', account: dan }))
    expect(text).toBe(people.replace('in May\n', 'in May\n    - dan-r\n').replace('[dan-r, jo-b]', '[jo-b]'))
  })
})

describe('a list of records', () => {
  test('gets one record more, as the one before is written', async () => {
    expect(await merged(order(recorded))).toBe(`${people}  - username: priyashah\n    github_username: "priya-s"\n`)
  })

  test('of which somebody is taken out with all that stands in theirs', async () => {
    const params = { ...recorded, 'field.username': 'samokoro', 'field.github_username': 'sam-o' }
    const text = await merged(order(params, { direction: 'revoke' }))
    const theirs = '  - username: samokoro\n    github_username: "sam-o"\n    aws: { integration: user }\n'
    expect(text).toBe(people.replace(theirs, ''))
  })

  test('without the field by which people are found is a matter of configuration', async () => {
    const { key: _, ...rest } = recorded
    await expect(access.apply([order(rest)])).rejects.toMatchObject({ kind: 'invalid' })
  })
})

describe('the same person is refused', () => {
  const twice: [string, Params][] = [
    ['in capitals', { ...named, element: 'KIT-D' }],
    ['in a record, in capitals', { ...recorded, 'field.github_username': 'Kit-D' }],
    ['in a record, by another field', { ...recorded, 'field.username': 'kitdoyle' }],
  ]
  test.each(twice)('%s', async (_, params) => {
    await expect(access.apply([order(params)])).rejects.toMatchObject({
      kind: 'refused-by-rule',
      message: expect.stringContaining('The same person is in'),
    })
    expect(github.writes).toEqual([])
  })

  test('and leaves under whatever spelling they are listed', async () => {
    const text = await merged(order({ ...named, element: 'KIT-D' }, { direction: 'revoke' }))
    expect(text).not.toContain('    - kit-d')
  })
})

describe('a push onto our pull request', () => {
  test('is told with the list that it touches, further down too', async () => {
    const { link } = await access.apply([order(named)])
    const branch = github.pulls(repository)[0]?.head ?? ''
    const text = github.file(repository, path, branch).replace('[dan-r', '[mal-l, dan-r')
    github.commit(repository, { [path]: text }, branch)
    expect(await access.read(order(named, { sentTo: link }))).toMatchObject({
      is: 'changed-by-others',
      detail: expect.stringContaining('the list groups.production_admin_access (1 added)'),
    })
  })
})

describe('a GitHub team that is kept in a repository', () => {
  const inTeam = (change: Partial<StepOrder> = {}) => order({ ...named, org, team }, change)
  let both: SystemAdapter
  beforeEach(() => {
    const lists = createRepositoryLists(listedPeople('github', 'GitHub', false), client, now)
    both = createGithub(createGithubTeams(client, now), lists)
  })

  test('is never written by api, and is there only once GitHub itself says so', async () => {
    expect(both.can).toEqual(expect.arrayContaining(['api', 'pull-request']))
    const { link } = await both.apply([inTeam()])
    expect(github.membership(org, team, 'priya-s')).toBe('none')
    expect(await both.read(inTeam({ sentTo: link }))).toMatchObject({ is: 'waiting', waitsFor: 'reviewer' })
    github.merge(repository, 1)
    expect(await both.read(inTeam({ sentTo: link }))).toMatchObject({
      is: 'waiting',
      waitsFor: 'second-line',
      detail: expect.stringContaining('Merged, not applied yet'),
    })
    github.addMember(org, team, 'priya-s')
    expect(await both.read(inTeam({ sentTo: link }))).toMatchObject({ is: 'present', evidence: { state: 'active' } })
  })

  test('an invitation that Terraform sent waits for the engineer', async () => {
    const { link } = await both.apply([inTeam()])
    github.merge(repository, 1)
    github.addUser('new-n', 1050)
    const api = (one: StepOrder) => ({ ...one, method: 'api' as const })
    const newcomer = { kind: 'github', id: '1050', name: 'new-n' } as const
    await both.apply([api(inTeam({ account: newcomer }))])
    github.commit(repository, { [path]: github.file(repository, path).replace('- priya-s', '- new-n') })
    expect(await both.read(inTeam({ account: newcomer }))).toMatchObject({ is: 'waiting', waitsFor: 'engineer' })
    expect(link).not.toBeNull()
  })

  test('is gone only once GitHub itself says so', async () => {
    github.addMember(org, team, 'priya-s')
    github.commit(repository, { [path]: people.replace('kit-d #', 'priya-s #') })
    const revoke = inTeam({ direction: 'revoke' })
    const { link } = await both.apply([revoke])
    github.merge(repository, 1)
    expect(await both.read({ ...revoke, sentTo: link })).toMatchObject({ is: 'waiting', waitsFor: 'second-line' })
    github.commit(repository, { 'README.md': 'x' })
    await both.apply([{ ...revoke, method: 'api' }])
    expect(await both.read({ ...revoke, sentTo: link })).toMatchObject({ is: 'absent' })
  })

  test('whoever is changed by api is changed as before', async () => {
    await both.apply([inTeam({ method: 'api', account: priya })])
    expect(github.membership(org, team, 'priya-s')).toBe('active')
    expect(github.pulls(repository)).toEqual([])
  })
})
