import { type Clock, SECOND } from '../clock.ts'
import { HostFailure } from '../requests/card-host.ts'

/** Who waits: a person in front of a frame, or work that nobody looks at. */
export type Lane = 'interactive' | 'background'

/** Trello allows 100 requests in 10 seconds for one token; we stay below, and leave room for whoever waits at a frame. */
const WINDOW = 10 * SECOND
const MOST_IN_A_WINDOW: Record<Lane, number> = { interactive: 80, background: 60 }
/** Trello never says when to come back: longer than its window, and longer each time that it was not enough. */
const FIRST_PAUSE = 11 * SECOND
const LONGEST_PAUSE = 88 * SECOND
/** A frame gives up after 15 seconds; better to say at once that it has to wait. */
const PATIENCE = 3 * SECOND
const LOOK_AGAIN = 250

export interface Turns {
  /** Waits until one request may be sent. @throws HostFailure when somebody at a frame would wait too long */
  take(lane: Lane): Promise<void>
  /** Trello asked to slow down: nothing is sent for a while. */
  pause(): void
  /** Trello answers again. */
  resume(): void
}

/** One queue for all requests of one token: interactive ones first, never more than the window allows. */
export function createTurns(parts: { clock: Clock; sleep(ms: number): Promise<void>; random(): number }): Turns {
  const waiting: Record<Lane, (() => void)[]> = { interactive: [], background: [] }
  let sent: number[] = []
  let pausedUntil = 0
  let pauses = 0
  let going = false

  function waitOf(lane: Lane): number {
    const now = parts.clock.wall().getTime()
    sent = sent.filter((at) => now - at < WINDOW)
    const first = sent[sent.length - MOST_IN_A_WINDOW[lane]]
    return Math.max(pausedUntil - now, first === undefined ? 0 : first + WINDOW - now)
  }

  async function go(): Promise<void> {
    if (going) return
    going = true
    for (;;) {
      const lane: Lane = waiting.interactive.length > 0 ? 'interactive' : 'background'
      if (waiting[lane].length === 0) break
      const wait = waitOf(lane)
      if (wait > 0) {
        // In short looks: somebody at a frame may come meanwhile, and goes first.
        await parts.sleep(Math.min(wait, LOOK_AGAIN))
        continue
      }
      sent.push(parts.clock.wall().getTime())
      waiting[lane].shift()?.()
    }
    going = false
  }

  return {
    async take(lane) {
      if (lane === 'interactive' && waitOf(lane) > PATIENCE) throw slowDown()
      await new Promise<void>((done) => {
        waiting[lane].push(done)
        void go()
      })
    },
    pause() {
      // Several answers of one burst are one request to slow down.
      if (parts.clock.wall().getTime() < pausedUntil) return
      const length = Math.min(FIRST_PAUSE * 2 ** pauses, LONGEST_PAUSE) * (1 + parts.random() / 4)
      pausedUntil = parts.clock.wall().getTime() + length
      pauses += 1
    },
    resume() {
      pauses = 0
    },
  }
}

export function slowDown(): HostFailure {
  return new HostFailure('limited', 'Trello asks us to slow down (429). This is tried again by itself.')
}
