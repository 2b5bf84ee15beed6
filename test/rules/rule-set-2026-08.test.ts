import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadRuleSet } from '../../server/rules/rule-set.ts'
import { ruleSet as before, planOf } from './happy.ts'

/** The page as it stands in 2026, beside that of 2024: other levels, other systems, another way to be granted. */

const rules = loadRuleSet(join(import.meta.dirname, '../../server/rules/rule-sets/2026-08.yaml'))
const plan = (level: string) => planOf({ ruleSet: rules, level })
const keys = (level: string) => plan(level).steps.map(({ key }) => key)

describe('the rule set 2026-08', () => {
  test('has three levels, each with all of those below', () => {
    expect(Object.values(rules.levels).map(({ name }) => name)).toEqual([
      'Production Deploy',
      'Production Admin',
      'Platform Engineer',
    ])
    expect(rules.withIncluded('platform')).toEqual(['deploy', 'admin', 'platform'])
    for (const entitlement of Object.keys(rules.entitlements))
      expect(plan('platform').steps.flatMap((step) => step.serves)).toContain(entitlement)
  })

  test('asks for the same conditions, in the same words', () => {
    expect(rules.conditions).toEqual(before.conditions)
    expect(rules.absence).toEqual(before.absence)
  })

  test('grants Deploy by one line in the access list, and waits for what Terraform makes of it', () => {
    expect(keys('deploy')).toEqual([
      'access-deploy',
      'github-production-deploy',
      'aws-developer/staging',
      'argo-cd/staging',
      'argo-cd/production',
      'signon-production/production',
      'logit',
    ])
    const [list, github] = plan('deploy').steps
    expect(list).toMatchObject({ method: 'pull-request', wanted: { params: { list: 'production_deploy_access' } } })
    expect(github).toMatchObject({ method: 'follows', follows: 'access-deploy', after: ['access-deploy'] })
  })

  test('names each person once in the list, under the highest level', () => {
    const listed = (level: string) =>
      plan(level).steps.flatMap(({ system, wanted }) => (system === 'access-list' ? [wanted.value] : []))
    expect(listed('deploy')).toEqual(['production_deploy_access'])
    expect(listed('admin')).toEqual(['production_admin_access'])
    expect(listed('platform')).toEqual(['platform_engineer_access'])
  })

  test('gives one AWS role an account: no full admin in production, and nothing in tools', () => {
    const roles = (level: string) =>
      plan(level).steps.flatMap(({ system, environment, wanted }) =>
        system === 'aws' ? [`${environment} ${wanted.value}`] : [],
      )
    expect(roles('deploy')).toEqual(['staging developer'])
    expect(roles('admin').sort()).toEqual(['production developer', 'staging fulladmin'])
    expect(roles('platform').sort()).toEqual(['production platformengineer', 'staging platformengineer'])
  })

  test('has people led by hand in the systems that came later', () => {
    const led = plan('admin').steps.filter(({ system }) =>
      ['pagerduty', 'statuspage', 'notify', 'terraform-cloud'].includes(system),
    )
    expect(
      led.map(({ systemName, method, task, undoTask }) => [systemName, method, task && undoTask && 'led']),
    ).toEqual(['PagerDuty', 'Statuspage', 'GOV.UK Notify', 'Terraform Cloud'].map((name) => [name, 'task', 'led']))
  })

  test('needed no code: nothing names its levels, entitlements or later systems, save where a system is connected', () => {
    const server = join(import.meta.dirname, '../../server')
    const connecting = /^(systems[\\/]|config\.ts$|adapters\.ts$)/
    const sources = readdirSync(server, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !connecting.test(name),
    )
    const words = /pagerduty|statuspage|terraform-cloud|platform_engineer|production_(deploy|admin)_access|2026-08/i
    expect(sources.length).toBeGreaterThan(100)
    expect(sources.filter((name) => words.test(readFileSync(join(server, name), 'utf8')))).toEqual([])
  })
})
