import { button, el, field, textField } from './dom.ts'
import { type Held, isCallback } from './host/callbacks.ts'
import { sectionFault } from './host/checks.ts'
import type { Host } from './host/host.ts'
import { press } from './press.ts'
import { complain } from './problems.ts'
import { setFrameHeight } from './window-frame.ts'

/** The Power-Up's section of an open card. Its frame lives as long as its whole address stays the same. */
export interface Section {
  ask(): Promise<void>
  /** The frame that is shown, which hears `render` with the next answer. */
  frame(): HTMLIFrameElement | null
  stop(): void
}

const HEIGHT = 230

export function createSection(host: Host, place: HTMLElement, card: { id: string; idList: string }): Section {
  const context = { card: card.id, list: card.idList }
  const head = el('div', { class: 'section-head' })
  let held: Held | null = null
  let shown: { frame: HTMLIFrameElement; url: string } | null = null
  let stopped = false

  function clear(): void {
    if (shown) host.frames.close(shown.frame)
    shown = null
    place.replaceChildren()
  }

  function drawHead(section: unknown): void {
    const action = field(section, 'action')
    const does = isCallback(field(action, 'callback'))
      ? button(textField(action, 'text'), (self) => void press('card-back-section', action, self, context))
      : null
    const icon = el('img', { src: textField(section, 'icon'), alt: '', width: '20', height: '20' })
    head.replaceChildren(icon, el('h3', {}, textField(section, 'title')))
    if (does) head.append(does)
  }

  function drawFrame(content: unknown, title: string): void {
    const url = textField(content, 'url')
    if (shown?.url === url) {
      host.frames.render(shown.frame)
      return
    }
    clear()
    const frame = host.frames.open(url, title)
    setFrameHeight(frame, Number(field(content, 'height') ?? HEIGHT))
    shown = { frame, url }
    place.replaceChildren(head, frame)
  }

  return {
    async ask() {
      const fresh = await host.ask('card-back-section', context)
      if (stopped) return fresh?.release()
      held?.release()
      held = fresh
      const section = fresh?.value
      if (section === null || section === undefined) return clear()
      const fault = sectionFault(section)
      if (fault !== null) {
        complain(`card-back-section: ${fault}`)
        return clear()
      }
      drawHead(section)
      drawFrame(field(section, 'content'), textField(section, 'title'))
    },
    frame: () => shown?.frame ?? null,
    stop() {
      stopped = true
      held?.release()
      clear()
    },
  }
}
