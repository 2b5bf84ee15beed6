import type { BadgesView, Button, SectionView } from '../server/http/api.ts'
import { act, call, sentenceOf } from './api.ts'
import { createBadgeStore } from './badges.ts'
import { readPlatform } from './platform.ts'
import { byWhoseTurn, longestWaitingFirst, type Sortable } from './sorters.ts'
import { type Handler, library, options, type Trello } from './trello.ts'
import { brief } from './words.ts'

/** Every board loads this: capabilities only, no framework. One connector serves every card of the board. */

const platform = readPlatform()
/** The section must answer within 5 s; without its button it still stands. */
const SECTION_WAIT_MS = 2_500
/** A server that stays slow is not asked over and over for one button. */
const ASK_AGAIN_MS = 10_000
/** An act that takes longer says so. */
const SLOW_MS = 2_500
const ours = 'productionAccess'

let board: Trello | null = null
const store = createBadgeStore(async (cards) => {
  if (!board) throw new Error('no board yet')
  const view = await call<BadgesView>({ t: board, onCard: false }, 'POST', '/api/badges', { cards })
  return view ?? { version: '', cards: {} }
})

function cardBadges(title?: string): Handler {
  return async (t) => {
    const { card } = t.getContext()
    if (!card || !t.isMemberSignedIn()) return []
    board = t
    const found = await store.ask(card)
    if (found === 'not-ours') return []
    // Nothing heard: only cards that we once knew as ours say that their status is not known.
    if (found === 'silence' && !(await hinted(t))) return []
    if (found !== 'silence' && found.badges.length === 0) return []
    const place = (which: 0 | 1) => ({ dynamic: () => store.dynamic(card, which, title) })
    return [place(0), place(1)]
  }
}

async function hinted(t: Trello): Promise<boolean> {
  return Boolean(await t.get('card', 'shared', ours).catch(() => null))
}

/** Trello drops a callback that takes longer than 5 s, so that an act is only begun here and told when it is done. */
function press(t: Trello, button: Button, onCard: boolean): Promise<unknown> | undefined {
  const { does } = button
  if ('opens' in does)
    return t.modal({ url: './window.html', title: button.text, height: 600, args: { name: does.opens, ...does.args } })
  // Files are saved by buttons in frames: a header's button has no page of its own to save them from.
  if ('act' in does) void carryOut(t, does, onCard)
  return undefined
}

async function carryOut(t: Trello, does: Extract<Button['does'], { act: string }>, onCard: boolean): Promise<void> {
  const slow = setTimeout(() => {
    void t.alert({ message: 'This takes longer than usual. It goes on, and you are told how it ended.', duration: 8 })
  }, SLOW_MS)
  try {
    const done = await act({ t, onCard }, { act: does.act, subject: does.subject, input: does.input, seen: '' })
    clearTimeout(slow)
    await t.alert({ message: brief(done.said), duration: 8 })
  } catch (error) {
    clearTimeout(slow)
    await t.alert({ message: brief(sentenceOf(error)), duration: 15, display: 'error' })
  }
}

const askedAgain = new Map<string, number>()

/** The button came too late for the header: Trello asks for it anew after a change of stored data, and not otherwise. */
function askAgain(t: Trello, card: string): void {
  const now = Date.now()
  const at = Math.max(now, (askedAgain.get(card) ?? 0) + ASK_AGAIN_MS)
  if (at > now + ASK_AGAIN_MS) return
  askedAgain.set(card, at)
  setTimeout(() => {
    void Promise.resolve(t.set('card', 'private', 'button', String(at))).catch(() => {})
  }, at - now)
}

const cardBackSection: Handler = async (t) => {
  const { card } = t.getContext()
  if (!card || !t.isMemberSignedIn()) return null
  const late = new Promise<null>((done) => setTimeout(() => done(null), SECTION_WAIT_MS))
  const asked = call<SectionView>({ t, onCard: false }, 'GET', `/api/cards/${card}`).catch(() => null)
  const view = await Promise.race([asked, late])
  if (!view) void asked.then((seen) => seen?.primary && askAgain(t, card))
  const known = await hinted(t)
  if (!view && !known) return null
  // Written once: a change of stored data makes Trello ask for the section again.
  if (view && !known) void Promise.resolve(t.set('card', 'shared', ours, { ours: true })).catch(() => {})
  const primary = view?.primary
  return {
    title: view?.title ?? 'Production access',
    icon: './icon-light.svg',
    // The address must never change with the state, or Trello throws the frame away.
    content: { type: 'iframe', url: t.signUrl('./section.html', { card }), height: 230 },
    ...(primary ? { action: { text: primary.text, callback: (inner: Trello) => press(inner, primary, true) } } : {}),
  }
}

const icon = { dark: `${platform.origin}/icon-dark.svg`, light: `${platform.origin}/icon-light.svg` }

const handlers: Record<string, Handler> = {
  'card-badges': cardBadges(),
  'card-detail-badges': cardBadges('Production access'),
  'card-back-section': cardBackSection,
  'card-buttons': async (t) => {
    const { card } = t.getContext()
    if (!card || !t.isMemberSignedIn()) return []
    return [
      {
        icon: `${platform.origin}/icon-light.svg`,
        text: 'Production access',
        callback: (inner: Trello) =>
          inner.modal({
            url: './window.html',
            title: 'Production access',
            height: 600,
            args: { name: 'card', subject: card },
          }),
      },
    ]
  },
  'board-buttons': async (t) =>
    t.isMemberSignedIn()
      ? [
          {
            icon,
            text: 'Access queue',
            condition: 'always',
            callback: (inner: Trello) => inner.modal({ url: './queue.html', title: 'Access queue', fullscreen: true }),
          },
          {
            icon,
            text: 'People and access',
            condition: 'always',
            callback: (inner: Trello) => inner.modal({ url: './people.html', title: 'People and access', height: 640 }),
          },
        ]
      : [],
  'list-sorters': async (t) => {
    board = t
    return [
      { text: 'Longest waiting first', callback: sorter(longestWaitingFirst) },
      { text: 'By whose turn', callback: sorter(byWhoseTurn) },
    ]
  },
  'show-settings': (t) => t.modal({ url: './settings.html', title: 'Production access settings', height: 640 }),
}

function sorter(order: (cards: Sortable[]) => string[]) {
  return async (_t: Trello, { cards = [] }: { cards?: { id: string }[] }) => {
    const known = await Promise.all(
      cards.map(async ({ id }) => {
        const found = await store.ask(id)
        return { id, waits: typeof found === 'string' ? null : found.waits }
      }),
    )
    return { sortedIds: order(known) }
  }
}

library().initialize(handlers, options(platform.pageOrigin))
