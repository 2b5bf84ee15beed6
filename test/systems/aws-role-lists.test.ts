import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StepOrder, SystemAdapter } from '../../server/grants/system.ts'
import { createAwsRoleLists } from '../../server/systems/aws/role-lists.ts'
import { createGithubClient, type GithubClient } from '../../server/systems/github/client.ts'
import { commitOn, newestCommit } from '../../server/systems/repository-lists/commits.ts'
import { type LocalGithub, startLocalGithub } from '../local-systems/github.ts'
import { covers } from './covers.ts'
import { arnOf, listOrder, pathOf, repository } from './orders.ts'

let github: LocalGithub
let aws: SystemAdapter

const fileOf = (users: string[], admins: string[]) =>
  [
    '# Who may assume which role',
    'role_admin_user_arns = [',
    ...admins.map((arn) => `  "${arn}",`),
    ']',
    '',
    'role_user_user_arns = [',
    ...users.map((arn) => `  "${arn}",`),
    ']',
    '',
  ].join('\n')

const before = fileOf([arnOf('sam.okoro'), arnOf('alex.green')], [arnOf('dan.reyes'), arnOf('jo.bell')])

beforeEach(async () => {
  github = await startLocalGithub()
  github.addRepo(repository, {
    [pathOf('staging')]: before,
    [pathOf('production')]: before,
    [pathOf('tools')]: before,
    'README.md': 'Lists\n',
  })
  aws = adapterWith(clientWith(5_000))
})
afterEach(() => github.close())

const clientWith = (timeOutMs: number) =>
  createGithubClient({
    apiUrl: `${github.origin}/api`,
    credentials: { kind: 'token', token: github.token },
    pace: 'at-once',
    timeOutMs,
  })
const adapterWith = (client: GithubClient) => createAwsRoleLists(client, () => new Date('2026-11-02T09:00:00Z'))

const both = (change: Partial<StepOrder> = {}) => [listOrder('staging', change), listOrder('production', change)]
const someoneElse: Partial<StepOrder> = {
  requestId: 'request-2',
  engineerName: 'Kit Doyle',
  account: { kind: 'aws', id: arnOf('kit.doyle'), name: 'kit.doyle@example.gov.uk' },
}
const contentOf = (environment: string) => github.file(repository, pathOf(environment))
const commitsMade = () => github.writes.filter((call) => call.startsWith('POST') && call.endsWith('/git/commits'))

describe('proposing', () => {
  test(
    'all files of one request travel in one commit and one pull request, which carries the card',
    covers('Lists in a repository', 'read', 'grant'),
    async () => {
      expect(await aws.read(listOrder('staging'))).toMatchObject({ is: 'absent' })
      const receipt = await aws.apply(both())
      expect(commitsMade()).toHaveLength(1)
      const [pull, second] = github.pulls(repository)
      expect(second).toBeUndefined()
      expect(receipt.link).toBe(`${github.origin}/${repository}/pull/1`)
      expect(pull?.title).toBe('Add Priya Shah to role_user_user_arns')
      expect(pull?.body.split('\n')).toContain('https://trello.com/c/abc12345')
      for (const expected of ['Sam Okoro approved', 'request-1', pathOf('staging'), pathOf('production')])
        expect(pull?.body).toContain(expected)
      expect(contentOf('staging')).toBe(before)
    },
  )

  test(
    'waits for a reviewer; merged is never called granted',
    covers('Lists in a repository', 'grant', 'wait'),
    async () => {
      const { link } = await aws.apply(both())
      const sent = listOrder('staging', { sentTo: link })
      expect(await aws.read(sent)).toMatchObject({ is: 'waiting', waitsFor: 'reviewer', link })
      expect(github.merge(repository, 1)).toBe(true)
      expect(await aws.read(sent)).toMatchObject({ is: 'merged', link, evidence: { listed: true } })
      expect(contentOf('staging')).toBe(before.replace(/\]\n$/, `  "${arnOf('priya.shah')}",\n]\n`))
      expect(github.file(repository, 'README.md')).toBe('Lists\n')
    },
  )

  test(
    'closed without merging is a human’s refusal, with their name, and nothing is opened again by itself',
    covers('Lists in a repository', 'wait'),
    async () => {
      const { link } = await aws.apply(both())
      github.closePull(repository, 1, 'dan-r')
      const seen = await aws.read(listOrder('staging', { sentTo: link }))
      expect(seen).toMatchObject({ is: 'refused', who: 'dan-r', link })
    },
  )

  test(
    'after a refusal somebody may let it be tried anew, on a branch of its own',
    covers('Lists in a repository', 'restore'),
    async () => {
      await aws.apply(both())
      github.closePull(repository, 1, 'dan-r')
      expect(await aws.read(listOrder('staging'))).toMatchObject({ is: 'absent' })
      await aws.apply(both())
      const [first, second] = github.pulls(repository)
      expect(second?.head).not.toBe(first?.head)
      expect(second?.state).toBe('open')
    },
  )

  test('withdrawn before anybody merged it, it is closed, with GitHub’s id of that request', async () => {
    await aws.apply(both())
    expect(await aws.withdraw?.(listOrder('staging'))).toMatchObject({
      vendorRequestId: expect.stringMatching(/^\w+$/),
      detail: 'Closed pull request 1.',
    })
  })

  test('a change that is there already is not proposed', async () => {
    github.commit(repository, { [pathOf('staging')]: fileOf([arnOf('priya.shah')], [arnOf('dan.reyes')]) })
    expect(await aws.read(listOrder('staging'))).toMatchObject({ is: 'merged' })
    await expect(aws.apply([listOrder('staging')])).rejects.toMatchObject({ name: 'ListRefusal', why: 'no-op' })
    expect(github.writes).toEqual([])
  })

  test('whoever is in the privileged list has the read-only role already', async () => {
    github.commit(repository, { [pathOf('staging')]: fileOf([arnOf('sam.okoro')], [arnOf('priya.shah')]) })
    expect(await aws.read(listOrder('staging'))).toMatchObject({ is: 'merged' })
  })

  test('merged and then changed back is told, not proposed again', async () => {
    const { link } = await aws.apply(both())
    github.merge(repository, 1)
    github.commit(repository, { [pathOf('staging')]: before })
    expect(await aws.read(listOrder('staging', { sentTo: link }))).toMatchObject({ is: 'refused', who: null })
  })
})

describe('after a lost answer', () => {
  const everyWrite = ['POST /git/trees', 'POST /git/commits', 'POST /git/refs', 'POST /pulls']
  test.each(everyWrite)(
    '%s: one pull request in the end, with every file',
    covers('Lists in a repository', 'grant', 'fault: lost-answer', 'error: transient'),
    async (where) => {
      github.faults.next('lost-answer', where.replace(' /', ' .*/'))
      await expect(aws.apply(both())).rejects.toMatchObject({ kind: 'transient' })
      if (where === 'POST /pulls') expect(await aws.read(listOrder('staging'))).toMatchObject({ is: 'waiting' })
      await aws.apply(both())
      expect(github.pulls(repository)).toHaveLength(1)
      expect(github.merge(repository, 1)).toBe(true)
      for (const environment of ['staging', 'production']) expect(contentOf(environment)).toContain(arnOf('priya.shah'))
    },
  )

  test('a list that changed meanwhile is never put back to how it was read', async () => {
    github.faults.next('lost-answer', 'POST .*/git/refs')
    await expect(aws.apply(both())).rejects.toMatchObject({ kind: 'transient' })
    const newer = before.replace(`  "${arnOf('sam.okoro')}",\n`, '')
    github.commit(repository, { [pathOf('staging')]: newer })
    await aws.apply(both())
    expect(github.merge(repository, 1)).toBe(true)
    expect(contentOf('staging')).not.toContain('sam.okoro')
  })

  test('asking twice opens one', async () => {
    const [one, two] = [await aws.apply(both()), await aws.apply(both())]
    expect(two).toMatchObject({ link: one.link, vendorRequestId: null })
    expect(commitsMade()).toHaveLength(1)
  })

  test(
    'an answer about somebody else’s pull request is refused',
    covers('Lists in a repository', 'fault: somebody-else', 'error: invalid'),
    async () => {
      const { link } = await aws.apply(both())
      github.faults.next('somebody-else', 'GET pulls/1')
      await expect(aws.read(listOrder('staging', { sentTo: link }))).rejects.toMatchObject({ kind: 'invalid' })
      const other = listOrder('staging', { ...someoneElse, sentTo: link })
      await expect(aws.read(other)).rejects.toMatchObject({ kind: 'invalid' })
    },
  )
})

describe('faults on the way', () => {
  const faults = [
    ['too-many', 'throttled'],
    ['secondary-limit', 'throttled'],
    ['server-error', 'transient'],
    ['forbidden', 'forbidden'],
    ['truncated', 'transient'],
    ['lost-answer', 'transient'],
    ['no-answer', 'transient'],
    ['slow', 'transient'],
  ] as const
  for (const [fault, kind] of faults)
    test(
      `${fault}, at a look or at any part of a proposal, is told as what it is, and one is opened in the end`,
      covers(
        'Lists in a repository',
        `error: ${kind}`,
        ...(fault === 'secondary-limit' ? [] : [`fault: ${fault}` as const]),
      ),
      async () => {
        // Each as a server that starts: one that was told to slow down asks nothing more for a while.
        const anew = () => adapterWith(clientWith(fault === 'slow' || fault === 'no-answer' ? 300 : 5_000))
        github.faults.next(fault, 'GET contents')
        await expect(anew().read(listOrder('staging'))).rejects.toMatchObject({ kind })
        for (const part of ['git/commits', 'git/refs', 'pulls$']) {
          github.faults.next(fault, `POST .*/${part}`)
          await expect(anew().apply(both())).rejects.toMatchObject({ kind })
        }
        const { link } = await anew().apply(both())
        expect(github.faults.left()).toBe(0)
        expect(github.pulls(repository)).toHaveLength(1)
        github.faults.next(fault, 'GET pulls/1')
        await expect(anew().read(listOrder('staging', { sentTo: link }))).rejects.toMatchObject({ kind })
      },
    )
})

describe('a branch that somebody else prepared under our name', () => {
  test('is not proposed as ours: nothing goes along with what was approved', async () => {
    const client = clientWith(5_000)
    const place = { repository, branch: 'main' }
    const smuggled = fileOf(
      [arnOf('sam.okoro'), arnOf('alex.green'), arnOf('priya.shah')],
      [arnOf('dan.reyes'), arnOf('jo.bell'), arnOf('mal.lory')],
    )
    const edits = [{ path: pathOf('staging'), after: smuggled }]
    const base = await newestCommit(client, place)
    await commitOn(client, place, 'production-access/request-1-aws-lists-grant', base, edits, 'Add an administrator')
    await aws.apply([listOrder('staging')])
    const proposed = github.file(repository, pathOf('staging'), 'production-access/request-1-aws-lists-grant')
    expect(proposed).toContain(arnOf('priya.shah'))
    expect(proposed).not.toContain('mal.lory')
  })
})

describe('two requests on one file', () => {
  const receipts = covers('Lists in a repository', 'receipt: x-github-request-id')
  test(
    'stand side by side; what conflicts after the first merge is made again on the newest list',
    receipts,
    async () => {
      const first = await aws.apply(both())
      expect(first.vendorRequestId).toMatch(/^\w+$/)
      const second = await aws.apply(both(someoneElse))
      expect(second.link).not.toBe(first.link)
      expect(github.merge(repository, 1)).toBe(true)
      expect(github.merge(repository, 2)).toBe(false)
      const sent = listOrder('staging', { ...someoneElse, sentTo: second.link })
      expect(await aws.read(sent)).toMatchObject({ is: 'absent', detail: expect.stringContaining('made again') })
      // Only one of its two steps is due: the other's file must travel all the same.
      expect(await aws.apply([sent])).toMatchObject({
        link: second.link,
        vendorRequestId: expect.stringMatching(/^\w+$/),
      })
      expect(await aws.read(sent)).toMatchObject({ is: 'waiting' })
      expect(github.merge(repository, 2)).toBe(true)
      for (const environment of ['staging', 'production']) {
        expect(contentOf(environment)).toContain(arnOf('priya.shah'))
        expect(contentOf(environment)).toContain(arnOf('kit.doyle'))
      }
    },
  )

  test('what does not conflict is left alone', async () => {
    const { link } = await aws.apply(both())
    github.commit(repository, { 'README.md': 'Other\n' })
    expect(await aws.read(listOrder('staging', { sentTo: link }))).toMatchObject({ is: 'waiting' })
    await aws.apply(both())
    expect(commitsMade()).toHaveLength(1)
  })
})

describe('revoking', () => {
  const leaver: Partial<StepOrder> = {
    direction: 'revoke',
    account: { kind: 'aws', id: arnOf('sam.okoro'), name: 'sam.okoro@example.gov.uk' },
    engineerName: 'Sam Okoro',
  }

  test(
    'proposes the removal, and merged means that the list no longer has it',
    covers('Lists in a repository', 'revoke'),
    async () => {
      expect(await aws.read(listOrder('staging', leaver))).toMatchObject({ is: 'present' })
      const { link } = await aws.apply(both(leaver))
      expect(github.pulls(repository)[0]?.title).toBe('Remove Sam Okoro from role_user_user_arns')
      github.merge(repository, 1)
      expect(await aws.read(listOrder('staging', { ...leaver, sentTo: link }))).toMatchObject({
        is: 'merged',
        detail: expect.stringContaining('no longer'),
      })
      expect(contentOf('staging')).toBe(before.replace(`  "${arnOf('sam.okoro')}",\n`, ''))
    },
  )

  test(
    'never empties a list, because that removes the role itself',
    covers('Lists in a repository', 'error: refused-by-rule'),
    async () => {
      github.commit(repository, { [pathOf('staging')]: fileOf([arnOf('sam.okoro')], []) })
      await expect(aws.apply([listOrder('staging', leaver)])).rejects.toMatchObject({ kind: 'refused-by-rule' })
    },
  )

  test('whoever leaves the privileged list and keeps read-only access is put on that list in the same commit', async () => {
    const account = { kind: 'aws', id: arnOf('dan.reyes'), name: 'dan.reyes@example.gov.uk' } as const
    const order = listOrder('staging', { ...leaver, account }, 'role_admin_user_arns')
    const params = { ...order.wanted.params, keeps: 'role_user_user_arns' }
    await aws.apply([{ ...order, wanted: { ...order.wanted, params } }])
    github.merge(repository, 1)
    expect(commitsMade()).toHaveLength(1)
    expect(contentOf('staging')).toBe(
      fileOf([arnOf('sam.okoro'), arnOf('alex.green'), arnOf('dan.reyes')], [arnOf('jo.bell')]),
    )
  })
})

describe('what would break the apply for everybody is refused before anything is proposed', () => {
  const refused: [string, string, string?][] = [
    ['no @', 'arn:aws:iam::000000000000:user/priya.shah', 'unusable-account'],
    ['no dot before the @', 'arn:aws:iam::000000000000:user/priya@example.gov.uk', 'unusable-account'],
    ['longer than 64', `arn:aws:iam::000000000000:user/${'p.'.repeat(30)}@example.gov.uk`, 'unusable-account'],
    ['a role and not a user', 'arn:aws:iam::000000000000:role/priya.shah@example.gov.uk', 'unusable-account'],
    ['the same person from another account', arnOf('sam.okoro', '000000000001')],
    ['the same person in the other list', arnOf('dan.reyes', '000000000001')],
    ['the same person in capitals', arnOf('Sam.Okoro')],
  ]
  test.each(refused)('%s', async (_, id, kind = 'refused-by-rule') => {
    const order = listOrder('staging', { account: { kind: 'aws', id, name: id } })
    await expect(aws.apply([order])).rejects.toMatchObject({ kind })
    expect(github.writes).toEqual([])
  })

  test(
    'a list that is computed belongs to whoever computes it',
    covers('Lists in a repository', 'error: managed-elsewhere'),
    async () => {
      const computed = 'role_user_user_arns = concat(["a"], ["b"])\n'
      github.commit(repository, { [pathOf('staging')]: computed })
      await expect(aws.apply([listOrder('staging')])).rejects.toMatchObject({ kind: 'managed-elsewhere' })
    },
  )

  test('a file or repository that is not there is a matter of configuration', async () => {
    const order = listOrder('integration')
    await expect(aws.read(order)).rejects.toMatchObject({ kind: 'invalid' })
    await expect(aws.read({ ...order, wanted: { value: '', params: {} } })).rejects.toMatchObject({ kind: 'invalid' })
  })
})

test('the same lists in JSON and YAML are changed in the same way', async () => {
  const files = {
    'access.auto.tfvars.json': '{"role_user_user_arns": ["x"]}\n',
    'people.yml': 'role_user_user_arns:\n  - x\n',
  }
  github.commit(repository, files)
  const orders = Object.keys(files).map((path) => {
    const order = listOrder('staging')
    return { ...order, wanted: { ...order.wanted, params: { ...order.wanted.params, path } } }
  })
  await aws.apply(orders)
  github.merge(repository, 1)
  const arn = arnOf('priya.shah')
  expect(github.file(repository, 'access.auto.tfvars.json')).toBe(`{"role_user_user_arns": ["x", "${arn}"]}\n`)
  expect(github.file(repository, 'people.yml')).toBe(`role_user_user_arns:\n  - x\n  - ${arn}\n`)
})
