import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { badgeModel, badgesAt } from '../../../server/http/views/badges.ts'
import { queueView } from '../../../server/http/views/queue.ts'
import { sectionView } from '../../../server/http/views/section.ts'
import { type WindowName, windowNames, windowView } from '../../../server/http/views/windows.ts'
import type { World } from '../../../server/requests/act.ts'
import { writeSeen } from '../../../server/requests/seen.ts'
import type { PersonFacts } from '../../../server/rules/types.ts'
import { stateNames, states } from './states.ts'
import { actorIn, approved, type Deviation, known, makeWorld, now, priyasAccounts, stepsOf } from './world.ts'

/** Nobody learns somebody’s private matter from a board: not in words, and not by comparing two boards. */

const secret = /clearance|BPSS|blue building|probation|apprentice|absen|\baway\b|confident\b|Secondary|has left/i

const yesNoUnknown = fc.constantFrom(null, known(true), known(false))
const facts: fc.Arbitrary<Partial<PersonFacts>> = fc.record({
  clearance: yesNoUnknown,
  apprentice: yesNoUnknown,
  probation: fc.constantFrom(null, known('passed' as const), known('not-passed' as const)),
  employment: fc.constantFrom(null, known('civil-servant' as const), known('contractor' as const)),
  absences: fc.constantFrom(
    null,
    known([]),
    known([{ start: '2026-09-01', end: null }]),
    known([{ start: '2026-11-20', end: '2026-11-27' }]),
  ),
  left: fc.constantFrom(known(false), known(true)),
  accounts: fc.constantFrom({}, priyasAccounts),
})
const deviations: fc.Arbitrary<Deviation> = fc.record({
  level: fc.constantFrom('deploy', 'admin'),
  engineer: facts,
  request: fc.constantFrom(
    { state: 'open' as const },
    { state: 'ready' as const },
    { state: 'changes-asked' as const },
    approved,
  ),
})

function openWindows(world: World, viewer: string): string {
  return windowNames
    .map((name: WindowName) => {
      const extra = { seen: writeSeen(world), draft: {}, unlinked: [], candidates: [], attempts: [], levels: [] }
      const view = windowView(name, world, actorIn(world, viewer), world.steps[0] ?? null, extra)
      return JSON.stringify(view)
    })
    .join('\n')
}

const extra = {
  history: [{ at: now, text: 'Lina Berg agrees that this apprentice may.', confidential: true }],
  claims: [],
  old: null,
  unreached: [],
}

function everything(world: World, viewer: string): string {
  const actor = actorIn(world, viewer)
  const queue = { boards: [], board: 'all', tab: 'everything' as const, now, grantedThisWeek: 0 }
  return [
    JSON.stringify(sectionView(world, actor, extra)),
    openWindows(world, viewer),
    JSON.stringify(queueView([world], actor, queue)),
    JSON.stringify(badgesAt(badgeModel(world), now)),
  ].join('\n')
}

describe.each(['lee', 'alex', 'stranger'])('%s', (viewer) => {
  test('reads no private matter in any section, window, queue or badge, whatever the facts are', () => {
    fc.assert(
      fc.property(deviations, (deviation) => {
        const world = makeWorld({
          ...deviation,
          ...(deviation.request === approved
            ? { steps: (plan) => stepsOf(plan, { logit: { state: 'ready', turn: 'second-line' } }) }
            : {}),
        })
        expect(everything(world, viewer)).not.toMatch(secret)
      }),
      { numRuns: 150 },
    )
  })
  test.each(stateNames)('%s: reads no private matter', (name) => {
    expect(everything(states[name](), viewer)).not.toMatch(secret)
  })
})

test('those concerned do read it: the property above can fail', () => {
  const world = makeWorld({ engineer: { probation: null }, level: 'admin', request: { state: 'open' } })
  for (const viewer of ['priya', 'dan', 'rae']) expect(everything(world, viewer)).toMatch(secret)
})

test('one private condition looks like any other to a colleague', () => {
  const views = [{ clearance: known(false) }, { probation: known('not-passed' as const) }].map((engineer) => {
    const world = makeWorld({ level: 'admin', engineer, request: { state: 'ready' } })
    const { version: _version, ...view } = sectionView(world, actorIn(world, 'lee'), extra)
    return view
  })
  expect(views[0]).toEqual(views[1])
  expect(JSON.stringify(views[0])).toContain('1 condition is not met')
})

test.each(stateNames)('%s: a colleague reads no names in other systems unless they look as a second person', (name) => {
  const world = states[name]()
  const done = world.steps.some((step) => step.state === 'done')
  const text = everything(world, 'lee')
  const outside = done ? JSON.stringify(sectionView(world, actorIn(world, 'lee'), extra)) : text
  expect(outside).not.toMatch(/priya-s\b|priya\.shah|arn:aws/)
  expect(text).not.toContain('Joining Search')
})

test.each(stateNames)('%s: a stranger reads nothing about the person', (name) => {
  expect(everything(states[name](), 'stranger')).not.toMatch(/Joining Search|priya-s\b|priya\.shah|arn:aws|Okoro/)
})
