import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterAll } from 'vitest'

export interface Answering {
  origin: string
  /** What was asked, oldest first. */
  asked: { method: string; url: string; authorization: string; body: string }[]
  /** How the next questions are answered. */
  answers(answer: (request: IncomingMessage, response: ServerResponse) => void): void
}

/** A server on loopback that answers as a test says, and is gone after the file's tests. */
export async function answering(): Promise<Answering> {
  const asked: Answering['asked'] = []
  let answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) =>
    void response.end('{}')
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    asked.push({
      method: request.method ?? '',
      url: request.url ?? '',
      authorization: request.headers.authorization ?? '',
      body: Buffer.concat(chunks).toString('utf8'),
    })
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('listens on a port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    asked,
    answers(next) {
      answer = next
    },
  }
}
