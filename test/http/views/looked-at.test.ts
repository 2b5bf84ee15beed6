import { expect, test } from 'vitest'
import { sectionView } from '../../../server/http/views/section.ts'
import { effectiveWords } from '../../../server/http/views/words.ts'
import type { HoldingRow, StepRow } from '../../../server/requests/act.ts'
import { actorIn, approved, daysAgo, holdingsOf, makeWorld, stepsOf, type ViewerName } from './world.ts'

/** What is held and was looked at again since, and what is gone and still acts for a while. */

const key = 'github-production-deploy'

function granted(look: Partial<HoldingRow>, viewer: ViewerName = 'sam') {
  const world = makeWorld({
    request: { ...approved, state: 'granted', granted_at: daysAgo(12), state_since: daysAgo(12) },
    steps: (plan) => stepsOf(plan),
    holdings: (steps) => holdingsOf(steps).map((one) => (one.grant_key === key ? { ...one, ...look } : one)),
  })
  return sectionView(world, actorIn(world, viewer), { history: [], claims: [], old: null, unreached: [] })
}

const proved = (look: Partial<HoldingRow>, viewer?: ViewerName) =>
  granted(look, viewer)
    .folds.find(({ id }) => id === 'proved')
    ?.rows.find(({ title }) => title === 'GitHub')

test('says when it was last seen, and nothing before its first look', () => {
  expect(proved({})?.detail).not.toContain('last seen')
  expect(proved({ seen: 'present', last_seen_at: daysAgo(9) })?.detail).toMatch(/last seen 9 days ago$/)
})

test('unknown is never no: a look that could not tell says so, and takes the mark of nothing', () => {
  const row = proved({ seen: 'cannot-tell', seen_detail: 'GitHub is down.', last_seen_at: daysAgo(9) })
  expect(row).toMatchObject({ mark: 'yes' })
  expect(row?.detail).toMatch(/last seen 9 days ago. The last look could not tell: GitHub is down.$/)
})

test('what is not there any more is loud, and the badge stays', () => {
  const look = { seen: 'absent', seen_detail: 'priya-s is not in the team.', missing_since: daysAgo(3) } as const
  const view = granted(look)
  expect(view.next[0]).toMatchObject({
    word: 'Not there',
    title: 'GitHub no longer shows this, since 21 November: GitHub',
    detail: 'priya-s is not in the team.',
  })
  expect(view.badges.map(({ text }) => text)).toEqual(['Deploy granted'])
  expect(proved(look)).toMatchObject({ mark: 'warn', detail: expect.stringMatching(/Not there since 21 November$/) })
  // Names in other systems are for those who need them.
  expect(JSON.stringify(granted(look, 'lee'))).not.toContain('priya-s')
})

test('what is gone says until when it still works, and stops saying so after that', () => {
  const view = (effective_by: Date) => {
    const but: Partial<StepRow> = { effective_by }
    const world = makeWorld({
      request: { ...approved, state: 'revoking' },
      steps: (plan) => stepsOf(plan, { [key]: but }, 'revoke'),
    })
    return sectionView(world, actorIn(world, 'sam'), { history: [], claims: [], old: null, unreached: [] })
  }
  const { now } = makeWorld({})
  const later = new Date(now.getTime() + 8 * 60 * 60_000)
  const row = view(later).detail.find(({ key: one }) => one === 'effective')
  expect(row?.title).toBe(`GitHub, ${effectiveWords(later, now)}`)
  expect(view(new Date(now.getTime() - 1)).detail.some(({ key: one }) => one === 'effective')).toBe(false)
})

test('effective times are said with their day where it is another', () => {
  const now = new Date('2026-11-24T10:05:00Z')
  expect(effectiveWords(new Date('2026-11-24T18:05:00Z'), now)).toBe('effective by 6:05pm')
  expect(effectiveWords(new Date('2026-11-25T10:05:00Z'), now)).toBe('effective by 10:05am on 25 November')
  expect(effectiveWords(now, now)).toBe(null)
})
