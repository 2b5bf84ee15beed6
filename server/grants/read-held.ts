import { append } from '../audit/append.ts'
import type { EventType } from '../audit/events.ts'
import { DAY, HOUR, MINUTE } from '../clock.ts'
import type { HoldingRow, StepRow } from '../requests/act.ts'
import { newVersion } from '../requests/new-version.ts'
import { isNotGoing } from '../requests/still-held.ts'
import { endWhenSeenGone } from './drift/ending.ts'
import type { WorkerParts } from './hand.ts'
import { orderOfHeld } from './order.ts'
import { adapterFor, readerFor } from './steps.ts'
import { type Observation, type StepOrder, type SystemAdapter, SystemFailure } from './system.ts'

/**
 * What is held is read again on a rhythm: kept and shown, and never acted on. A system that does not answer says nothing
 * about what is held there, and holds up no other system.
 */

/** How often one holding is looked at, about: spread, so that what was granted together is not read together for ever. */
const EVERY = DAY
/** How long a system that does not answer is left alone. */
const AFTER_FAILURE = HOUR
/** One round reads so many, so that nothing that is due for a person waits behind it. */
const BATCH = 20
/** A process that dies in a round is followed after this long. */
const CLAIM = 10 * MINUTE

export interface HeldParts extends Pick<WorkerParts, 'db' | 'office' | 'adapters' | 'clock' | 'changed' | 'report'> {
  /** 0 to 1, for the spread. */
  random(): number
}

interface Held {
  holding: HoldingRow
  step: StepRow
  cardId: string
  order: StepOrder
  adapter: SystemAdapter
}

/** What a look says of something held. */
interface Look {
  seen: 'present' | 'absent' | 'cannot-tell'
  detail: string
  /** Where a copy was read: of when it is. */
  asOf?: Date
  /** Not there, and somebody could still accept it. */
  isOpen?: true
}

/** One round: reads what is due. Answers how many were due. */
export async function readHeld(parts: HeldParts): Promise<number> {
  const due = await claim(parts)
  const readable = due.flatMap((one) => withAdapter(parts, one))
  const bySystem = Map.groupBy(readable, ({ holding }) => holding.system)
  await Promise.all([...bySystem.values()].map((some) => readOneSystem(parts, some).catch(parts.report)))
  return due.length
}

type Due = Omit<Held, 'adapter' | 'order'> & { cardUrl: string; engineerName: string }

/** Takes what is due for this process alone, by the wall clock. What is being revoked is read by its own steps. */
function claim({ db, clock, random }: HeldParts): Promise<Due[]> {
  return db.transaction(async (tx) => {
    const now = clock.wall()
    const rows = await tx
      .selectFrom('holding')
      .innerJoin('request', 'request.id', 'holding.request_id')
      .innerJoin('card', 'card.id', 'request.card_id')
      .innerJoin('person', 'person.id', 'holding.person_id')
      .selectAll('holding')
      .select(['card.id as card_id', 'card.url as card_url', 'person.full_name'])
      .where('ended_at', 'is', null)
      .where(isNotGoing)
      .where((eb) => eb.or([eb('next_look_at', 'is', null), eb('next_look_at', '<=', now)]))
      .orderBy('next_look_at', (order) => order.asc().nullsFirst())
      .orderBy('holding.id')
      .limit(BATCH)
      .forUpdate(['holding'])
      .skipLocked()
      .execute()
    const due: Due[] = []
    for (const { card_id, card_url, full_name, ...holding } of rows) {
      const isNew = holding.next_look_at === null
      // What was closed a moment ago was seen a moment ago.
      const next = isNew ? spread(now, EVERY, random()) : new Date(now.getTime() + CLAIM)
      await tx.updateTable('holding').set({ next_look_at: next }).where('id', '=', holding.id).execute()
      const step = await tx.selectFrom('step').selectAll().where('id', '=', holding.step_id).executeTakeFirst()
      if (step && !isNew) due.push({ holding, step, cardId: card_id, cardUrl: card_url, engineerName: full_name })
    }
    return due
  })
}

function spread(now: Date, ms: number, random: number): Date {
  return new Date(now.getTime() + ms * (0.75 + random / 2))
}

function withAdapter({ adapters }: HeldParts, { cardUrl, engineerName, ...held }: Due): Held[] {
  const { holding, step } = held
  const adapter = adapterFor(adapters, holding.system, step.method) ?? readerFor(adapters, step)
  if (!adapter) return []
  const order = orderOfHeld(step, { personId: holding.person_id, engineerName, cardUrl })
  return [{ ...held, order, adapter }]
}

/** One after the other. Where the system asks us to wait or does not answer, the rest waits too. */
async function readOneSystem(parts: HeldParts, held: Held[]): Promise<void> {
  let leaveAloneMs = 0
  for (const one of held) {
    if (leaveAloneMs > 0) {
      await postpone(parts, one, leaveAloneMs)
      continue
    }
    const beganAt = parts.clock.calendar()
    try {
      await keep(parts, one, lookOf(await one.adapter.read(one.order)), EVERY, beganAt)
    } catch (error) {
      if (!(error instanceof SystemFailure)) {
        await postpone(parts, one, AFTER_FAILURE)
        throw error
      }
      const mayPass = error.kind === 'throttled' || error.kind === 'transient' || error.kind === 'unauthorised'
      if (mayPass) leaveAloneMs = Math.max(error.retryAfterMs ?? 0, AFTER_FAILURE)
      const look: Look = { seen: 'cannot-tell', detail: error.message }
      await keep(parts, one, look, mayPass ? leaveAloneMs : EVERY, beganAt)
    }
  }
}

function lookOf(seen: Observation): Look {
  switch (seen.is) {
    case 'present':
      return { seen: 'present', detail: seen.detail, ...(seen.asOf ? { asOf: seen.asOf } : {}) }
    case 'absent':
      return { seen: 'absent', detail: seen.detail, ...(seen.asOf ? { asOf: seen.asOf } : {}) }
    // It was there and is only asked for now.
    case 'waiting':
      return { seen: 'absent', detail: seen.detail, isOpen: true }
    case 'refused':
      return { seen: 'absent', detail: seen.detail }
    // The list says so; whether the system does, nobody read.
    case 'merged':
      return { seen: 'cannot-tell', detail: 'The list still says so. The system itself is not read.' }
    case 'changed-by-others':
    case 'cannot-tell':
      return { seen: 'cannot-tell', detail: seen.detail }
  }
}

async function postpone({ db, clock, random }: HeldParts, { holding }: Held, ms: number): Promise<void> {
  const next_look_at = spread(clock.wall(), ms, random())
  await db.kysely.updateTable('holding').set({ next_look_at }).where('id', '=', holding.id).execute()
}

/** Keeps what was seen, and logs where that is news: gone, or there again. */
async function keep(parts: HeldParts, held: Held, look: Look, nextMs: number, beganAt: Date): Promise<void> {
  const { db, office, clock, random, changed } = parts
  const { holding, cardId } = held
  const now = clock.calendar()
  const there = look.asOf ?? now
  const kept = await db.transaction(async (tx) => {
    const { board_id } = await tx
      .selectFrom('request')
      .select('board_id')
      .where('id', '=', holding.request_id)
      .forUpdate()
      .executeTakeFirstOrThrow()
    const before = await tx
      .selectFrom('holding')
      .select(['missing_since', 'ended_at'])
      .where('id', '=', holding.id)
      .forUpdate()
      .executeTakeFirstOrThrow()
    // Revoked while we looked.
    if (before.ended_at) return false
    const ended = await endWhenSeenGone({ tx, clock, office }, holding, look, beganAt)
    await tx
      .updateTable('holding')
      .set({
        seen: look.seen,
        seen_detail: look.detail.slice(0, 1000),
        looked_at: now,
        // Somebody asked while we looked: it is looked at anew.
        next_look_at: ended.is === 'too-early' ? clock.wall() : spread(clock.wall(), nextMs, random()),
        ...(look.seen === 'present' ? { last_seen_at: there, last_verified_at: there, missing_since: null } : {}),
        ...(look.seen === 'absent' ? { missing_since: before.missing_since ?? now } : {}),
      })
      .where('id', '=', holding.id)
      .execute()
    await newVersion(tx, holding.request_id, clock)
    const type = newsOf(before.missing_since !== null, look.seen)
    const about = {
      actor: 'system',
      requestId: holding.request_id,
      personId: holding.person_id,
      stepId: holding.step_id,
      boardId: board_id,
    }
    const data = { grant: holding.grant_key }
    const news = type ? [{ ...about, type, data, detail: { sentence: look.detail } }] : []
    const events = [...news, ...(ended.is === 'settled' ? ended.events : [])]
    if (events.length > 0) await append(tx, events, clock)
    return true
  })
  if (kept) changed(cardId)
}

/** What could not be told is no news either way: what was missing before is still missing then. */
function newsOf(wasMissing: boolean, now: Look['seen']): EventType | null {
  if (now === 'absent') return wasMissing ? null : 'holding-missing'
  return now === 'present' && wasMissing ? 'holding-back' : null
}
