import type { BadgesView, Button, SectionView } from '../server/http/api.ts'
import { act, call, sentenceOf } from './api.ts'
import { createBadgeStore } from './badges.ts'
import { readPlatform } from './platform.ts'
import { type Handler, library, options, type Trello } from './trello.ts'

/** Every board loads this: capabilities only, no framework. One connector serves every card of the board. */

const platform = readPlatform()
/** The section must answer within 5 s; without its button it still stands. */
const SECTION_WAIT_MS = 2_500
const ours = 'productionAccess'

let board: Trello | null = null
const store = createBadgeStore(async (cards) => {
  if (!board) throw new Error('no board yet')
  return (
    (await call<BadgesView>({ t: board, onCard: false }, 'POST', '/api/badges', { cards })) ?? {
      version: '',
      cards: {},
    }
  )
})

function cardBadges(title?: string): Handler {
  return async (t) => {
    const { card } = t.getContext()
    if (!card || !t.isMemberSignedIn()) return []
    board = t
    const found = await store.ask(card)
    const place = (which: 0 | 1) => ({ dynamic: () => store.dynamic(card, which, title) })
    if (found) return found.badges.length === 0 ? [] : [place(0), place(1)]
    // Nothing heard: only cards that we once knew as ours say that their status is not known.
    const hint = await t.get('card', 'shared', ours).catch(() => null)
    return hint
      ? [
          {
            dynamic: async () => ({
              text: 'Status unknown',
              color: 'light-gray',
              refresh: 60,
              ...(title ? { title } : {}),
            }),
          },
        ]
      : []
  }
}

function press(t: Trello, button: Button, onCard: boolean): Promise<unknown> {
  const { does } = button
  if ('opens' in does)
    return t.modal({ url: './window.html', title: button.text, height: 600, args: { name: does.opens, ...does.args } })
  return act({ t, onCard }, { act: does.act, subject: does.subject, input: does.input, seen: '' }).then(
    (done) => t.alert({ message: done.said.slice(0, 140), duration: 8 }),
    (error: unknown) => t.alert({ message: sentenceOf(error).slice(0, 140), duration: 15, display: 'error' }),
  )
}

const cardBackSection: Handler = async (t) => {
  const { card } = t.getContext()
  if (!card || !t.isMemberSignedIn()) return null
  const late = new Promise<null>((done) => setTimeout(() => done(null), SECTION_WAIT_MS))
  const view = await Promise.race([
    call<SectionView>({ t, onCard: false }, 'GET', `/api/cards/${card}`).catch(() => null),
    late,
  ])
  if (!view) {
    const known = await t.get('card', 'shared', ours).catch(() => null)
    if (!known) return null
  } else void Promise.resolve(t.set('card', 'shared', ours, { ours: true })).catch(() => {})
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
            args: { name: 'attach', subject: card },
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
        ]
      : [],
  'list-sorters': async (t) => {
    board = t
    return [
      {
        text: 'Longest waiting first',
        callback: sorter((text) => -Number(/, (\d+) day/.exec(text)?.[1] ?? (text === '' ? -1 : 0))),
      },
      {
        text: 'By whose turn',
        callback: sorter((text) =>
          text === ''
            ? 9
            : ['Stuck', 'Revoke', 'Sponsor', 'Senior', '2nd', 'PR', 'Keeper', 'Engineer'].findIndex((word) =>
                text.startsWith(word),
              ) + 1 || 8,
        ),
      },
    ]
  },
  'show-settings': (t) => t.modal({ url: './settings.html', title: 'Production access settings', height: 640 }),
}

function sorter(weigh: (text: string) => number) {
  return async (_t: Trello, { cards = [] }: { cards?: { id: string }[] }) => {
    const weighed = await Promise.all(
      cards.map(async ({ id }) => ({ id, weight: weigh((await store.ask(id))?.badges[0]?.text ?? '') })),
    )
    return { sortedIds: weighed.toSorted((a, b) => a.weight - b.weight).map(({ id }) => id) }
  }
}

library().initialize(handlers, options(platform.pageOrigin))
