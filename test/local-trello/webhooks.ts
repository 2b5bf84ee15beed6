import { createHmac } from 'node:crypto'
import type { Heard, Model } from './model.ts'
import { newTrelloId } from './model.ts'
import type { Faults } from './rest.ts'

/** Webhooks as Trello sends them: HEAD at creation, HMAC-SHA1 over body and address, retries, 410 ends them. */

interface Webhook {
  id: string
  idModel: string
  callbackURL: string
  active: boolean
  consecutiveFailures: number
}

export interface Webhooks {
  create(idModel: string, callbackURL: string): Promise<Webhook | null>
  get(id: string): Webhook | null
  remove(id: string): { _value: null } | null
  all(): Webhook[]
  /** Waits until everything under way has been delivered. */
  settled(): Promise<void>
  vanish(): void
  pageOrigin(): string
}

const RETRIES = 3

export function createWebhooks(parts: {
  model: Model
  faults: Faults
  appSecret: string
  pageOrigin: () => string
}): Webhooks {
  const hooks: Webhook[] = []
  let under = Promise.resolve()
  const sign = (body: string, url: string) =>
    createHmac('sha1', parts.appSecret).update(body).update(url).digest('base64')

  async function deliver(hook: Webhook, body: string): Promise<void> {
    for (let tried = 0; tried <= RETRIES && hook.active; tried += 1) {
      const answer = await fetch(hook.callbackURL, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-trello-webhook': sign(body, hook.callbackURL) },
        body,
        signal: AbortSignal.timeout(5000),
      }).catch(() => null)
      if (answer?.status === 200) {
        hook.consecutiveFailures = 0
        return
      }
      if (answer?.status === 410) return void hooks.splice(hooks.indexOf(hook), 1)
      hook.consecutiveFailures += 1
      await new Promise((done) => setTimeout(done, 50 * 2 ** tried))
    }
  }

  function hear({ action, boardId }: Heard): void {
    if (action.type === 'pluginData' || parts.faults.dropWebhooks) return
    for (const hook of hooks.filter((one) => one.idModel === boardId && one.active)) {
      const body = JSON.stringify({ model: { id: boardId }, action })
      const times = parts.faults.duplicateWebhooks ? 2 : 1
      const wait = new Promise((done) => setTimeout(done, parts.faults.delayWebhooksMs))
      const sent = wait.then(async () => {
        for (let i = 0; i < times; i += 1) await deliver(hook, body)
      })
      under = Promise.all([under, sent]).then(() => {})
    }
  }
  parts.model.listen(hear)

  return {
    async create(idModel, callbackURL) {
      const head = await fetch(callbackURL, { method: 'HEAD', signal: AbortSignal.timeout(5000) }).catch(() => null)
      if (head?.status !== 200) return null
      const hook = { id: newTrelloId(), idModel, callbackURL, active: true, consecutiveFailures: 0 }
      hooks.push(hook)
      return hook
    },
    get: (id) => hooks.find((hook) => hook.id === id) ?? null,
    remove(id) {
      const index = hooks.findIndex((hook) => hook.id === id)
      if (index === -1) return null
      hooks.splice(index, 1)
      return { _value: null }
    },
    all: () => hooks,
    settled: () => under,
    vanish: () => hooks.splice(0),
    pageOrigin: parts.pageOrigin,
  }
}
