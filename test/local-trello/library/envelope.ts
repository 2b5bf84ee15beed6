import { errorOf, failureOf, record } from './errors.ts'
import { walk } from './functions.ts'

/** The envelope: requests and responses in bulk messages, between this page and Trello's. */

/** What the page was told at the handshake, or in its own address; and whom it speaks to. */
export const channel: { secret: string | undefined; target: string; locale: string } = {
  secret: undefined,
  target: 'https://trello.com',
  locale: 'en',
}

type Serve = (command: string, args: unknown[]) => Promise<unknown>

const seed = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => (byte % 36).toString(36)).join('')
const waiting = new Map<string, { command: string; done(value: unknown): void; fail(error: Error): void }>()
const queues = new Map<Window, unknown[]>()
let lastRequest = 0
let serve: Serve | null = null

/** From now on, requests of the page are answered. A page that is not a connector answers callbacks only. */
export function answerWith(given: Serve): void {
  serve = given
}

/** Asks the page. There is no time limit: a page that never answers leaves the promise pending. */
export function request(command: string, args: unknown[]): Promise<unknown> {
  const id = `${seed}${++lastRequest}`
  return new Promise((done, fail) => {
    waiting.set(id, { command, done, fail })
    post(window.parent, { type: 'request', data: { id, command, args: args.map((one) => walk(one)) } })
  })
}

/** Items for the same window within one task go out together. */
function post(to: Window, item: unknown): void {
  const queue = queues.get(to)
  if (queue) {
    queue.push(item)
    return
  }
  const items = [item]
  queues.set(to, items)
  setTimeout(() => {
    queues.delete(to)
    to.postMessage({ type: 'bulk', secret: channel.secret, data: items }, channel.target)
  }, 0)
}

async function answer(to: Window, data: Record<string, unknown>): Promise<void> {
  const { id, command, args } = data
  try {
    if (!serve) return
    const response = walk(await serve(String(command), Array.isArray(args) ? args : []))
    post(to, { type: 'response', data: { to: id, success: true, response } })
  } catch (error) {
    const failure = failureOf(error)
    if (failure.code !== 'not handled') console.warn(error)
    post(to, { type: 'response', data: { to: id, success: false, response: failure } })
  }
}

function settle({ to, success, response }: Record<string, unknown>): void {
  const open = waiting.get(String(to))
  waiting.delete(String(to))
  if (success === true) open?.done(response)
  else open?.fail(errorOf(response, open.command))
}

function receive(message: Record<string, unknown>, from: Window): void {
  const { type, data } = message
  if (type === 'bulk' && Array.isArray(data)) for (const item of data) receive(record(item), from)
  if (type === 'request') void answer(from, record(data))
  if (type === 'response') settle(record(data))
}

addEventListener('message', ({ data, source }) => {
  const message = record(data)
  const from = source instanceof MessagePort || source instanceof ServiceWorker ? null : source
  // By window or by secret: where it comes from is not asked.
  const known = from === window.parent || (channel.secret !== undefined && message['secret'] === channel.secret)
  if (from && known) receive(message, from)
})
