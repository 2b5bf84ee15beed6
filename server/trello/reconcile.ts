import { type Clock, MINUTE } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { HostFailure } from '../requests/card-host.ts'
import type { ChangedCard, TrelloHost } from './card-host.ts'
import { keepWebhook, type WebhookParts } from './keep-webhook.ts'

/** Trello tells of ticks by webhook only, so now and then every card of ours is looked at, whatever was told. */
const WHOLE_EVERY = 10 * MINUTE

export interface ReconcileParts extends WebhookParts {
  db: Database
  /** For work in the background. */
  host: TrelloHost
  clock: Clock
  templates: { shortLink: string; level: string }[]
  /** Whether a card is ours already, or a copy of one that is. */
  concernsUs(card: ChangedCard): Promise<boolean>
  read(cardId: string): Promise<void>
}

const problems: Partial<Record<HostFailure['kind'], string>> = {
  forbidden: 'We cannot read this board: add our service member to it.',
  'not-found':
    'This board was deleted, or our service member cannot see it any more. If it is still there, add our service member to it. Unfinished requests of it wait in the access queue until somebody continues or ends them.',
}

/**
 * Catches up with one board: its webhook, its templates, what its actions tell, and what only the cards themselves tell.
 * A board that cannot be read is marked with the reason; when Trello is out of reach, nothing is marked and the next
 * round tries again.
 */
export function createReconciling(parts: ReconcileParts): (boardId: string) => Promise<void> {
  const { db, host, clock } = parts
  const wholeAt = new Map<string, number>()

  async function catchUp(boardId: string, lastActionId: string | null): Promise<void> {
    // First the webhook, then what happened before it: nothing can fall in between.
    const webhook = await keepWebhook(parts, boardId)
    if (lastActionId === null) for (const { shortLink } of parts.templates) await readTemplate(shortLink, boardId)
    const { cards, newest } = await host.changedSince(boardId, lastActionId)
    for (const card of cards) if (await parts.concernsUs(card)) await parts.read(card.id)
    const now = clock.wall().getTime()
    if (webhook.made || now - (wholeAt.get(boardId) ?? 0) >= WHOLE_EVERY) {
      for (const id of await strayed(boardId)) await parts.read(id)
      wholeAt.set(boardId, now)
    }
    await db.kysely
      .updateTable('board')
      .set({ problem: null, checked_at: clock.wall(), last_action_id: newest })
      .where('id', '=', boardId)
      .execute()
  }

  async function readTemplate(shortLink: string, boardId: string): Promise<void> {
    const card = await host.readCard(shortLink).catch((error: unknown) => {
      // A template on a board that we do not read is known by its short link alone.
      if (error instanceof HostFailure && ['not-found', 'forbidden'].includes(error.kind)) return null
      throw error
    })
    if (card?.boardId === boardId) await parts.read(card.id)
  }

  /** Cards of ours that are not as we wrote them down: changed, archived, brought back, moved or gone. */
  async function strayed(boardId: string): Promise<string[]> {
    const open = await host.lastActivities(boardId)
    const own = await db.kysely
      .selectFrom('card')
      .select(['id', 'closed', 'deleted_at', 'last_activity'])
      .where('board_id', '=', boardId)
      .execute()
    return own
      .filter((card) => {
        const activity = open.get(card.id)
        const awayFromHere = card.closed || card.deleted_at !== null
        if (activity === undefined) return !awayFromHere
        return awayFromHere || activity.getTime() !== card.last_activity.getTime()
      })
      .map((card) => card.id)
  }

  /** A board goes with all its cards, and tells of none of them: each is asked for by itself, until it is known to be gone. */
  async function lostWith(boardId: string): Promise<void> {
    const own = await db.kysely
      .selectFrom('card')
      .select('id')
      .where('board_id', '=', boardId)
      .where('deleted_at', 'is', null)
      .execute()
    for (const { id } of own) await parts.read(id)
  }

  return async (boardId) => {
    const board = await db.kysely
      .selectFrom('board')
      .select(['id', 'last_action_id'])
      .where('id', '=', boardId)
      .executeTakeFirst()
    if (!board) return
    try {
      await catchUp(boardId, board.last_action_id)
    } catch (error) {
      if (!(error instanceof HostFailure)) throw error
      if (error.kind === 'not-found') await lostWith(boardId)
      const problem = problems[error.kind]
      if (problem) await db.kysely.updateTable('board').set({ problem }).where('id', '=', boardId).execute()
    }
  }
}
