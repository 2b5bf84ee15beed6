import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Evidence, Listing, SystemAdapter, Told } from '../../server/grants/system.ts'
import type { AccountKind } from '../../server/rules/types.ts'
import { createAwsRoleLists } from '../../server/systems/aws/role-lists.ts'
import { createFastlyClient } from '../../server/systems/fastly/client.ts'
import { createFastly } from '../../server/systems/fastly/users.ts'
import { createGithubClient } from '../../server/systems/github/client.ts'
import { createGithubTeams } from '../../server/systems/github/teams.ts'
import { createGoogleClient } from '../../server/systems/google/client.ts'
import { createGoogleGroup } from '../../server/systems/google/group.ts'
import { createGoogleTokens } from '../../server/systems/google/tokens.ts'
import { allPages, entriesOf } from '../../server/systems/listing.ts'
import { createRepositoryLists } from '../../server/systems/repository-lists/adapter.ts'
import { listedPeople } from '../../server/systems/repository-lists/listed-people.ts'
import { createSentryClient } from '../../server/systems/sentry/client.ts'
import { createSentry } from '../../server/systems/sentry/sentry.ts'
import { createSignon } from '../../server/systems/signon/signon.ts'
import { startLocalFastly } from '../local-systems/fastly.ts'
import { startLocalGithub } from '../local-systems/github.ts'
import { startLocalGoogle } from '../local-systems/google.ts'
import { startLocalSentry } from '../local-systems/sentry.ts'
import { arnOf, googleGroup, groupOrder, org, pathOf, repository, team, teamOrder } from './orders.ts'

/** Who has something, as each system lists it: everybody, or nothing at all. */

const time = () => new Date('2026-11-24T10:00:00Z')
const open: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function listed(adapter: SystemAdapter, value: string, params: Record<string, string>, kind: AccountKind) {
  const found = await adapter.list?.({ environment: null, wanted: { value, params }, kind })
  if (!found) throw new Error('this adapter lists nothing')
  return found
}

/** Short: what each has, and by which id. */
function short(found: Listing): string[] {
  if (found.is === 'cannot-see') return [found.detail]
  return found.accounts.map(({ account, has }) => `${account.name} (${account.id ?? 'no id'}) ${has}`)
}

describe('a GitHub team', () => {
  async function github() {
    const local = await startLocalGithub({ now: time })
    open.push(local)
    local.addTeam(org, team, team)
    const client = createGithubClient({
      apiUrl: `${local.origin}/api`,
      credentials: { kind: 'token', token: local.token },
      pace: 'at-once',
    })
    return { local, client, teams: createGithubTeams(client, time) }
  }

  test('lists members, whoever comes through a child team, and open invitations', async () => {
    const { local, teams } = await github()
    for (const [login, id] of [
      ['priya-s', 1001],
      ['sam-o', 1002],
      ['lee-h', 1008],
    ] as const)
      local.addUser(login, id)
    local.addTeam(org, 'search', 'Search', { parent: team })
    local.addMember(org, team, 'priya-s')
    local.addMember(org, 'search', 'sam-o')
    await teams.apply([
      {
        ...teamOrder(),
        account: { kind: 'github', id: '1008', name: 'lee-h' },
      },
    ])
    const found = await listed(teams, 'member', { org, team }, 'github')
    expect(short(found)).toEqual(['priya-s (1001) wanted', 'sam-o (1002) wanted', 'lee-h (no id) invited'])
    expect(found).toMatchObject({
      nameless: 0,
      accounts: [{}, { detail: 'sam-o is in production-deploy, also through its child team search.' }, {}],
    })
  })

  test('is listed over all its pages', async () => {
    const { local, teams } = await github()
    for (let n = 1; n <= 101; n += 1) {
      local.addUser(`user-${n}`, n)
      local.addMember(org, team, `user-${n}`)
    }
    expect(short(await listed(teams, 'member', { org, team }, 'github'))).toHaveLength(101)
  })

  test('that is not there or does not answer is a failure, and never an empty list', async () => {
    const { local, teams } = await github()
    await expect(listed(teams, 'member', { org, team: 'gone' }, 'github')).rejects.toMatchObject({ kind: 'invalid' })
    local.faults.down = true
    await expect(listed(teams, 'member', { org, team }, 'github')).rejects.toMatchObject({ kind: 'transient' })
  })

  test('in a repository is listed by the account that each entry names', async () => {
    const { local, client } = await github()
    const people =
      'deploy: [priya-s, sam-o]\npeople:\n  - name: Lee\n    email: Lee.Hart@example.gov.uk\n  - name: Jo\n'
    local.addRepo(repository, {
      'access.yml': people,
      [pathOf('staging')]: `role_user_user_arns = ["${arnOf('priya.shah')}"]\n`,
    })
    const whole = createRepositoryLists(listedPeople('access', 'Access list', true), client, time)
    const at = { repository, path: 'access.yml' }
    expect(short(await listed(whole, 'x', { ...at, list: 'deploy' }, 'github'))).toEqual([
      'priya-s (no id) wanted',
      'sam-o (no id) wanted',
    ])
    const records = { ...at, list: 'people', key: 'email', 'field.email': '{email}' }
    const byEmail = await listed(whole, 'x', records, 'email')
    expect(short(byEmail)).toEqual(['Lee.Hart@example.gov.uk (lee.hart@example.gov.uk) wanted'])
    expect(byEmail).toMatchObject({ nameless: 1 })
    expect(short(await listed(whole, 'x', { ...at, list: 'deploy', element: '{local}' }, 'github'))).toEqual([
      'What stands in deploy is no account by itself, so nobody is compared.',
    ])
    const aws = createAwsRoleLists(client, time)
    const found = await listed(aws, 'x', { repository, path: pathOf('staging'), list: 'role_user_user_arns' }, 'aws')
    expect(short(found)).toEqual([`priya.shah@example.gov.uk (${arnOf('priya.shah')}) wanted`])
    expect(found).toMatchObject({ cannotSee: 'The list is read, and not what was made of it in AWS.' })
  })
})

test('a Google group lists its own members, over all pages', async () => {
  const local = await startLocalGoogle({ now: time })
  open.push(local)
  local.addGroup(googleGroup, 'Production access')
  local.addMember(googleGroup, 'Priya.Shah@example.gov.uk')
  local.pageSize = 1
  const tokens = createGoogleTokens(local.tokens.key, { now: time, tokensFrom: local.tokensUrl })
  const adapter = createGoogleGroup(createGoogleClient({ apiUrl: local.origin, tokens, now: time }), [], time)
  const found = await listed(adapter, 'member', { group: googleGroup }, 'email')
  expect(short(found)).toContain('Priya.Shah@example.gov.uk (priya.shah@example.gov.uk) wanted')
  expect(short(found)).toHaveLength(2)
})

test('Fastly lists users by what they have of the role and all services, and open invitations', async () => {
  const local = await startLocalFastly({ now: time })
  open.push(local)
  local.addUser('enough@example.gov.uk', { role: 'engineer', limit_services: false })
  local.addUser('less@example.gov.uk', { role: 'engineer', limit_services: true })
  local.addUser('gone@example.gov.uk', { role: 'engineer', limit_services: false, deleted_at: '2026-01-01' })
  const client = createFastlyClient({ apiUrl: `${local.origin}/api`, token: local.token }, time)
  const adapter = createFastly({ client, now: time, today: time })
  await adapter.apply([
    {
      ...groupOrder(),
      account: { kind: 'email', id: 'new@example.gov.uk', name: 'new@example.gov.uk' },
      wanted: { value: 'engineer, all services', params: { customer: local.customer } },
    },
  ])
  const found = await listed(adapter, 'engineer, all services', { customer: local.customer }, 'email')
  expect(short(found)).toEqual([
    'production-access@example.gov.uk (production-access@example.gov.uk) more',
    'enough@example.gov.uk (enough@example.gov.uk) wanted',
    'less@example.gov.uk (less@example.gov.uk) less',
    'new@example.gov.uk (new@example.gov.uk) invited',
  ])
})

test('Sentry lists members by their role, and by the team that stands for it where one is named', async () => {
  const local = await startLocalSentry({ now: time })
  open.push(local)
  local.addMember('admin@example.gov.uk', { orgRole: 'admin' })
  local.addMember('member@example.gov.uk', { teamRoles: [{ teamSlug: 'developers', role: 'admin' }] })
  local.addMember('asked@example.gov.uk', { orgRole: 'admin', pending: true })
  const adapter = createSentry({
    client: createSentryClient({ apiUrl: local.origin, token: local.token }, time),
    now: time,
  })
  const { organisation } = local
  const others = ['admin@example.gov.uk (admin@example.gov.uk) wanted']
  expect(short(await listed(adapter, 'Admin', { organisation }, 'email'))).toEqual([
    'production-access@example.gov.uk (production-access@example.gov.uk) more',
    ...others,
    'member@example.gov.uk (member@example.gov.uk) less',
    'asked@example.gov.uk (asked@example.gov.uk) invited',
  ])
  expect(short(await listed(adapter, 'Admin', { organisation, team: '#developers' }, 'email'))).toContain(
    'member@example.gov.uk (member@example.gov.uk) wanted',
  )
})

describe('Signon', () => {
  const at = new Date('2026-11-23T15:00:00Z')
  const entry = (role: string, status = 'active'): Evidence => ({ role, status, twoStep: 'enabled' })
  const signon = (about: Evidence, has = true, told: [string, Told][] = []) =>
    createSignon({
      exported: async () => null,
      newest: async () =>
        has
          ? {
              at,
              about,
              entries: new Map([
                ['priya', entry('Normal')],
                ['sam', entry('Super Admin')],
                ['lee', entry('Normal', 'suspended')],
                ['jo', null],
              ]),
            }
          : null,
      hasExports: async () => has,
      told: async () => null,
      toldAll: async () => new Map(told),
      callsWith: null,
      calledAs: null,
      now: time,
    })

  test('leaves out whom Signon told us to be suspended since, and lists whom it let in again', async () => {
    const said = (suspended: boolean, hours: number): Told => ({
      at: new Date(at.getTime() + hours * 3_600_000),
      entry: { suspended },
    })
    const since = signon({ seesSuperAdmins: true }, true, [
      ['priya', said(true, 1)],
      ['lee', said(false, 1)],
      ['sam', said(true, -1)],
      ['jo', said(false, 1)],
    ])
    expect(short(await listed(since, 'Normal', {}, 'email'))).toEqual(['sam (sam) more', 'lee (lee) wanted'])
  })

  test('lists whom the newest export was kept of, as of that day', async () => {
    const found = await listed(signon({ seesSuperAdmins: true }), 'Normal', {}, 'email')
    expect(short(found)).toEqual(['priya (priya) wanted', 'sam (sam) more'])
    expect(found).toMatchObject({ asOf: at, onlyOf: new Set(['priya', 'sam', 'lee', 'jo']) })
    const supers = await listed(signon({ seesSuperAdmins: true }), 'Super Admin', {}, 'email')
    expect(short(supers)).toEqual(['priya (priya) less', 'sam (sam) wanted'])
  })

  test('tells nothing of whoever an Admin’s export may hide', async () => {
    const found = await listed(signon({ seesSuperAdmins: false }), 'Normal', {}, 'email')
    expect(found).toMatchObject({ onlyOf: new Set(['priya', 'sam', 'lee']) })
  })

  test('is not listed before anybody brought an export', async () => {
    expect(short(await listed(signon({}, false), 'Normal', {}, 'email'))).toEqual([
      'Nobody has brought an export of Signon yet.',
    ])
  })
})

describe('any list', () => {
  test('keeps an entry that it cannot judge apart from those that name nobody', () => {
    const rows = [{ id: 1, role: 'member' }, { id: 2, role: 7 }, { role: 'member' }, null]
    const found = entriesOf(rows, {
      named: z.object({ id: z.number() }),
      account: ({ id }) => ({ kind: 'github', id: String(id), name: `n-${id}` }),
      whole: z.object({ role: z.string() }),
      judge: ({ role }) => ({ has: 'wanted', detail: role }),
    })
    expect(found).toMatchObject({
      nameless: 2,
      accounts: [{ has: 'wanted' }, { has: 'unreadable', detail: 'What stands there for n-2 is not what we know.' }],
    })
  })

  test('that is longer than we read is a failure, and never half a list', async () => {
    const endless = allPages('The team', 3, async () => ({ rows: [1], next: 'more' }))
    await expect(endless).rejects.toThrow('The team has more entries than we read.')
  })
})
