import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Model } from './model.ts'
import { createPage } from './page-server.ts'
import { createRest, type Faults } from './rest.ts'
import { createTokenSigner, type TokenClaims, type TokenSigner } from './signer.ts'
import { createWebhooks, type Webhooks } from './webhooks.ts'

/** A Trello that runs here, on loopback only: board page, frame protocol, REST, webhooks, token signing. */
export interface LocalTrello {
  pageOrigin: string
  restOrigin: string
  libraryUrl: string
  keysUrl: string
  model: Model
  signer: TokenSigner
  webhooks: Webhooks
  faults: Faults
  /** REST token of the service member that reads boards. */
  token: string
  /** What the real Trello would have hidden and this one does not. */
  problems: string[]
  setConnectorUrl(url: string): void
  signToken(claims: Omit<TokenClaims, 'idPlugin'> & { idPlugin?: string }): Promise<string>
  close(): Promise<void>
}

export interface LocalTrelloOptions {
  pagePort?: number
  restPort?: number
  powerUp: { id: string; name: string; capabilities: string[]; apiKey: string; appSecret: string }
  serviceMember: string
  stateFile?: string | null
  /** Trello's own library, put in the stand-in's place. */
  libraryFile?: string | undefined
  now?: () => Date
}

export async function startLocalTrello(options: LocalTrelloOptions): Promise<LocalTrello> {
  const now = options.now ?? (() => new Date())
  const model = new Model(options.stateFile ?? null, now)
  const signer = createTokenSigner(now)
  const faults: Faults = {
    restDown: false,
    rest429: false,
    keysDown: false,
    slowMs: 0,
    dropWebhooks: false,
    duplicateWebhooks: false,
    delayWebhooksMs: 0,
  }
  const problems: string[] = []
  const token = 'local-service-token-0123456789abcdef'
  let pageOrigin = ''
  let connectorUrl = ''
  const webhooks = createWebhooks({ model, faults, appSecret: options.powerUp.appSecret, pageOrigin: () => pageOrigin })
  const rest = createRest({
    model,
    webhooks,
    signer,
    faults,
    apiKey: options.powerUp.apiKey,
    token,
    serviceMember: options.serviceMember,
    problems,
  })
  const library = options.libraryFile ? readFileSync(options.libraryFile) : null
  const page = createPage({
    model,
    signer,
    problems,
    powerUp: options.powerUp,
    connectorUrl: () => connectorUrl,
    origin: () => pageOrigin,
    library,
  })
  const restServer = await listen(rest, options.restPort ?? 0)
  const pageServer = await listen(page.handle, options.pagePort ?? 0)
  pageOrigin = `http://localhost:${portOf(pageServer)}`
  const restOrigin = `http://127.0.0.1:${portOf(restServer)}`
  return {
    pageOrigin,
    restOrigin,
    libraryUrl: `${pageOrigin}/library/power-up.min.js`,
    keysUrl: `${restOrigin}/1/resource/jwt-public-keys`,
    model,
    signer,
    webhooks,
    faults,
    token,
    problems,
    setConnectorUrl(url) {
      connectorUrl = url
    },
    signToken: (claims) => signer.sign({ idPlugin: options.powerUp.id, ...claims }),
    async close() {
      page.close()
      await webhooks.settled()
      for (const server of [restServer, pageServer]) {
        server.closeAllConnections()
        await new Promise((done) => server.close(done))
      }
    },
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

async function listen(handle: Handler, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    void Promise.resolve(handle(request, response)).catch((error: unknown) => {
      response.writeHead(500).end(String(error))
    })
  })
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  return server
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}
