import { button, dialogById, el, field, signButton, textField } from './dom.ts'
import { HostFailure } from './host/failure.ts'
import type { Frames } from './host/frames.ts'
import { listBody } from './popup-list.ts'
import { press, runCallback } from './press.ts'
import { windowFrame } from './window-frame.ts'

/** Small windows at the place that was clicked. There is one at a time. */
export interface Popups {
  /** `opener` is the context that its callbacks get: the card it was opened on, if any. */
  openPopup(title: string, content: unknown, closed: unknown, at: Anchor, opener: Opener): void
  /** A popup of the page itself. */
  openPanel(title: string, body: HTMLElement, at: Anchor): void
  closePopup(): void
}

/** What a popup stands under. */
export type Anchor = Pick<DOMRect, 'left' | 'bottom'>

type Opener = Record<string, unknown>

const IFRAME_HEIGHT = 200
const EDGE = 8

export function createPopups(frames: () => Frames): Popups {
  const popup = dialogById('popup')
  const inside = el('div', { class: 'inside' })
  let whenClosed: () => void = () => undefined
  popup.append(inside)

  // Escape closes a dialog by itself, and tells later: by then another popup may stand in it.
  popup.addEventListener('close', () => {
    if (!popup.open) empty()
  })
  popup.addEventListener('click', ({ target }) => {
    if (target === popup) popup.close()
  })

  function empty(): void {
    const told = whenClosed
    whenClosed = () => undefined
    for (const frame of inside.querySelectorAll('iframe')) frames().close(frame)
    inside.replaceChildren()
    told()
  }

  function close(): void {
    if (!popup.open) return
    popup.close()
    empty()
  }

  function show(title: string, body: HTMLElement, at: Anchor): void {
    close()
    const head = el('div', { class: 'head' }, el('h2', { id: 'popup-title' }, title))
    head.append(signButton('✕', 'Close popup', close))
    inside.replaceChildren(head, body)
    popup.showModal()
    body.querySelector<HTMLElement>('input, textarea, select')?.focus()
    const { width, height } = popup.getBoundingClientRect()
    const left = Math.max(EDGE, Math.min(at.left, innerWidth - width - EDGE))
    const below = at.bottom + EDGE
    const top = below + height > innerHeight ? Math.max(EDGE, innerHeight - height - EDGE) : below
    popup.style.left = `${left}px`
    popup.style.top = `${top}px`
  }

  /** The popup stands until the answer is there, unless the callback opened another in its place. */
  function pressed(item: unknown, element: HTMLElement, opener: Opener): void {
    const mine = inside.firstElementChild
    void press('popup', item, element, opener).then(() => {
      if (inside.firstElementChild === mine) close()
    })
  }

  function confirmBody(content: unknown, opener: Opener): HTMLElement {
    const kind = textField(content, 'confirmStyle') === 'danger' ? 'danger' : 'primary'
    const cancel = textField(content, 'cancelText')
    const confirm = textField(content, 'confirmText')
    const answer = (text: string, callback: unknown, look: string) =>
      button(text, (self) => pressed({ callback }, self, opener), look)
    if (confirm === '') throw new HostFailure('error', 'a confirm popup needs a confirmText')
    return el(
      'div',
      { class: 'body' },
      el('p', {}, textField(content, 'message')),
      el(
        'div',
        { class: 'row' },
        answer(confirm, field(content, 'onConfirm'), kind),
        cancel ? answer(cancel, field(content, 'onCancel'), '') : null,
      ),
    )
  }

  function bodyOf(content: unknown, title: string, opener: Opener): HTMLElement {
    switch (textField(content, 'type')) {
      case 'confirm':
        return confirmBody(content, opener)
      case 'list':
        return listBody(content, (item, element) => pressed(item, element, opener), opener)
      case 'iframe':
        return el('div', { class: 'frame' }, windowFrame(frames(), content, title, IFRAME_HEIGHT))
      default:
        throw new HostFailure('error', `this page shows no popup of the kind ${textField(content, 'type')}`)
    }
  }

  return {
    openPopup(title, content, closed, at, opener) {
      show(title, bodyOf(content, title, opener), at)
      whenClosed = () => void runCallback('popup', closed, opener)
    },
    openPanel: show,
    closePopup: close,
  }
}
