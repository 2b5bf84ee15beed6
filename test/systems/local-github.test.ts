import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mergeTexts } from '../local-systems/github/merge-texts.ts'
import { type LocalGithub, startLocalGithub } from '../local-systems/github.ts'
import { org, repository, team } from './orders.ts'

/** The stand-in must fail where GitHub fails, or the adapters are proved against nothing. */

let github: LocalGithub
beforeEach(async () => {
  github = await start()
  github.addUser('priya-s', 1001)
  github.addUser('dan-r', 1003)
  github.addTeam(org, team, 'GOV.UK Production Deploy')
  github.addRepo(repository, { 'a.txt': 'one\ntwo\nthree\nfour\n' })
})
afterEach(() => github.close())

const start = (state?: string) => startLocalGithub({ state })

async function api(method: string, path: string, body?: unknown) {
  const answer = await fetch(`${github.origin}/api${path}`, {
    method,
    headers: { authorization: `token ${github.token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, data: text ? JSON.parse(text) : null }
}

const add = (login = 'priya-s') => api('PUT', `/orgs/${org}/teams/${team}/memberships/${login}`, { role: 'member' })

/** A branch with one changed file and its pull request. */
async function propose(branch: string, text: string) {
  const base = `/repos/${repository}`
  const tip = (await api('GET', `${base}/git/ref/heads/main`)).data.object.sha
  const commit = (await api('GET', `${base}/git/commits/${tip}`)).data
  const tree = { base_tree: commit.tree.sha, tree: [{ path: 'a.txt', content: text }] }
  const made = (await api('POST', `${base}/git/trees`, tree)).data.sha
  const next = (await api('POST', `${base}/git/commits`, { message: branch, tree: made, parents: [tip] })).data.sha
  await api('POST', `${base}/git/refs`, { ref: `refs/heads/${branch}`, sha: next })
  return api('POST', `${base}/pulls`, { head: branch, base: 'main', title: branch, body: '' })
}

const press = (path: string, form: string) =>
  fetch(`${github.origin}${path}`, {
    method: 'POST',
    body: form,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })

describe('pages for people', () => {
  test('show what waits, and say that this is not GitHub', async () => {
    await add()
    await propose('x', 'changed\n')
    const page = await (await fetch(github.origin)).text()
    for (const expected of ['not GitHub', 'Join as priya-s', '>Merge<', 'Close without merging'])
      expect(page).toContain(expected)
  })

  test('an invitation is accepted with one button', async () => {
    await add()
    await press(`/orgs/${org}/invitation?as=priya-s`, '')
    expect(github.membership(org, team, 'priya-s')).toBe('active')
  })

  test('a pull request is merged or closed as somebody', async () => {
    await propose('x', 'changed\n')
    await press(`/${repository}/pull/1`, 'by=dan-r&do=close')
    expect(github.pulls(repository)[0]).toMatchObject({ state: 'closed', closed_by: 'dan-r', merged_at: null })
    await propose('y', 'changed\n')
    await press(`/${repository}/pull/2`, 'by=dan-r&do=merge')
    expect(github.file(repository, 'a.txt')).toBe('changed\n')
  })

  test('names are never read as markup', async () => {
    github.addTeam(org, 'odd', '<img src=x>')
    expect(await (await fetch(`${github.origin}/orgs/${org}/teams/odd`)).text()).not.toContain('<img')
  })
})

describe('refusals', () => {
  test('of a second pull request for one branch, and of a branch that is there', async () => {
    expect((await propose('x', 'changed\n')).status).toBe(201)
    expect((await propose('x', 'changed\n')).status).toBe(422)
    const sha = (await api('GET', `/repos/${repository}/git/ref/heads/main`)).data.object.sha
    const again = await api('POST', `/repos/${repository}/git/refs`, { ref: 'refs/heads/x', sha })
    expect(again).toMatchObject({ status: 422, data: { message: 'Reference already exists' } })
  })

  test('of a branch that would move backwards without force', async () => {
    const old = (await api('GET', `/repos/${repository}/git/ref/heads/main`)).data.object.sha
    github.commit(repository, { 'a.txt': 'newer\n' })
    const path = `/repos/${repository}/git/refs/heads/main`
    expect((await api('PATCH', path, { sha: old })).status).toBe(422)
    expect((await api('PATCH', path, { sha: old, force: true })).status).toBe(200)
  })
})

test('a maintainer who is put as member is demoted, as on GitHub', async () => {
  github.addMember(org, team, 'priya-s', 'maintainer')
  await add()
  expect(github.roleOf(org, team, 'priya-s')).toBe('member')
})

test('everything is there after a new start', async () => {
  await add()
  await propose('x', 'changed\n')
  const kept = github.dump()
  await github.close()
  github = await start(kept)
  expect(github.openInvitations(org)).toEqual(['priya-s'])
  expect(github.merge(repository, 1)).toBe(true)
  expect(github.file(repository, 'a.txt')).toBe('changed\n')
})

describe('merging by lines', () => {
  const base = 'one\ntwo\nthree\nfour\n'
  const table: [string, string, string, string | null][] = [
    ['one side alone', 'one\ntwo\nthree\n', base, 'one\ntwo\nthree\n'],
    ['both the same', 'x\n', 'x\n', 'x\n'],
    ['far apart', '1\ntwo\nthree\nfour\n', 'one\ntwo\nthree\n4\n', '1\ntwo\nthree\n4\n'],
    ['the same line', '1\ntwo\nthree\nfour\n', 'I\ntwo\nthree\nfour\n', null],
    ['both at the end', `${base}five\n`, `${base}fünf\n`, null],
    ['neighbours', 'one\n2\nthree\nfour\n', 'one\ntwo\n3\nfour\n', null],
  ]
  test.each(table)('%s', (_, ours, theirs, merged) => {
    expect(mergeTexts(base, ours, theirs)).toBe(merged)
  })
})
