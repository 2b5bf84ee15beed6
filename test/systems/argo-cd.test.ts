import { describe, expect, test } from 'vitest'
import { type Health, type Observation, type StepOrder, SystemFailure } from '../../server/grants/system.ts'
import { createArgoCd } from '../../server/systems/argo-cd/follows.ts'
import { policyIn } from '../../server/systems/argo-cd/policy.ts'
import { rightsOf } from '../../server/systems/argo-cd/rights.ts'
import { heldBy } from '../../server/systems/argo-cd/words.ts'
import { covers } from './covers.ts'
import { org, team, teamOrder } from './orders.ts'

const evidence = { org, team, state: 'active' }
const present: Observation = { is: 'present', detail: 'priya-s is in production-deploy.', evidence }
const health = (state: Health['state']) => async (): Promise<Health> => ({
  state,
  sentence: state === 'ok' ? 'GitHub answers.' : 'GitHub could not be reached.',
  checkedAt: new Date('2026-11-02T09:00:00Z'),
})
const argo = (seen: Observation) => createArgoCd(async () => seen, health('ok'))
const order = (
  value: 'readonly' | 'admin',
  policy: string | Record<string, string> | null,
  change: Partial<StepOrder> = {},
) =>
  teamOrder({
    environment: 'staging',
    method: 'follows',
    wanted: { value, params: typeof policy === 'string' ? { policy } : (policy ?? {}) },
    ...change,
  })
const maps = (role: string) => `# who may what\ng, ${org}:gov-uk, role:readonly\ng, ${org}:${team}, role:${role}\n`

const subject = `${org}:${team}`
const deployer = 'g, example-gov:production-deploy, role:deployer\np, role:deployer, applications, get, */*, allow\n'

/** What a team may do, in words, by the whole policy. */
const given = (params: string | Record<string, string>) =>
  heldBy(rightsOf(policyIn(typeof params === 'string' ? { policy: params } : params), subject))
const everything =
  'see applications, see logs, sync applications, change applications, delete applications, open terminals in applications and change the settings of Argo CD'
const reading = 'see applications and see logs'

test('health says which policy cannot be evaluated', async () => {
  const policies = (policy: string) =>
    createArgoCd(async () => present, health('ok'), { 'argo-cd:staging': { policy } }).health()
  expect(await policies(maps('admin'))).toMatchObject({ state: 'ok' })
  expect(await policies('g, example-gov:production-deploy')).toMatchObject({
    state: 'failing',
    sentence: 'The policy of argo-cd:staging cannot be evaluated: policy, line 1 has 2 parts and needs 3.',
  })
})

describe('what the policy lets a team do', () => {
  const table: [string, string | Record<string, string>, string][] = [
    ['a plain line', `g, ${subject}, role:admin`, everything],
    ['without blanks, and in quotes', `g,"${subject}",role:readonly`, reading],
    ['the strongest of two', `${maps('readonly')}g, ${subject}, role:admin`, everything],
    ['through a role of its own', `g, ${subject}, role:deployer\ng, role:deployer, role:admin`, everything],
    [
      'a role of its own alone',
      `${deployer}p, role:deployer, applications, sync, */*, allow`,
      'see applications and sync applications',
    ],
    [
      'every action of a role of its own',
      `${deployer}p, role:deployer, applications, *, */*, allow`,
      'see applications, sync applications, change applications and delete applications',
    ],
    [
      'some applications of a role of its own',
      `${deployer}p, role:deployer, applications, sync, govuk/*, allow`,
      'see applications and sync applications in part',
    ],
    [
      'one kind of action',
      `${deployer}p, role:deployer, applications, action/batch/CronJob/*, */*, allow`,
      'see applications and change applications in part',
    ],
    [
      'alternatives, signs and one sign',
      `${deployer}p, role:deployer, applications, "{sync,get}", "[a-z]?*/*", allow`,
      'see applications and sync applications',
    ],
    [
      'a line for the team beside its role',
      `${maps('readonly')}p, ${subject}, applications, sync, */*, allow`,
      'see applications, see logs and sync applications',
    ],
    ['a line for the team without any role', `p, ${subject}, applications, sync, */*, allow`, 'nothing'],
    [
      'a line that denies, wherever it stands',
      `p, ${subject}, applications, sync, */*, deny\n${maps('admin')}`,
      everything.replace('sync applications, ', ''),
    ],
    [
      'a line that denies its role',
      `${maps('admin')}p, role:readonly, *, get, *, deny`,
      everything.replace('see applications, see logs, ', ''),
    ],
    [
      'a line that denies one application',
      `${maps('readonly')}p, role:readonly, applications, get, govuk/secret, deny`,
      'see applications in part and see logs',
    ],
    ['a line that denies another team', `${maps('readonly')}p, ${org}:others, applications, get, */*, deny`, reading],
    ['the default role', { 'policy.csv': '', 'policy.default': 'role:readonly' }, reading],
    [
      'the default role, which no line of the team takes away',
      {
        'policy.csv': `g, ${subject}, role:x\np, ${subject}, applications, get, */*, deny`,
        'policy.default': 'role:readonly',
      },
      reading,
    ],
    [
      'a default role that denies by itself',
      { 'policy.csv': 'p, role:readonly, logs, get, */*, deny', 'policy.default': 'role:readonly' },
      'see applications',
    ],
    ['a default role that nobody made', { 'policy.csv': '', 'policy.default': 'role:nobody' }, 'nothing'],
    [
      'several files',
      {
        'policy.csv': maps('x'),
        'policy.b.csv': 'g, role:x, role:y',
        'policy.a.csv': 'g, role:y, role:readonly',
        'policy.md': '?',
      },
      reading,
    ],
    [
      'regular expressions, where they are in use',
      {
        policy: `g, ${subject}, role:x\np, role:x, applications, ^(get|sync)$, .*/.*, allow`,
        'policy.matchMode': 'regex',
      },
      'see applications and sync applications',
    ],
    ['another team', `g, ${org}:production-admin, role:admin`, 'nothing'],
    ['a comment', `# g, ${subject}, role:admin`, 'nothing'],
    ['what looks like a comment behind a role', `g, ${subject}, role:admin # all`, 'nothing'],
    ['a role that is spelt otherwise', `g, ${subject}, role:Admin`, 'nothing'],
    ['a circle', `g, ${subject}, role:a\ng, role:a, role:b\ng, role:b, role:a`, 'nothing'],
    ['a bad pattern of somebody else', `${maps('readonly')}p, role:others, applications, [, */*, allow`, reading],
    ['nothing', '', 'nothing'],
  ]
  test.each(table)('%s', (_, policy, may) => {
    expect(given(policy)).toBe(may)
  })

  const unreadable: [string, string | Record<string, string>, string][] = [
    ['too few parts', `# x\n\ng, ${subject}`, 'policy, line 3 has 2 parts and needs 3'],
    [
      'no effect, in another file',
      { 'policy.csv': '', 'policy.x.csv': 'p, role:x, applications, get, */*' },
      'policy.x.csv, line 1 has 5 parts and needs 6',
    ],
    ['neither p nor g', `${maps('admin')}q, a, b`, 'policy, line 4 begins with neither p nor g'],
    ['quotes', `g, "${subject}, role:admin`, 'policy, line 1 has quotes in the wrong place'],
    [
      'an effect',
      `${deployer}p, role:deployer, applications, sync, */*, Allow`,
      'policy, line 3 says “Allow”, which is neither allow nor deny',
    ],
    [
      'a pattern',
      `${deployer}p, role:deployer, applications, sync, "{a/*", allow`,
      'policy, line 3: “{a/*” is no pattern that can be read',
    ],
    [
      'a regular expression where globs are in use',
      `${deployer}p, role:deployer, applications, sync, .*/.*, allow`,
      'policy, line 3: “.*/.*” is a regular expression, and policy.matchMode does not say so',
    ],
    [
      'part of everything by a regular expression',
      { policy: `g, ${subject}, role:x\np, role:x, applications, get, ^govuk/.*, allow`, 'policy.matchMode': 'regex' },
      'policy, line 2: “^govuk/.*” is part of everything, and which part we cannot work out',
    ],
    [
      'a regular expression that repeats a group',
      { policy: `g, ${subject}, role:x\np, role:x, applications, (a+)+$, .*/.*, allow`, 'policy.matchMode': 'regex' },
      'policy, line 2: “(a+)+$” repeats a group, which we do not try',
    ],
    [
      'a regular expression that leaves too much open',
      {
        policy: `g, ${subject}, role:x\np, role:x, applications, get, ${'.*a'.repeat(7)}, allow`,
        'policy.matchMode': 'regex',
      },
      'leaves more open than we try',
    ],
    [
      'a glob that leaves too much open',
      `${deployer}p, role:deployer, applications, sync, ${'*a'.repeat(7)}, allow`,
      'leaves more open than we try',
    ],
    [
      'too many alternatives',
      `${deployer}p, role:deployer, applications, sync, "${'{a,b}'.repeat(10)}/x", allow`,
      'has more alternatives than we try',
    ],
    [
      'Argo CD’s own role among regular expressions',
      { policy: maps('admin'), 'policy.matchMode': 'regex' },
      'policy.matchMode is regex, and role:readonly is not written for that',
    ],
    [
      'a team that is like it',
      `g, ${subject.toUpperCase()}, role:admin`,
      `policy, line 1 names “${subject.toUpperCase()}”, which is like ${subject} and not the same to Argo CD`,
    ],
    [
      'groups that are not looked at',
      { policy: maps('admin'), scopes: '[email]' },
      'scopes does not name groups, by which Argo CD would know the team',
    ],
  ]
  test.each(unreadable)('cannot be told: %s', (_, policy, why) => {
    expect(() => given(policy)).toThrow(why)
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

  test('tells where the rules say read-only and the policy gives more', covers('Argo CD', 'read'), async () => {
    expect(await argo(present).read(order('readonly', maps('admin')))).toMatchObject({
      is: 'present',
      detail: `Argo CD in staging follows: priya-s is in production-deploy. The rules say read-only, and Argo CD’s policy lets ${subject} also sync applications, change applications, delete applications, open terminals in applications and change the settings of Argo CD.`,
      evidence: { policyGives: everything, wanted: 'readonly' },
    })
  })

  test.each(['grant', 'revoke'] as const)(
    'a policy that nobody configured proves nothing at a %s',
    async (direction) => {
      expect(await argo(present).read(order('admin', null, { direction }))).toEqual({
        is: 'cannot-tell',
        detail: 'What Argo CD’s policy in staging gives cannot be told: the installation file does not hold it.',
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

  test('the default role lets everybody sync, and a line denies it to the team in vain: told, and there', async () => {
    const policy = {
      'policy.csv': `${maps('admin')}p, ${subject}, applications, sync, */*, deny`,
      'policy.default': 'role:syncer',
      'policy.more.csv': 'p, role:syncer, applications, sync, */*, allow',
    }
    expect(await argo(present).read(order('admin', policy))).toMatchObject({
      is: 'present',
      detail: expect.stringContaining(
        'policy.csv, line 4 denies the team to sync applications in vain: policy.default allows it to everybody.',
      ),
    })
    const { 'policy.default': _, ...without } = policy
    await expect(argo(present).read(order('admin', without))).rejects.toMatchObject({
      kind: 'managed-elsewhere',
      message: `Argo CD’s policy in staging does not let ${subject} sync applications: policy.csv, line 4 denies it. Membership alone does not bring what is wanted.`,
    })
  })

  test('less than the rules say is told: part of the applications, and lines that count for nothing', async () => {
    const part = `${deployer.replace('*/*', 'govuk/*')}`
    await expect(argo(present).read(order('readonly', part))).rejects.toThrow('see applications (only in part).')
    expect(await argo(present).read(order('readonly', { policy: part, applications: 'govuk/*' }))).toMatchObject({
      is: 'present',
      detail: expect.stringContaining(
        `The rules say read-only, and Argo CD’s policy does not let ${subject} see logs.`,
      ),
    })
    const bare = `p, ${subject}, applications, get, */*, allow`
    await expect(argo(present).read(order('readonly', bare))).rejects.toThrow(
      'policy, line 1 names the team, and counts only once a line g gives the team a role.',
    )
  })

  test('a line that cannot be read is never called granted and never gone, and is named', async () => {
    const policy = `${maps('admin')}g, broken`
    for (const direction of ['grant', 'revoke'] as const)
      expect(await argo(present).read(order('admin', policy, { direction }))).toEqual({
        is: 'cannot-tell',
        detail: 'What Argo CD’s policy in staging gives cannot be told: policy, line 4 has 2 parts and needs 3.',
      })
  })

  test('taking back is over when the team brings nothing of it, and what everybody may is told', async () => {
    const revoke = { direction: 'revoke' } as const
    const some = `${deployer}p, role:deployer, applications, sync, govuk/*, allow`
    expect(await argo(present).read(order('admin', some, revoke))).toMatchObject({ is: 'present' })
    expect(await argo(present).read(order('admin', deployer, revoke))).toMatchObject({
      is: 'absent',
      detail: `Argo CD’s policy in staging lets ${subject} only see applications.`,
    })
    const open = { policy: '', 'policy.default': 'role:readonly' }
    const absent: Observation = { is: 'absent', detail: '', evidence }
    for (const seen of [present, absent])
      expect(await argo(seen).read(order('readonly', open, revoke))).toMatchObject({
        is: 'absent',
        detail: expect.stringContaining(
          'Whoever can still sign in there may see applications and see logs, by policy.default.',
        ),
      })
  })

  describe('taking back is not over while anything that the team is allowed may be there', () => {
    const denies = 'p, role:deployer, applications, sync, govuk/a, deny\n'
    const allows = (line: string) => `${deployer}${denies}p, role:deployer, ${line}, allow`
    const read = (policy: string | Record<string, string>) =>
      argo(present).read(order('admin', policy, { direction: 'revoke' }))
    test.each([
      ['alternatives of which one is denied', allows('applications, sync, "govuk/{a,b}"')],
      ['signs of which one is denied', allows('applications, sync, govuk/[ab]')],
      ['a resource written as a glob', allows('applicat*, sync, govuk/*')],
      ['actions written as alternatives', allows('applications, "{get,action/batch/*}", govuk/b')],
      ['an action of the clusters alone, of every action', `${allows('applications, *, govuk/a')}\n${denies}`],
      ['settings of which one is denied', `${deployer}p, role:deployer, "{clusters,projects}", *, *, allow`],
      [
        'regular expressions',
        {
          policy: `g, ${subject}, role:x\np, role:x, applications, action/batch/.*, .*/.*, allow`,
          'policy.matchMode': 'regex',
        },
      ],
    ])('%s', async (_, policy) => {
      expect(await read(policy)).toMatchObject({ is: 'present' })
    })

    test.each([
      ['the same is denied', allows('applications, sync, govuk/a')],
      ['every alternative is', `${allows('applications, sync, "govuk/{a,b}"')}\n${denies.replace('/a', '/b')}`],
      ['more is', `${allows('applications, *, "govuk/{a,b*}"')}\np, role:deployer, applicat*, *, govuk/*, deny`],
    ])('and over where %s', async (_, policy) => {
      expect(await read(policy)).toMatchObject({ is: 'absent' })
    })
  })

  test('what brackets and braces name is asked one by one at a grant', () => {
    const some = `${deployer}p, role:deployer, applications, sync, */*, allow\n`
    for (const object of ['"govuk/{a,b}"', 'govuk/[ab]'])
      expect(given(`${some}p, role:deployer, applicat*, sync, ${object}, deny`)).toBe(
        'see applications and sync applications in part',
      )
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
    const down = createArgoCd(async () => {
      throw new SystemFailure('transient', 'GitHub could not be reached.', 'This is tried again.')
    }, health('failing'))
    expect(await down.health()).toMatchObject({
      state: 'failing',
      sentence: 'It follows GitHub teams, and these cannot be read: GitHub could not be reached.',
    })
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
