import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Express } from 'express'
import type { DestinationStream } from 'pino'
import { createAccountLookup } from './account-lookup.ts'
import { append } from './audit/append.ts'
import type { NewEvent } from './audit/events.ts'
import { publishHead } from './audit/heads.ts'
import { type Clock, DAY, MINUTE, SECOND, systemClock } from './clock.ts'
import { composeOffice } from './compose-office.ts'
import type { Config } from './config.ts'
import { createConnections } from './connections.ts'
import type { Database, Tx } from './db/database.ts'
import { grantActs } from './grants/acts/index.ts'
import { compareWhenDue } from './grants/drift/run.ts'
import { exportPolicy, exportStates } from './grants/export-states.ts'
import { lookForMore } from './grants/look-for-more.ts'
import { readHeld } from './grants/read-held.ts'
import { tellingsOf } from './grants/tellings.ts'
import { startWake } from './grants/wake.ts'
import { createWorker } from './grants/worker.ts'
import { createApp } from './http/app.ts'
import { createBadgeSource } from './http/badge-source.ts'
import { createChanges } from './http/changes.ts'
import { createFreshness } from './http/freshness.ts'
import { createOthersChanges, LOOK_EVERY } from './http/others-changes.ts'
import { createReading } from './http/reading.ts'
import { createVersions } from './http/versions.ts'
import { createLog } from './log.ts'
import { createMetrics } from './metrics.ts'
import { makeFirstKeepers } from './people/first-keepers.ts'
import { createRepeating } from './repeating.ts'
import { requestActs } from './requests/acts/index.ts'
import { forgetChallenges } from './requests/challenges.ts'
import { expireQuiet } from './requests/expiry.ts'
import { judgeForTheDay } from './requests/new-day.ts'
import { createPerforming } from './requests/performing.ts'
import { remindOfDecisions } from './requests/remind.ts'
import { createReviewRun } from './requests/review-day.ts'
import { activateRuleSet } from './requests/rule-sets.ts'
import { templatesOf } from './rules/installation-check.ts'
import { createTelling } from './telling.ts'
import { createTrelloHost } from './trello/card-host.ts'
import { createTrelloRest } from './trello/rest.ts'
import { createTokenVerifier } from './trello/tokens.ts'
import { unmappedItems } from './trello/unmapped.ts'
import { createWatcher } from './trello/watch.ts'
import { createWebhookReceiver, forgetDeliveries } from './trello/webhooks.ts'

/** How often owed comments are sent and earned ticks made. */
const TELL_EVERY = 1 * SECOND
const PUBLISH_EVERY = 10 * MINUTE
const SWEEP_EVERY = 15 * MINUTE
/** So that nobody goes on for long with a task of somebody who left. */
const STOP_EVERY = 1 * MINUTE
/** Whoever opens the window waits for the systems so long, and reads which did not answer. */
const LOOK_WITHIN = 4 * SECOND
/** How often what is held and due is read again, a batch at a time. */
const READ_HELD_EVERY = 1 * MINUTE
/** How often the record is compared with every system. */
const COMPARE_EVERY = 1 * DAY
/** Whether somebody asked for it beside. */
const COMPARE_WHEN_ASKED_EVERY = 5 * SECOND
/** Whether a new London day has begun. */
const NEW_DAY_EVERY = 1 * MINUTE
/** Finds steps whose time to look again has come, and what a lost wake-up missed. */
const SWEEP_STEPS_EVERY = 5 * SECOND

export interface Product {
  app: Express
  db: Database
  says: string
  /** Starts what works by itself: workers, polling, comments. */
  start(): Promise<void>
  /** Does at once what a new London day brings, which otherwise is noticed within some minutes. */
  newDay(): Promise<void>
  stop(): Promise<void>
}

const here = fileURLToPath(new URL('.', import.meta.url))

/**
 * Builds every part once, by plain functions. The only file that knows them all; it holds no logic of its own.
 * @throws Error in a sentence when the rule set, the installation or the database is not right
 */
export async function compose(config: Config, clock: Clock = systemClock, logTo?: DestinationStream): Promise<Product> {
  const { unexpected: report } = createLog(config.logLevel, logTo)
  const { db, office, adapters, github, peopleFiles, ruleSet, file } = await composeOffice(config, clock, report)
  const { installation, awsBaseAccount, checklistMap } = file
  const metrics = createMetrics(db)
  const changes = createChanges()

  const { trello } = config
  const rest = createTrelloRest({ origin: trello.restOrigin, apiKey: trello.apiKey, token: trello.token, clock })
  const host = createTrelloHost(rest)
  const quietHost = createTrelloHost(rest.background)
  const tokens = createTokenVerifier({ keysUrl: trello.keysUrl, pluginId: trello.powerUpId, clock })
  const connections = createConnections({
    db,
    trello: rest.health,
    keys: tokens.health,
    adapters: adapters.values(),
    systems: new Map(Object.values(ruleSet.grants).map(({ system, systemName }) => [system, systemName])),
    credentialsEnd: config.credentialsEnd,
    report,
    clock,
  })
  const versions = createVersions(db, changes)
  const tell = (cardId: string) => void versions.tell(cardId).catch(report)
  const watcher = createWatcher({
    db,
    host,
    quietHost,
    quietRest: rest.background,
    clock,
    office,
    map: checklistMap,
    templates: [...templatesOf(ruleSet, installation)].map(([level, shortLink = '']) => ({ shortLink, level })),
    origin: config.origin,
    changed: tell,
    report,
  })
  const telling = createTelling({ db, host: quietHost, clock, map: checklistMap, refresh: watcher.refresh })
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
    acts: [
      ...requestActs({ boards, emailDomains: config.emailDomains }),
      ...grantActs({ office, adapters, wake, approvalValidDays: config.approvalValidDays }),
    ],
    accounts: createAccountLookup({ github, awsBaseAccount, emailDomains: config.emailDomains }),
    cards: watcher,
    append: (tx, events) => append(tx, events, clock),
    changed: tell,
  })
  const reading = createReading({
    db,
    office,
    host,
    connections: connections.all,
    recordsAnswer: connections.database,
    refresh: watcher.refresh,
    lookForMore: (cardId) => lookForMore({ db, office, adapters, clock, report }, cardId, LOOK_WITHIN),
    oldBecause: createFreshness({ db, trello: rest.health, now: () => clock.calendar() }),
    unmapped: () => unmappedItems(db, checklistMap),
    exports: () => exportStates(db.kysely, adapters, exportPolicy(office.installation), clock.calendar()),
  })

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
      origin: config.origin,
      changed: (card, _boardId, hint) => watcher.hear(card, hint),
    }),
    tellings: tellingsOf({ db, adapters, clock, wake }),
    healthy: connections.database,
    metrics: metrics.text,
    metricsToken: config.metricsToken,
    report,
    reading,
    performing,
    tokens,
    refused: metrics.refused,
    changes,
    clock,
    versions,
    badges: createBadgeSource(db, office),
    section: reading.section,
    windowOf: reading.window,
    sent: reading.forgetDraft,
  })

  const own = { db, office, append: (tx: Tx, events: NewEvent[]) => append(tx, events, clock) }
  const repeating = createRepeating(report)
  const stopping = new AbortController()
  const reviewAccess = createReviewRun(own)
  const review = async () => (await reviewAccess()).forEach(tell)
  const judge = async () => (await judgeForTheDay(own)).forEach(tell)
  const remind = async () => {
    for (const card of [...(await expireQuiet(own)), ...(await remindOfDecisions(own))]) tell(card)
  }
  return {
    app,
    db,
    says: db.says,
    async start() {
      await makeFirstKeepers(db, config.keepers, clock)
      for (const card of await activateRuleSet(own)) tell(card)
      // The embedded database has one owner: whoever held a lease before is gone.
      if (db.engine === 'pglite') await worker.takeOver()
      await telling.takeOver()
      watcher.start()
      repeating.every(TELL_EVERY, telling.round)
      // Only PostgreSQL can have other processes.
      if (db.engine === 'postgres') repeating.every(LOOK_EVERY, createOthersChanges({ versions, changes, clock }))
      repeating.every(SWEEP_EVERY, async () => {
        await forgetDeliveries(db.kysely, clock.wall())
        await forgetChallenges(db.kysely, clock.wall())
      })
      repeating.every(PUBLISH_EVERY, () => publishHead(db, config.logHeadFile, clock, tokens.publicKeys()))
      repeating.every(SWEEP_EVERY, () => worker.sweep())
      repeating.every(STOP_EVERY, () => worker.stopHeldUp())
      repeating.every(READ_HELD_EVERY, () =>
        readHeld({ db, office, adapters, clock, changed: tell, report, random: Math.random }),
      )
      const compare = (everyMs: number) =>
        compareWhenDue({
          ...own,
          adapters,
          clock,
          machines: file.machines,
          files: peopleFiles,
          everyMs,
          report,
          signal: stopping.signal,
        })
      repeating.every(SWEEP_EVERY, () => compare(COMPARE_EVERY))
      repeating.every(COMPARE_WHEN_ASKED_EVERY, () => compare(Number.POSITIVE_INFINITY))
      repeating.every(SWEEP_EVERY, remind)
      repeating.every(NEW_DAY_EVERY, review)
      repeating.every(NEW_DAY_EVERY, judge)
    },
    async newDay() {
      await judge()
      await review()
      await remind()
    },
    async stop() {
      stopping.abort()
      await repeating.stop()
      await watcher.stop()
      await wake.stop()
      await publishHead(db, config.logHeadFile, clock, tokens.publicKeys()).catch(report)
      await db.close()
    },
  }
}
