import { describe, expect, test } from 'vitest'
import type { WindowView } from '../../../server/http/api.ts'
import { sectionView } from '../../../server/http/views/section.ts'
import { windowView } from '../../../server/http/views/windows.ts'
import type { World } from '../../../server/requests/act.ts'
import { rulesWith } from '../../rules/happy.ts'
import { oneMoreLevel } from '../../rules/one-more-level.ts'
import { actorIn, approved, type Deviation, holdingsOf, known, makeWorld, stepsOf } from './world.ts'

/** What a sponsor reads before approving comes from the plan, the ledger and the rule set in force. */

function approving(world: World, viewer: string): WindowView {
  const extra = { seen: '', draft: {}, unlinked: [], candidates: [], attempts: [], levels: [] }
  return windowView('approve', world, actorIn(world, viewer), null, extra)
}
const section = (world: World, viewer: string) =>
  sectionView(world, actorIn(world, viewer), { history: [], claims: [], old: null, unreached: [] })
const changes = (view: WindowView) => view.parts.find((part) => part.title === 'What will change')?.rows ?? []
const labels = (view: WindowView) =>
  view.parts.flatMap((part) => part.fields).flatMap((field) => (field.kind === 'hidden' ? [] : [field.label]))

test('each step says how it will be checked, in the window’s fold and in the plan on the card', () => {
  const world = makeWorld()
  const detail =
    'So that Priya can deploy and merge. How it is checked: read back from GitHub. The membership is seen, not whether the GitHub account carries the work address.'
  const folds = approving(world, 'sam').parts.flatMap((part) => part.folds)
  expect(folds.find((fold) => fold.id === 'checked')?.rows[0]?.detail).toBe(detail)
  expect(section(world, 'priya').folds.find((fold) => fold.id === 'plan')?.rows[0]?.detail).toBe(detail)
})

describe('what the engineer holds already', () => {
  const earlier = (change: object = {}): Deviation => ({
    level: 'admin',
    holdings: () =>
      holdingsOf(stepsOf(makeWorld().plan?.steps ?? [])).map((one) => ({ ...one, request_id: 'earlier', ...change })),
  })
  const heldRows = (world: World) =>
    changes(approving(world, 'dan'))
      .filter((row) => row.detail?.includes('Already held since 24 November.'))
      .map((row) => row.key)

  test('is said at its step, and is no part of what is signed', () => {
    const world = makeWorld(earlier())
    expect(heldRows(world)).toContain('github-production-deploy')
    expect(heldRows(world)).not.toContain('github-production-admin')
    expect(world.plan?.hash).toBe(makeWorld({ level: 'admin' }).plan?.hash)
  })
  test('is not said of another account’s', () => {
    expect(heldRows(makeWorld(earlier({ account: { kind: 'github', id: '7', name: 'old-name' } })))).toEqual([])
  })
  test('is not said of what this request itself gave', () => {
    expect(heldRows(makeWorld(earlier({ request_id: 'request-1' })))).toEqual([])
  })
})

describe('a level that only the rule set knows', () => {
  const platform = (more: Deviation = {}) =>
    makeWorld({ ruleSet: rulesWith(...oneMoreLevel), level: 'platform', ...more })
  const review = {
    reviewer: 'dan',
    reviewerName: 'Dan Reyes',
    date: '2026-11-20',
    reference: 'Response 41',
    formVersion: 'Google Form',
    objectives: ['LO1', 'LO2', 'LO3', 'LO4'],
  }

  test('has its section and its approve window, with its own confirmations and steps', () => {
    const world = platform({ request: { review } })
    expect(section(world, 'sam')).toMatchObject({
      title: 'Platform Engineer access',
      primary: { text: 'Check and approve' },
    })
    const view = approving(world, 'sam')
    expect(view).toMatchObject({ title: 'Give Priya Shah Platform Engineer access', refusal: null })
    expect(labels(view)).toContain('is on the on-call rota')
    expect(changes(view).map((row) => row.key)).toContain('pager/production')
  })
  test('names in its questions the conditions as the rule set words them', () => {
    const engineer = { clearance: null, probation: null, employment: known('contractor' as const) }
    const view = approving(platform({ request: { review }, engineer }), 'sam')
    expect(labels(view)).toEqual(
      expect.arrayContaining([
        'I have seen that Priya has at least BPSS clearance: where',
        'How “Probation” is met for this contractor',
      ]),
    )
  })
  test('asks no sponsor for a review that only Senior Tech can make', () => {
    const view = approving(platform(), 'sam')
    expect(view.refusal).toBe(
      'Somebody in Senior Tech reviews your form response and confirms each of the four objectives.'.replace(
        'your',
        'their',
      ),
    )
  })
})

test('a username that nobody could look up is said not to be checked', () => {
  const github = { kind: 'github' as const, id: 'typed:priya-s', name: 'priya-s' }
  const view = approving(makeWorld({ engineer: { accounts: { ...makeWorld().engineer?.accounts, github } } }), 'sam')
  expect(view.parts[0]?.text).toEqual([
    'Not checked: Priya’s GitHub username priya-s stands as it was typed, because we cannot look it up here.',
  ])
  expect(approving(makeWorld(), 'sam').parts[0]?.text).toEqual([])
})

test('what works now has a link to its guide, where the rule set has one', () => {
  const world = makeWorld({
    request: approved,
    steps: (plan) => stepsOf(plan, { logit: { state: 'ready', turn: 'second-line' } }),
  })
  const works = section(world, 'priya').detail.find((row) => row.key === 'works')
  expect(works?.links).toContainEqual({
    text: 'deployment pipeline',
    url: 'https://docs.publishing.service.gov.uk/manual/development-pipeline.html#deployment',
    label: 'deployment pipeline: how to deploy apps, opens in a new tab',
  })
})
