import { button, byId, dialogById, el, field, isRecord, signButton, textField } from './dom.ts'
import { isCallback } from './host/callbacks.ts'
import { HostFailure } from './host/failure.ts'
import type { Frames } from './host/frames.ts'

/** What opens above the board: popups at the place that was clicked, windows, the bar below, and alerts. */
export interface Windows {
  openPopup(title: string, content: unknown, closed: unknown, anchor: HTMLElement | null): void
  /** A popup of the page itself. */
  openPanel(title: string, body: HTMLElement, anchor: HTMLElement): void
  closePopup(): void
  openModal(content: unknown): void
  updateModal(content: unknown): void
  closeModal(): void
  openBoardBar(content: unknown): void
  closeBoardBar(): void
  alert(message: string, seconds: number): void
  hideAlert(): void
}

const POPUP_HEIGHT = 200
const MODAL_HEIGHT = 400
const BAR_HEIGHT = 200
const EDGE = 8

export function createWindows(frames: () => Frames): Windows {
  const popup = dialogById('popup')
  const modal = dialogById('modal')
  const bar = byId('board-bar')
  let popupClosed: unknown = null
  let modalClosed: unknown = null
  let alertTimer: ReturnType<typeof setTimeout> | undefined

  // Escape closes a dialog by itself; what has to follow stands in one place.
  popup.addEventListener('close', () => emptied(popup, popupClosed))
  modal.addEventListener('close', () => emptied(modal, modalClosed))
  popup.addEventListener('click', ({ target }) => {
    if (target === popup) popup.close()
  })

  function emptied(place: HTMLElement, closed: unknown): void {
    if (closed === popupClosed) popupClosed = null
    else modalClosed = null
    for (const frame of place.querySelectorAll('iframe')) frames().close(frame)
    place.replaceChildren()
    if (isCallback(closed)) void closed({}, {}).catch(() => null)
  }

  function showPopup(title: string, body: HTMLElement, anchor: HTMLElement | null): void {
    if (popup.open) popup.close()
    const head = el(
      'div',
      { class: 'head' },
      el('h2', { id: 'popup-title' }, title),
      signButton('✕', 'Close popup', () => popup.close()),
    )
    popup.replaceChildren(head, body)
    popup.showModal()
    const place = (anchor ?? document.body).getBoundingClientRect()
    const { width, height } = popup.getBoundingClientRect()
    const left = Math.max(EDGE, Math.min(place.left, innerWidth - width - EDGE))
    const below = place.bottom + EDGE
    const top = below + height > innerHeight ? Math.max(EDGE, innerHeight - height - EDGE) : below
    popup.style.left = `${left}px`
    popup.style.top = `${top}px`
  }

  function frameOf(content: unknown, title: string, height: number): HTMLIFrameElement {
    const url = textField(content, 'url')
    if (!/^https?:/.test(url)) throw new HostFailure('error', 'a window needs an http(s) address')
    const frame = frames().open(url, title)
    frame.style.height = `${Number(field(content, 'height') ?? height)}px`
    return frame
  }

  function popupBody(content: unknown, title: string): HTMLElement {
    const pressed = (callback: unknown) => {
      // The popup stands until the answer is there, so that what the callback opens finds its place.
      const answered = isCallback(callback) ? callback({}, {}) : Promise.resolve()
      void answered.catch(() => null).then(() => popup.close())
    }
    switch (textField(content, 'type')) {
      case 'confirm': {
        const kind = field(content, 'confirmStyle') === 'danger' ? 'danger' : 'primary'
        const cancel = textField(content, 'cancelText')
        return el(
          'div',
          { class: 'body' },
          el('p', {}, textField(content, 'message')),
          el(
            'div',
            { class: 'row' },
            button(textField(content, 'confirmText'), () => pressed(field(content, 'onConfirm')), kind),
            cancel ? button(cancel, () => pressed(field(content, 'onCancel'))) : null,
          ),
        )
      }
      case 'list': {
        const items = field(content, 'items')
        const shown = Array.isArray(items) ? items : []
        return el(
          'div',
          { class: 'body menu' },
          ...shown.map((item) => button(textField(item, 'text'), () => pressed(field(item, 'callback')))),
        )
      }
      case 'iframe':
        return el('div', { class: 'frame' }, frameOf(content, title, POPUP_HEIGHT))
      default:
        throw new HostFailure('error', `this page shows no popup of the kind ${textField(content, 'type')}`)
    }
  }

  function actionButtons(content: unknown): HTMLElement[] {
    const actions = field(content, 'actions')
    return (Array.isArray(actions) ? actions : []).map((action) =>
      button(
        textField(action, 'alt'),
        () => {
          const callback = field(action, 'callback')
          if (isCallback(callback)) void callback({}, {}).catch(() => null)
        },
        'quiet',
      ),
    )
  }

  function colour(content: unknown): void {
    const accent = textField(content, 'accentColor')
    if (accent !== '' && !/^#[0-9a-f]{6}$/i.test(accent))
      throw new HostFailure('error', 'an accent colour is # and six digits of hex')
    modal.style.setProperty('--accent-line', accent || 'transparent')
  }

  return {
    openPopup(title, content, closed, anchor) {
      showPopup(title, popupBody(content, title), anchor)
      popupClosed = closed
    },
    openPanel(title, body, anchor) {
      showPopup(title, body, anchor)
    },
    closePopup() {
      if (popup.open) popup.close()
    },
    openModal(content) {
      if (!isRecord(content)) throw new HostFailure('error', 'a window has content')
      if (modal.open) modal.close()
      const title = textField(content, 'title')
      const full = content['fullscreen'] === true
      const frame = frameOf(content, title || 'Power-Up window', MODAL_HEIGHT)
      colour(content)
      modal.classList.toggle('full', full)
      const head = el(
        'div',
        { class: 'head' },
        el('h2', { id: 'modal-title' }, title),
        ...actionButtons(content),
        signButton('✕', 'Close window', () => modal.close()),
      )
      modal.replaceChildren(head, frame)
      modalClosed = content['callback']
      modal.showModal()
    },
    updateModal(content) {
      if (!modal.open) return
      const title = textField(content, 'title')
      if (title) modal.querySelector('h2')?.replaceChildren(title)
      const full = field(content, 'fullscreen')
      if (typeof full === 'boolean') modal.classList.toggle('full', full)
      if (field(content, 'accentColor') !== undefined) colour(content)
    },
    closeModal() {
      if (modal.open) modal.close()
    },
    openBoardBar(content) {
      this.closeBoardBar()
      const title = textField(content, 'title')
      const frame = frameOf(content, title || 'Power-Up bar', BAR_HEIGHT)
      bar.hidden = false
      bar.replaceChildren(
        el(
          'div',
          { class: 'head' },
          el('h2', {}, title),
          signButton('✕', 'Close bar', () => this.closeBoardBar()),
        ),
        frame,
      )
    },
    closeBoardBar() {
      for (const frame of bar.querySelectorAll('iframe')) frames().close(frame)
      bar.hidden = true
      bar.replaceChildren()
    },
    alert(message, seconds) {
      const alert = byId('alert')
      // Outside an open dialog nothing is announced, and it would lie behind.
      const [top = document.body] = [...document.querySelectorAll('dialog[open]')].toReversed()
      top.append(alert)
      alert.textContent = message
      alert.hidden = false
      clearTimeout(alertTimer)
      alertTimer = setTimeout(() => this.hideAlert(), seconds * 1000)
    },
    hideAlert() {
      const alert = byId('alert')
      alert.hidden = true
      document.body.append(alert)
    },
  }
}
