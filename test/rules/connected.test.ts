import { describe, expect, test } from 'vitest'
import { typedAccount } from '../../server/rules/typed-account.ts'
import type { Method, PersonFacts } from '../../server/rules/types.ts'
import { engineerOf, installationFor, peopleWith, planOf, ruleSet, stepOf } from './happy.ts'

/** Which systems are connected is known before a plan is shown and hashed: what is approved is what happens. */

const all: Record<string, Method[]> = { github: ['api'], aws: ['pull-request'], 'argo-cd': ['follows'] }
const planWith = (connected: Record<string, Method[]>, engineer: Partial<PersonFacts> = {}) =>
  planOf({ installation: { connected }, engineer })
const typed = { accounts: { ...engineerOf(peopleWith()).accounts, github: typedAccount('github', 'Priya-S') } }

test('with every system connected, the methods are those that were chosen', () => {
  expect(planWith(all).hash).toBe(planOf().hash)
})

describe('with nothing connected', () => {
  const plan = planWith({})

  test('every step is a task, with clicks for whoever does it', () => {
    for (const { key, method, task } of plan.steps)
      expect([key, method, (task?.clicks.length ?? 0) > 0]).toEqual([key, 'task', true])
  })
  test('the hash is of tasks, because a sponsor approves what will happen', () => {
    expect(plan.hash).not.toBe(planWith(all).hash)
  })
  test('no step says that we read it back', () => {
    expect(stepOf(plan, 'github-production-deploy').words.verifiedBy).toBe('a second person looks in GitHub')
  })
  test('allows a username that nobody could look up', () => {
    expect(planWith({}, typed).missing).toEqual([])
  })
})

test('denies a username that was only typed, once the product would act on it by itself', () => {
  expect(planWith(all, typed).missing).toEqual([{ what: 'github', sentence: 'Tell us your GitHub username' }])
})

describe('what people did is read', () => {
  const checkedBy = (reads: boolean, key: string) =>
    planOf({ installation: { connected: {}, reads: () => reads } }).steps.find((step) => step.key === key)?.words
      .verifiedBy

  test.each([
    ['github-production-deploy', 'read back from GitHub', 'a second person looks in GitHub'],
    [
      'logit',
      'read back from Logit where it shows, else a second person looks in Logit',
      'a second person looks in Logit',
    ],
  ])('%s', (key, read, looked) => {
    expect([checkedBy(true, key), checkedBy(false, key)]).toEqual([read, looked])
  })
})

describe('an end that a system carries out by itself', () => {
  const admin = (parameters: Record<string, string>, connected: Method[] = ['api'], ends = true) => {
    const { targets: given } = installationFor(ruleSet)
    const targets = { ...given, 'gcp:access': { ...given['gcp:access'], ...parameters } }
    return planOf({ level: 'admin', installation: { targets, connected: { gcp: connected }, ends: () => ends } })
  }
  const change = (plan: ReturnType<typeof planOf>) => stepOf(plan, 'gcp-group').words.change
  const added = change(admin({}))

  test.each([
    [{ endsOn: '2027-03-31' }, ', and it ends by itself on 31 March 2027'],
    [{ endsOn: '2027-06-30' }, ', and it ends by itself on 30 June 2027'],
    [{ endsAfterDays: '90' }, ', and it ends by itself after 90 days'],
    [{ endsAfterDays: '1' }, ', and it ends by itself after 1 day'],
  ])('%o stands in the plan’s sentence, and in what is approved', (parameters, words) => {
    expect(change(admin(parameters))).toBe(added + words)
    expect(admin(parameters).hash).not.toBe(admin({}).hash)
  })

  test('is not promised where people do the step, or the system ends nothing', () => {
    expect(change(admin({ endsOn: '2027-03-31' }, []))).toBe(added)
    expect(change(admin({ endsOn: '2027-03-31' }, ['api'], false))).toBe(added)
  })
})
