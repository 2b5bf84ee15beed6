import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SectionView } from '../../server/http/api.ts'
import { createApp } from '../../server/http/app.ts'
import { type Changes, createChanges } from '../../server/http/changes.ts'
import type { Telling } from '../../server/http/told-routes.ts'
import type { TokenReader } from '../../server/http/who.ts'
import type { Office } from '../../server/requests/world.ts'
import { loadRuleSet } from '../../server/rules/rule-set.ts'
import { testDatabase } from '../db/database.ts'
import { type MovableClock, movableClock } from '../trello/clock.ts'

export const boardId = 'b'.repeat(24)
export const cardId = 'c'.repeat(24)
const MINUTES_15 = 15 * 60

/** The application alone, with the parts behind it replaced by what a test says. */
export interface BareApp {
  origin: string
  changes: Changes
  clock: MovableClock
  /** What the metric counted. */
  refused: string[]
  /** What was noted in the log of somebody whose token came where it was not made for. */
  misused: string[]
  reported: unknown[]
  /** A token that names this card, or none; it ends in so many seconds. */
  token(more?: { card?: string | null; state?: string; seconds?: number; member?: string }): string
  answers: { section: () => Promise<SectionView | null>; version: string; records: boolean }
  get(path: string, headers?: Record<string, string>): Promise<Response>
  send(method: string, path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
  close(): Promise<void>
}

export async function bareApp(practice = false, tellings: Telling[] = []): Promise<BareApp> {
  const db = await testDatabase()
  const clock = movableClock(new Date())
  const ruleSet = loadRuleSet(join(import.meta.dirname, '../../server/rules/rule-sets/2024-11.yaml'))
  const reported: unknown[] = []
  const office: Office = {
    clock,
    installation: { methods: {}, targets: {}, ownedByTerraform: [] },
    heldLevels: async () => [],
    holdsAdmin: async () => false,
    ruleSet: () => ruleSet,
    report: (error) => reported.push(error),
  }
  const clientFolder = builtClient()
  const changes = createChanges()
  const refused: string[] = []
  const misused: string[] = []
  const answers: BareApp['answers'] = {
    section: async () => section,
    version: 'version-1',
    records: true,
  }
  const nothing = async () => null
  const app = createApp({
    db,
    office,
    platform: {
      pageOrigin: practice ? 'http://localhost:4400' : 'https://trello.com',
      libraryUrl: practice
        ? 'http://localhost:4400/library/power-up.min.js'
        : 'https://p.trellocdn.com/power-up.min.js',
      origin: 'https://access.example.gov.uk',
      pluginId: 'a'.repeat(24),
      practice,
    },
    clientFolder,
    receiveWebhook: async () => ({ status: 200 }),
    tellings,
    healthy: async () => answers.records,
    metrics: async () => 'tokens_refused_total 0',
    metricsToken: 'example-metrics-token',
    report: (error) => reported.push(error),
    tokens: tokenReader(clock),
    refused: (reason) => refused.push(reason),
    changes,
    clock,
    versions: {
      ofCard: async () => answers.version,
      ofBoard: async () => answers.version,
      since: async () => new Map(),
      tell: async () => {},
    },
    badges: async (_board, cards) => ({ version: String(cards.length), cards: {} }),
    section: nothing,
    windowOf: nothing,
    sent: async () => {},
    performing: {
      prepare: async () => ({ challenge: 'v1.ask.c.d.n', expiresAt: '' }),
      carryOut: async () => ({ said: '', cardId: null, changed: [] }),
      misused: async (_presented, _challenge, code) => void misused.push(code),
    },
    reading: {
      section: () => answers.section(),
      window: nothing,
      queue: broken,
      settings: broken,
      people: broken,
      person: broken,
      keepDraft: async () => {},
      forgetDraft: async () => {},
    },
  })
  async function broken(): Promise<never> {
    throw new Error('Key (email)=(priya.shah@example.gov.uk) already exists')
  }
  const server = createServer(app)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('listens on a port')
  const origin = `http://127.0.0.1:${address.port}`
  return {
    origin,
    changes,
    clock,
    refused,
    misused,
    reported,
    answers,
    token({ card = null, state = 'read', seconds = MINUTES_15, member = 'd'.repeat(24) } = {}) {
      const exp = Math.floor(clock.wall().getTime() / 1000) + seconds
      return ['good', card ?? 'none', state.replaceAll('.', '_'), exp, member].join('.')
    },
    get: (path, headers = {}) => fetch(`${origin}${path}`, { headers, redirect: 'manual' }),
    send: (method, path, body, headers = {}) =>
      fetch(`${origin}${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      rmSync(clientFolder, { recursive: true })
    },
  }
}

/** As Vite builds it, with nothing in it. */
function builtClient(): string {
  const folder = mkdtempSync(join(tmpdir(), 'client-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'assets', 'connector-aBc123.js'), 'export {}')
  for (const icon of ['icon-light.svg', 'icon-dark.svg']) writeFileSync(join(folder, icon), '<svg/>')
  for (const page of ['connector', 'section', 'window', 'queue', 'people', 'settings'])
    writeFileSync(
      join(folder, `${page}.html`),
      '<meta name="platform" content="__PLATFORM__"><script defer src="https://__LIBRARY_URL__"></script>',
    )
  return folder
}

const section: SectionView = {
  kind: 'candidate',
  version: 'v-1',
  title: 'Production Deploy access',
  frameTitle: 'Production Deploy access',
  badges: [],
  status: { headline: 'Is this for you?', since: null, sinceWord: null, lines: [] },
  primary: null,
  next: [],
  detail: [],
  buttons: [],
  folds: [],
  help: null,
  old: null,
  announcement: '',
  asOf: '2026-11-24T09:00:00.000Z',
}

/** Tokens here are readable words; what real ones must be is tested in `test/trello/tokens.test.ts`. */
function tokenReader(clock: MovableClock): TokenReader {
  return {
    async verify(token) {
      const [good, card, state, exp, member = ''] = token.replace(/-+$/, '').split('.')
      if (good !== 'good') throw Object.assign(new Error('refused'), { reason: good })
      if (Number(exp) * 1000 < clock.wall().getTime()) throw Object.assign(new Error('refused'), { reason: 'expired' })
      return {
        idMember: member,
        idBoard: boardId,
        idCard: card === 'none' ? null : (card ?? null),
        state: (state ?? '').replaceAll('_', '.'),
        publicKey: '',
        exp: Number(exp),
      }
    },
  }
}
