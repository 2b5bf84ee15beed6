import { describe, expect, test } from 'vitest'
import { type Observation, type StepOrder, SystemFailure } from '../../server/grants/system.ts'
import { createArgoCd } from '../../server/systems/argo-cd/follows.ts'
import { roleIn } from '../../server/systems/argo-cd/policy.ts'
import { covers } from './covers.ts'
import { org, team, teamOrder } from './orders.ts'

const evidence = { org, team, state: 'active' }
const present: Observation = { is: 'present', detail: 'priya-s is in production-deploy.', evidence }
const argo = (seen: Observation) =>
  createArgoCd(
    async () => seen,
    () => new Date('2026-11-02T09:00:00Z'),
  )
const order = (value: 'readonly' | 'admin', policy: string | null, change: Partial<StepOrder> = {}) =>
  teamOrder({
    environment: 'staging',
    method: 'follows',
    wanted: { value, params: policy === null ? {} : { policy } },
    ...change,
  })
const maps = (role: string) => `# who may what\ng, ${org}:gov-uk, role:readonly\ng, ${org}:${team}, role:${role}\n`

describe('what the policy gives a team', () => {
  const table: [string, string, string][] = [
    ['a plain line', `g, ${org}:${team}, role:admin`, 'admin'],
    ['without blanks and in capitals', `g,${org.toUpperCase()}:${team},role:readonly`, 'readonly'],
    ['the strongest of two', `${maps('readonly')}g, ${org}:${team}, role:admin`, 'admin'],
    ['through a role of its own', `g, ${org}:${team}, role:deployer\ng, role:deployer, role:admin`, 'admin'],
    [
      'a role of its own alone',
      `p, role:deployer, applications, sync, */*, allow\ng, ${org}:${team}, role:deployer`,
      'other',
    ],
    ['another team', `g, ${org}:production-admin, role:admin`, 'none'],
    ['a comment', `# g, ${org}:${team}, role:admin`, 'none'],
    ['a circle', `g, ${org}:${team}, role:a\ng, role:a, role:b\ng, role:b, role:a`, 'other'],
    ['nothing', '', 'none'],
  ]
  test.each(table)('%s', (_, policy, role) => {
    expect(roleIn(policy, `${org}:${team}`)).toBe(role)
  })
})

describe('Argo CD follows', () => {
  test(
    'is present where the membership is active and the policy gives enough',
    covers('Argo CD', 'read', 'grant', 'verify'),
    async () => {
      expect(await argo(present).read(order('readonly', maps('readonly')))).toMatchObject({ is: 'present' })
      expect(await argo(present).read(order('admin', maps('admin')))).toMatchObject({ is: 'present' })
    },
  )

  test(
    'tells where the rules say read-only and the policy gives more, also without a configured policy',
    covers('Argo CD', 'read'),
    async () => {
      for (const policy of [maps('admin'), null])
        expect(await argo(present).read(order('readonly', policy))).toMatchObject({
          is: 'present',
          detail: expect.stringContaining('The rules say read-only'),
          evidence: { policyGives: 'admin', wanted: 'readonly' },
        })
    },
  )

  test.each(['', maps('readonly')])(
    'is not granted where the policy gives too little (%j)',
    covers('Argo CD', 'error: managed-elsewhere', 'revoke'),
    async (policy) => {
      await expect(argo(present).read(order('admin', policy))).rejects.toMatchObject({ kind: 'managed-elsewhere' })
      const revoke = order('admin', policy, { direction: 'revoke' })
      expect(await argo(present).read(revoke)).toMatchObject({ is: 'absent' })
    },
  )

  test('a role that nobody weighed is never called granted and never gone', async () => {
    const policy = maps('deployer')
    expect(await argo(present).read(order('admin', policy))).toMatchObject({ is: 'cannot-tell' })
    expect(await argo(present).read(order('admin', policy, { direction: 'revoke' }))).toMatchObject({
      is: 'cannot-tell',
    })
  })

  test('a pending membership is not access yet', covers('Argo CD', 'wait'), async () => {
    const waiting: Observation = {
      is: 'waiting',
      waitsFor: 'engineer',
      detail: 'Accept the GitHub invitation.',
      link: null,
      who: 'priya-s',
      evidence: { ...evidence, state: 'pending' },
    }
    expect(await argo(waiting).read(order('admin', null))).toMatchObject({ is: 'absent' })
  })

  test('is gone with the membership, and there again with it', covers('Argo CD', 'revoke', 'restore'), async () => {
    const absent: Observation = { is: 'absent', detail: 'priya-s is not in production-deploy.', evidence }
    for (const direction of ['grant', 'revoke'] as const)
      expect(await argo(absent).read(order('admin', maps('admin'), { direction }))).toMatchObject({ is: 'absent' })
    expect(await argo(present).read(order('admin', maps('admin')))).toMatchObject({ is: 'present' })
  })

  test('a GitHub that does not answer is no answer about Argo CD', covers('Argo CD', 'error: transient'), async () => {
    const down = createArgoCd(
      async () => {
        throw new SystemFailure('transient', 'GitHub could not be reached.', 'This is tried again.')
      },
      () => new Date('2026-11-02T09:00:00Z'),
    )
    await expect(down.read(order('admin', maps('admin')))).rejects.toMatchObject({ kind: 'transient' })
  })

  test('a team that could not be read proves nothing', async () => {
    const refused: Observation = { is: 'refused', detail: '', link: null, who: null, evidence }
    expect(await argo(refused).read(order('admin', null))).toMatchObject({ is: 'cannot-tell' })
  })

  test('nothing is ever changed there', covers('Argo CD', 'error: invalid'), async () => {
    await expect(argo(present).apply([order('admin', null)])).rejects.toMatchObject({ kind: 'invalid' })
  })
})
