import { describe, expect, test } from 'vitest'
import { type NewRules, newRulesIn } from '../../../server/http/views/new-rules.ts'
import { sectionView } from '../../../server/http/views/section.ts'
import { type StateName, states } from './states.ts'
import { actorIn, daysAgo } from './world.ts'

/** A newer rule set came into force while a request was open. */

const newRules: NewRules = { at: daysAgo(1), from: '2024-11', to: '2026-08', changes: ['Now asked: is on the rota'] }
const lines = (state: StateName, viewer: string, rules: NewRules | null = newRules) => {
  const world = states[state]()
  const extra = { history: [], claims: [], old: null, unreached: [], newRules: rules }
  return sectionView(world, actorIn(world, viewer), extra).status.lines.filter((one) => one !== '')
}
const said = /^The rules changed on .* \(2026-08, before 2024-11\)\. This request was judged again\.$/

describe('The section', () => {
  test('says so, and to those who may know everything what changed', () => {
    for (const viewer of ['priya', 'sam', 'rae'])
      expect(lines('ready', viewer)).toEqual(
        expect.arrayContaining([expect.stringMatching(said), 'Now asked: is on the rota']),
      )
  })
  test('names no condition to others, and says nothing to strangers', () => {
    expect(lines('ready', 'lee').filter((one) => said.test(one))).toHaveLength(1)
    expect(lines('ready', 'lee').join()).not.toContain('rota')
    expect(lines('ready', 'stranger').join()).not.toContain('The rules changed')
  })
  test('says when nothing changed for this request', () => {
    expect(lines('ready', 'sam', { ...newRules, changes: [] })).toContain('Nothing that was judged changed.')
  })
  test('says it until somebody decided, and only then', () => {
    for (const state of ['granting', 'granted', 'declined'] as const)
      expect(lines(state, 'sam').join()).not.toContain('The rules changed')
    expect(lines('ready', 'sam', null).join()).not.toContain('The rules changed')
  })
})

test('the last judging counts, also when its details were erased', () => {
  const event = { seq: 1, typeId: 122, actor: 'system', requestId: 'r', personId: 'p', stepId: null, boardId: 'b' }
  const chained = { ...event, prevHash: '', hash: '', type: 'judged-again', at: '2026-11-23T09:00:00.000Z' }
  const first = { ...chained, data: { from: '1', to: '2' }, detail: { changes: ['Added: one'] } }
  const last = { ...chained, data: { from: '2', to: '3' } }
  expect(newRulesIn([first])).toMatchObject({ from: '1', to: '2', changes: ['Added: one'] })
  expect(newRulesIn([first, last])).toMatchObject({ from: '2', to: '3', changes: [] })
  expect(newRulesIn([])).toBeNull()
})
