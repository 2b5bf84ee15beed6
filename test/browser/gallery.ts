import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import express from 'express'
import type { Problem } from '../../server/http/api.ts'
import { pageRoutes } from '../../server/http/pages.ts'
import { securityHeaders } from '../../server/http/security.ts'
import { libraryText } from './stand-in-library.ts'

/** One answer of the stand-in server: a view, a problem document, something that is no JSON, or no answer at all. */
export type Answer = { json: unknown; status?: number } | { text: string; status: number } | 'dropped'

export interface Gallery {
  origin: string
  /** Answers by method and path without its query, "GET /api/queue". What is not here is answered 404. */
  answers: Map<string, Answer | ((body: unknown) => Answer)>
  asked: { what: string; query: string; body: unknown }[]
  /** Tells every open stream that something changed. */
  tell(version: string): void
  /** Ends every open stream. */
  hangUp(): void
  close(): Promise<void>
}

export function problem(status: number, detail: string, more: Partial<Problem> = {}): Answer {
  return { status, json: { type: 'about:test', title: 'Problem', status, detail, ...more } }
}

/** The built client under its real headers, with views that a test chooses: any surface in any state, at once. */
export async function startGallery(): Promise<Gallery> {
  const app = express()
  const server = createServer(app)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const platform = {
    pageOrigin: origin,
    libraryUrl: `${origin}/library.js`,
    origin,
    pluginId: 'p'.repeat(24),
    practice: true,
  }
  const answers: Gallery['answers'] = new Map()
  const asked: Gallery['asked'] = []
  const streams = new Set<ServerResponse>()
  app.use(securityHeaders(platform, true))
  app.get('/library.js', (_request, response) => response.type('js').send(libraryText))
  app.use(pageRoutes(fileURLToPath(new URL('../../dist/client', import.meta.url)), platform))
  app.use(express.json())
  app.get('/api/stream', (_request, response) => {
    response.status(200).set('Content-Type', 'text/event-stream')
    response.flushHeaders()
    streams.add(response)
    response.on('close', () => streams.delete(response))
  })
  app.use((request, response) => {
    const what = `${request.method} ${request.path}`
    asked.push({ what, query: new URL(request.url, origin).search, body: request.body })
    const found = answers.get(what)
    const answer = typeof found === 'function' ? found(request.body) : (found ?? problem(404, 'Nothing is here.'))
    if (answer === 'dropped') return void request.socket.destroy()
    if ('text' in answer) return void response.status(answer.status).type('html').send(answer.text)
    response.status(answer.status ?? 200).json(answer.json)
  })
  return {
    origin,
    answers,
    asked,
    tell(version) {
      for (const stream of streams) stream.write(`id: ${version}\nevent: change\ndata: {}\n\n`)
    },
    hangUp() {
      for (const stream of streams) stream.end()
    },
    async close() {
      for (const stream of streams) stream.end()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
