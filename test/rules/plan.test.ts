import { describe, expect, test } from 'vitest'
import type { PlanStep } from '../../server/rules/types.ts'
import { planOf, questionOf, ruleSet, stepOf } from './happy.ts'

const deploy = planOf()
const admin = planOf({ level: 'admin' })
const both = [
  ['deploy', deploy],
  ['admin', admin],
] as const

function entitlements(steps: PlanStep[]): string[] {
  return [...new Set(steps.flatMap(({ serves }) => serves))].sort()
}

describe('what a plan gives', () => {
  test('Deploy: its six entitlements in these steps', () => {
    expect(entitlements(deploy.steps)).toEqual(['D1', 'D2', 'D3', 'D4', 'D5', 'D6'])
    expect(deploy.steps.map(({ key }) => key)).toEqual([
      'github-production-deploy',
      'aws-iam-user',
      'aws-user/staging',
      'aws-user/production',
      'argo-cd/staging',
      'argo-cd/production',
      'signon-production/production',
      'logit',
    ])
  })

  test('Admin: all twelve entitlements, in both GitHub teams', () => {
    const all = Object.keys(ruleSet.entitlements).sort()
    expect(entitlements(admin.steps)).toEqual(all)
    expect(admin.steps.map(({ key }) => key)).toEqual([
      'github-production-deploy',
      'aws-iam-user',
      'logit',
      'github-production-admin',
      'argo-cd-write/staging',
      'argo-cd-write/production',
      'aws-admin/production',
      'aws-admin/staging',
      'aws-admin/tools',
      'gcp-group',
      'signon-superadmin/production',
      'fastly',
      'sentry',
    ])
  })

  test('Admin has every effect of Deploy: the same step, or one with a higher value that serves the same', () => {
    for (const step of deploy.steps) {
      const there = admin.steps.find(({ key }) => key === step.key)
      const over = ruleSet.grants[step.grant]?.satisfiedBy
      const instead = admin.steps.find(({ grant, environment }) => grant === over && environment === step.environment)
      const found = there ?? instead
      expect(found?.account).toEqual(step.account)
      expect(found?.serves).toEqual(expect.arrayContaining(step.serves))
      expect(found?.words.works).toEqual(expect.arrayContaining(step.words.works))
    }
  })

  test('AWS read-only comes with the privileged role where Deploy has it, and not in tools', () => {
    expect(stepOf(admin, 'aws-admin/staging').serves).toEqual(['A2', 'D5'])
    expect(stepOf(admin, 'aws-admin/tools').serves).toEqual(['A2'])
  })

  test('a Deploy plan says nothing of Admin, not even where a step serves both', () => {
    expect(stepOf(deploy, 'aws-iam-user')).toMatchObject({ serves: ['D5'], words: { works: ['AWS read-only'] } })
  })

  test('Signon in staging is never a step of its own: it follows production', () => {
    for (const [, plan] of both) {
      const signon = plan.steps.filter(({ system }) => system === 'signon')
      expect(signon.map(({ environment }) => environment)).toEqual(['production'])
      expect(signon[0]?.alsoAppearsIn).toBe('Staging follows by itself after the next weekday copy of production.')
    }
  })

  test('a hint for afterwards is not somewhere else where the value appears', () => {
    expect(stepOf(deploy, 'argo-cd/staging')).toMatchObject({
      alsoAppearsIn: null,
      hint: 'Sign out of Argo CD and in again, once.',
    })
  })
})

describe.each(both)('every plan, %s', (level, plan) => {
  test('has one step for each target, environment and account, with the highest value', () => {
    const places = plan.steps.map(({ grant, environment, account }) =>
      JSON.stringify([ruleSet.grants[grant]?.target, environment, account.id]),
    )
    expect(new Set(places).size).toBe(places.length)
    const covered = plan.steps.filter((step) =>
      plan.steps.some(
        ({ grant, environment }) =>
          grant === ruleSet.grants[step.grant]?.satisfiedBy && environment === step.environment,
      ),
    )
    expect(covered).toEqual([])
  })

  test('has its steps after their prerequisites, and each prerequisite in the plan', () => {
    for (const [at, step] of plan.steps.entries())
      for (const key of step.after) {
        const before = plan.steps.findIndex((other) => other.key === key)
        expect(before, `${step.key} after ${key}`).toBeGreaterThanOrEqual(0)
        expect(before).toBeLessThan(at)
      }
  })

  test('says of each step what it changes, how it is verified, how it is undone, and to whom', () => {
    for (const step of plan.steps) {
      expect(step.words.verifiedBy).toContain(step.method === 'follows' ? 'GitHub team' : '')
      for (const words of Object.values({ ...step.words, purpose: step.words.purpose ?? 'none' }).flat())
        expect(words).not.toMatch(/[{}]|undefined|^$/)
      expect(step.account.id).not.toBe('')
      expect(step.wanted.value).not.toBe('')
    }
  })

  test('is never closed by the doer’s word alone', () => {
    for (const step of plan.steps) expect(step.proof).not.toBe('doer')
  })

  test('says what will not change', () => {
    expect(plan.willNotChange.length).toBeGreaterThan(1)
    expect(plan.willNotChange.join(' ')).toContain('The AWS user itself stays as it is.')
    expect(plan.levelName).toBe(ruleSet.levels[level]?.name)
  })
})

test('every entitlement says how it is verified and undone', () => {
  for (const id of Object.keys(ruleSet.entitlements)) {
    const steps = admin.steps.filter(({ serves }) => serves.includes(id))
    expect(steps.length, id).toBeGreaterThan(0)
    for (const { words, method, undoTask, nothingToUndo } of steps) {
      expect(words.verifiedBy.length).toBeGreaterThan(10)
      expect(words.undo.length).toBeGreaterThan(10)
      if (method === 'task' && !nothingToUndo) expect(undoTask?.clicks.length).toBeGreaterThan(0)
    }
  }
})

test('a Deploy plan keeps off what RFC 146 keeps off: privileged AWS, Super Admin, Fastly, Google Cloud, Sentry Admin', () => {
  const not = deploy.willNotChange.join(' ')
  for (const word of ['privileged AWS', 'Super Admin', 'Fastly', 'Google Cloud', 'Sentry Admin'])
    expect(not).toContain(word)
  expect(deploy.steps.map(({ wanted }) => wanted.value)).not.toContain('role_admin_user_arns')
  expect(deploy.steps.map(({ system }) => system)).not.toEqual(expect.arrayContaining(['fastly']))
})

test('the rules say read and Argo CD says write: said as an observation on the rules', () => {
  expect(deploy.worthKnowing.join(' ')).toContain('Argo CD lets the Production Deploy team write')
})

describe('prerequisites of facts about the systems', () => {
  test.each([
    ['deploy', 'aws-user/staging', 'aws-iam-user'],
    ['deploy', 'aws-user/production', 'aws-iam-user'],
    ['admin', 'aws-admin/tools', 'aws-iam-user'],
    ['deploy', 'argo-cd/production', 'github-production-deploy'],
    ['admin', 'github-production-admin', 'github-production-deploy'],
    ['admin', 'argo-cd-write/staging', 'github-production-admin'],
  ])('%s: %s after %s', (level, key, before) => {
    expect(stepOf(planOf({ level }), key).after).toContain(before)
  })

  test('2-step verification before Super Admin, the first sign-in before the Logit team', () => {
    expect(stepOf(admin, 'signon-superadmin/production').engineer).toMatchObject({ when: 'before' })
    expect(stepOf(deploy, 'logit').engineer).toMatchObject({ when: 'before', text: 'Sign in to Logit once' })
  })

  test('invitations are accepted afterwards, by the engineer', () => {
    for (const key of ['github-production-deploy', 'github-production-admin', 'fastly', 'sentry'])
      expect(stepOf(admin, key).engineer, key).toMatchObject({ when: 'after' })
  })

  test('all AWS lists of one request travel together', () => {
    const batches = admin.steps.filter(({ grant }) => grant === 'aws-admin').map(({ batch }) => batch)
    expect(batches).toEqual(['aws-lists', 'aws-lists', 'aws-lists'])
  })
})

describe('what is asked for', () => {
  test('the Release application is included, whatever is asked for besides', () => {
    const apps = (asked: Record<string, string[]>) =>
      stepOf(planOf({ request: { signonApps: asked } }), 'signon-production/production').wanted.params['apps']
    expect(apps({})).toEqual(['Release'])
    expect(apps({ production: ['Whitehall', 'Publisher'] })).toEqual(['Publisher', 'Release', 'Whitehall'])
    expect(apps({ production: ['Release'] })).toEqual(['Release'])
    expect(apps({ integration: ['Whitehall'] })).toEqual(['Release'])
  })

  test.each([
    ['github', 'Tell us your GitHub username'],
    ['aws', 'Tell us your AWS user name'],
    ['email', 'Tell us your work email'],
  ] as const)('a missing %s account is asked for', (kind, sentence) => {
    const { [kind]: _, ...accounts } = { ...questionOf().engineer.accounts }
    const plan = planOf({ engineer: { accounts } })
    expect(plan.missing).toEqual([{ what: kind, sentence }])
    expect(plan.steps.some(({ account }) => account.kind === kind && account.id === '')).toBe(true)
  })

  test.each([null, '', '  '])('a reason is asked for where it is %j', (reason) => {
    expect(planOf({ request: { reason } }).missing).toEqual([{ what: 'reason', sentence: 'Say why you need access' }])
  })

  test('nothing is missing in a whole request', () => {
    expect(deploy.missing).toEqual([])
  })
})
