import { button, byId, dialogById, el, field, isRecord, signButton, textField } from './dom.ts'
import { HostFailure } from './host/failure.ts'
import type { Frames } from './host/frames.ts'
import { press, runCallback } from './press.ts'
import { windowFrame } from './window-frame.ts'

/** The Power-Up's large window, and its bar below the board. */
export interface Modals {
  /** `opener` is the context that its callbacks get: the card it was opened on, if any. */
  openModal(content: unknown, opener: Opener): void
  updateModal(content: unknown): void
  closeModal(): void
  openBoardBar(content: unknown, opener: Opener): void
  closeBoardBar(): void
}

type Opener = Record<string, unknown>

const MODAL_HEIGHT = 400
const BAR_HEIGHT = 200

export function createModals(frames: () => Frames): Modals {
  const modal = dialogById('modal')
  const inside = el('div', { class: 'inside' })
  const bar = byId('board-bar')
  let whenClosed: () => void = () => undefined
  let openedBy: Opener = {}
  modal.append(inside)

  // Escape closes a dialog by itself, and tells later: by then another window may stand in it.
  modal.addEventListener('close', () => {
    if (!modal.open) empty()
  })

  function empty(): void {
    const told = whenClosed
    whenClosed = () => undefined
    for (const frame of inside.querySelectorAll('iframe')) frames().close(frame)
    inside.replaceChildren()
    told()
  }

  function close(): void {
    if (!modal.open) return
    modal.close()
    empty()
  }

  function colour(content: unknown): void {
    const accent = textField(content, 'accentColor')
    if (accent !== '' && !/^#[0-9a-f]{6}$/i.test(accent))
      throw new HostFailure('error', 'an accent colour is # and six digits of hex')
    modal.style.setProperty('--accent-line', accent || 'transparent')
  }

  function heading(content: unknown, title: string): HTMLElement[] {
    return [
      el('h2', { id: 'modal-title' }, title),
      ...actionButtons(content, openedBy),
      signButton('✕', 'Close window', close),
    ]
  }

  function closeBar(): void {
    for (const frame of bar.querySelectorAll('iframe')) frames().close(frame)
    bar.hidden = true
    bar.replaceChildren()
  }

  return {
    openModal(content, opener) {
      if (!isRecord(content)) throw new HostFailure('error', 'a window has content')
      close()
      const title = textField(content, 'title')
      openedBy = opener
      colour(content)
      const frame = windowFrame(frames(), content, title, MODAL_HEIGHT)
      modal.classList.toggle('full', content['fullscreen'] === true)
      inside.replaceChildren(el('div', { class: 'head' }, ...heading(content, title)), frame)
      whenClosed = () => void runCallback('modal', content['callback'], opener)
      modal.showModal()
    },
    updateModal(content) {
      if (!modal.open) return
      const title = textField(content, 'title') || (modal.querySelector('h2')?.textContent ?? '')
      if (field(content, 'actions') !== undefined) inside.firstElementChild?.replaceChildren(...heading(content, title))
      else modal.querySelector('h2')?.replaceChildren(title)
      const full = field(content, 'fullscreen')
      if (typeof full === 'boolean') modal.classList.toggle('full', full)
      if (field(content, 'accentColor') !== undefined) colour(content)
    },
    closeModal: close,
    openBoardBar(content, opener) {
      closeBar()
      const title = textField(content, 'title')
      const frame = windowFrame(frames(), content, title, BAR_HEIGHT)
      const head = el('div', { class: 'head' }, el('h2', {}, title), ...actionButtons(content, opener))
      head.append(signButton('✕', 'Close bar', closeBar))
      bar.hidden = false
      bar.replaceChildren(head, frame)
    },
    closeBoardBar: closeBar,
  }
}

function actionButtons(content: unknown, opener: Opener): HTMLElement[] {
  const actions = field(content, 'actions')
  return (Array.isArray(actions) ? actions : []).map((action) =>
    button(textField(action, 'alt'), (self) => void press('modal', action, self, opener), 'quiet'),
  )
}
