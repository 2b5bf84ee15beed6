import { field, isRecord, textField } from '../dom.ts'
import { HostFailure, MissingCard } from './failure.ts'

/** The envelope: bulk messages of requests and responses, between this page and one or more frames. */

export interface Peer {
  window: Window
  origin: string
}

export interface Messages {
  /** Sends a request and waits for its response, at most so long. */
  request(peer: Peer, command: string, args: Record<string, unknown>, limitMs: number): Promise<unknown>
  /** The frame is gone: what it owed fails, and nothing more is sent to it. */
  forget(window: Window): void
}

export interface MessagesParts {
  secret: string
  /** Whether a window is one of the Power-Up's frames. */
  isPeer(source: MessageEventSource | null): boolean
  serve(peer: Peer, command: string, args: unknown[]): Promise<unknown>
  /** A bare string from a frame, such as `done`. */
  heardString(source: MessageEventSource | null, text: string): void
  complain(text: string): void
}

interface Waiting {
  window: Window
  done(value: unknown): void
  fail(error: Error): void
}

export function createMessages(parts: MessagesParts): Messages {
  const seed = randomText(16)
  let number = 0
  const waiting = new Map<string, Waiting>()
  const queues = new Map<Window, unknown[]>()
  const gone = new WeakSet<Window>()

  /** Items for the same frame that come within one task go out together, as the library's own do. */
  function send(peer: Peer, item: unknown): void {
    const queue = queues.get(peer.window)
    if (queue) {
      queue.push(item)
      return
    }
    const items = [item]
    queues.set(peer.window, items)
    setTimeout(() => {
      queues.delete(peer.window)
      if (!gone.has(peer.window))
        peer.window.postMessage({ type: 'bulk', secret: parts.secret, data: items }, peer.origin)
    }, 0)
  }

  async function answer(peer: Peer, data: unknown): Promise<void> {
    const id = textField(data, 'id')
    const command = textField(data, 'command')
    const args = field(data, 'args')
    try {
      const response = await parts.serve(peer, command, Array.isArray(args) ? args : [])
      send(peer, { type: 'response', data: { to: id, success: true, response } })
    } catch (error) {
      const code = error instanceof HostFailure ? error.code : 'error'
      const message = error instanceof Error ? error.message : String(error)
      if (!(error instanceof MissingCard)) parts.complain(`${command}: ${message}`)
      send(peer, { type: 'response', data: { to: id, success: false, response: { code, message } } })
    }
  }

  function settle(data: unknown): void {
    const id = textField(data, 'to')
    const open = waiting.get(id)
    waiting.delete(id)
    const response = field(data, 'response')
    if (field(data, 'success') === true) open?.done(response)
    else open?.fail(new HostFailure(codeOf(response), textField(response, 'message')))
  }

  function receive(message: unknown, peer: Peer): void {
    const data = field(message, 'data')
    switch (field(message, 'type')) {
      case 'bulk':
        for (const item of Array.isArray(data) ? data : []) receive(item, peer)
        return
      case 'request':
        void answer(peer, data)
        return
      case 'response':
        settle(data)
    }
  }

  addEventListener('message', ({ data, source, origin }) => {
    const known = parts.isPeer(source)
    if (typeof data === 'string' && known) return parts.heardString(source, data)
    if (!isRecord(data) || !isWindow(source)) return
    // By window or by secret, as in Trello: where it comes from is not asked.
    if (known || data['secret'] === parts.secret) receive(data, { window: source, origin })
  })

  return {
    request(peer, command, args, limitMs) {
      const id = `${seed}${++number}`
      return new Promise((done, fail) => {
        if (gone.has(peer.window)) return fail(new HostFailure('gone', 'the frame is gone'))
        const timer = setTimeout(() => {
          waiting.delete(id)
          fail(new HostFailure('late', `no answer within ${limitMs / 1000} s`))
        }, limitMs)
        const finish =
          <T>(then: (value: T) => void) =>
          (value: T) => {
            clearTimeout(timer)
            then(value)
          }
        waiting.set(id, { window: peer.window, done: finish(done), fail: finish(fail) })
        send(peer, { type: 'request', data: { id, command, args: [args] } })
      })
    },
    forget(window) {
      gone.add(window)
      for (const [id, one] of waiting)
        if (one.window === window) {
          waiting.delete(id)
          one.fail(new HostFailure('gone', 'the frame is gone'))
        }
    },
  }
}

function codeOf(response: unknown): 'not handled' | 'error' {
  return field(response, 'code') === 'not handled' ? 'not handled' : 'error'
}

function isWindow(source: MessageEventSource | null): source is Window {
  return source !== null && !(source instanceof MessagePort) && !(source instanceof ServiceWorker)
}

export function randomText(length: number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) =>
    letters.charAt(byte % letters.length),
  ).join('')
}
