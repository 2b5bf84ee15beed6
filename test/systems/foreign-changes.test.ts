import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Evidence, Observation, StepOrder, SystemAdapter } from '../../server/grants/system.ts'
import { createAwsRoleLists } from '../../server/systems/aws/role-lists.ts'
import { createGithubClient } from '../../server/systems/github/client.ts'
import { type LocalGithub, startLocalGithub } from '../local-systems/github.ts'
import { covers } from './covers.ts'
import { arnOf, listOrder, pathOf, repository } from './orders.ts'

/** Whoever may push to the repository may push to our branch too: that is seen while it waits, and after the merge. */

let github: LocalGithub
let aws: SystemAdapter
let link: string

const [sam, dan, priya, mal] = ['sam.okoro', 'dan.reyes', 'priya.shah', 'mal.lory'].map((name) => arnOf(name))
const fileOf = (users: (string | undefined)[], admins: (string | undefined)[]) =>
  [
    'role_admin_user_arns = [',
    ...admins.map((arn) => `  "${arn}",`),
    ']',
    'role_user_user_arns = [',
    ...users.map((arn) => `  "${arn}",`),
    ']',
    '',
  ].join('\n')
const before = fileOf([sam], [dan])
const ours = fileOf([sam, priya], [dan])
const branch = 'production-access/request-1-aws-lists-grant'

beforeEach(async () => {
  github = await startLocalGithub()
  const lists = Object.fromEntries(['staging', 'production', 'tools'].map((one) => [pathOf(one), before]))
  github.addRepo(repository, { ...lists, 'README.md': 'Lists\n' })
  const credentials = { kind: 'token', token: github.token } as const
  const client = createGithubClient({ apiUrl: `${github.origin}/api`, credentials, pace: 'at-once', timeOutMs: 5_000 })
  aws = createAwsRoleLists(client, () => new Date('2026-11-02T09:00:00Z'))
  link = (await aws.apply([listOrder('staging'), listOrder('production')])).link ?? ''
})
afterEach(() => github.close())

const look = (change: Partial<StepOrder> = {}) => aws.read(listOrder('staging', { sentTo: link, ...change }))
const evidenceOf = (seen: Observation): Evidence => ('evidence' in seen ? seen.evidence : {})

describe('while our pull request is open', () => {
  const pushes: [string, () => void, string][] = [
    [
      'somebody beside ours in the other list',
      () => github.commit(repository, { [pathOf('staging')]: fileOf([sam, priya], [dan, mal]) }, branch),
      'it also changes the list role_admin_user_arns (1 added)',
    ],
    [
      'ours in a list of an environment that was not approved',
      () => github.commit(repository, { [pathOf('tools')]: ours }, branch),
      'it also changes the list role_user_user_arns (1 added)',
    ],
    [
      'ours taken out for somebody else',
      () => github.commit(repository, { [pathOf('staging')]: fileOf([sam, mal], [dan]) }, branch),
      'it also changes the list role_user_user_arns (1 added, 1 taken out)',
    ],
    [
      'another file',
      () => github.commit(repository, { 'README.md': 'Hello\n', 'run.tf': 'x = 1\n' }, branch),
      'it also changes 2 files in other ways',
    ],
    [
      'a comment in our file',
      () => github.commit(repository, { [pathOf('staging')]: `${ours}# and so on\n` }, branch),
      'it also changes 1 file in other ways',
    ],
    [
      'a commit that was taken back again',
      () => {
        github.commit(repository, { 'README.md': 'Hello\n' }, branch)
        github.commit(repository, { 'README.md': 'Lists\n' }, branch)
      },
      'it holds commits that are not ours',
    ],
    [
      'the whole branch put somewhere else by force',
      () => github.force(repository, branch, { [pathOf('staging')]: fileOf([sam, priya, mal], [dan]) }),
      'it also changes the list role_user_user_arns (1 added)',
    ],
  ]
  test.each(pushes)('a push is told: %s', async (_, push, what) => {
    expect(await look()).toMatchObject({ is: 'waiting' })
    push()
    const seen = await look({ lastSeen: evidenceOf(await look()) })
    expect(seen).toMatchObject({
      is: 'changed-by-others',
      open: true,
      link,
      detail: `Somebody changed pull request 1 after we opened it: ${what}. Nobody should merge it.`,
    })
    expect(JSON.stringify(seen)).not.toContain('mal.lory')
  })

  test('a push between our own and the first look is told too', async () => {
    github.commit(repository, { [pathOf('staging')]: fileOf([sam, priya], [dan, mal]) }, branch)
    expect(await look()).toMatchObject({ is: 'changed-by-others' })
  })

  test('what was looked at once is not read again, and a push after that is', async () => {
    const lastSeen = evidenceOf(await look())
    const calls = github.requests.length
    expect(await look({ lastSeen })).toMatchObject({ is: 'waiting' })
    expect(github.requests.slice(calls).filter(({ path }) => path.includes('/compare/'))).toEqual([])
    github.commit(repository, { 'README.md': 'Hello\n' }, branch)
    expect(await look({ lastSeen })).toMatchObject({ is: 'changed-by-others' })
  })

  test('“Update branch” is tolerated: what it brings is still exactly ours', async () => {
    github.commit(repository, { 'README.md': 'Newer\n' })
    github.updateBranch(repository, 1)
    expect(await look()).toMatchObject({ is: 'waiting' })
  })

  test('“Update branch” with something hidden in the merge is told', async () => {
    github.commit(repository, { 'README.md': 'Newer\n' })
    github.updateBranch(repository, 1)
    github.commit(repository, { [pathOf('staging')]: fileOf([sam, priya], [dan, mal]) }, branch)
    expect(await look()).toMatchObject({
      is: 'changed-by-others',
      detail: expect.stringContaining('role_admin_user_arns (1 added)'),
    })
  })

  test('our change made again on a newer base by somebody else is still ours', async () => {
    github.commit(repository, { 'README.md': 'Newer\n' })
    github.force(repository, branch, { [pathOf('staging')]: ours, [pathOf('production')]: ours })
    expect(await look()).toMatchObject({ is: 'waiting' })
  })

  test('turned to another branch is told', async () => {
    github.force(repository, 'other', {})
    const [pull] = github.pulls(repository)
    if (pull) pull.base = 'other'
    expect(await look()).toMatchObject({
      is: 'changed-by-others',
      detail: expect.stringContaining('it goes to another branch'),
    })
  })

  test('a person who was shown it lets it be tried again: it is put back to exactly ours', async () => {
    github.commit(repository, { [pathOf('staging')]: fileOf([sam, priya], [dan, mal]) }, branch)
    const lastSeen = evidenceOf(await look())
    const again = { sentTo: null, lastSeen }
    expect(await look(again)).toMatchObject({ is: 'absent' })
    const receipt = await aws.apply([listOrder('staging', again), listOrder('production')])
    expect(receipt).toMatchObject({ link, detail: 'Put pull request 1 back to exactly our change.' })
    expect(github.file(repository, pathOf('staging'), branch)).toBe(ours)
    expect(github.file(repository, pathOf('production'), branch)).toBe(ours)
    expect(await look({ lastSeen })).toMatchObject({ is: 'waiting' })
  })

  test('a list that somebody made unreadable is told, and put back all the same', async () => {
    github.commit(repository, { [pathOf('staging')]: 'role_user_user_arns = [', [pathOf('production')]: '{' }, branch)
    const seen = await look({ sentTo: null })
    expect(seen).toMatchObject({ is: 'changed-by-others' })
    const again = { sentTo: null, lastSeen: evidenceOf(seen) }
    expect(await look(again)).toMatchObject({ is: 'absent' })
    await aws.apply([listOrder('staging', again)])
    expect(github.file(repository, pathOf('staging'), branch)).toBe(ours)
    // The other step finds its own file lacking, and is made with it.
    const late = listOrder('production')
    expect(await aws.read(late)).toMatchObject({ is: 'absent' })
    await aws.apply([late])
    for (const environment of ['staging', 'production'])
      expect(github.file(repository, pathOf(environment), branch)).toBe(ours)
  })

  test(
    'a step that comes late does not carry it along, and does not hide it either',
    covers('Lists in a repository', 'error: conflict'),
    async () => {
      github.commit(repository, { [pathOf('tools')]: ours }, branch)
      await expect(aws.apply([listOrder('staging')])).rejects.toMatchObject({ kind: 'conflict' })
      expect(await look({ sentTo: null })).toMatchObject({ is: 'changed-by-others' })
      expect(github.file(repository, pathOf('tools'), branch)).toBe(ours)
    },
  )

  test('what somebody prepared under our name and opened themselves is told, and not taken for ours', async () => {
    const other = { requestId: 'request-3' }
    github.force(repository, 'production-access/request-3-aws-lists-grant', {
      [pathOf('staging')]: fileOf([sam, mal], [dan]),
    })
    const credentials = { kind: 'token', token: github.token } as const
    const client = createGithubClient({ apiUrl: `${github.origin}/api`, credentials, pace: 'at-once' })
    await client.call('POST /repos/{owner}/{repo}/pulls', {
      owner: 'example-gov',
      repo: 'example-aws-data',
      head: 'production-access/request-3-aws-lists-grant',
      base: 'main',
      title: 'x',
      body: '',
    })
    expect(await look({ ...other, sentTo: null })).toMatchObject({ is: 'changed-by-others' })
  })
})

describe('after a merge', () => {
  test.each(['merge', 'squash'] as const)(
    'exactly ours is merged, by %s',
    covers('Lists in a repository', 'verify'),
    async (how) => {
      expect(github.merge(repository, 1, 'kofi-o', how)).toBe(true)
      expect(await look()).toMatchObject({ is: 'merged', evidence: { listed: true } })
    },
  )

  test('together with what came to main meanwhile is still exactly ours', async () => {
    github.commit(repository, { 'README.md': 'Newer\n' })
    github.updateBranch(repository, 1)
    github.commit(repository, { 'README.md': 'Newest\n' })
    github.merge(repository, 1)
    github.commit(repository, { 'README.md': 'Later\n' })
    expect(await look()).toMatchObject({ is: 'merged' })
  })

  test.each(['merge', 'squash'] as const)(
    'with more than was approved is told, counted and without names, by %s',
    async (how) => {
      const lastSeen = evidenceOf(await look())
      github.commit(repository, { [pathOf('staging')]: fileOf([sam, priya], [dan, mal]) }, branch)
      github.merge(repository, 1, 'kofi-o', how)
      const seen = await look({ lastSeen })
      expect(seen).toMatchObject({
        is: 'changed-by-others',
        open: false,
        detail:
          'Pull request 1 was merged with more than was approved: it also changed the list role_admin_user_arns (1 added). Nobody should apply it before that is put right.',
      })
      expect(JSON.stringify(seen)).not.toContain('mal.lory')
      // Whoever was shown it and lets it be tried again goes on from what the list says now.
      expect(await look({ sentTo: null, lastSeen: evidenceOf(seen) })).toMatchObject({ is: 'merged' })
    },
  )

  test('a change before ours in the same branch does not hide behind it', async () => {
    github.force(repository, branch, { [pathOf('tools')]: ours })
    github.commit(repository, { [pathOf('staging')]: ours, [pathOf('production')]: ours }, branch)
    github.merge(repository, 1, 'kofi-o', 'squash')
    expect(await look()).toMatchObject({ is: 'changed-by-others' })
  })
})
