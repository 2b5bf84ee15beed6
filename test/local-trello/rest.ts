import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Faults } from './faults.ts'
import type { Model } from './model.ts'
import { notFound, RestFailure } from './rest/answers.ts'
import { boardRoutes } from './rest/board-routes.ts'
import { cardRoutes } from './rest/card-routes.ts'
import { otherRoutes } from './rest/other-routes.ts'
import type { Call, Route } from './rest/route.ts'
import { createShapes } from './rest/shapes.ts'
import type { TokenSigner } from './signer.ts'
import type { Webhooks } from './webhooks.ts'

/** The REST addresses that the product uses, with Trello's shapes and Trello's failings. */
export interface RestParts {
  model: Model
  webhooks: Webhooks
  signer: TokenSigner
  faults: Faults
  apiKey: string
  token: string
  serviceMember: string
  pageOrigin(): string
  problem(text: string): void
}

/** Every address answered. Their paths are those of Trello's published list. */
export const routes: readonly Route[] = [...cardRoutes, ...boardRoutes, ...otherRoutes]

export const KEYS_PATH = '/1/resource/jwt-public-keys'
const WINDOW_MS = 10_000

export function createRest(parts: RestParts): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { model, faults } = parts
  const shapes = createShapes(model, parts.pageOrigin)
  let calls: number[] = []

  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://rest')
    if (faults.slowRestMs > 0) await new Promise((done) => setTimeout(done, faults.slowRestMs))
    if (faults.restDown) {
      request.socket.destroy()
      return
    }
    if (url.pathname === KEYS_PATH) {
      if (faults.keysDown) sendText(response, 503, 'Service Unavailable')
      else sendJson(response, 200, { keys: parts.signer.publicKeys() })
      return
    }
    const refusal = refusalOf(request, url)
    if (refusal) return refusal(response)
    try {
      const query = await merged(url.searchParams, request)
      sendJson(response, 200, await answer(request.method ?? 'GET', url.pathname, query))
    } catch (error) {
      if (error instanceof RestFailure) sendText(response, error.status, error.message)
      else throw error
    }
  }

  /** What stands before any route: faults, credentials, the limit. */
  function refusalOf(request: IncomingMessage, url: URL): ((response: ServerResponse) => void) | null {
    if (url.searchParams.has('key') || url.searchParams.has('token')) {
      parts.problem(`credentials in an address: ${url.pathname}`)
      return (response) => sendText(response, 400, 'credentials belong in the Authorization header')
    }
    const given = /^OAuth oauth_consumer_key="([^"]*)", oauth_token="([^"]*)"$/.exec(
      request.headers.authorization ?? '',
    )
    if (given?.[1] !== parts.apiKey) return (response) => sendText(response, 401, 'invalid key')
    if (given[2] !== parts.token) return (response) => sendText(response, 401, 'invalid token')
    const now = model.now().getTime()
    calls = [...calls.filter((at) => now - at < WINDOW_MS), now]
    if (faults.rest429 || calls.length > faults.restLimit)
      return (response) =>
        sendJson(response, 429, { error: 'API_TOKEN_LIMIT_EXCEEDED', message: 'Rate limit exceeded' })
    const plain = faults.restPlainTextError
    return plain && ((response) => sendText(response, plain.status, plain.text))
  }

  async function answer(method: string, pathname: string, query: URLSearchParams): Promise<unknown> {
    const found = match(method, pathname)
    if (!found) {
      parts.problem(`${method} ${pathname} is not answered by the local Trello`)
      throw notFound()
    }
    const { route, path } = found
    for (const name of query.keys())
      if (!route.query.includes(name))
        parts.problem(`${method} ${route.path} has no parameter ${name} in the local Trello`)
    const call: Call = {
      model,
      webhooks: parts.webhooks,
      shapes,
      signer: parts.signer,
      me: parts.serviceMember,
      token: parts.token,
      path,
      query,
      again: nested,
    }
    const body = await route.run(call)
    if (body === null || body === undefined) throw notFound()
    return body
  }

  async function nested(address: string): Promise<{ status: number; body: unknown }> {
    const url = new URL(`/1${address}`, 'http://rest')
    try {
      return { status: 200, body: await answer('GET', url.pathname, url.searchParams) }
    } catch (error) {
      if (error instanceof RestFailure) return { status: error.status, body: error.message }
      throw error
    }
  }
}

function match(method: string, pathname: string): { route: Route; path: Record<string, string> } | null {
  const given = segments(pathname.replace(/^\/1(?=\/)/, ''))
  for (const route of routes) {
    const wanted = segments(route.path)
    if (route.method !== method || wanted.length !== given.length) continue
    const path: Record<string, string> = {}
    const fits = wanted.every((name, i) => {
      const own = decodeURIComponent(given[i] ?? '')
      if (name.startsWith('{')) path[name.slice(1, -1)] = own
      return name.startsWith('{') || name === own
    })
    if (fits) return { route, path }
  }
  return null
}

function segments(path: string): string[] {
  return path.split('/').filter(Boolean)
}

/** Trello takes parameters from the address and from a JSON body alike. */
async function merged(query: URLSearchParams, request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  const text = Buffer.concat(chunks).toString('utf8')
  if (text === '') return query
  const all = new URLSearchParams(query)
  try {
    for (const [name, value] of Object.entries<unknown>(JSON.parse(text))) all.set(name, String(value))
  } catch {
    throw new RestFailure(400, 'Error parsing body')
  }
  return all
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text)
}
