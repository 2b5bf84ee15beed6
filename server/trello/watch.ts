import { append } from '../audit/append.ts'
import type { NewEvent } from '../audit/events.ts'
import { type Clock, MINUTE } from '../clock.ts'
import type { Database, Tx } from '../db/database.ts'
import type { NewNotice } from '../requests/act.ts'
import { type HostCard, HostFailure } from '../requests/card-host.ts'
import { writeNotices } from '../requests/notices.ts'
import { settle } from '../requests/settle.ts'
import type { Office } from '../requests/world.ts'
import type { ChangedCard, TrelloHost } from './card-host.ts'
import { createCardReads } from './card-reads.ts'
import type { ChecklistMap } from './checklist-map.ts'
import { type Keeping, keepCard, keepLost, type Ours, whose } from './keep-card.ts'
import { createReconciling } from './reconcile.ts'
import type { TrelloCalls } from './rest.ts'
import type { TickHint } from './webhooks.ts'

/** Keeps what we know of cards fresh: by webhook at once, by polling when one was lost. */

const POLL_EVERY = 2 * MINUTE
/** Who ticked what is kept this long for the reading that it belongs to. */
const HINTS_FOR = 10 * MINUTE

export interface Watcher {
  /** Something on a card changed: read it, soon and once. `copiedFrom` says that it may be a new copy of ours. */
  hear(card: ChangedCard, hint: TickHint | null): void
  /** Reads a card now. @throws HostFailure when Trello cannot be reached */
  refresh(cardId: string): Promise<void>
  /** Takes in a card by hand, on a connected board only. @throws HostFailure */
  adopt(cardId: string, boardId: string, level: string): Promise<void>
  /** Catches up with one board: templates, copies, changes, webhook. */
  reconcile(boardId: string): Promise<void>
  start(): void
  /** Waits until everything that was heard is read and written down. */
  settled(): Promise<void>
  stop(): Promise<void>
}

export interface WatchParts {
  db: Database
  /** For a decision that somebody waits for. */
  host: TrelloHost
  /** For everything else: behind all interactive calls. */
  quietHost: TrelloHost
  quietRest: TrelloCalls
  clock: Clock
  office: Office
  map: ChecklistMap
  templates: { shortLink: string; level: string }[]
  /** Our own public address, for webhooks. */
  origin: string
  changed(cardId: string): void
  report(error: unknown): void
}

export function createWatcher(parts: WatchParts): Watcher {
  const { db, clock, office } = parts
  const hints = new Map<string, TickHint[]>()
  const adopted = new Map<string, Ours>()
  /** Changed while Trello could not be read. */
  const missed = new Set<string>()
  const hearing = new Set<Promise<void>>()
  const levelOfTemplate = (shortLink: string) =>
    parts.templates.find((one) => one.shortLink === shortLink)?.level ?? null
  let timer: NodeJS.Timeout | null = null
  let polling: Promise<void> | null = null
  let stopped = false
  const quietReads = createCardReads((id) => readAndKeep(parts.quietHost, id))
  const reads = createCardReads((id) => readAndKeep(parts.host, id))
  const reconcile = createReconciling({
    db,
    host: parts.quietHost,
    rest: parts.quietRest,
    clock,
    origin: parts.origin,
    templates: parts.templates,
    concernsUs,
    read: quietReads.ask,
  })

  async function concernsUs({ id, copiedFrom }: ChangedCard): Promise<boolean> {
    if (levelOfTemplate(copiedFrom?.shortLink ?? '')) return true
    const ids = copiedFrom ? [id, copiedFrom.id] : [id]
    const known = await db.kysely.selectFrom('card').select('id').where('id', 'in', ids).executeTakeFirst()
    return known !== undefined
  }

  async function readAndKeep(host: TrelloHost, cardId: string): Promise<void> {
    const own = hints.get(cardId) ?? []
    hints.delete(cardId)
    let card: HostCard
    try {
      card = await host.readCard(cardId)
    } catch (error) {
      if (own.length > 0) hints.set(cardId, [...own, ...(hints.get(cardId) ?? [])])
      if (error instanceof HostFailure && error.kind === 'not-found') return keepGone(cardId)
      if (error instanceof HostFailure) missed.add(cardId)
      throw error
    }
    missed.delete(cardId)
    const byHand = adopted.get(cardId)
    const known = await write(async (keeping) => {
      const ours = (await whose(keeping.tx, card, levelOfTemplate)) ?? byHand ?? null
      if (!ours) return false
      await keepCard(keeping, card, ours, own)
      await settle(keeping, office, card.id)
      return true
    })
    if (known) parts.changed(card.id)
  }

  async function keepGone(cardId: string): Promise<void> {
    missed.delete(cardId)
    hints.delete(cardId)
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

  function forgetOldHints(): void {
    const before = clock.wall().getTime() - HINTS_FOR
    for (const [id, own] of hints) if (own.every((hint) => hint.at.getTime() < before)) hints.delete(id)
  }

  async function poll(): Promise<void> {
    forgetOldHints()
    for (const id of missed) if (!stopped) await quietReads.ask(id).catch(reportUnlessHost)
    const boards = await db.kysely.selectFrom('board').select('id').execute()
    for (const { id } of boards) if (!stopped) await reconcile(id).catch(parts.report)
  }

  /** The host's failures show in its health, and what was missed is read with the next round. */
  function reportUnlessHost(error: unknown): void {
    if (!(error instanceof HostFailure)) parts.report(error)
  }

  async function follow(card: ChangedCard): Promise<void> {
    // What was said of a card that is not ours is kept a while: its being a copy of ours may be told later.
    if (await concernsUs(card)) await quietReads.ask(card.id)
  }

  async function settled(): Promise<void> {
    while (hearing.size > 0) await Promise.all(hearing)
    await Promise.all([quietReads.settled(), reads.settled()])
  }

  return {
    hear(card, hint) {
      if (stopped) return
      if (hint) hints.set(card.id, [...(hints.get(card.id) ?? []), hint])
      const work: Promise<void> = follow(card)
        .catch(reportUnlessHost)
        .finally(() => hearing.delete(work))
      hearing.add(work)
    },
    refresh: reads.ask,
    async adopt(cardId, boardId, level) {
      const connected = await db.kysely.selectFrom('board').select('id').where('id', '=', boardId).executeTakeFirst()
      const known = Object.keys(office.ruleSet(null).levels).includes(level)
      if (!connected || !known || (await parts.host.readCard(cardId)).boardId !== boardId) return
      adopted.set(cardId, { kind: 'candidate', level, way: 'attached', sourceId: null })
      try {
        await reads.ask(cardId)
      } finally {
        adopted.delete(cardId)
      }
    },
    reconcile,
    start() {
      polling = poll().catch(parts.report)
      timer = setInterval(() => {
        polling = (polling ?? Promise.resolve()).then(poll).catch(parts.report)
      }, POLL_EVERY)
    },
    settled,
    async stop() {
      stopped = true
      if (timer) clearInterval(timer)
      await polling
      await settled()
    },
  }
}
