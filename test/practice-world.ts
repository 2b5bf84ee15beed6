import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { compose, type Product } from '../server/compose.ts'
import type { Config } from '../server/config.ts'
import { startFrom } from './db/start-from.ts'
import { type LocalTrello, startLocalTrello } from './local-trello/local-trello.ts'
import { CALENDAR_STEPS, type PracticeClock, practiceClock } from './practice-clock.ts'
import { installation } from './practice-installation.ts'
import { domain, memberId, powerUpId, service } from './practice-people.ts'
import { roles } from './practice-roles.ts'
import { seedPeople, seedRota, seedTrello } from './practice-seed.ts'
import { lastDaysAtWork } from './practice-sign-ins.ts'
import { type Systems, startSystems } from './practice-systems.ts'

export { installation } from './practice-installation.ts'
export { emailOf, listsRepository, memberId, org, people, powerUpId } from './practice-people.ts'
export { awsEnvironments, seedPeople } from './practice-seed.ts'

/** The product on a local Trello and local systems, with invented people. Used by the practice board and by tests. */

export interface PracticeWorld extends Systems {
  trello: LocalTrello
  product: Product
  server: Server
  origin: string
  clock: PracticeClock
  boardId: string
  listId(name: string, board?: string): string
  /** The board that somebody looks from: the practised one where they are on it, else their own. */
  homeOf(username: string): { id: string; shortLink: string }
  /** Lets days pass for the product and the systems around it; what a new day brings has happened then. */
  moveCalendar(days: number): Promise<void>
  close(): Promise<void>
}

export interface PracticeOptions {
  /** Where everything is kept; `null` keeps nothing. */
  folder: string | null
  ports?: Record<'page' | 'rest' | 'product' | keyof Systems, number>
  databaseUrl?: string | null
  logLevel?: string
  ruleSet?: string
  ruleSetFolder?: string
  /** What another rule set needs in the installation file: parts and targets that are laid over the practised ones. */
  installed?: { templates?: Record<string, string>; targets: Record<string, Record<string, string>> }
  /** Where the product's log goes, instead of to the console. */
  logTo?: { write(line: string): void }
}

const capabilities = [
  'card-badges',
  'card-detail-badges',
  'card-back-section',
  'card-buttons',
  'board-buttons',
  'list-sorters',
  'show-settings',
]

/** Everything around the product: a Trello, the systems and the configuration that names them. */
export type Surroundings = Pick<
  PracticeWorld,
  'trello' | keyof Systems | 'origin' | 'boardId' | 'listId' | 'homeOf' | 'close'
> & {
  config: Config
}

/**
 * @param origin where the product will be reached
 * @param moving a calendar that moves invitations and exports too, and that whoever practises may move on
 */
export async function startSurroundings(
  options: PracticeOptions,
  origin: string,
  moving?: { clock: PracticeClock; move(days: number): Promise<void> },
): Promise<Surroundings> {
  const { folder } = options
  if (folder) mkdirSync(folder, { recursive: true })
  const apiKey = 'local-api-key-0123456789'
  const appSecret = 'local-app-secret-0123456789'
  const stateFile = folder ? join(folder, 'trello.json') : null
  const fresh = stateFile === null || !existsSync(stateFile)
  const trello = await startLocalTrello({
    powerUp: { id: powerUpId, name: 'Production access', capabilities, apiKey, appSecret },
    serviceMember: memberId(service.username),
    stateFile,
    libraryFile: process.env['TRELLO_LIBRARY_FILE'],
    roles: Object.fromEntries(Object.entries(roles).map(([username, role]) => [memberId(username), role])),
    ...(moving && {
      calendar: { now: moving.clock.calendar, today: moving.clock.today, steps: CALENDAR_STEPS, move: moving.move },
    }),
    ...(options.ports ? { pagePort: options.ports.page, restPort: options.ports.rest } : {}),
  })
  const { ports } = options
  // Only tokens of Trello go by the wall clock.
  const now = moving?.clock.calendar
  const systems = await startSystems(folder, now, ports)
  const { github, aws, google, signon, logit, fastly, sentry } = systems
  const signonToken = 'local-signon-calls-0123456789'
  signon.register({ url: origin, token: signonToken })
  const installationFile = join(folder ?? mkdtemp(), 'installation.yaml')
  writeFileSync(installationFile, stringify(installed(installation(github.origin, systems), options.installed)))
  const credentialsFile = join(dirname(installationFile), 'google-key.json')
  writeFileSync(credentialsFile, JSON.stringify(google.tokens.key))
  const config: Config = {
    practice: true,
    port: 0,
    host: '127.0.0.1',
    origin,
    database: {
      url: options.databaseUrl ?? null,
      dataDir: options.databaseUrl ? null : folder ? join(folder, 'database') : null,
      startFrom,
    },
    trello: {
      powerUpId,
      apiKey,
      appSecret,
      token: trello.token,
      pageOrigin: trello.pageOrigin,
      libraryUrl: trello.libraryUrl,
      restOrigin: trello.restOrigin,
      keysUrl: trello.keysUrl,
    },
    github: { credentials: { kind: 'token', token: github.token }, apiUrl: `${github.origin}/api` },
    aws: { region: 'eu-west-2', iamUrl: aws.origin, stsUrl: aws.origin, credentials: aws.credentials },
    google: { credentialsFile, apiUrl: google.origin, tokensFrom: google.tokensUrl },
    signonCallsWith: signonToken,
    signonCallsAs: null,
    logit: { apiKey: logit.apiKey, apiUrl: logit.origin },
    fastly: { apiUrl: `${fastly.origin}/api`, token: fastly.token },
    sentry: { apiUrl: sentry.origin, token: sentry.token },
    credentialsEnd: new Map([['sentry', new Date('2027-06-30T00:00:00Z')]]),
    keepers: [memberId('rae')],
    emailDomains: [domain],
    installationFile,
    ruleSet: options.ruleSet ?? '2024-11',
    ruleSetFolder: options.ruleSetFolder ?? join(import.meta.dirname, '../server/rules/rule-sets'),
    logHeadFile: join(folder ?? mkdtemp(), 'log-heads.jsonl'),
    approvalValidDays: 14,
    lookAgainMs: 1_000,
    metricsToken: null,
    logLevel: options.logLevel ?? 'error',
  }
  if (fresh) seedTrello(trello)
  trello.setConnectorUrl(`${origin}/connector.html`)
  const board = trello.model.board('PRACTICE')
  if (!board) throw new Error('the practice board is missing')
  return {
    trello,
    ...systems,
    config,
    origin,
    boardId: board.id,
    listId: (name, of = board.id) =>
      trello.model.lists.find((list) => list.idBoard === of && list.name === name)?.id ?? '',
    homeOf: (username) =>
      trello.model.boards.find((one) => one.memberships.some(({ idMember }) => idMember === memberId(username))) ??
      board,
    async close() {
      // Each is closed, whatever the others say: a stand-in throws where something was not as its vendor describes it.
      const closed = await Promise.allSettled([trello, ...Object.values(systems)].map((one) => one.close()))
      if (folder === null) rmSync(join(installationFile, '..'), { recursive: true, force: true })
      for (const one of closed) if (one.status === 'rejected') throw one.reason
    },
  }
}

export async function startPracticeWorld(options: PracticeOptions): Promise<PracticeWorld> {
  const { folder } = options
  if (folder) mkdirSync(folder, { recursive: true })
  const clock = practiceClock(folder ? join(folder, 'calendar.json') : null)
  const server = createServer()
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(options.ports?.product ?? 0, '127.0.0.1', done)
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  async function moveCalendar(days: number): Promise<void> {
    const atWork = await lastDaysAtWork(product.db.kysely)
    clock.move(days)
    atWork(around.signon, clock.calendar())
    await product.db.transaction((tx) => seedRota(tx, clock))
    await product.newDay()
  }
  const { config, close, ...around } = await startSurroundings(options, origin, { clock, move: moveCalendar })
  const product: Product = await compose(config, clock, options.logTo)
  server.on('request', product.app)
  await seedPeople(product, clock)
  await product.start()
  return {
    ...around,
    product,
    server,
    clock,
    moveCalendar,
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      await product.stop()
      await close()
    },
  }
}

function installed(practised: ReturnType<typeof installation>, more: PracticeOptions['installed']) {
  return { ...practised, ...more, targets: { ...practised.targets, ...more?.targets } }
}

let temporary = 0
function mkdtemp(): string {
  const path = join(process.env['TMPDIR'] ?? '/tmp', `practice-${process.pid}-${temporary++}`)
  mkdirSync(path, { recursive: true })
  return path
}
