import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server that answers as a test says, one answer after another, and the last one for ever. */
export type Answering = (request: IncomingMessage, response: ServerResponse) => void

export interface Loopback {
  origin: string
  /** Every request as it came in. */
  seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[]
  answers(...next: Answering[]): void
  close(): Promise<void>
}

export async function startLoopback(): Promise<Loopback> {
  let queue: Answering[] = []
  const seen: Loopback['seen'] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() })
      const next = queue.length > 1 ? queue.shift() : queue[0]
      if (next) next(request, response)
      else response.writeHead(500).end()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answers: (...next) => {
      queue = next
    },
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

/** @param data what is answered as JSON */
export const json =
  (status: number, data: unknown, headers: Record<string, string> = {}): Answering =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(data))

export const raw =
  (status: number, body: string, headers: Record<string, string>): Answering =>
  (_, response) =>
    response.writeHead(status, headers).end(body)

/** The connection ends without an answer. */
export const lost: Answering = (request) => request.socket.destroy()
/** Nothing is ever answered. */
export const silent: Answering = () => {}
/** The connection ends in the middle of the answer. */
export const halfSent: Answering = (request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '99' })
  response.write('{"id":', () => request.socket.destroy())
}
