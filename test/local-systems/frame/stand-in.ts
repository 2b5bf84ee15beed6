import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import type { Exchange } from '../../contracts/contract.ts'
import type { Call, Reply } from './call.ts'
import type { Faults } from './faults.ts'
import type { Page } from './page.ts'

/** One call as it came in and was answered. */
export interface Recorded {
  method: string
  /** Behind `/api`. */
  path: string
  status: number
}

export interface StandInParts<Fault extends string> {
  port?: number | undefined
  /** Where the API begins, `/api` without it: some clients of vendors keep only the host of an address. */
  prefix?: string
  faults: Faults<Fault>
  /** Carries out one call of the API, under `/api`, after asking who calls. */
  answer(call: Call): Reply
  /** What the system answers instead of doing what was asked; `null` where the fault lies in the answer. */
  refusalFor(fault: Fault): Reply | null
  /** The same answer about another person. */
  aboutSomebodyElse(data: unknown): unknown
  /** A page for people, everywhere else. Clicks are POST. */
  page(method: string, path: string, query: URLSearchParams, form: URLSearchParams): Page | null
  /** On every answer: limits, the vendor’s request id, its time. @param asked calls so far */
  headers(asked: number): Record<string, string>
  /** Whether a call counts as a write; every method but GET without it. */
  isWrite?(call: Call): boolean
  onChange?: (() => void) | undefined
  /** What the vendor's own description says against a call and its answer. */
  wrong?(exchange: Exchange): string[]
  /** Before anything is looked at: what ran out by the clock. */
  before?(): void
}

export interface StandIn {
  origin: string
  /** Every call of the API. */
  requests: Recorded[]
  /** Changing calls as they came in, for tests that count: also those that were refused. */
  writes: string[]
  /** @throws Error that names every request and answer that the vendor's own description does not allow */
  close(): Promise<void>
}

/** How late a slow answer is, in milliseconds: clients in tests wait for less. */
export const LATE_MS = 1_000

/** Serves one stand-in on loopback: an API under `/api`, pages beside it, and faults on demand. */
export async function startStandIn<Fault extends string>(parts: StandInParts<Fault>): Promise<StandIn> {
  const { faults, prefix = '/api' } = parts
  const requests: Recorded[] = []
  const writes: string[] = []
  const violations = new Set<string>()
  const changed = () => parts.onChange?.()
  const server = createServer((request, response) => void handle(request, response))

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const method = request.method ?? 'GET'
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    if (faults.slowMs > 0) await new Promise((done) => setTimeout(done, faults.slowMs))
    parts.before?.()
    if (!url.pathname.startsWith(`${prefix}/`)) return showPage(response, method, url, text)
    const path = url.pathname.slice(prefix.length)
    const fault = faults.take(method, path)
    if (fault === 'no-answer') {
      // Down means refused at once; a single unanswered call stays open until the caller gives up.
      if (faults.down) request.socket.destroy()
      return
    }
    const call: Call = {
      method,
      part: path.split('/').slice(1).map(decodeURIComponent),
      query: url.searchParams,
      body: bodyOf(request, text),
      headers: request.headers,
    }
    const refused = fault && fault !== 'lost-answer' && fault !== 'no-answer' ? parts.refusalFor(fault) : null
    const reply = refused ?? parts.answer(call)
    requests.push({ method, path, status: reply.status })
    const sent = { method, path, query: url.search, headers: headersOf(request), body: text ? call.body : undefined }
    for (const one of parts.wrong?.({ ...sent, status: reply.status, answer: reply.data }) ?? []) violations.add(one)
    if (parts.isWrite?.(call) ?? method !== 'GET') writes.push(`${method} ${path}`)
    if (method !== 'GET' && !refused) changed()
    if (fault === 'lost-answer') return void request.socket.destroy()
    if (fault === 'slow') await new Promise((done) => setTimeout(done, LATE_MS).unref())
    const data = fault === 'somebody-else' ? parts.aboutSomebodyElse(reply.data) : reply.data
    // An answer about nobody cannot be one about somebody else.
    if (fault === 'somebody-else' && isDeepStrictEqual(data, reply.data)) faults.putBack()
    send(response, { ...reply, data }, fault === 'truncated')
  }

  function send(response: ServerResponse, { status, data, headers }: Reply, truncated: boolean): void {
    const text = data === undefined ? '' : JSON.stringify(data)
    response
      .writeHead(status, {
        'content-type': 'application/json; charset=utf-8',
        ...parts.headers(requests.length),
        ...headers,
      })
      .end(truncated ? text.slice(0, text.length / 2) : text)
  }

  function showPage(response: ServerResponse, method: string, url: URL, form: string): void {
    const shown = parts.page(method, url.pathname, url.searchParams, new URLSearchParams(form))
    if (shown?.goTo) {
      changed()
      response.writeHead(303, { location: shown.goTo }).end()
      return
    }
    response
      .writeHead(shown ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' })
      .end(shown?.html ?? 'Not found')
  }

  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(parts.port ?? 0, '127.0.0.1', done)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    writes,
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      if (violations.size > 0) throw new Error(`Not as the vendor describes it:\n${[...violations].join('\n')}`)
    },
  }
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

function bodyOf(request: IncomingMessage, text: string): Record<string, unknown> {
  if (text === '') return {}
  const form = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  return form ? Object.fromEntries(new URLSearchParams(text)) : JSON.parse(text)
}
