import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Ability, abilitiesOf, abilityWords } from '../../server/grants/ability.ts'
import type { SystemAdapter } from '../../server/grants/system.ts'
import { createGithub } from '../../server/systems/github/by-proposal.ts'
import { createGithubClient, type GithubClient, type GithubParts } from '../../server/systems/github/client.ts'
import { teamsOf } from '../../server/systems/github/health.ts'
import { createGithubTeams } from '../../server/systems/github/teams.ts'
import { createRepositoryLists } from '../../server/systems/repository-lists/adapter.ts'
import { filesOf } from '../../server/systems/repository-lists/health.ts'
import { listedPeople } from '../../server/systems/repository-lists/listed-people.ts'
import { type LocalGithub, startLocalGithub } from '../local-systems/github.ts'
import { org, pathOf, repository, team } from './orders.ts'

/** What settings show of the connection to GitHub, by which teams, lists and Argo CD are read and changed. */

const now = () => new Date('2026-11-02T09:00:00Z')
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const targets = {
  'github:production-deploy': { org, team },
  'aws:staging': { repository, branch: 'main', path: pathOf('staging') },
  'aws:production': { repository, path: pathOf('production') },
}

let github: LocalGithub
beforeEach(async () => {
  github = await startLocalGithub({ now })
  github.addTeam(org, team, 'GOV.UK Production Deploy')
  github.addRepo(
    repository,
    Object.fromEntries(['staging', 'production'].map((one) => [pathOf(one), 'role_user_user_arns = []\n'])),
  )
})
afterEach(() => github.close())

function clientOf(credentials: GithubParts['credentials'] = { kind: 'token', token: github.token }): GithubClient {
  return createGithubClient({ apiUrl: `${github.origin}/api`, credentials, pace: 'at-once' })
}

function asApp(may?: Parameters<LocalGithub['addApp']>[3]): GithubClient {
  github.addApp('1', '2', String(publicKey.export({ type: 'spki', format: 'pem' })), may)
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return clientOf({ kind: 'app', appId: '1', installationId: '2', privateKey: pem })
}

function asToken(...token: Parameters<LocalGithub['addToken']> extends [string, ...infer Rest] ? Rest : never) {
  github.addToken('another-token-0123456', ...token)
  return clientOf({ kind: 'token', token: 'another-token-0123456' })
}

const teams = (client: GithubClient, named: Parameters<typeof teamsOf>[0] = targets) =>
  createGithubTeams(client, now, teamsOf(named))
const lists = (client: GithubClient, named: Parameters<typeof filesOf>[0] = targets) =>
  createRepositoryLists(listedPeople('aws', 'AWS', false), client, now, filesOf(named, 'aws'))

describe('GitHub teams', () => {
  test('an App is fine with what it needs, and its key has no end', async () => {
    expect(await teams(asApp(['members:write'])).health()).toEqual({
      state: 'ok',
      sentence: 'GitHub answers.',
      checkedAt: now(),
      leastRights: 'A GitHub App with Members: read and write; or a machine user’s token with the scope write:org.',
      expiresAt: null,
      noEnd:
        'A GitHub App’s key has no end; the tokens made with it end within the hour and are made anew by themselves.',
    })
  })

  test('an App that may only read members is failing, and what it lacks is named', async () => {
    expect(await teams(asApp(['members:read'])).health()).toMatchObject({
      state: 'failing',
      sentence: 'Our GitHub credentials lack Members: read and write.',
    })
  })

  test('an App that may only read members is enough where every team is kept in a repository', async () => {
    const kept = { 'github:production-deploy': { org, team, repository } }
    expect(await teams(asApp(['members:read']), kept).health()).toMatchObject({ state: 'ok' })
  })

  test('an App that an owner suspended is failing', async () => {
    const client = asApp()
    github.suspend('2')
    expect(await teams(client).health()).toMatchObject({ state: 'failing', sentence: 'Our GitHub App is suspended.' })
  })

  test('a machine user’s token says its scopes and its end', async () => {
    const ends = '2027-01-31 08:00:00 UTC'
    expect(await teams(asToken(['members:write'], { endsAt: ends })).health()).toMatchObject({
      state: 'ok',
      expiresAt: new Date('2027-01-31T08:00:00Z'),
    })
    expect(await teams(asToken(['members:read'])).health()).toMatchObject({
      state: 'failing',
      sentence: 'Our GitHub credentials lack write:org.',
      expiresAt: null,
      noEnd: 'GitHub names no end of this token.',
    })
  })

  test('of a fine-grained token GitHub says the end alone, and that is said', async () => {
    const client = asToken(['members:write'], { fineGrained: true, endsAt: '2027-01-31 08:00:00 +0000' })
    expect(await teams(client).health()).toMatchObject({
      state: 'ok',
      sentence: 'GitHub answers. GitHub does not say what a fine-grained token may do.',
      expiresAt: new Date('2027-01-31T08:00:00Z'),
    })
  })

  test('a team that is not there, or that we may not see, is named', async () => {
    const misspelt = { 'github:production-deploy': { org, team: 'misspelt' } }
    expect(await teams(clientOf(), misspelt).health()).toMatchObject({
      state: 'failing',
      sentence: `GitHub has no team misspelt in ${org}.`,
    })
  })
})

describe('lists in a repository', () => {
  test('are fine where every file is read and may be changed', async () => {
    expect(await lists(asApp()).health()).toMatchObject({
      state: 'ok',
      sentence: 'Lists are changed by pull request, and read from their repository. AWS itself is not read.',
      leastRights: expect.stringContaining('Pull requests: read and write'),
    })
    expect(github.requests.filter(({ path }) => path.includes('/contents/'))).toHaveLength(2)
  })

  test.each<[string, string, string]>([
    ['is not there', '', `${pathOf('tools')} on main of ${repository} cannot be read: We cannot find`],
    [
      'is no list',
      'role_user_user_arns = [',
      `${pathOf('tools')} on main of ${repository} holds no list that we can read.`,
    ],
  ])('a file that %s is named', async (_what, text, says) => {
    if (text) github.commit(repository, { [pathOf('tools')]: text })
    const health = await lists(clientOf(), { ...targets, 'aws:tools': { repository, path: pathOf('tools') } }).health()
    expect(health).toMatchObject({ state: 'failing', sentence: expect.stringContaining(says) })
  })

  test('an App that may not open pull requests is failing', async () => {
    expect(await lists(asApp(['members:write', 'contents:write'])).health()).toMatchObject({
      state: 'failing',
      sentence: 'Our GitHub credentials lack Pull requests: read and write.',
    })
  })

  test('are not configured where the installation names no file', async () => {
    expect(await lists(clientOf(), {}).health()).toMatchObject({ state: 'not-configured' })
  })

  test('that keep GitHub teams stand in the health of those', async () => {
    const client = clientOf()
    const both = (named: typeof targets) => createGithub(teams(client), lists(client, named))
    expect(await both(targets).health()).toMatchObject({
      state: 'ok',
      leastRights: expect.stringMatching(/Members.*Contents/),
    })
    github.commit(repository, { [pathOf('staging')]: '{' })
    expect(await both(targets).health()).toMatchObject({ state: 'failing' })
  })
})

test.each<[Partial<Pick<SystemAdapter, 'can' | 'reads'>> | null, Ability[], string]>([
  [null, ['guides'], 'This server guides people, who change it by hand.'],
  [{ can: ['follows'] }, ['reads'], 'This server reads how it stands.'],
  [
    { can: [], reads: () => true },
    ['reads', 'guides'],
    'This server reads how it stands and guides people, who change it by hand.',
  ],
  [
    { can: ['api', 'pull-request'] },
    ['reads', 'changes', 'proposes'],
    'This server reads how it stands, changes it and proposes changes as pull requests.',
  ],
])('what can be done in a system follows from its adapter: %j', (adapter, abilities, words) => {
  const found = abilitiesOf(adapter && { can: [], ...adapter })
  expect(found).toEqual(abilities)
  expect(abilityWords(found)).toBe(words)
})
