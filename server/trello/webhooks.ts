import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { TrelloRest } from './rest.ts'

/** Deliveries from Trello: at least once, in any order, sometimes not at all. They only say "go and read". */

/** What a delivery is good for beyond "read again": who ticked what, which Trello tells nowhere else. */
export interface TickHint {
  itemId: string
  complete: boolean
  memberId: string
  at: Date
}

const delivery = z.looseObject({
  action: z.looseObject({
    id: z.string(),
    type: z.string(),
    date: z.string(),
    idMemberCreator: z.string().nullish(),
    data: z.looseObject({
      card: z.looseObject({ id: z.string() }).optional(),
      cardSource: z.looseObject({ id: z.string(), shortLink: z.string().default('') }).optional(),
      checkItem: z.looseObject({ id: z.string(), state: z.string() }).optional(),
    }),
  }),
})

/** Base64 of HMAC-SHA1 over the raw body and the callback address, compared in constant time. */
export function signatureHolds(body: Buffer, signature: string, secret: string, callbackUrl: string): boolean {
  const expected = createHmac('sha1', secret).update(body).update(callbackUrl).digest()
  const given = Buffer.from(signature, 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

export interface WebhookParts {
  db: Database
  clock: Clock
  appSecret: string
  callbackUrl(boardId: string): string
  changed(
    card: { id: string; copiedFrom: { id: string; shortLink: string } | null },
    boardId: string,
    hint: TickHint | null,
  ): void
}

export interface Delivery {
  method: string
  boardId: string
  contentType: string | undefined
  signature: string | undefined
  body: Buffer
}

/** The order of refusals is the protocol: address, method, type, headers, signature; then once for each action. */
export function createWebhookReceiver(parts: WebhookParts): (given: Delivery) => Promise<{ status: number }> {
  return async (given) => {
    if (!/^[0-9a-f]{24}$/.test(given.boardId)) return { status: 422 }
    // Trello asks with HEAD when a webhook is made, before we may have written down the board.
    if (given.method === 'HEAD') return { status: 200 }
    if (given.method !== 'POST') return { status: 405 }
    if (!given.contentType?.includes('json')) return { status: 415 }
    if (!given.signature) return { status: 400 }
    if (!signatureHolds(given.body, given.signature, parts.appSecret, parts.callbackUrl(given.boardId)))
      return { status: 401 }
    const board = await parts.db.kysely
      .selectFrom('board')
      .select('id')
      .where('id', '=', given.boardId)
      .executeTakeFirst()
    // 410 makes Trello take the webhook away: the board was disconnected.
    if (!board) return { status: 410 }
    const read = delivery.safeParse(parsed(given.body))
    if (!read.success) return { status: 200 }
    const { action } = read.data
    const fresh = await parts.db.kysely
      .insertInto('delivery')
      .values({ action_id: action.id, board_id: given.boardId, received_at: parts.clock.wall() })
      .onConflict((conflict) => conflict.column('action_id').doNothing())
      .returning('action_id')
      .executeTakeFirst()
    const { card, checkItem, cardSource } = action.data
    if (fresh && card) {
      const hint =
        checkItem && action.type === 'updateCheckItemStateOnCard' && action.idMemberCreator
          ? {
              itemId: checkItem.id,
              complete: checkItem.state === 'complete',
              memberId: action.idMemberCreator,
              at: new Date(action.date),
            }
          : null
      parts.changed(
        { id: card.id, copiedFrom: action.type === 'copyCard' ? (cardSource ?? null) : null },
        given.boardId,
        hint,
      )
    }
    return { status: 200 }
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
}

const webhook = z.looseObject({ id: z.string(), active: z.boolean(), callbackURL: z.string() })

/** Makes the board's webhook, or makes it again when it vanished or was switched off. Answers its id. */
export async function ensureWebhook(
  rest: TrelloRest,
  board: { id: string; webhookId: string | null },
  callbackUrl: string,
): Promise<string> {
  if (board.webhookId) {
    const found = await rest.get(`/webhooks/${board.webhookId}`).catch(() => null)
    const read = webhook.safeParse(found)
    if (read.success && read.data.active && read.data.callbackURL === callbackUrl) return read.data.id
    if (read.success) await rest.send('DELETE', `/webhooks/${board.webhookId}`).catch(() => null)
  }
  const made = await rest.send('POST', '/webhooks', {
    idModel: board.id,
    callbackURL: callbackUrl,
    description: 'Production access',
  })
  return webhook.parse(made).id
}
