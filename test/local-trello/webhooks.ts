import { createHmac } from 'node:crypto'
import type { Faults } from './faults.ts'
import { type Action, type Model, newTrelloId, type Webhook } from './model.ts'

/** Webhooks as Trello sends them: a HEAD before the first, a signature, retries, 410 to end them, off after many failures. */
export interface Webhooks {
  /** The new webhook, or the sentence with which Trello refuses. */
  create(given: { idModel: string; callbackURL: string; description: string }): Promise<Webhook | string>
  update(webhook: Webhook, more: Partial<Pick<Webhook, 'active' | 'callbackURL' | 'description'>>): void
  remove(webhook: Webhook): void
  get(id: string): Webhook | null
  all(): Webhook[]
  /** Waits until everything under way was delivered or given up. */
  settled(): Promise<void>
  /** All are gone without a word, as when the token that made them ends. */
  vanish(): void
  close(): void
}

export interface WebhookParts {
  model: Model
  faults: Faults
  appSecret: string
  /** Waits before each further try. Trello's are 30, 60 and 120 seconds. */
  retryAfterMs?: number[]
  /** Failures in a row after which a webhook is switched off. */
  offAfter?: number
}

const SHUFFLE_WITHIN_MS = 30
const ANSWER_WITHIN_MS = 5_000

export function createWebhooks(parts: WebhookParts): Webhooks {
  const { model, faults, retryAfterMs = [50, 100, 200], offAfter = 30 } = parts
  const closing = new AbortController()
  const underWay = new Set<Promise<void>>()
  let waiting: { webhook: Webhook; body: string }[] = []

  function track(work: Promise<void>): void {
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
  }

  async function attempt(webhook: Webhook, body: string): Promise<number> {
    const signature = createHmac('sha1', parts.appSecret).update(body).update(webhook.callbackURL).digest('base64')
    try {
      const answer = await fetch(webhook.callbackURL, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-trello-webhook': signature },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      })
      await answer.arrayBuffer()
      return answer.status
    } catch {
      return 0
    }
  }

  async function deliver(webhook: Webhook, body: string): Promise<void> {
    for (const wait of [0, ...retryAfterMs]) {
      await pause(wait)
      if (closing.signal.aborted || !webhook.active || !model.webhooks.includes(webhook)) return
      const status = await attempt(webhook, body)
      if (status === 200) return succeeded(webhook)
      if (status === 410) return remove(webhook)
      failed(webhook)
    }
  }

  function succeeded(webhook: Webhook): void {
    webhook.consecutiveFailures = 0
    webhook.firstConsecutiveFailDate = null
  }

  function failed(webhook: Webhook): void {
    webhook.consecutiveFailures += 1
    webhook.firstConsecutiveFailDate ??= model.now().toISOString()
    if (webhook.consecutiveFailures >= offAfter) webhook.active = false
    model.save()
  }

  function remove(webhook: Webhook): void {
    const index = model.webhooks.indexOf(webhook)
    if (index !== -1) model.webhooks.splice(index, 1)
    model.save()
  }

  /** What has gathered is sent in order, or backwards; a first try that fails does not hold up the next delivery. */
  async function flush(): Promise<void> {
    await pause(Math.max(faults.delayWebhooksMs, faults.shuffleWebhooks ? SHUFFLE_WITHIN_MS : 0))
    const batch = faults.shuffleWebhooks ? waiting.toReversed() : waiting
    waiting = []
    for (const { webhook, body } of batch)
      for (const _ of faults.duplicateWebhooks ? [1, 2] : [1]) {
        const delivered = deliver(webhook, body)
        track(delivered)
        // The wrong order is certain only when each waits for the one before.
        if (faults.shuffleWebhooks) await delivered
      }
  }

  model.listen((change) => {
    if (change.kind !== 'action' || faults.dropWebhooks) return
    const models = [change.idBoard, change.idCard]
    for (const webhook of model.webhooks.filter((one) => one.active && models.includes(one.idModel))) {
      waiting.push({ webhook, body: JSON.stringify(delivery(model, webhook, change.action)) })
      if (waiting.length === 1) track(flush())
    }
  })

  return {
    async create({ idModel, callbackURL, description }) {
      if (!URL.canParse(callbackURL)) return 'invalid value for callbackURL'
      if (model.webhooks.some((one) => one.callbackURL === callbackURL && one.idModel === idModel))
        return 'A webhook with that callback, model, and token already exists'
      const signal = AbortSignal.timeout(ANSWER_WITHIN_MS)
      const head = await fetch(callbackURL, { method: 'HEAD', signal, redirect: 'manual' }).catch(() => null)
      if (head?.status !== 200)
        return `URL (${callbackURL}) did not return 200 status code, got ${head?.status ?? 'no answer'}`
      const webhook: Webhook = {
        id: newTrelloId(model.now()),
        description,
        idModel,
        callbackURL,
        active: true,
        consecutiveFailures: 0,
        firstConsecutiveFailDate: null,
      }
      model.webhooks.push(webhook)
      model.save()
      return webhook
    },
    update(webhook, more) {
      Object.assign(webhook, more)
      if (more.active) succeeded(webhook)
      model.save()
    },
    remove,
    get: (id) => model.webhooks.find((webhook) => webhook.id === id) ?? null,
    all: () => model.webhooks,
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
    vanish() {
      model.webhooks.splice(0)
      model.save()
    },
    close: () => closing.abort(),
  }
}

/** The body of one delivery. */
function delivery(model: Model, webhook: Webhook, action: Action): unknown {
  const board = model.board(webhook.idModel)
  const card = model.card(webhook.idModel)
  const subject = board ? { id: board.id, name: board.name } : { id: webhook.idModel, name: card?.name ?? '' }
  const { id, description, idModel, callbackURL, active, consecutiveFailures } = webhook
  return {
    model: subject,
    action: actionJson(model, action),
    webhook: { id, description, idModel, callbackURL, active, consecutiveFailures },
  }
}

/** An action as deliveries and REST answers show it. */
export function actionJson(model: Model, action: Action): Record<string, unknown> {
  const creator = model.member(action.idMemberCreator)
  return {
    ...action,
    appCreator: null,
    limits: null,
    display: { translationKey: `action_${action.type.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}` },
    memberCreator: creator ? { ...creator, activityBlocked: false, nonPublicAvailable: false } : null,
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}
