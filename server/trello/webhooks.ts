import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { type Clock, DAY } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { Schema } from '../db/schema.ts'
import { callbackUrl, webhookKey } from './keep-webhook.ts'

/** Deliveries from Trello: at least once, in any order, sometimes not at all. They only say "go and read". */

/**
 * How long a delivery is remembered, and how old an action may be that is still heard: an old one sent again is then
 * never taken for a new one. Trello itself gives up after hours; ninety days outlast any stay of ours without a server.
 */
const REMEMBERED = 90 * DAY
/** What is forgotten was refused for a day already, whatever Trello's clock and ours disagree about. */
const FORGOTTEN = REMEMBERED + 1 * DAY

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
      checkItem: z.looseObject({ id: z.string(), state: z.string().default('') }).optional(),
    }),
  }),
})

/** Base64 of HMAC-SHA1 over the raw body and the callback address, compared in constant time. */
export function signatureHolds(body: Buffer, signature: string, secret: string, callbackUrl: string): boolean {
  const expected = createHmac('sha1', secret).update(body).update(callbackUrl).digest()
  const given = Buffer.from(signature, 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

export interface ReceiverParts {
  db: Database
  clock: Clock
  appSecret: string
  /** Our own public address, from configuration: the request's own may be a proxy's. */
  origin: string
  changed(
    card: { id: string; copiedFrom: { id: string; shortLink: string } | null },
    boardId: string,
    hint: TickHint | null,
  ): void
}

export interface Delivery {
  method: string
  boardId: string
  key: string
  contentType: string | undefined
  signature: string | undefined
  body: Buffer
}

/** The order of refusals is the protocol: method, address, type, headers, signature; then once for each action. */
export function createWebhookReceiver(parts: ReceiverParts): (given: Delivery) => Promise<{ status: number }> {
  return async (given) => {
    const { boardId, key } = given
    if (given.method !== 'HEAD' && given.method !== 'POST') return { status: 405 }
    if (!/^[0-9a-f]{24}$/.test(boardId) || !/^[0-9a-f]{12}$/.test(key)) return { status: 404 }
    // Trello asks with HEAD while a webhook is being made.
    if (given.method === 'HEAD') return { status: 200 }
    if (!given.contentType?.includes('json')) return { status: 415 }
    if (!given.signature) return { status: 400 }
    if (!signatureHolds(given.body, given.signature, parts.appSecret, callbackUrl(parts.origin, boardId, key)))
      return { status: 401 }
    const board = await parts.db.kysely.selectFrom('board').select('id').where('id', '=', boardId).executeTakeFirst()
    // 410 makes Trello take the webhook away: the board was disconnected, or has another webhook.
    if (!board || (await webhookKey(parts.db, boardId)) !== key) return { status: 410 }
    const read = delivery.safeParse(parsed(given.body))
    // Trello counts anything but 200 as a failure; kinds that we do not know are let pass.
    if (!read.success) return { status: 200 }
    const { action } = read.data
    const now = parts.clock.wall()
    // Too old to be known as a second one. Nothing is lost: reconciling reads what cards are.
    if (Date.parse(action.date) < now.getTime() - REMEMBERED) return { status: 200 }
    const fresh = await parts.db.kysely
      .insertInto('delivery')
      .values({ action_id: action.id, board_id: boardId, received_at: now })
      .onConflict((conflict) => conflict.column('action_id').doNothing())
      .returning('action_id')
      .executeTakeFirst()
    const { card, cardSource } = action.data
    if (fresh && card) {
      const copiedFrom = action.type === 'copyCard' ? (cardSource ?? null) : null
      parts.changed({ id: card.id, copiedFrom }, boardId, tickHint(action))
    }
    return { status: 200 }
  }
}

/** Removes what is remembered of deliveries so old that they would not be heard again. */
export async function forgetDeliveries(db: Kysely<Schema>, now: Date): Promise<void> {
  await db
    .deleteFrom('delivery')
    .where('received_at', '<', new Date(now.getTime() - FORGOTTEN))
    .execute()
}

function tickHint({ type, date, idMemberCreator, data }: z.infer<typeof delivery>['action']): TickHint | null {
  const { checkItem } = data
  if (!checkItem || type !== 'updateCheckItemStateOnCard' || !idMemberCreator) return null
  return {
    itemId: checkItem.id,
    complete: checkItem.state === 'complete',
    memberId: idMemberCreator,
    at: new Date(date),
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
}
