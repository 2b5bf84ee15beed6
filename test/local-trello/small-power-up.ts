import { createServer } from 'node:http'

/** A Power-Up of a few lines, whose handlers each test writes; on an origin of its own, as every Power-Up is. */
export interface SmallPowerUp {
  origin: string
  connectorUrl: string
  /** What its pages told their server, by `tell(…)`. */
  told: string[]
  close(): Promise<void>
}

export interface SmallPowerUpParts {
  libraryUrl: string
  pageOrigin: string
  /** Handlers as the text of a JavaScript object. */
  handlers: string
  /** What runs in its frames, with `t` at hand. */
  frame?: string
  /** Further headers of its pages. */
  headers?: Record<string, string>
}

export async function startSmallPowerUp(parts: SmallPowerUpParts): Promise<SmallPowerUp> {
  const told: string[] = []
  const options = JSON.stringify({ targetOrigin: parts.pageOrigin })
  const page = (script: string) => `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Example</title><link rel="icon" href="data:,">
<style>:root { --ds-text: #111 }</style><body><h1>Example</h1>
<script src="${parts.libraryUrl}"></script>
<script>
const tell = (what) => fetch('/tell', { method: 'POST', body: String(what) })
${script}
</script></body></html>`
  const pages: Record<string, string> = {
    '/connector.html': page(`TrelloPowerUp.initialize(${parts.handlers}, ${options})`),
    '/frame.html': page(`const t = TrelloPowerUp.iframe(${options})\n${parts.frame ?? 't.board("id")'}`),
  }
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(Buffer.from(chunk))
      told.push(Buffer.concat(chunks).toString('utf8'))
      response.writeHead(204).end()
      return
    }
    const found = pages[new URL(request.url ?? '/', parts.pageOrigin).pathname]
    response
      .writeHead(found ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', ...parts.headers })
      .end(found ?? 'Not found')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  return {
    origin,
    connectorUrl: `${origin}/connector.html`,
    told,
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
