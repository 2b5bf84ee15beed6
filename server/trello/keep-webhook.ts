import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { keepSetting } from '../db/settings.ts'
import { HostFailure } from '../requests/card-host.ts'
import type { TrelloCalls } from './rest.ts'

/**
 * One webhook per connected board, made again when it vanished, was switched off, or points elsewhere. Each has a key in
 * its address, written down before Trello is asked: when the answer is lost, the next one gets another key, and deliveries
 * of the lost one are answered with 410, which ends it. (Trello lists webhooks only by the token in an address.)
 */
export interface WebhookParts {
  db: Database
  rest: TrelloCalls
  clock: Clock
  /** Our own public address. */
  origin: string
}

const webhook = z.looseObject({ id: z.string(), active: z.boolean(), callbackURL: z.string() })
const settingName = (boardId: string) => `webhook:${boardId}`

/** The address of one webhook, as it was told to Trello: part of what Trello signs. */
export function callbackUrl(origin: string, boardId: string, key: string): string {
  return `${origin}/webhooks/${boardId}/${key}`
}

/** The key of the board's living webhook; `null` when none was made yet. */
export async function webhookKey(db: Database, boardId: string): Promise<string | null> {
  const row = await db.kysely
    .selectFrom('setting')
    .select('value')
    .where('name', '=', settingName(boardId))
    .executeTakeFirst()
  return typeof row?.value === 'string' ? row.value : null
}

/**
 * Looks whether the webhook lives, and makes it when it does not.
 * @returns whether there is one now, and whether deliveries may have been lost before
 * @throws HostFailure when Trello cannot be asked
 */
export async function keepWebhook(parts: WebhookParts, boardId: string): Promise<{ lives: boolean; made: boolean }> {
  const { db } = parts
  const row = await db.kysely.selectFrom('board').select('webhook_id').where('id', '=', boardId).executeTakeFirst()
  const key = await webhookKey(db, boardId)
  if (row?.webhook_id && key && (await lives(parts, row.webhook_id, callbackUrl(parts.origin, boardId, key))))
    return { lives: true, made: false }
  const id = await make(parts, boardId)
  // Only where it still stands: the board may have been disconnected meanwhile.
  await db.kysely.updateTable('board').set({ webhook_id: id }).where('id', '=', boardId).execute()
  return { lives: id !== null, made: true }
}
/** Not there, or not allowed: we read the board at intervals. Anything else is Trello being out of reach. */
function noneThere(error: unknown): null {
  if (error instanceof HostFailure && ['not-found', 'forbidden', 'refused'].includes(error.kind)) return null
  throw error
}

async function lives({ rest }: WebhookParts, id: string, address: string): Promise<boolean> {
  const found = webhook.safeParse(await rest.get(`/webhooks/${id}`).catch(noneThere))
  if (!found.success) return false
  if (found.data.active && found.data.callbackURL === address) return true
  await rest.send('DELETE', `/webhooks/${id}`).catch(noneThere)
  return false
}

async function make({ db, rest, clock, origin }: WebhookParts, board: string): Promise<string | null> {
  const fresh = randomBytes(6).toString('hex')
  await keepSetting(db.kysely, settingName(board), fresh, clock.wall())
  const asked = { idModel: board, callbackURL: callbackUrl(origin, board, fresh), description: 'Production access' }
  const made = webhook.safeParse(await rest.send('POST', '/webhooks/', asked).catch(noneThere))
  return made.success ? made.data.id : null
}
