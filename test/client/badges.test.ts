import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createBadgeStore, type Fetcher } from '../../client/badges.ts'
import type { BadgesView } from '../../server/http/api.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const ready: BadgesView['cards'][string] = {
  badges: [{ text: 'Sponsor: approve', color: 'blue' }],
  refresh: 60,
  waits: { turn: 'sponsor', since: '2026-11-24T09:30:00Z' },
}

/** A server that knows some cards and may be silenced. */
function server(known: string[]) {
  const asked: string[][] = []
  const state = { silent: false, late: false }
  const fetcher: Fetcher = async (ids) => {
    asked.push(ids)
    if (state.late) return new Promise(() => {})
    if (state.silent) throw new Error('no connection')
    const cards = Object.fromEntries(ids.filter((id) => known.includes(id)).map((id) => [id, ready]))
    return { version: 'v', cards }
  }
  return { asked, state, store: createBadgeStore(fetcher) }
}

async function after<T>(ms: number, answer: Promise<T>): Promise<T> {
  await vi.advanceTimersByTimeAsync(ms)
  return answer
}

test('cards that are drawn together are asked for in one call, each once', async () => {
  const { store, asked } = server(['a', 'b'])
  const answers = Promise.all([store.ask('a'), store.ask('b'), store.ask('a')])
  const [a, , again] = await after(50, answers)
  expect(asked).toEqual([['a', 'b']])
  expect(a).toEqual(again)
})

test('no call asks for more than 500 cards, and none is forgotten', async () => {
  const { store, asked } = server([])
  const ids = Array.from({ length: 1_201 }, (_, i) => `card-${i}`)
  const answers = await after(100, Promise.all(ids.map((id) => store.ask(id))))
  expect(asked.map((call) => call.length)).toEqual([500, 500, 201])
  expect(new Set(asked.flat()).size).toBe(1_201)
  expect(new Set(answers)).toEqual(new Set(['not-ours']))
})

test('a card that is not ours says so, and its badge is empty but never null', async () => {
  const { store } = server([])
  expect(await after(50, store.ask('x'))).toBe('not-ours')
  expect(await after(50, store.dynamic('x', 0))).toEqual({ text: '', refresh: 60 })
})

test('the second place is answered too while it is not used', async () => {
  const { store } = server(['a'])
  expect(await after(50, store.dynamic('a', 0, 'Production access'))).toEqual({
    text: 'Sponsor: approve',
    color: 'blue',
    refresh: 60,
    title: 'Production access',
  })
  expect(await after(50, store.dynamic('a', 1))).toEqual({ text: '', refresh: 60 })
})

test('under 10 minutes of silence the last text stands; after it the status is unknown; then it heals', async () => {
  const { store, state } = server(['a'])
  await after(50, store.dynamic('a', 0))
  state.silent = true
  await vi.advanceTimersByTimeAsync(9 * 60_000)
  expect((await after(50, store.dynamic('a', 0))).text).toBe('Sponsor: approve')
  await vi.advanceTimersByTimeAsync(2 * 60_000)
  expect(await after(50, store.dynamic('a', 0))).toEqual({ text: 'Status unknown', color: 'light-gray', refresh: 60 })
  expect((await after(50, store.dynamic('a', 1))).text).toBe('')
  state.silent = false
  expect((await after(50, store.dynamic('a', 0))).text).toBe('Sponsor: approve')
})

test('a late server is silence: Trello gets an answer in time', async () => {
  const { store, state } = server(['a'])
  state.late = true
  expect(await after(3_100, store.ask('a'))).toBe('silence')
  expect((await after(3_100, store.dynamic('a', 0))).text).toBe('Status unknown')
})

test('a card that is taken off us loses its badge', async () => {
  const known = ['a']
  const { store } = server(known)
  await after(50, store.dynamic('a', 0))
  known.pop()
  expect((await after(50, store.dynamic('a', 0))).text).toBe('')
})
