import { append } from '../audit/append.ts'
import type { NewEvent } from '../audit/events.ts'
import { type Clock, MINUTE } from '../clock.ts'
import type { Database, Tx } from '../db/database.ts'
import type { NewNotice } from '../requests/act.ts'
import { type HostCard, HostFailure } from '../requests/card-host.ts'
import { writeNotices } from '../requests/notices.ts'
import { settle } from '../requests/settle.ts'
import type { Office } from '../requests/world.ts'
import type { TrelloHost } from './card-host.ts'
import type { ChecklistMap } from './checklist-map.ts'
import { type Keeping, keepCard, keepLost, type Ours, whose } from './keep-card.ts'
import type { TrelloRest } from './rest.ts'
import { ensureWebhook, type TickHint } from './webhooks.ts'

/** Keeps what we know of cards fresh: by webhook at once, by polling when one was lost. */

const POLL_EVERY = 2 * MINUTE

export interface Watcher {
  /** Something on a card changed: read it, soon and once. `copiedFrom` says that it may be a new copy of ours. */
  hear(card: { id: string; copiedFrom: { id: string; shortLink: string } | null }, hint: TickHint | null): void
  /** Reads a card now. @throws HostFailure when Trello cannot be reached */
  refresh(cardId: string): Promise<void>
  /** Takes in a card by hand. @throws HostFailure */
  adopt(cardId: string, boardId: string, level: string): Promise<void>
  /** Catches up with one board: templates, copies, changes, webhook. */
  reconcile(boardId: string): Promise<void>
  start(): void
  stop(): Promise<void>
}

export interface WatchParts {
  db: Database
  host: TrelloHost
  rest: TrelloRest
  clock: Clock
  office: Office
  map: ChecklistMap
  templates: { shortLink: string; level: string }[]
  callbackUrl(boardId: string): string
  changed(cardId: string): void
  report(error: unknown): void
}

export function createWatcher(parts: WatchParts): Watcher {
  const { db, host, clock, office } = parts
  const hints = new Map<string, TickHint[]>()
  const waiting = new Map<string, Promise<void>>()
  const levelOfTemplate = (shortLink: string) =>
    parts.templates.find((one) => one.shortLink === shortLink)?.level ?? null
  let timer: NodeJS.Timeout | null = null
  let polling: Promise<void> | null = null
  let stopped = false

  async function concernsUs(id: string, source: { id: string; shortLink: string } | null): Promise<boolean> {
    if (source && levelOfTemplate(source.shortLink)) return true
    const ids = source ? [id, source.id] : [id]
    const known = await db.kysely.selectFrom('card').select('id').where('id', 'in', ids).executeTakeFirst()
    return known !== undefined
  }

  async function readAndKeep(cardId: string, adopted: Ours | null = null): Promise<void> {
    const own = hints.get(cardId) ?? []
    hints.delete(cardId)
    let card: HostCard
    try {
      card = await host.readCard(cardId)
    } catch (error) {
      if (own.length > 0) hints.set(cardId, [...own, ...(hints.get(cardId) ?? [])])
      if (error instanceof HostFailure && error.kind === 'not-found') return keepGone(cardId)
      throw error
    }
    const known = await write(async (keeping) => {
      const ours = adopted ?? (await whose(keeping.tx, card, levelOfTemplate))
      if (!ours) return false
      await keepCard(keeping, card, ours, own)
      await settle(keeping, office, card.id)
      return true
    })
    if (known) parts.changed(card.id)
  }

  async function keepGone(cardId: string): Promise<void> {
    const changed = await write(async (keeping) => {
      const lost = await keepLost(keeping, cardId)
      if (lost) await settle(keeping, office, cardId)
      return lost
    })
    if (changed) parts.changed(cardId)
  }

  function write<T>(work: (keeping: Keeping) => Promise<T>): Promise<T> {
    return db.transaction(async (tx: Tx) => {
      const events: NewEvent[] = []
      const notices: NewNotice[] = []
      const keeping = {
        tx,
        clock,
        map: parts.map,
        log: (event: NewEvent) => events.push(event),
        notify: (notice: NewNotice) => notices.push(notice),
      }
      const done = await work(keeping)
      await writeNotices(tx, notices, clock)
      await append(tx, events, clock)
      return done
    })
  }

  async function reconcile(boardId: string): Promise<void> {
    const board = await db.kysely.selectFrom('board').selectAll().where('id', '=', boardId).executeTakeFirst()
    if (!board) return
    try {
      // First the webhook, then what happened before it: nothing can fall in between.
      const webhook = await ensureWebhook(
        parts.rest,
        { id: boardId, webhookId: board.webhook_id },
        parts.callbackUrl(boardId),
      )
      for (const { shortLink } of board.last_action_id === null ? parts.templates : [])
        await readTemplate(shortLink, boardId)
      const { cards, newest } = await host.changedSince(boardId, board.last_action_id)
      for (const { id, copiedFrom } of cards) if (await concernsUs(id, copiedFrom)) await readAndKeep(id)
      await db.kysely
        .updateTable('board')
        .set({ problem: null, checked_at: clock.wall(), last_action_id: newest, webhook_id: webhook })
        .where('id', '=', boardId)
        .execute()
    } catch (error) {
      if (!(error instanceof HostFailure)) throw error
      const problem =
        error.kind === 'not-found' || error.kind === 'unauthorised' || error.kind === 'forbidden'
          ? 'We cannot read this board: add our service member to it.'
          : error.message
      await db.kysely.updateTable('board').set({ problem }).where('id', '=', boardId).execute()
    }
  }

  async function readTemplate(shortLink: string, boardId: string): Promise<void> {
    const card = await host.readCard(shortLink).catch(() => null)
    if (card?.boardId === boardId) await readAndKeep(card.id)
  }

  async function poll(): Promise<void> {
    const boards = await db.kysely.selectFrom('board').select('id').execute()
    for (const { id } of boards) if (!stopped) await reconcile(id).catch(parts.report)
  }

  return {
    hear({ id, copiedFrom }, hint) {
      if (hint) hints.set(id, [...(hints.get(id) ?? []), hint])
      if (waiting.has(id) || stopped) return
      const work = concernsUs(id, copiedFrom)
        .then(async (ours) => {
          waiting.delete(id)
          if (ours) await readAndKeep(id)
          else hints.delete(id)
        })
        .catch((error: unknown) => {
          waiting.delete(id)
          parts.report(error)
        })
      waiting.set(id, work)
    },
    refresh: (cardId) => readAndKeep(cardId),
    async adopt(cardId, boardId, level) {
      const known = Object.keys(office.ruleSet(null).levels).includes(level)
      const card = await host.readCard(cardId)
      if (!known || card.boardId !== boardId) return
      await readAndKeep(cardId, { kind: 'candidate', level, way: 'attached', sourceId: null })
    },
    reconcile,
    start() {
      polling = poll()
      timer = setInterval(() => {
        polling = (polling ?? Promise.resolve()).then(poll)
      }, POLL_EVERY)
    },
    async stop() {
      stopped = true
      if (timer) clearInterval(timer)
      await polling
      await Promise.all(waiting.values())
    },
  }
}
