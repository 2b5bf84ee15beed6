import { button, el, field, isRecord, textField } from './dom.ts'
import { type Callback, type Held, isCallback } from './host/callbacks.ts'
import { badgeFault } from './host/checks.ts'
import { HostFailure } from './host/failure.ts'
import type { Host } from './host/host.ts'
import { press } from './press.ts'
import { complain } from './problems.ts'

/** Badges on fronts and on the open card: asked for, kept fresh while they say when to ask again, and drawn. */
export interface Badges {
  ask(
    kind: 'card-badges' | 'card-detail-badges',
    card: { id: string; idList: string },
    place: HTMLElement,
  ): Promise<void>
  /** Nothing more is asked for a card that is no longer shown. */
  stop(kind: 'card-badges' | 'card-detail-badges', idCard: string): void
}

const FASTEST_REFRESH_S = 10
const NOISE_MS = 1_000

interface Drawn {
  held: Held
  timers: Set<ReturnType<typeof setTimeout>>
}

export function createBadges(host: Host): Badges {
  const drawn = new Map<string, Drawn>()

  function stop(key: string): void {
    const old = drawn.get(key)
    drawn.delete(key)
    for (const timer of old?.timers ?? []) clearTimeout(timer)
    old?.held.release()
  }

  return {
    async ask(kind, card, place) {
      const key = `${kind} ${card.id}`
      const context = { card: card.id, list: card.idList }
      const held = await host.ask(kind, context, kind === 'card-badges' ? { attachments: [] } : {})
      // The card went away meanwhile.
      if (!place.isConnected) return held?.release()
      // What arrives last is drawn, even when it was asked for earlier: so it is in Trello.
      stop(key)
      if (!held) return place.replaceChildren()
      const mine: Drawn = { held, timers: new Set() }
      drawn.set(key, mine)
      const badges = Array.isArray(held.value) ? held.value : []
      const before = [...place.children]
      const spots = badges.map((badge, i) => {
        // Until a dynamic badge has answered, what stood there before stays.
        const spot = el('span', { class: 'spot' }, ...(before[i]?.childNodes ?? []))
        const dynamic = field(badge, 'dynamic')
        const fault = badgeFault(badge)
        if (fault !== null) complain(`${kind}: ${fault}`)
        else if (isCallback(dynamic)) void keepFresh(dynamic, spot, mine)
        else draw(badge, spot)
        return spot
      })
      place.replaceChildren(...spots)

      async function keepFresh(dynamic: Callback, spot: HTMLElement, of: Drawn): Promise<void> {
        if (drawn.get(key) !== of) return
        const badge = await dynamic({}, context).catch((error: unknown) => {
          const gone = error instanceof HostFailure && error.code === 'gone'
          if (!gone && drawn.get(key) === of)
            complain(
              `a dynamic badge failed and is dead now: ${error instanceof Error ? error.message : String(error)}`,
            )
        })
        if (badge === undefined || drawn.get(key) !== of) return
        const fault = badgeFault(badge)
        if (fault !== null) return complain(`a dynamic badge is dead now: ${fault}`)
        draw(badge, spot)
        const refresh = field(badge, 'refresh')
        if (typeof refresh !== 'number') return
        const wait = Math.max(FASTEST_REFRESH_S, refresh) * 1000 + (Math.random() * 2 - 1) * NOISE_MS
        const timer = setTimeout(() => {
          of.timers.delete(timer)
          void keepFresh(dynamic, spot, of)
        }, wait)
        of.timers.add(timer)
      }

      function draw(badge: unknown, spot: HTMLElement): void {
        spot.replaceChildren(...(kind === 'card-badges' ? frontBadge(badge) : detailBadge(badge, context)))
      }
    },
    stop: (kind, idCard) => stop(`${kind} ${idCard}`),
  }
}

/** A front badge has an icon or a text; with neither it is not seen, and goes on being asked. */
function frontBadge(badge: unknown): HTMLElement[] {
  const text = badgeText(badge)
  const icon = textField(badge, 'icon')
  if (text === '' && icon === '') return []
  return [el('span', { class: `badge ${colourClass(badge)}` }, icon ? iconImage(icon) : null, text)]
}

/** On the open card a badge has a title above, needs a text, and may be pressed. */
function detailBadge(badge: unknown, context: Record<string, unknown>): HTMLElement[] {
  const text = badgeText(badge)
  if (text === '') return []
  const title = textField(badge, 'title')
  const callback = field(badge, 'callback')
  const kind = `badge ${colourClass(badge)}`
  const pill =
    isCallback(callback) || textField(badge, 'url')
      ? button(text, (self) => void press('card-detail-badges', badge, self, context), kind)
      : el('span', { class: kind }, text)
  return [el('span', { class: 'detail' }, el('span', { class: 'label' }, title), pill)]
}

function badgeText(badge: unknown): string {
  const text = isRecord(badge) ? badge['text'] : null
  return text === null || text === undefined ? '' : String(text)
}

function colourClass(badge: unknown): string {
  const colour = textField(badge, 'color')
  return colour ? `c-${colour}` : 'c-none'
}

function iconImage(src: string): HTMLImageElement {
  return el('img', { src, alt: '', width: '14', height: '14' })
}
