import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createShelf } from '../../client/kept.ts'
import { createLastKnown } from '../../client/section/last-known.ts'
import { holdRows, shownRows } from '../../client/ui/held.ts'
import { createAnnouncer } from '../../client/ui/live-region.tsx'
import { createDraft } from '../../client/window/draft.ts'
import { sectionView } from '../../server/http/views/section.ts'
import { actorIn, makeWorld } from '../http/views/world.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** The tab's storage, as browsers have it. */
function storage(): Storage {
  const kept = new Map<string, string>()
  return {
    get length() {
      return kept.size
    },
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
  }
}
const refuses = (): Storage => {
  throw new DOMException('The operation is insecure.', 'SecurityError')
}

describe('a draft', () => {
  const typed = { reason: 'Joining Search', 'confirm-CD2': true, what: ['a'] }
  function draft(shelf = createShelf(() => storage())) {
    const sent: unknown[] = []
    return { sent, shelf, draft: createDraft(shelf, 'draft', async (values) => sent.push(values)) }
  }
  test('is kept in the tab at once and by the server a moment later, the last of many keys only', async () => {
    const one = storage()
    const { draft: kept, sent } = draft(createShelf(() => one))
    kept.change({ reason: 'J' }, 'plan-1')
    kept.change(typed, 'plan-1')
    expect(kept.read('plan-1')).toEqual(typed)
    expect(sent).toEqual([])
    await vi.advanceTimersByTimeAsync(600)
    expect(sent).toEqual([typed])
  })
  test('is still there in the next window when the server could not be told: signed out, or closed at once', async () => {
    const one = storage()
    const shelf = createShelf(() => one)
    const fails = () => Promise.reject(new Error('401'))
    createDraft(shelf, 'draft', fails).change(typed, '')
    await vi.advanceTimersByTimeAsync(600)
    expect(createDraft(shelf, 'draft', fails).read('')).toEqual(typed)
  })
  test('is let go when the plan that it rested on changed', () => {
    const one = storage()
    const { draft: kept } = draft(createShelf(() => one))
    kept.change(typed, 'plan-1')
    expect(kept.read('plan-2')).toBeNull()
  })
  test('is gone once it was sent, and is not sent again by the timer', async () => {
    const one = storage()
    const { draft: kept, sent } = draft(createShelf(() => one))
    kept.change(typed, '')
    kept.sent()
    await vi.advanceTimersByTimeAsync(600)
    expect([kept.read(''), sent]).toEqual([null, []])
  })
  test('breaks nothing where the browser refuses storage', async () => {
    const { draft: kept, sent } = draft(createShelf(refuses))
    kept.change(typed, '')
    await vi.advanceTimersByTimeAsync(600)
    expect([kept.read(''), sent]).toEqual([null, [typed]])
  })
})

describe('the last known state of a section', () => {
  const world = makeWorld()
  const view = sectionView(world, actorIn(world, 'sam'), { history: [], claims: [], old: null, unreached: [] })
  const at = new Date('2026-11-24T10:42:00Z')
  const one = storage()
  const shelf = createShelf(() => one)
  createLastKnown(shelf, 'build-1', 'sam', 'card').write(view, at)
  test('is there again with its time', () => {
    expect(createLastKnown(shelf, 'build-1', 'sam', 'card').read()).toEqual({ view, at })
  })
  test.each([
    ['an older build', 'build-0', 'sam', 'card'],
    ['another member', 'build-1', 'lee', 'card'],
    ['another card', 'build-1', 'sam', 'other'],
  ])('is not shown to %s', (_name, build, member, card) => {
    expect(createLastKnown(shelf, build, member, card).read()).toBeNull()
  })
  test('is simply not there where the browser refuses storage', () => {
    const refused = createLastKnown(createShelf(refuses), 'build-1', 'sam', 'card')
    refused.write(view, at)
    expect(refused.read()).toBeNull()
  })
})

describe('a row that somebody stands on', () => {
  type Row = { key: string; text: string }
  const row = (key: string, text = key): Row => ({ key, text })
  const gone = (one: { key: string; text: string }) => row(one.key, `no longer here: ${one.text}`)
  const shown = (before: Row[], after: Row[], held: (string | null)[]) =>
    shownRows(holdRows(before, after, held), after, gone)
  test('is not taken away: it changes its text once, however often it is drawn, and keeps its place', () => {
    const after = [row('a'), row('c')]
    const kept = holdRows([row('a'), row('b'), row('c')], after, ['b'])
    const expected = [row('a'), row('b', 'no longer here: b'), row('c')]
    expect(shownRows(kept, after, gone)).toEqual(expected)
    expect(shown(kept, after, ['b'])).toEqual(expected)
  })
  test('reads as it is now while it is there', () => {
    expect(shown([row('a', 'before')], [row('a', 'now')], ['a'])).toEqual([row('a', 'now')])
  })
  test('others go at once', () => {
    expect(shown([row('a'), row('b')], [row('a')], [null, 'a'])).toEqual([row('a')])
  })
  test('is kept when it was the last of all', () => {
    expect(shown([row('a')], [], ['a'])).toEqual([row('a', 'no longer here: a')])
  })
})

test('the live region says at most one sentence in 5 seconds, and then the newest', async () => {
  const heard: string[] = []
  const announcer = createAnnouncer()
  announcer.listen((text) => heard.push(text))
  for (const text of ['One.', 'Two.', 'Three.']) announcer.say(text)
  expect(heard).toEqual(['One.'])
  await vi.advanceTimersByTimeAsync(4_900)
  expect(heard).toEqual(['One.'])
  await vi.advanceTimersByTimeAsync(200)
  expect(heard).toEqual(['One.', 'Three.'])
})
