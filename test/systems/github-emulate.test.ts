import { createEmulator, type Emulator } from 'emulate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LocalGithub, startLocalGithub } from '../local-systems/github.ts'
import { org, repository, team } from './orders.ts'

/**
 * A second opinion on the local GitHub: the same script of calls goes to it and to another GitHub that others made
 * (emulate, pinned), and both must answer alike. Where they do not, the difference stands in a list with its reason.
 */

const [owner, repo] = repository.split('/')
const token = 'emulate-token-0123456789'
const path = 'data/common.tfvars'
const before = 'users = [\n  "sam",\n]\n'
const after = 'users = [\n  "sam",\n  "priya",\n]\n'

interface Side {
  base: string
  token: string
}

interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: what two programs answer is compared, not used
  body: any
}

async function call(side: Side, method: string, address: string, body?: unknown): Promise<Answer> {
  const answer = await fetch(`${side.base}${address}`, {
    method,
    headers: { authorization: `token ${side.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
}

const at = `/repos/${owner}/${repo}`
const membership = (login: string) => `/orgs/${org}/teams/${team}/memberships/${login}`

/** Each step and what of its answer the product reads; shas differ between the two, so only their relations are told. */
async function script(side: Side): Promise<Record<string, unknown>> {
  const told: Record<string, unknown> = {}
  const step = async (
    name: string,
    method: string,
    address: string,
    body?: unknown,
    tell: (body: Answer['body']) => unknown = () => null,
  ) => {
    const answer = await call(side, method, address, body)
    told[name] = { status: answer.status, says: answer.status < 400 ? tell(answer.body) : null }
    return answer.body
  }
  const text = (body: Answer['body']) => Buffer.from(body.content, 'base64').toString()

  await step('a person', 'GET', '/users/priya-s', undefined, ({ login, type }) => ({ login, type }))
  await step('nobody', 'GET', '/users/nobody-here')
  await step('a file', 'GET', `${at}/contents/${path}`, undefined, (body) => [body.type, body.path, text(body)])
  await step('no file', 'GET', `${at}/contents/none.tfvars`)
  const main = await step('the main branch', 'GET', `${at}/git/ref/heads/main`, undefined, ({ ref, object }) => [
    ref,
    object.type,
  ])
  const tip = await step('its commit', 'GET', `${at}/git/commits/${main.object.sha}`, undefined, (body) => [
    body.sha === main.object.sha,
    Array.isArray(body.parents),
  ])
  const tree = await step('a tree', 'POST', `${at}/git/trees`, {
    base_tree: tip.tree.sha,
    tree: [{ path, mode: '100644', type: 'blob', content: after }],
  })
  const made = await step(
    'a commit',
    'POST',
    `${at}/git/commits`,
    { message: 'Add priya', tree: tree.sha, parents: [main.object.sha] },
    (body) => [body.tree.sha === tree.sha, body.parents.map((one: { sha: string }) => one.sha === main.object.sha)],
  )
  await step('a branch', 'POST', `${at}/git/refs`, { ref: 'refs/heads/add', sha: made.sha }, ({ ref, object }) => [
    ref,
    object.sha === made.sha,
  ])
  await step('the same branch', 'POST', `${at}/git/refs`, { ref: 'refs/heads/add', sha: made.sha })
  await step('the file on it', 'GET', `${at}/contents/${path}?ref=add`, undefined, text)
  await step('back without force', 'PATCH', `${at}/git/refs/heads/add`, { sha: main.object.sha, force: false })
  await step('what it holds', 'GET', `${at}/compare/main...add`, undefined, (body) => [
    body.status,
    body.total_commits,
    body.merge_base_commit.sha === main.object.sha,
    body.files.map((one: { filename: string; status: string }) => [one.filename, one.status]),
  ])
  const opened = await step(
    'a pull request',
    'POST',
    `${at}/pulls`,
    { title: 'Add priya', body: 'Why', head: 'add', base: 'main' },
    (body) => [body.number, body.state, body.title, body.body, body.head.ref, body.base.ref, body.merged],
  )
  await step('a second one', 'POST', `${at}/pulls`, { title: 'Again', body: '', head: 'add', base: 'main' })
  await step('it, by its branch', 'GET', `${at}/pulls?head=${owner}:add&state=all`, undefined, (body) =>
    body.some((one: { number: number }) => one.number === opened.number),
  )
  await step('its commits', 'GET', `${at}/pulls/${opened.number}/commits`, undefined, (body) =>
    body.map((one: { sha: string }) => one.sha === made.sha),
  )
  await step(
    'a comment',
    'POST',
    `${at}/issues/${opened.number}/comments`,
    { body: 'Closed.' },
    (body) => typeof body.id,
  )
  await step('closing it', 'PATCH', `${at}/pulls/${opened.number}`, { state: 'closed' }, ({ state, merged_at }) => [
    state,
    merged_at,
  ])
  await step('who closed it', 'GET', `${at}/issues/${opened.number}`, undefined, ({ state }) => state)
  await step('no pull request', 'GET', `${at}/pulls/99`)

  await step('a team', 'GET', `/orgs/${org}/teams/${team}`, undefined, ({ slug }) => slug)
  await step('no team', 'GET', `/orgs/${org}/teams/no-such-team`)
  await step('no membership', 'GET', membership('alex-g'))
  await step('a member is added', 'PUT', membership('alex-g'), { role: 'member' }, ({ state, role }) => [state, role])
  await step('their membership', 'GET', membership('alex-g'), undefined, ({ state, role }) => [state, role])
  await step('of the organisation', 'GET', `/orgs/${org}/memberships/alex-g`, undefined, ({ state }) => state)
  await step('taken out', 'DELETE', membership('alex-g'))
  await step('gone', 'GET', membership('alex-g'))
  await step('an outsider is added', 'PUT', membership('priya-s'), { role: 'member' }, ({ state }) => state)
  await step('open invitations', 'GET', `/orgs/${org}/invitations`, undefined, (body) => body.length)
  return told
}

/** Where the two differ: ours is as GitHub documents it, in `facts` and in its description. */
const differences: Record<string, string> = {
  'a second one': 'GitHub answers 422 for a second open pull request of one branch; emulate opens it',
  'an outsider is added': 'GitHub invites and answers "pending"; emulate makes anybody a member at once',
  'open invitations': 'emulate has no invitations',
  'its commits': 'GitHub lists what the branch has and its base has not; emulate lists a commit of the base too',
  'who closed it': 'to GitHub every pull request is an issue too; emulate knows no such issue',
}

let github: LocalGithub
let other: Emulator
let ours: Record<string, unknown>
let theirs: Record<string, unknown>

beforeAll(async () => {
  github = await startLocalGithub()
  github.addUser('priya-s', 1001)
  github.addUser('alex-g', 1004)
  github.addOrgMember(org, 'alex-g')
  github.addTeam(org, team, team)
  github.addRepo(repository, { [path]: before })
  other = await createEmulator({
    service: 'github',
    port: 0,
    seed: {
      tokens: { [token]: { login: 'dan-r', scopes: ['repo', 'admin:org'] } },
      github: {
        users: [{ login: 'dan-r' }, { login: 'priya-s' }, { login: 'alex-g' }],
        orgs: [{ login: org, members: [{ login: 'dan-r', role: 'admin' }, { login: 'alex-g' }] }],
        repos: [{ owner, name: repo, auto_init: true }],
      },
    },
  })
  const there: Side = { base: other.url, token }
  await call(there, 'POST', `/orgs/${org}/teams`, { name: team })
  const content = Buffer.from(before).toString('base64')
  await call(there, 'PUT', `${at}/contents/${path}`, { message: 'Begin', content })
  ours = await script({ base: `${github.origin}/api`, token: github.token })
  theirs = await script(there)
})
afterAll(async () => {
  await other.close()
  await github.close()
})

describe('the local GitHub and emulate answer alike', () => {
  test('every step of the script, apart from the written list', () => {
    const agree = (from: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(from).filter(([name]) => !(name in differences)))
    expect(agree(ours)).toEqual(agree(theirs))
    expect(Object.keys(ours).length).toBeGreaterThan(25)
  })

  test.each(Object.entries(differences))('%s: %s', (name) => {
    expect(ours[name]).not.toEqual(theirs[name])
  })
})
