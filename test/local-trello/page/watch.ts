import { isRecord } from './dom.ts'
import { state } from './state.ts'

/** Hears every change on this board: drawn at once, and half a second later the Power-Up is asked again. */
export interface Watched {
  /** Read and draw again. Never two at once: what is read last is drawn last. */
  refresh(): Promise<void>
  /** Ask the Power-Up about one card, or about everything. */
  askAgain(card: string | null): void
}

/** Trello waits so long after a change, and gathers what comes meanwhile. */
const ASK_AGAIN_MS = 500

export function watchBoard(watched: Watched): void {
  const waiting = new Map<string | null, ReturnType<typeof setTimeout>>()
  let reading: Promise<void> | null = null
  let again = false
  let lost = false

  function refresh(): void {
    if (reading) {
      again = true
      return
    }
    reading = watched
      .refresh()
      .catch(() => undefined)
      .finally(() => {
        reading = null
        if (!again) return
        again = false
        refresh()
      })
  }

  function askSoon(card: string | null): void {
    clearTimeout(waiting.get(card))
    waiting.set(
      card,
      setTimeout(() => {
        waiting.delete(card)
        watched.askAgain(card)
      }, ASK_AGAIN_MS),
    )
  }

  const stream = new EventSource('/data/events')
  stream.addEventListener('message', ({ data }: MessageEvent<string>) => {
    const change: unknown = JSON.parse(data)
    if (!isRecord(change) || change['idBoard'] !== state.data.board.id) return
    refresh()
    askSoon(typeof change['idCard'] === 'string' ? change['idCard'] : null)
  })
  stream.addEventListener('error', () => {
    lost = true
  })
  stream.addEventListener('open', () => {
    if (!lost) return
    // Whatever happened meanwhile was not told.
    lost = false
    refresh()
    askSoon(null)
  })
}
