import type { BadgesView, BadgeView, Wait } from '../server/http/api.ts'

/** Badges for many cards with few calls: ids are collected for a moment and asked for together. */

const COLLECT_MS = 25
const MOST_CARDS = 500
const WAIT_MS = 3_000
/** Under this much silence the last text stands; after it a card known as ours says so. */
const SILENCE_MS = 10 * 60_000
/** Trello asks a dynamic badge at most this often. */
const FASTEST_S = 10
const AT_REST_S = 60

export interface DynamicBadge {
  text: string
  color?: BadgeView['color']
  title?: string
  refresh: number
}

export type Fetcher = (ids: string[]) => Promise<BadgesView>

export interface Kept {
  badges: BadgeView[]
  refresh: number
  waits: Wait | null
  at: number
}

export interface BadgeStore {
  /** What a card's badges say; `not-ours` costs nothing more; `silence` when nothing was ever heard of it. */
  ask(cardId: string): Promise<Kept | 'not-ours' | 'silence'>
  /** One of the two places; never null, so that Trello keeps asking. */
  dynamic(cardId: string, place: 0 | 1, title?: string): Promise<DynamicBadge>
}

export function createBadgeStore(fetcher: Fetcher, now: () => number = Date.now): BadgeStore {
  const kept = new Map<string, Kept>()
  let batch: { ids: Set<string>; answer: Promise<BadgesView | null> } | null = null

  function fetchSoon(id: string): Promise<BadgesView | null> {
    if (batch && (batch.ids.has(id) || batch.ids.size < MOST_CARDS)) {
      batch.ids.add(id)
      return batch.answer
    }
    const ids = new Set([id])
    const answer = new Promise((done) => setTimeout(done, COLLECT_MS)).then(() => {
      if (batch?.ids === ids) batch = null
      return withLimit(fetcher, [...ids])
    })
    batch = { ids, answer }
    return answer
  }

  async function ask(cardId: string): Promise<Kept | 'not-ours' | 'silence'> {
    const view = await fetchSoon(cardId)
    if (!view) return kept.get(cardId) ?? 'silence'
    const card = view.cards[cardId]
    if (!card) {
      kept.delete(cardId)
      return 'not-ours'
    }
    const fresh = { ...card, at: now() }
    kept.set(cardId, fresh)
    return fresh
  }

  return {
    ask,
    async dynamic(cardId, place, title) {
      const found = await ask(cardId)
      const named = title === undefined ? {} : { title }
      if (found === 'not-ours') return { text: '', refresh: AT_REST_S, ...named }
      if (found === 'silence' || now() - found.at > SILENCE_MS)
        return place === 0
          ? { text: 'Status unknown', color: 'light-gray', refresh: AT_REST_S, ...named }
          : { text: '', refresh: AT_REST_S, ...named }
      const badge = found.badges[place]
      const refresh = Math.max(FASTEST_S, found.refresh)
      return badge ? { text: badge.text, color: badge.color, refresh, ...named } : { text: '', refresh, ...named }
    },
  }
}

/** Trello drops a late badge for good, so that an answer in time matters more than a fresh one. */
async function withLimit(fetcher: Fetcher, ids: string[]): Promise<BadgesView | null> {
  const late = new Promise<null>((done) => setTimeout(() => done(null), WAIT_MS))
  return Promise.race([fetcher(ids).catch(() => null), late])
}
