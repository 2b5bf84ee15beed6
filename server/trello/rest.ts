import { type Clock, SECOND } from '../clock.ts'
import { HostFailure } from '../requests/card-host.ts'
import { createTurns, type Lane, slowDown } from './turns.ts'

const LARGEST_ANSWER = 8 * 1024 * 1024
/** Whoever waits at a frame gets an answer within its 15 seconds; work in the background has time. */
const TIME_OUT: Record<Lane, number> = { interactive: 5 * SECOND, background: 10 * SECOND }
const TRIES: Record<Lane, number> = { interactive: 2, background: 4 }

export interface TrelloCalls {
  get(path: string, query?: Record<string, string>): Promise<unknown>
  send(method: 'POST' | 'PUT' | 'DELETE', path: string, values?: Record<string, string>): Promise<unknown>
}

export interface RestHealth {
  state: 'ok' | 'unreachable' | 'limited' | 'refused'
  /** For whoever runs the server. */
  sentence: string
  /** When Trello last answered; `null` before the first time. */
  lastOk: Date | null
}

export interface TrelloRest extends TrelloCalls {
  /** The same calls for work that nobody waits for: slower, and behind all others. */
  background: TrelloCalls
  health(): RestHealth
}

export interface RestParts {
  origin: string
  apiKey: string
  token: string
  clock: Clock
  /** Waits; tests pass one that does not. */
  sleep?: (ms: number) => Promise<void>
  random?: () => number
}

const unreachable = () =>
  new HostFailure('unreachable', 'We could not reach Trello. Nothing is lost. This is tried again by itself.')

/** Calls to Trello with credentials in a header, never in an address. Reading is tried again, writing is not. */
export function createTrelloRest(parts: RestParts): TrelloRest {
  const sleep = parts.sleep ?? ((ms: number) => new Promise<void>((done) => setTimeout(done, ms)))
  const random = parts.random ?? Math.random
  const turns = createTurns({ clock: parts.clock, sleep, random })
  let health: RestHealth = { state: 'ok', sentence: 'Not asked yet.', lastOk: null }

  async function once(lane: Lane, method: string, path: string, values: Record<string, string>): Promise<unknown> {
    await turns.take(lane)
    const url = new URL(`/1${path}`, parts.origin)
    const reads = method === 'GET'
    if (reads) for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value)
    let answer: Response
    try {
      answer = await fetch(url, {
        method,
        headers: {
          Authorization: `OAuth oauth_consumer_key="${parts.apiKey}", oauth_token="${parts.token}"`,
          Accept: 'application/json',
          ...(reads ? {} : { 'Content-Type': 'application/json' }),
        },
        // In the body: a comment names people, and addresses end up in the logs of proxies.
        ...(reads ? {} : { body: JSON.stringify(values) }),
        signal: AbortSignal.timeout(TIME_OUT[lane]),
        redirect: 'error',
      })
    } catch {
      throw unreachable()
    }
    const text = await limited(answer)
    if (!answer.ok) throw failureOf(answer.status, text)
    try {
      return JSON.parse(text)
    } catch {
      throw unreachable()
    }
  }

  async function counted(work: () => Promise<unknown>): Promise<unknown> {
    try {
      const done = await work()
      answered()
      return done
    } catch (error) {
      if (error instanceof HostFailure) follow(error)
      throw error
    }
  }

  function answered(): void {
    turns.resume()
    health = { state: 'ok', sentence: 'Trello answers.', lastOk: parts.clock.wall() }
  }

  function follow({ kind, message }: HostFailure): void {
    switch (kind) {
      case 'limited':
        turns.pause()
        health = { ...health, state: 'limited', sentence: message }
        break
      case 'unauthorised':
        health = { ...health, state: 'refused', sentence: message }
        break
      case 'unreachable':
        health = { ...health, state: 'unreachable', sentence: message }
        break
      // These are about one card or board: Trello itself answered.
      case 'not-found':
      case 'forbidden':
      case 'refused':
        answered()
    }
  }

  function calls(lane: Lane): TrelloCalls {
    return {
      async get(path, query = {}) {
        for (let tried = 1; ; tried += 1) {
          try {
            return await counted(() => once(lane, 'GET', path, query))
          } catch (error) {
            const passes = error instanceof HostFailure && (error.kind === 'unreachable' || error.kind === 'limited')
            if (!passes || tried >= TRIES[lane]) throw error
            await sleep(200 * 2 ** tried * (0.5 + random()))
          }
        }
      },
      send: (method, path, values = {}) => counted(() => once(lane, method, path, values)),
    }
  }

  return { ...calls('interactive'), background: calls('background'), health: () => health }
}

/** Reads an answer up to a size; Trello's errors are plain text, so nothing here assumes JSON. */
async function limited(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of answer.body ?? []) {
      size += chunk.byteLength
      if (size > LARGEST_ANSWER) break
      chunks.push(chunk)
    }
  } catch {
    throw unreachable()
  }
  if (size > LARGEST_ANSWER) throw new HostFailure('unreachable', 'Trello answered with more than we can read.')
  return Buffer.concat(chunks).toString('utf8')
}

/** @param text Trello's own words: they tell a refused token from a board that our member may not see, both 401 */
function failureOf(status: number, text: string): HostFailure {
  if (status === 429) return slowDown()
  if (status === 403 || (status === 401 && text.includes('permission')))
    return new HostFailure(
      'forbidden',
      'Our service member may not do this on this board. A board admin adds it to the board.',
    )
  if (status === 401)
    return new HostFailure(
      'unauthorised',
      'Trello refuses the token of our service member (401). Whoever runs this server renews TRELLO_TOKEN.',
    )
  if (status === 404)
    return new HostFailure('not-found', 'Trello does not know this, or does not show it to our service member.')
  if (status >= 400 && status < 500)
    return new HostFailure('refused', `Trello did not accept this (${status}). Trying again would not help.`)
  return unreachable()
}
