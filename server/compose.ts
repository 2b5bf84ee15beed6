import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Express } from 'express'
import { pino } from 'pino'
import { createAccountLookup } from './account-lookup.ts'
import { append } from './audit/append.ts'
import { publishHead } from './audit/heads.ts'
import { type Clock, MINUTE, SECOND, systemClock } from './clock.ts'
import type { Config } from './config.ts'
import { type Database, openDatabase } from './db/database.ts'
import { grantActs } from './grants/acts/index.ts'
import { heldLevels, holdsAdmin } from './grants/ledger.ts'
import type { Adapters } from './grants/steps.ts'
import type { SystemAdapter } from './grants/system.ts'
import { startWake } from './grants/wake.ts'
import { createWorker } from './grants/worker.ts'
import { createApp } from './http/app.ts'
import { createBadgeSource } from './http/badge-source.ts'
import { createChanges } from './http/changes.ts'
import { createReading } from './http/reading.ts'
import type { Connection } from './http/views/settings.ts'
import { readInstallation } from './installation.ts'
import { createMetrics } from './metrics.ts'
import { ensureKeepers } from './people/facts.ts'
import { requestActs } from './requests/acts/index.ts'
import { expireQuiet } from './requests/expiry.ts'
import { createPerforming } from './requests/performing.ts'
import type { Office } from './requests/world.ts'
import { checkInstallation } from './rules/plan.ts'
import { loadRuleSet } from './rules/rule-set.ts'
import { createArgoCd } from './systems/argo-cd/follows.ts'
import { createAwsRoleLists } from './systems/aws/role-lists.ts'
import { createGithubClient } from './systems/github/client.ts'
import { createGithubTeams } from './systems/github/teams.ts'
import { createTrelloHost } from './trello/card-host.ts'
import { meaningOf } from './trello/checklist-map.ts'
import { tickEarned } from './trello/earned-ticks.ts'
import { createTrelloRest } from './trello/rest.ts'
import { sendNotices } from './trello/send-notices.ts'
import { createTokenVerifier } from './trello/tokens.ts'
import { createWatcher } from './trello/watch.ts'
import { createWebhookReceiver } from './trello/webhooks.ts'

/** How often owed comments are sent and earned ticks made. */
const TELL_EVERY = 1 * SECOND
const PUBLISH_EVERY = 10 * MINUTE
const SWEEP_EVERY = 15 * MINUTE
/** Finds steps whose time to look again has come, and what a lost wake-up missed. */
const SWEEP_STEPS_EVERY = 5 * SECOND

export interface Product {
  app: Express
  db: Database
  says: string
  /** Starts what works by itself: workers, polling, comments. */
  start(): Promise<void>
  stop(): Promise<void>
}

const here = fileURLToPath(new URL('.', import.meta.url))

/**
 * Builds every part once, by plain functions. The only file that knows them all; it holds no logic of its own.
 * @throws Error in a sentence when the rule set, the installation or the database is not right
 */
export async function compose(config: Config, clock: Clock = systemClock): Promise<Product> {
  const log = pino({ level: config.logLevel, base: null })
  const report = (error: unknown) =>
    log.error(
      {
        kind: error instanceof Error ? error.name : 'unknown',
        stack: error instanceof Error ? error.stack : undefined,
      },
      'unexpected',
    )
  const ruleSet = loadRuleSet(join(here, 'rules/rule-sets', `${config.ruleSet}.yaml`))
  const { installation, awsBaseAccount, checklistMap } = readInstallation(config.installationFile)
  checkInstallation(ruleSet, installation)
  const db = await openDatabase(config.database)
  const metrics = createMetrics(db)
  const changes = createChanges()

  const office: Office = {
    clock,
    installation,
    heldLevels,
    holdsAdmin,
    ruleSet(id) {
      if (id !== null && id !== ruleSet.id) throw new Error(`The rule set ${id} is not installed.`)
      return ruleSet
    },
  }

  const github = config.github.credentials
    ? createGithubClient({ apiUrl: config.github.apiUrl, credentials: config.github.credentials })
    : null
  const teams = github ? createGithubTeams(github, () => clock.wall()) : null
  const adapters: Adapters = new Map<string, SystemAdapter>()
  if (github && teams) {
    const followed = installation.targets['github:production-deploy'] ?? {}
    adapters.set('github', teams)
    adapters.set(
      'aws',
      createAwsRoleLists(github, () => clock.wall()),
    )
    adapters.set(
      'argo-cd',
      createArgoCd(
        (order) => teams.read({ ...order, wanted: { value: 'member', params: { ...followed } } }),
        () => clock.wall(),
      ),
    )
  }

  const { trello } = config
  const rest = createTrelloRest({ origin: trello.restOrigin, apiKey: trello.apiKey, token: trello.token, clock })
  const host = createTrelloHost(rest)
  const tokens = createTokenVerifier({ keysUrl: trello.keysUrl, pluginId: trello.powerUpId, clock })
  const callbackUrl = (boardId: string) => `${config.origin}/webhooks/${boardId}`

  async function changed(cardId: string | null): Promise<void> {
    if (cardId === null) return
    const card = await db.kysely.selectFrom('card').select('board_id').where('id', '=', cardId).executeTakeFirst()
    if (card) changes.tell({ cardId, boardId: card.board_id, version: await currentVersion(cardId) })
  }
  const tell = (cardId: string | null) => void changed(cardId).catch(report)

  async function currentVersion(cardId: string): Promise<string> {
    const row = await db.kysely
      .selectFrom('card')
      .leftJoin('request', 'request.card_id', 'card.id')
      .select(['card.read_at', 'request.version', 'request.id'])
      .where('card.id', '=', cardId)
      .orderBy('request.created_at', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row ? `${row.id ?? 'card'}-${row.version ?? 0}-${row.read_at.getTime()}` : ''
  }

  const watcher = createWatcher({
    db,
    host,
    rest,
    clock,
    office,
    map: checklistMap,
    templates: Object.entries(ruleSet.levels).map(([level, one]) => ({ shortLink: one.template, level })),
    callbackUrl,
    changed: tell,
    report,
  })
  const worker = createWorker({
    db,
    office,
    adapters,
    clock,
    approvalValidDays: config.approvalValidDays,
    lookAgainMs: config.lookAgainMs,
    changed: tell,
    report,
  })
  const wake = await startWake({
    db,
    work: () => worker.runDue(),
    report,
    sweepEveryMs: Math.min(SWEEP_STEPS_EVERY, config.lookAgainMs),
  })
  const boards = {
    readBoard: (id: string) => host.readBoard(id),
    async disconnect() {
      // The webhook ends itself: its next delivery is answered with 410.
    },
  }
  const performing = createPerforming({
    db,
    office,
    acts: [...requestActs({ boards, emailDomains: config.emailDomains }), ...grantActs({ office, adapters, wake })],
    accounts: createAccountLookup({ github: teams, awsBaseAccount, emailDomains: config.emailDomains }),
    cards: watcher,
    append: (tx, events) => append(tx, events, clock),
    changed: tell,
  })
  const reading = createReading({ db, office, host, connections, oldBecause, unmapped })

  async function connections(): Promise<Connection[]> {
    const systems = await Promise.all(
      [...adapters.values()].map(async (adapter) => ({ adapter, health: await adapter.health() })),
    )
    const now = clock.calendar()
    return [
      { id: 'trello', name: 'Trello (reading cards)', ...rest.health(), checkedAt: now },
      { id: 'keys', name: 'Trello’s keys (who is looking)', ...tokens.health(), checkedAt: now },
      { id: 'database', name: 'Database', ok: true, sentence: db.says, checkedAt: null },
      ...systems.map(({ adapter, health }) => ({
        id: adapter.id,
        name: adapter.name,
        ok: health.state === 'ok',
        sentence: health.sentence,
        checkedAt: null,
      })),
      ...(github
        ? []
        : [
            {
              id: 'github',
              name: 'GitHub and AWS lists',
              ok: true,
              sentence: 'Not connected: people do these steps by hand, led by the clicks shown.',
              checkedAt: null,
            },
          ]),
    ]
  }

  async function oldBecause(boardId: string): Promise<string | null> {
    const board = await db.kysely
      .selectFrom('board')
      .select(['problem', 'checked_at'])
      .where('id', '=', boardId)
      .executeTakeFirst()
    if (!rest.health().ok || board?.problem) {
      const at = board?.checked_at
      const time = at
        ? new Intl.DateTimeFormat('en-GB', {
            timeZone: 'Europe/London',
            hour: 'numeric',
            minute: '2-digit',
            hour12: true,
          })
            .format(at)
            .replace(/\s/g, '')
        : null
      const problem = board?.problem ?? 'We cannot reach Trello.'
      return `${problem}${time ? ` This is how it stood at ${time}.` : ''} Nothing is lost. This updates by itself.`
    }
    return null
  }

  async function unmapped(): Promise<string[]> {
    const cards = await db.kysely.selectFrom('card').select('checklists').where('kind', '=', 'template').execute()
    return cards.flatMap((card) =>
      card.checklists.flatMap((list) =>
        list.items
          .filter((item) => meaningOf(checklistMap, list.name, item.name) === null)
          .map((item) => `${list.name}: ${item.name}`),
      ),
    )
  }

  const app = createApp({
    db,
    office,
    platform: {
      pageOrigin: trello.pageOrigin,
      libraryUrl: trello.libraryUrl,
      origin: config.origin,
      pluginId: trello.powerUpId,
      practice: config.practice,
    },
    clientFolder: join(here, '../dist/client'),
    receiveWebhook: createWebhookReceiver({
      db,
      clock,
      appSecret: trello.appSecret,
      callbackUrl,
      changed: (card, _boardId, hint) => watcher.hear(card, hint),
    }),
    healthy: async () =>
      db.kysely
        .selectFrom('event_head')
        .select('seq')
        .execute()
        .then(
          () => true,
          () => false,
        ),
    metrics: metrics.text,
    metricsToken: config.metricsToken,
    report,
    reading,
    performing,
    tokens,
    refused: metrics.refused,
    changes,
    clock,
    currentVersion,
    badges: createBadgeSource(db, office),
    section: reading.section,
    windowOf: (viewer, act, subject) => reading.window(viewer, windowOfAct[act] ?? act, subject),
  })

  const timers: NodeJS.Timeout[] = []
  let telling: Promise<unknown> = Promise.resolve()
  return {
    app,
    db,
    says: db.says,
    async start() {
      await db.transaction(async (tx) => {
        const made = await ensureKeepers(tx, config.keepers, clock)
        const events = made.map((memberId) => ({
          type: 'keeper-made' as const,
          actor: 'system',
          requestId: null,
          personId: null,
          stepId: null,
          boardId: null,
          data: { memberId },
        }))
        await append(tx, events, clock)
      })
      // The embedded database has one owner: whoever held a lease before is gone.
      if (db.engine === 'pglite') await worker.takeOver()
      watcher.start()
      const every = (ms: number, work: () => Promise<unknown>) =>
        timers.push(setInterval(() => void work().catch(report), ms))
      let busy = false
      every(TELL_EVERY, async () => {
        if (busy) return
        busy = true
        telling = tellAll().finally(() => {
          busy = false
        })
        await telling
      })
      every(PUBLISH_EVERY, () => publishHead(db.kysely, config.logHeadFile, clock))
      every(SWEEP_EVERY, () => worker.sweep())
      every(SWEEP_EVERY, async () => {
        const expired = await expireQuiet({ db, office, append: (tx, events) => append(tx, events, clock) })
        for (const card of expired) tell(card)
      })
    },
    async stop() {
      for (const timer of timers) clearInterval(timer)
      await watcher.stop()
      await wake.stop()
      await telling.catch(() => {})
      await publishHead(db.kysely, config.logHeadFile, clock).catch(report)
      await db.close()
    },
  }

  async function tellAll(): Promise<void> {
    await sendNotices({ db, host, clock })
    await tickEarned({ db, host, clock, map: checklistMap, refresh: (cardId) => watcher.refresh(cardId) })
  }
}

/** Acts whose window has another name. */
const windowOfAct: Record<string, string> = {
  'give-details': 'ask',
  'ask-for-changes': 'changes',
  'review-preparedness': 'review',
  'undo-granted': 'undo',
  'revoke-holding': 'revoke',
  'ask-help': 'help',
  'line-manager-agrees': 'line-manager',
  'claim-identity': 'claim',
}
