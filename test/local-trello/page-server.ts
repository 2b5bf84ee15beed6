import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MovableCalendar } from './local-trello.ts'
import type { Model } from './model.ts'
import { createPageActs } from './page-acts.ts'
import { readBoard, readCard, readPluginData } from './page-data.ts'
import { libraryScript, pageModule } from './page-scripts.ts'
import type { TokenSigner } from './signer.ts'

/** Serves the board page and what it asks for. `localhost` is its one name; every other is redirected there. */
export interface PageParts {
  model: Model
  signer: TokenSigner
  problem(text: string): void
  powerUp: { id: string; name: string; capabilities: string[] }
  connectorUrl(): string
  pageOrigin(): string
  library: Buffer | null
  roles: Record<string, string>
  calendar: MovableCalendar | null
  now(): Date
}

export interface PageServer {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  close(): void
}

export function createPage(parts: PageParts): PageServer {
  const { model, calendar } = parts
  const streams = new Set<ServerResponse>()
  const acts = createPageActs({ ...parts, idPlugin: parts.powerUp.id })

  model.listen((change) => {
    const { idBoard, idCard } = change
    const type = change.kind === 'action' ? change.action.type : change.kind
    for (const stream of streams) stream.write(`data: ${JSON.stringify({ type, idBoard, idCard })}\n\n`)
  })

  function listen(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write('retry: 500\n\n')
    streams.add(response)
    response.on('close', () => streams.delete(response))
  }

  async function act(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Only our own page may act: another site in the same browser has another origin.
    if (request.headers.origin !== parts.pageOrigin()) {
      response.writeHead(403).end()
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    const body: Record<string, unknown> = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    const done = await acts.act(body)
    if (done === null) response.writeHead(403).end()
    else sendJson(response, done)
  }

  function data(what: string, id: string, query: URLSearchParams): unknown {
    const { id: idPlugin, name, capabilities } = parts.powerUp
    const get = (key: string) => query.get(key) ?? ''
    switch (what) {
      case 'board':
        return readBoard(
          model,
          id,
          { id: idPlugin, name, capabilities, connectorUrl: parts.connectorUrl() },
          parts.roles,
          calendar && { today: calendar.today(), steps: calendar.steps },
        )
      case 'card':
        return readCard(model, id)
      case 'plugin':
        return readPluginData(model, get('board'), get('card'), get('by'))
      default:
        return null
    }
  }

  return {
    async handle(request, response) {
      if (request.headers.host !== new URL(parts.pageOrigin()).host) {
        response.writeHead(302, { location: `${parts.pageOrigin()}${request.url ?? '/'}` }).end()
        return
      }
      const url = new URL(request.url ?? '/', parts.pageOrigin())
      const [, first = '', second = '', third = ''] = url.pathname.split('/')
      if (request.method === 'POST') return first === 'act' ? act(request, response) : notFound(response)
      switch (first) {
        case '':
          response.writeHead(302, { location: `/b/${model.boards[0]?.shortLink ?? ''}${url.search}` }).end()
          return
        case 'b':
        case 'c':
          return send(response, 'text/html; charset=utf-8', file('page/board.html'))
        case 'library':
          if (second !== 'power-up.min.js') return notFound(response)
          return send(response, 'text/javascript; charset=utf-8', parts.library ?? libraryScript())
        case 'page':
          return asset(response, url.pathname.slice('/page/'.length))
        case 'data': {
          if (second === 'events') return listen(response)
          return sendJson(response, data(second, third, url.searchParams))
        }
        default:
          return notFound(response)
      }
    },
    close() {
      for (const stream of streams) stream.end()
    },
  }
}

function asset(response: ServerResponse, path: string): void {
  if (!/^(?:[a-z-]+\/)?[a-z-]+\.(?:ts|css)$/.test(path)) notFound(response)
  else if (path.endsWith('.css')) send(response, 'text/css; charset=utf-8', file(`page/${path}`))
  else send(response, 'text/javascript; charset=utf-8', pageModule(path))
}

function file(path: string): Buffer {
  return readFileSync(new URL(path, import.meta.url))
}

function send(response: ServerResponse, type: string, content: string | Buffer): void {
  response
    .writeHead(200, { 'content-type': type, 'cache-control': 'no-store', 'access-control-allow-origin': '*' })
    .end(content)
}

function sendJson(response: ServerResponse, value: unknown): void {
  // Only the page reads this; other origins get no permission.
  response
    .writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(value))
}

function notFound(response: ServerResponse): void {
  response.writeHead(404).end('Not found')
}
