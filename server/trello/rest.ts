import { type Clock, SECOND } from '../clock.ts'
import { HostFailure } from '../requests/card-host.ts'

/** Trello allows 100 requests in 10 seconds for one token and never says when to come back; we stay below. */
const BUCKET = 80
const REFILL_EVERY = 10 * SECOND
const TIME_OUT = 10 * SECOND
const LARGEST_ANSWER = 8 * 1024 * 1024
const TRIES = 4
/** After being told to slow down, nothing is sent for this long. */
const PAUSE = 11 * SECOND

export interface TrelloRest {
  get(path: string, query?: Record<string, string>): Promise<unknown>
  send(method: 'POST' | 'PUT' | 'DELETE', path: string, query?: Record<string, string>): Promise<unknown>
  health(): { ok: boolean; sentence: string }
}

export interface RestParts {
  origin: string
  apiKey: string
  token: string
  clock: Clock
  /** Waits; tests pass one that does not. */
  sleep?: (ms: number) => Promise<void>
}

const unreachable = () =>
  new HostFailure('unreachable', 'We could not reach Trello. Nothing is lost. This is tried again by itself.')

/** Calls to Trello with credentials in a header, never in an address. Reading is tried again, writing is not. */
export function createTrelloRest(parts: RestParts): TrelloRest {
  const sleep = parts.sleep ?? ((ms: number) => new Promise((done) => setTimeout(done, ms)))
  let tokens = BUCKET
  let filledAt = parts.clock.wall().getTime()
  let pausedUntil = 0
  let last: { ok: boolean; sentence: string } = { ok: true, sentence: 'Trello answers.' }

  async function takeTurn(): Promise<void> {
    for (;;) {
      const now = parts.clock.wall().getTime()
      tokens = Math.min(BUCKET, tokens + ((now - filledAt) / REFILL_EVERY) * BUCKET)
      filledAt = now
      if (now >= pausedUntil && tokens >= 1) {
        tokens -= 1
        return
      }
      await sleep(Math.max(50, Math.min(pausedUntil - now, 1_000)))
    }
  }

  async function once(method: string, path: string, query: Record<string, string>): Promise<unknown> {
    await takeTurn()
    const url = new URL(`/1${path}`, parts.origin)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    let answer: Response
    try {
      answer = await fetch(url, {
        method,
        headers: {
          Authorization: `OAuth oauth_consumer_key="${parts.apiKey}", oauth_token="${parts.token}"`,
          Accept: 'application/json',
        },
        signal: AbortSignal.timeout(TIME_OUT),
        redirect: 'error',
      })
    } catch {
      throw unreachable()
    }
    const text = await limited(answer)
    if (!answer.ok) throw failureOf(answer.status)
    try {
      return JSON.parse(text)
    } catch {
      throw unreachable()
    }
  }

  async function counted(work: () => Promise<unknown>): Promise<unknown> {
    try {
      const done = await work()
      last = { ok: true, sentence: 'Trello answers.' }
      return done
    } catch (error) {
      if (error instanceof HostFailure) {
        if (error.kind === 'limited') pausedUntil = parts.clock.wall().getTime() + PAUSE
        if (error.kind !== 'not-found') last = { ok: false, sentence: error.message }
      }
      throw error
    }
  }

  return {
    async get(path, query = {}) {
      for (let tried = 1; ; tried += 1) {
        try {
          return await counted(() => once('GET', path, query))
        } catch (error) {
          const passes = error instanceof HostFailure && (error.kind === 'unreachable' || error.kind === 'limited')
          if (!passes || tried >= TRIES) throw error
          await sleep(200 * 2 ** tried * (0.5 + Math.random()))
        }
      }
    },
    send: (method, path, query = {}) => counted(() => once(method, path, query)),
    health: () => last,
  }
}

/** Reads an answer up to a size; Trello's errors are plain text, so nothing here assumes JSON. */
async function limited(answer: Response): Promise<string> {
  const size = Number(answer.headers.get('content-length') ?? '0')
  if (size > LARGEST_ANSWER) throw new HostFailure('unreachable', 'Trello answered with more than we can read.')
  try {
    return await answer.text()
  } catch {
    throw unreachable()
  }
}

function failureOf(status: number): HostFailure {
  if (status === 429) return new HostFailure('limited', 'Trello asks us to slow down. This is tried again by itself.')
  if (status === 401)
    return new HostFailure(
      'unauthorised',
      'Trello refuses our service member. Whoever runs this server renews its token, or adds it to the board.',
    )
  if (status === 403)
    return new HostFailure(
      'forbidden',
      'Our service member may not do this on this board. A board admin can change that.',
    )
  if (status === 404)
    return new HostFailure('not-found', 'Trello does not know this, or does not show it to our service member.')
  return unreachable()
}
