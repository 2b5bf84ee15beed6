import { el } from '../dom.ts'

/** The visible frames of a Power-Up: sections, windows, popups. */
export interface Frames {
  open(url: string, title: string): HTMLIFrameElement
  close(frame: HTMLIFrameElement): void
  of(source: MessageEventSource | null): HTMLIFrameElement | null
  /** A frame spoke: its page was let in. */
  heard(frame: HTMLIFrameElement): void
  render(frame: HTMLIFrameElement): void
  /** All but one that was told already. */
  renderOthers(told: HTMLIFrameElement | null): void
  themeChanged(theme: 'light' | 'dark'): void
}

export const SANDBOX =
  'allow-scripts allow-forms allow-popups allow-same-origin allow-popups-to-escape-sandbox allow-modals allow-presentation allow-storage-access-by-user-activation allow-downloads'

const SILENT_MS = 15_000

export interface FramesParts {
  origin: string
  forget(window: Window): void
  complain(text: string): void
}

export function createFrames(parts: FramesParts): Frames {
  const frames = new Map<HTMLIFrameElement, { silence: ReturnType<typeof setTimeout> | undefined }>()
  const post = (frame: HTMLIFrameElement, message: unknown) => frame.contentWindow?.postMessage(message, parts.origin)

  const all: Frames = {
    open(url, title) {
      const frame = el('iframe', {
        class: 'plugin-iframe',
        sandbox: SANDBOX,
        allow: 'microphone; camera',
        title,
        src: url,
      })
      const kept: { silence: ReturnType<typeof setTimeout> | undefined } = { silence: undefined }
      frames.set(frame, kept)
      frame.addEventListener('load', () => {
        post(frame, 'render')
        const { pathname } = new URL(url)
        kept.silence ??= setTimeout(
          () => parts.complain(`${pathname} said nothing: may this page frame it?`),
          SILENT_MS,
        )
      })
      return frame
    },
    close(frame) {
      clearTimeout(frames.get(frame)?.silence)
      frames.delete(frame)
      if (frame.contentWindow) parts.forget(frame.contentWindow)
      frame.remove()
    },
    of: (source) => [...frames.keys()].find((frame) => frame.contentWindow === source) ?? null,
    heard: (frame) => clearTimeout(frames.get(frame)?.silence),
    render: (frame) => post(frame, 'render'),
    renderOthers(told) {
      for (const frame of frames.keys()) if (frame !== told) post(frame, 'render')
    },
    themeChanged(theme) {
      for (const frame of frames.keys()) post(frame, { type: 'TRELLO-THEME-CHANGE', theme })
    },
  }
  return all
}
