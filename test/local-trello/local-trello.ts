import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type Faults, noFaults } from './faults.ts'
import { Model } from './model.ts'
import { createPage } from './page-server.ts'
import { createRest, KEYS_PATH } from './rest.ts'
import { createTokenSigner, type TokenClaims, type TokenSigner } from './signer.ts'
import { createWebhooks, type Webhooks } from './webhooks.ts'

/** A Trello that runs here, on loopback only: board page, frame protocol, REST, webhooks, token signing. */
export interface LocalTrello {
  /** Where the board page is: the product's `frame-ancestors` and the library's `targetOrigin`. */
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
  /** What the real Trello would have hidden and this one does not. A run that leaves anything here has failed. */
  problems: string[]
  /** Ports are known late: the Power-Up's address may be given once its server listens. */
  setConnectorUrl(url: string): void
  signToken(claims: Omit<TokenClaims, 'idPlugin'> & { idPlugin?: string }): Promise<string>
  close(): Promise<void>
}

export interface LocalTrelloOptions {
  pagePort?: number
  restPort?: number
  powerUp: PowerUpRegistration
  /** Id of the member whose token the product holds. */
  serviceMember: string
  /** The board is kept here between runs; without it, in memory only. */
  stateFile?: string | null
  /** Trello's own library, put in the stand-in's place. */
  libraryFile?: string | undefined
  /** What members are in the practised story, by id. The page says it where one chooses who is looking. */
  roles?: Record<string, string>
  /** What moves with the world around the board, and with what is written on it; tokens go by the clock that stays. */
  calendar?: MovableCalendar
  now?: () => Date
  webhookRetryMs?: number[]
  webhookOffAfter?: number
}

/** A calendar that whoever practises may move on. */
export interface MovableCalendar {
  now(): Date
  /** The day in words. */
  today(): string
  /** By how many days it can be moved at once. */
  steps: readonly number[]
  move(days: number): Promise<void>
}

/** What Trello knows of a Power-Up from its administration page. */
export interface PowerUpRegistration {
  id: string
  name: string
  /** Ticked capabilities: others are never called. */
  capabilities: string[]
  apiKey: string
  appSecret: string
  connectorUrl?: string
}

/** Starts page and REST on their own ports. Page, REST and the Power-Up stand on three origins, as in Trello. */
export async function startLocalTrello(options: LocalTrelloOptions): Promise<LocalTrello> {
  const { powerUp, serviceMember, now = () => new Date() } = options
  const model = new Model(options.stateFile ?? null, options.calendar?.now ?? now)
  const signer = createTokenSigner(now)
  const faults = noFaults()
  const problems: string[] = []
  const problem = (text: string) => void problems.push(text)
  const token = 'local-service-token-0123456789abcdef'
  let pageOrigin = ''
  let connectorUrl = powerUp.connectorUrl ?? ''
  const webhooks = createWebhooks({
    model,
    faults,
    appSecret: powerUp.appSecret,
    ...(options.webhookRetryMs ? { retryAfterMs: options.webhookRetryMs } : {}),
    ...(options.webhookOffAfter ? { offAfter: options.webhookOffAfter } : {}),
  })
  const shared = { model, signer, problem, pageOrigin: () => pageOrigin }
  const rest = createRest({ ...shared, webhooks, faults, apiKey: powerUp.apiKey, token, serviceMember })
  const library = options.libraryFile ? readFileSync(options.libraryFile) : null
  const page = createPage({
    ...shared,
    powerUp,
    connectorUrl: () => connectorUrl,
    library,
    now,
    roles: options.roles ?? {},
    calendar: options.calendar ?? null,
  })
  const restServer = await listen(rest, options.restPort ?? 0)
  const pageServer = await listen(page.handle, options.pagePort ?? 0)
  pageOrigin = `http://localhost:${portOf(pageServer)}`
  const restOrigin = `http://127.0.0.1:${portOf(restServer)}`
  return {
    pageOrigin,
    restOrigin,
    libraryUrl: `${pageOrigin}/library/power-up.min.js`,
    keysUrl: `${restOrigin}${KEYS_PATH}`,
    model,
    signer,
    webhooks,
    faults,
    token,
    problems,
    setConnectorUrl(url) {
      connectorUrl = url
    },
    signToken: (claims) => signer.sign({ idPlugin: powerUp.id, ...claims }),
    async close() {
      page.close()
      webhooks.close()
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
      console.error(error)
      if (!response.headersSent) response.writeHead(500)
      response.end('The local Trello failed.')
    })
  })
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(port, '127.0.0.1', done)
  })
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The local Trello listens on a port.')
  return address.port
}
