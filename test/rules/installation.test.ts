import { describe, expect, test } from 'vitest'
import { placesToCompare } from '../../server/grants/drift/places.ts'
import { checkInstallation, InstallationError, templatesOf } from '../../server/rules/installation-check.ts'
import type { Installation, Method } from '../../server/rules/types.ts'
import { installationFor, planOf, ruleSet, rulesWith, stepOf } from './happy.ts'

const whole = installationFor(ruleSet)
const deployTeam = 'github:production-deploy'

function refusal(changes: Partial<Installation>, rules = ruleSet): string {
  try {
    checkInstallation([rules], { ...whole, ...changes })
  } catch (error) {
    if (error instanceof InstallationError) return error.message
    throw error
  }
  return 'accepted'
}

test('a level without a template card in the rules needs one here', () => {
  const rules = rulesWith(['    template: GIHPZi2o\n', ''])
  expect(refusal({}, rules)).toContain(
    'templates.admin is missing: the short link of your template card for Production Admin',
  )
  expect(refusal({ templates: { admin: 'AbCd1234' } }, rules)).toBe('accepted')
  expect(templatesOf(rules, { ...whole, templates: { admin: 'AbCd1234' } })).toEqual(
    new Map([
      ['deploy', 'S9sex2XU'],
      ['admin', 'AbCd1234'],
    ]),
  )
})

test('a whole installation is accepted', () => {
  expect(refusal({})).toBe('accepted')
  expect(refusal({ ownedByTerraform: [deployTeam], methods: { 'github-production-deploy': 'task' } })).toBe('accepted')
})

describe('an installation is refused for', () => {
  test.each<[string, Partial<Installation>, string]>([
    [
      'a method of a grant that is not there',
      { methods: { gitlab: 'api' } },
      'methods.gitlab: the rule set has no such grant',
    ],
    [
      'a method by an inherited name',
      { methods: Object.fromEntries([['constructor', 'api' as const]]) },
      'methods.constructor: the rule set has no such grant',
    ],
    ['a method that the rules do not permit', { methods: { logit: 'api' } }, 'methods.logit: use one of task'],
    ['"api" on a role list', { methods: { 'aws-user': 'api' } }, 'methods.aws-user: use one of pull-request, task'],
    [
      '"api" on a team that Terraform owns',
      { methods: { 'github-production-deploy': 'api' }, ownedByTerraform: [deployTeam] },
      'methods.github-production-deploy: Terraform owns github:production-deploy, so "api" would fight it; use pull-request or task',
    ],
    [
      'a misspelt target that Terraform owns: its team would be written by "api" after all',
      { ownedByTerraform: ['github:production-deploi'] },
      'ownedByTerraform: the rule set has no target github:production-deploi; check its spelling',
    ],
    [
      'a template card of a level that is not there',
      { templates: { owner: 'AbCd1234' } },
      'templates.owner: the rule set has no such level',
    ],
    [
      'one template card for two levels',
      { templates: { deploy: 'GIHPZi2o' } },
      'templates.deploy: each level needs a template card of its own',
    ],
    ['a missing target', { targets: {} }, 'targets.aws:staging is missing'],
    [
      'a name without which the words have a hole',
      { targets: { ...whole.targets, 'logit:users': { page: 'https://logit.example.gov.uk/' } } },
      'targets.logit:users.team is missing; the words of logit need it',
    ],
    ...[
      [{ endsOn: '31 March 2027' }, 'endsOn: use a day such as 2027-03-31'],
      [{ endsOn: '2027-02-31' }, 'endsOn: use a day such as 2027-03-31'],
      [{ endsAfterDays: '0' }, 'endsAfterDays: use a whole number of days, from 1 to 3650'],
      [{ endsAfterDays: '90 days' }, 'endsAfterDays: use a whole number of days, from 1 to 3650'],
      [{ endsOn: '2027-03-31', endsAfterDays: '90' }, 'endsOn: leave this or endsAfterDays out'],
    ].map(([ends, says]): [string, Partial<Installation>, string] => [
      `an end that is none, or two of them: ${JSON.stringify(ends)}`,
      { targets: { ...whole.targets, 'gcp:access': { ...whole.targets['gcp:access'], ...Object(ends) } } },
      `targets.gcp:access.${says}`,
    ]),
  ])('%s', (_, changes, says) => {
    expect(refusal(changes)).toContain(`The installation file does not fit the rule set:\n`)
    expect(refusal(changes)).toContain(says)
  })

  test('everything at once, each thing once', () => {
    const { 'aws:tools': _, ...targets } = whole.targets
    const lines = refusal({ targets, methods: { gitlab: 'api', logit: 'api' } })
      .split('\n')
      .slice(1)
    expect(lines).toHaveLength(3)
  })

  test('"api" on one environment of a list that Terraform owns there', () => {
    const rules = rulesWith(['    methods: [pull-request, task]\n    owner: terraform\n', '    methods: [api, task]\n'])
    expect(refusal({ methods: { 'aws-user': 'api' }, ownedByTerraform: ['aws:staging'] }, rules)).toContain(
      'Terraform owns aws:staging',
    )
  })

  test('a team that Terraform owns where the rules permit nothing but "api"', () => {
    const rules = rulesWith(['    methods: [api, pull-request, task]\n', '    methods: [api]\n'])
    expect(refusal({ ownedByTerraform: [deployTeam] }, rules)).toContain(
      'the rule set lets github-production-deploy be granted by "api" only',
    )
  })
})

describe('how a grant is obtained', () => {
  const method = (key: string, changes: Partial<Installation> = {}, rules = ruleSet): Method =>
    stepOf(planOf({ ruleSet: rules, installation: changes }), key).method

  test('the first way that the rules permit, unless the installation chooses another', () => {
    expect(method('github-production-deploy')).toBe('api')
    expect(method('github-production-deploy', { methods: { 'github-production-deploy': 'task' } })).toBe('task')
    expect(method('aws-user/staging')).toBe('pull-request')
    expect(method('aws-user/staging', { methods: { 'aws-user': 'task' } })).toBe('task')
  })

  test('never "api" where Terraform owns it, even where it was chosen', () => {
    const owned = { ownedByTerraform: [deployTeam], methods: { 'github-production-deploy': 'api' as const } }
    expect(method('github-production-deploy', owned)).toBe('pull-request')
    const targets = { ...whole.targets, [deployTeam]: { team: 'production-deploy' } }
    expect(method('github-production-deploy', { ...owned, targets })).toBe('task')
  })

  test('a list that Terraform owns defaults to a pull request, in whatever order the rules name the ways', () => {
    const rules = rulesWith(['    methods: [api, pull-request, task]\n', '    methods: [api, task, pull-request]\n'])
    expect(method('github-production-deploy', {}, rules)).toBe('api')
    expect(method('github-production-deploy', { ownedByTerraform: [deployTeam] }, rules)).toBe('pull-request')
  })

  test('a list of which nobody said where it stands is a task, and is refused where it was chosen', () => {
    const { 'aws:staging': _, ...rest } = whole.targets
    const targets = { ...rest, 'aws:staging': {} }
    expect(method('aws-user/staging', { targets })).toBe('task')
    expect(method('aws-user/production', { targets })).toBe('pull-request')
    expect(refusal({ targets, methods: { 'aws-user': 'pull-request' } })).toContain(
      'methods.aws-user: "pull-request" needs repository and path in targets.aws:staging',
    )
  })
})

describe('a target that names a group of IAM users', () => {
  const groups = { userGroup: 'access-staging', adminGroup: 'admin-staging' }
  const named = { ...whole.targets, 'aws:staging': { ...whole.targets['aws:staging'], ...groups } }
  const plan = (changes: Partial<Installation> = {}) => planOf({ installation: { targets: named, ...changes } })
  const inStaging = (changes: Partial<Installation> = {}) => stepOf(plan(changes), 'aws-user/staging')

  test('gives access by it and by no list, in its own words, and only there', () => {
    expect(inStaging()).toMatchObject({
      method: 'api',
      proof: 'read-back',
      batch: null,
      words: {
        change: 'Add priya.shah@example.gov.uk to the IAM group access-staging',
        short: 'AWS staging',
        verifiedBy: 'read back from AWS',
      },
    })
    expect(inStaging().wanted.params).not.toHaveProperty('list')
    expect(stepOf(plan(), 'aws-user/production')).toMatchObject({ method: 'pull-request', batch: 'aws-lists' })
    expect(plan().hash).not.toBe(planOf().hash)
    expect(refusal({ targets: named })).toBe('accepted')
  })

  test('is where the daily comparison looks', () => {
    const places = placesToCompare(ruleSet, { ...whole, targets: named })
    const listOf = (key: string) => places.find((place) => place.key === key)?.order.wanted.params['list']
    expect([listOf('aws-user/staging'), listOf('aws-user/production')]).toEqual([undefined, 'role_user_user_arns'])
  })

  test('is a task about the group where nothing is connected, or Terraform keeps it', () => {
    for (const changes of [{ connected: {} }, { ownedByTerraform: ['aws:staging'] }]) {
      const { method, task, undoTask } = inStaging(changes)
      expect([method, task?.clicks[0]?.copy, undoTask?.clicks[0]?.copy]).toEqual([
        'task',
        'access-staging',
        'access-staging',
      ])
    }
  })

  test('is refused where only one of the two levels has a group: whoever is lowered would lose both', () => {
    for (const name of ['userGroup', 'adminGroup']) {
      const half = { ...whole.targets, 'aws:staging': { ...whole.targets['aws:staging'], [name]: 'access-staging' } }
      expect(refusal({ targets: half })).toContain(
        'targets.aws:staging: name both userGroup and adminGroup, or neither: who loses the one keeps the other',
      )
    }
  })

  test('takes the method that was chosen for the lists elsewhere, and refuses it where there is no list left', () => {
    const methods = { 'aws-user': 'pull-request' as const }
    expect(refusal({ targets: named, methods })).toBe('accepted')
    expect(inStaging({ methods }).method).toBe('api')
    const all = { ...named, 'aws:production': { ...whole.targets['aws:production'], ...groups } }
    expect(refusal({ targets: all, methods })).toContain('methods.aws-user: use one of api, task')
    expect(refusal({ targets: all, methods: { 'aws-user': 'api' } })).toBe('accepted')
  })
})
