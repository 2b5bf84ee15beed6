import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import express from 'express'
import { readLog } from '../../server/audit/read.ts'
import type { Database } from '../../server/db/database.ts'
import type { RequestState } from '../../server/db/schema.ts'
import { heldLevels, holdsLevelForTasks } from '../../server/grants/held-levels.ts'
import { errorAnswer } from '../../server/http/problem.ts'
import { webhookRoutes } from '../../server/http/webhook-routes.ts'
import type { Office } from '../../server/requests/world.ts'
import { loadRuleSet } from '../../server/rules/rule-set.ts'
import { createTrelloHost, type TrelloHost } from '../../server/trello/card-host.ts'
import { defaultChecklistMap, templateChecklists } from '../../server/trello/checklist-map.ts'
import { createTrelloRest, type TrelloRest } from '../../server/trello/rest.ts'
import { createWatcher, type Watcher } from '../../server/trello/watch.ts'
import { createWebhookReceiver } from '../../server/trello/webhooks.ts'
import { testDatabase } from '../db/database.ts'
import { addPerson, addRequest } from '../db/rows.ts'
import { type LocalTrello, startLocalTrello } from '../local-trello/local-trello.ts'
import { type Card, idFor } from '../local-trello/model.ts'
import { type MovableClock, movableClock } from './clock.ts'

const appSecret = 'example-app-secret-0123456789'
export const member = (name: string) => idFor(name)
const boardId = idFor('board SEARCH00')
const templateOf = { deploy: 'S9sex2XU', admin: 'GIHPZi2o' } as const

/** One connected board on a local Trello, the adapter that watches it, and nothing else of the product. */
export interface WatchedBoard {
  trello: LocalTrello
  db: Database
  clock: MovableClock
  watcher: Watcher
  host: TrelloHost
  rest: TrelloRest
  boardId: string
  origin: string
  /** Ids of cards that open frames were told of. */
  told: string[]
  reported: unknown[]
  template(level?: 'deploy' | 'admin'): Card
  list(name?: string): string
  /** Somebody copies a card, as in Trello. */
  copy(source?: Card, by?: string): Card
  /** Everything sent has arrived, was read and written down. */
  settled(): Promise<void>
  kept(card: Card): ReturnType<typeof keptCard>
  ticks(card: Card): ReturnType<typeof ticksOf>
  request(card: Card, state: RequestState): Promise<string>
  events(requestId: string): Promise<string[]>
  /** A delivery as Trello signs it, or as a test bends it. */
  deliver(body: unknown, more?: { path?: string; method?: string; headers?: Record<string, string> }): Promise<Response>
  sign(body: string, address: string): string
  webhookPath(): string
  close(): Promise<void>
}

export async function watchedBoard(options: { connected?: boolean } = {}): Promise<WatchedBoard> {
  const db = await testDatabase()
  const clock = movableClock(new Date())
  const trello = await startLocalTrello({
    powerUp: { id: idFor('power-up'), name: 'Production access', capabilities: [], apiKey: 'key', appSecret },
    serviceMember: member('service'),
    now: clock.wall,
    webhookRetryMs: [10, 10],
    webhookOffAfter: 6,
  })
  const { model } = trello
  for (const name of ['service', 'priya', 'sam']) model.addMember(name, name)
  const everybody = ['service', 'priya', 'sam'].map(member)
  model.addBoard('Search team', 'SEARCH00', everybody, ['Templates', 'To do', 'Done'])
  model.addBoard('Other team', 'OTHER000', everybody, ['To do'])
  const listOf = (name: string) => model.lists.find((one) => one.idBoard === boardId && one.name === name)?.id ?? ''
  for (const level of ['deploy', 'admin'] as const)
    model.createCard(member('sam'), listOf('Templates'), `Template ${level}`, {
      shortLink: templateOf[level],
      isTemplate: true,
      checklists: templateChecklists[level] ?? [],
    })
  if (options.connected !== false)
    await db.kysely
      .insertInto('board')
      .values({ id: boardId, name: 'Search team', url: '', connected_by: 'p-rae', connected_at: clock.calendar() })
      .execute()
  const ruleSet = loadRuleSet(join(import.meta.dirname, '../../server/rules/rule-sets/2024-11.yaml'))
  const reported: unknown[] = []
  const office: Office = {
    clock,
    installation: { methods: {}, targets: {}, ownedByTerraform: [] },
    heldLevels,
    holdsAdmin: holdsLevelForTasks(ruleSet),
    ruleSet: () => ruleSet,
    report: (error) => reported.push(error),
  }
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('listens on a port')
  const origin = `http://127.0.0.1:${address.port}`
  // Waiting takes no time: what matters is what is asked, in which order.
  const sleep = () => new Promise<void>((done) => setTimeout(done, 1))
  const rest = createTrelloRest({ origin: trello.restOrigin, apiKey: 'key', token: trello.token, clock, sleep })
  const host = createTrelloHost(rest)
  const told: string[] = []
  const watcher = createWatcher({
    db,
    host,
    quietHost: createTrelloHost(rest.background),
    quietRest: rest.background,
    clock,
    office,
    map: defaultChecklistMap,
    templates: Object.entries(templateOf).map(([level, shortLink]) => ({ level, shortLink })),
    origin,
    changed: (id) => told.push(id),
    report: (error) => reported.push(error),
  })
  const receive = createWebhookReceiver({
    db,
    clock,
    appSecret,
    origin,
    changed: (card, _board, hint) => watcher.hear(card, hint),
  })
  const app = express()
  app.use('/webhooks', webhookRoutes(receive))
  app.use(
    errorAnswer(
      (error) => reported.push(error),
      async () => true,
    ),
  )
  server.on('request', app)

  const sign = (body: string, path: string) => createHmac('sha1', appSecret).update(body).update(path).digest('base64')
  const webhookPath = () => new URL(trello.webhooks.all()[0]?.callbackURL ?? origin).pathname
  const template = (level: 'deploy' | 'admin' = 'deploy') => found(model.card(templateOf[level]))
  return {
    trello,
    db,
    clock,
    watcher,
    host,
    rest,
    boardId,
    origin,
    told,
    reported,
    template,
    list: (name = 'To do') => listOf(name),
    copy: (source = template(), by = 'priya') =>
      model.copyCard(member(by), source, listOf('To do'), 'Production Deploy for Priya Shah'),
    async settled() {
      await trello.webhooks.settled()
      await watcher.settled()
    },
    kept: (card) => keptCard(db, card.id),
    ticks: (card) => ticksOf(db, card.id),
    async request(card, state) {
      await addPerson(db.kysely, 'p-priya')
      await addRequest(db.kysely, { id: 'r-1', card: card.id, person: 'p-priya', state })
      return 'r-1'
    },
    events: async (requestId) => (await readLog(db.kysely, { requestId })).map((event) => event.type),
    deliver(body, { path = webhookPath(), method = 'POST', headers } = {}) {
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      const given = headers ?? {
        'content-type': 'application/json',
        'x-trello-webhook': sign(text, `${origin}${path}`),
      }
      return fetch(`${origin}${path}`, { method, headers: given, ...(method === 'POST' ? { body: text } : {}) })
    },
    sign,
    webhookPath,
    async close() {
      await watcher.stop()
      await trello.close()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('It is not there.')
  return value
}

async function keptCard(db: Database, id: string) {
  const row = await db.kysely
    .selectFrom('card')
    .select(['kind', 'level', 'way', 'board_id', 'closed', 'deleted_at', 'name', 'checklists'])
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

/** By item name: who ticked it, and whether it came with the copy. Items that are not ticked are left out. */
async function ticksOf(db: Database, cardId: string) {
  const rows = await db.kysely.selectFrom('tick').selectAll().where('card_id', '=', cardId).execute()
  return Object.fromEntries(
    rows
      .filter((row) => row.complete)
      .map((row) => [row.item_name, { by: row.member_id, cameWithCopy: row.came_with_copy }]),
  )
}
