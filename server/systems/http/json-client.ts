import type { z } from 'zod'
import { SECOND } from '../../clock.ts'
import { SystemFailure } from '../../grants/system.ts'
import { type Failures, failuresOf, HttpFailure, LateAnswer } from './failures.ts'
import { createGuard } from './guard.ts'
import { AnswerRefused, outgoing } from './outgoing.ts'
import type { Limits } from './pace.ts'

/** What a system's texts mean to us; `null` leaves the meaning to the status. Its words are never shown to anybody. */
export type KnownTexts = (answer: { status: number; said: string; method: string }) => SystemFailure | null

export interface JsonClientParts {
  /** As people know the system: it stands in every failure. */
  name: string
  /** The only host that is asked. A path in it stands before every call's own. */
  baseUrl: string
  /** Sent with every call. Credentials are functions, so that they are read when needed and kept nowhere. */
  headers: Record<string, string | (() => string | Promise<string>)>
  now: () => Date
  limits?: Limits
  /** Where the system gives an id to each answer, such as `x-served-by`. */
  requestIdHeader?: string
  known?: KnownTexts
  timeOutMs?: number
  largestAnswer?: number
  /** Tests pass ones that do not wait and do not roll dice. */
  sleep?: (ms: number) => Promise<void>
  random?: () => number
}

export interface JsonCall<T> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Parts of the path, encoded here; a last `''` makes the slash at the end. */
  path: string[]
  query?: Record<string, string>
  /** What is sent: as JSON, or as a form. */
  json?: unknown
  form?: Record<string, string>
  headers?: Record<string, string>
  /** What the answer must look like; unknown keys are tolerated. `z.unknown()` where nothing is built on it. */
  answer: z.ZodType<T>
  known?: KnownTexts
}

export interface JsonAnswer<T> {
  status: number
  data: T
  requestId: string | null
  /** Where further pages are, as the header `Link` says it. */
  link: string | null
}

/** One outside system that speaks JSON over HTTP. */
export interface JsonClient {
  /**
   * One call. Answers `null` for 404. A read that came to nothing is tried once more; a change never is, because whoever
   * asked reads first. Throws SystemFailure: `transient` after a change means that nobody knows whether it was made.
   */
  call<T>(call: JsonCall<T>): Promise<JsonAnswer<T> | null>
  /** The system's own failures, for answers that callers refuse. */
  failures: Failures
}

/** So short that whoever waits at a frame does not notice. */
const BEFORE_READING_AGAIN = SECOND / 4

/** @throws TypeError when the address is none */
export function jsonClient(parts: JsonClientParts): JsonClient {
  const { random = Math.random } = parts
  const sleep = parts.sleep ?? ((ms: number) => new Promise<void>((done) => setTimeout(done, ms)))
  const failures = failuresOf(parts.name)
  const send = outgoing(parts.baseUrl, parts.timeOutMs, parts.largestAnswer)
  const guard = createGuard(parts)

  async function once<T>(call: JsonCall<T>): Promise<JsonAnswer<T> | null> {
    const answer = await fetched(call)
    guard.heard(answer.headers)
    const { status } = answer
    if (status === 404) return null
    const text = await answer.text()
    if (!answer.ok) {
      const known = { status, said: text.slice(0, 2000), method: call.method }
      const failure = call.known?.(known) ?? parts.known?.(known)
      if (failure) throw failure
      const later = status === 429 || status === 503
      const wait = later ? guard.refused(answer.headers, status === 429) : null
      throw status === 429 ? failures.slowDown(known, wait) : failures.byStatus(known, wait)
    }
    const read = call.answer.safeParse(bodyOf(answer.headers, text))
    if (!read.success) throw failures.notUnderstood()
    const requestId = parts.requestIdHeader ? answer.headers.get(parts.requestIdHeader) : null
    return { status, data: read.data, requestId, link: answer.headers.get('link') }
  }

  async function fetched(call: JsonCall<unknown>): Promise<Response> {
    const address = addressOf(parts.baseUrl, call)
    const init = { method: call.method, headers: await headersOf(call), ...bodyFor(call) }
    try {
      return await send(address, init)
    } catch (error) {
      // The reasons that fetch gives carry addresses and headers, so they end here.
      if (error instanceof AnswerRefused) throw failures.refusedAnswer()
      throw error instanceof Error && error.name === 'TimeoutError' ? failures.late() : failures.unreached()
    }
  }

  async function headersOf(call: JsonCall<unknown>): Promise<Record<string, string>> {
    const all: Record<string, string> = { accept: 'application/json', 'user-agent': 'production-access' }
    try {
      for (const [name, value] of Object.entries(parts.headers))
        all[name.toLowerCase()] = typeof value === 'string' ? value : await value()
    } catch (error) {
      throw error instanceof SystemFailure ? error : failures.unreached()
    }
    if (call.json !== undefined) all['content-type'] = 'application/json'
    for (const [name, value] of Object.entries(call.headers ?? {})) all[name.toLowerCase()] = value
    return all
  }

  function bodyOf(headers: Headers, text: string): unknown {
    if (text === '') return undefined
    if (!/[/+]json\b/i.test(headers.get('content-type') ?? '')) throw failures.notUnderstood()
    try {
      return JSON.parse(text)
    } catch {
      throw failures.cutOff()
    }
  }

  async function tried<T>(call: JsonCall<T>): Promise<JsonAnswer<T> | null> {
    try {
      return await once(call)
    } catch (error) {
      const mayPass = error instanceof HttpFailure && error.kind === 'transient' && !(error instanceof LateAnswer)
      if (call.method !== 'GET' || !mayPass || error.retryAfterMs !== null) throw error
      await sleep(BEFORE_READING_AGAIN * (1 + random()))
      return once(call)
    }
  }

  return {
    failures,
    call: (call) => guard.run(call.method, () => tried(call)),
  }
}

function addressOf(baseUrl: string, { path, query }: JsonCall<unknown>): URL {
  if (path.some((part) => part === '.' || part === '..')) throw new RangeError('A part of a path leads elsewhere.')
  // A colon may stand in a path, and some systems want it there.
  const encoded = path.map((part) => encodeURIComponent(part).replaceAll('%3A', ':')).join('/')
  const url = new URL(`${baseUrl.replace(/\/$/, '')}/${encoded}`)
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value)
  return url
}

function bodyFor({ json, form }: JsonCall<unknown>): { body?: string | URLSearchParams } {
  if (json !== undefined) return { body: JSON.stringify(json) }
  return form ? { body: new URLSearchParams(form) } : {}
}
