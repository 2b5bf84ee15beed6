import type { NewEvent } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import type { Tx } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { CardTable } from '../db/schema.ts'
import type { CardRow, NewNotice, RequestRow } from '../requests/act.ts'
import type { HostCard } from '../requests/card-host.ts'
import { currentRequest } from '../requests/current.ts'
import { keepMoved } from '../requests/keep-moved.ts'
import { openStates, revokedSinceAsked } from '../requests/life.ts'
import { type ChecklistMap, meaningOf } from './checklist-map.ts'
import type { TickHint } from './webhooks.ts'

/** Writing down what a read of a card found: whose copy it is, its ticks, and whether it was archived, moved or lost. */

export interface Keeping {
  tx: Tx
  clock: Clock
  map: ChecklistMap
  log(event: NewEvent): void
  notify(notice: NewNotice): void
}

/** What makes a card ours; `null` for somebody else's card. */
export interface Ours {
  kind: CardTable['kind']
  level: string
  way: CardTable['way']
  sourceId: string | null
}

/** Whether a card is ours: the template itself, a copy of one, or a copy of such a copy. Copies inherit nothing. */
export async function whose(
  tx: Tx,
  card: HostCard,
  levelOfTemplate: (shortLink: string) => string | null,
): Promise<Ours | null> {
  const known = await tx
    .selectFrom('card')
    .select(['kind', 'level', 'way', 'source_card_id'])
    .where('id', '=', card.id)
    .executeTakeFirst()
  if (known) return { kind: known.kind, level: known.level, way: known.way, sourceId: known.source_card_id }
  const own = levelOfTemplate(card.shortLink)
  if (own) return { kind: 'template', level: own, way: 'template', sourceId: null }
  const source = card.copiedFrom
  if (!source) return null
  const level = levelOfTemplate(source.shortLink)
  if (level) return { kind: 'candidate', level, way: 'copy', sourceId: source.id }
  const parent = await tx.selectFrom('card').select('level').where('id', '=', source.id).executeTakeFirst()
  return parent ? { kind: 'candidate', level: parent.level, way: 'copy', sourceId: source.id } : null
}

export async function keepCard(keeping: Keeping, card: HostCard, ours: Ours, hints: TickHint[]): Promise<void> {
  const { tx, clock } = keeping
  const before = await tx.selectFrom('card').selectAll().where('id', '=', card.id).executeTakeFirst()
  // Another process may have read the card later than this one and written it down already.
  if (before && card.lastActivity < before.last_activity) return
  const values = {
    short_link: card.shortLink,
    url: card.url,
    board_id: card.boardId,
    name: card.name,
    list_name: card.listName,
    closed: card.closed,
    deleted_at: null,
    checklists: json(card.checklists),
    members: json(card.members),
    last_activity: card.lastActivity,
    read_at: clock.wall(),
  }
  await tx
    .insertInto('card')
    .values({
      ...values,
      id: card.id,
      kind: ours.kind,
      level: ours.level,
      way: ours.way,
      source_card_id: ours.sourceId,
      created_by_member: card.createdBy,
    })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
    .execute()
  await keepTicks(keeping, card, before ?? null, hints)
  if (before) await followCard(keeping, before, card)
}

async function keepTicks(
  { tx, clock, map }: Keeping,
  card: HostCard,
  before: CardRow | null,
  hints: TickHint[],
): Promise<void> {
  const known = new Map(
    (await tx.selectFrom('tick').selectAll().where('card_id', '=', card.id).execute()).map((tick) => [
      tick.item_id,
      tick,
    ]),
  )
  const source =
    before === null && card.copiedFrom
      ? await tx.selectFrom('card').select('checklists').where('id', '=', card.copiedFrom.id).executeTakeFirst()
      : null
  const here = new Set<string>()
  let isMoved = false
  for (const checklist of card.checklists)
    for (const item of checklist.items) {
      // What the product ticks itself is not the engineer's to fill: only their own statements are counted.
      if (meaningOf(map, checklist.name, item.name)?.is !== 'claim') continue
      here.add(item.id)
      const tick = known.get(item.id)
      const hint = lastWord(hints, item, tick?.ticked_at ?? null)
      const stays = tick !== undefined && tick.complete === item.complete && !hint
      if (stays && tick.item_name === item.name) continue
      isMoved ||= tick !== undefined && tick.complete !== item.complete
      // A tick that its source had too came with the copy; one that it had not was made here, by whom is unknown.
      const sourceTicked = source
        ? source.checklists.some((one) => one.items.some((other) => other.name === item.name && other.complete))
        : card.copiedFrom !== null
      const values = {
        checklist_name: checklist.name,
        item_name: item.name,
        complete: item.complete,
        member_id: hint?.memberId ?? (stays ? tick.member_id : null),
        ticked_at: hint?.at ?? (stays ? tick.ticked_at : null),
        came_with_copy: stays ? tick.came_with_copy : item.complete && before === null && !hint && sourceTicked,
        claimed_by: stays ? tick.claimed_by : null,
      }
      await tx
        .insertInto('tick')
        .values({ card_id: card.id, item_id: item.id, ...values })
        .onConflict((conflict) => conflict.columns(['card_id', 'item_id']).doUpdateSet(values))
        .execute()
    }
  const goneItems = [...known.keys()].filter((id) => !here.has(id))
  if (goneItems.length > 0)
    await tx.deleteFrom('tick').where('card_id', '=', card.id).where('item_id', 'in', goneItems).execute()
  if (isMoved) await keepMoved(tx, card.id, clock)
}

/** Deliveries come in any order: the latest one that agrees with the card says who made it so. */
function lastWord(hints: TickHint[], item: { id: string; complete: boolean }, after: Date | null): TickHint | null {
  const own = hints.filter((one) => one.itemId === item.id && one.complete === item.complete)
  const last = own.toSorted((one, other) => one.at.getTime() - other.at.getTime()).at(-1) ?? null
  return last && after && last.at < after ? null : last
}

const pausedWords = {
  'card-archived': 'The card was archived. Bring it back to continue, or withdraw the request.',
  'card-deleted':
    'The card was deleted, or we cannot see it any more. Say whether the request continues or is withdrawn.',
}

/** Archiving and deleting are never evidence: an unfinished request pauses and asks; a finished one only logs it. */
async function followCard(keeping: Keeping, before: CardRow, now: HostCard): Promise<void> {
  const { tx, log } = keeping
  const request = await openRequest(tx, before.id)
  const event = { actor: 'system', requestId: request?.id ?? null, personId: request?.person_id ?? null, stepId: null }
  if (before.board_id !== now.boardId) {
    log({ ...event, boardId: now.boardId, type: 'card-moved', data: { from: before.board_id, to: now.boardId } })
    if (request) await tx.updateTable('request').set({ board_id: now.boardId }).where('id', '=', request.id).execute()
  }
  if (!before.closed && now.closed) {
    log({ ...event, boardId: now.boardId, type: 'card-archived', data: {} })
    if (request) await pause(keeping, request, 'card-archived')
  }
  const cameBack = (before.closed && !now.closed) || before.deleted_at !== null
  if (cameBack && request?.paused_because && Object.values(pausedWords).includes(request.paused_because)) {
    await tx.updateTable('request').set({ paused_because: null }).where('id', '=', request.id).execute()
    log({ ...event, boardId: now.boardId, type: 'resumed', data: { because: 'card' } })
  }
}

/** The card is gone, or out of our sight. The row stays: the record outlives the card. */
export async function keepLost(keeping: Keeping, cardId: string): Promise<boolean> {
  const { tx, clock, log } = keeping
  const card = await tx
    .selectFrom('card')
    .select(['board_id', 'deleted_at'])
    .where('id', '=', cardId)
    .executeTakeFirst()
  if (!card || card.deleted_at) return false
  await tx.updateTable('card').set({ deleted_at: clock.calendar() }).where('id', '=', cardId).execute()
  const request = await openRequest(tx, cardId)
  log({
    actor: 'system',
    requestId: request?.id ?? null,
    personId: request?.person_id ?? null,
    stepId: null,
    boardId: card.board_id,
    type: 'card-deleted',
    data: {},
  })
  if (request) await pause(keeping, request, 'card-deleted')
  return true
}

/** What is being revoked goes on: nobody is asked whether it continues. What waits already is not freed by its card's return. */
async function pause(
  { tx, log }: Keeping,
  { id, person_id, board_id, state, paused_because }: RequestRow,
  because: keyof typeof pausedWords,
): Promise<void> {
  if (state === 'revoking' || paused_because === revokedSinceAsked) return
  await tx.updateTable('request').set({ paused_because: pausedWords[because] }).where('id', '=', id).execute()
  const about = { requestId: id, personId: person_id, stepId: null, boardId: board_id }
  log({ ...about, type: 'paused', actor: 'system', data: { because } })
}

async function openRequest(tx: Tx, cardId: string) {
  const request = await currentRequest(tx, cardId)
  return request && openStates.includes(request.state) ? request : null
}
