import { sql } from 'kysely'
import type { Database, Tx } from '../db/database.ts'
import { loadPerson, loadRegister } from '../people/register.ts'
import { type Holds, type ReviewChanges, reviewChanges } from '../rules/access-review.ts'
import type { Day } from '../rules/types.ts'
import { knownFrom, reviewDay, reviewsOf, standingRequests, standingStates } from './access-reviews.ts'
import { askWhoDecides } from './ask-who-decides.ts'
import { type Beginning, heldData, letFor, mayBegin, removalCeiling } from './held-runs.ts'
import { newId } from './ids.ts'
import { type OwnDoing, type OwnParts, onEachPerson } from './on-card.ts'
import { setAsideHidden } from './set-aside.ts'
import { isNotGoing, isStillHeld } from './still-held.ts'

/**
 * Opens the access reviews that are due, and closes those whose ground is gone. Judged again at any time by any number of
 * servers, it changes nothing more; between two looks without a new day or a new fact it costs one small query.
 */
export function createReviewRun(parts: OwnParts): () => Promise<string[]> {
  let judged = ''
  return async () => {
    const mark = await markOf(parts.db, reviewDay(parts.office.clock))
    let failed = false
    const report = (error: unknown) => {
      failed = true
      parts.office.report(error)
    }
    const cards = mark === judged ? [] : await judgeEverybody({ ...parts, office: { ...parts.office, report } })
    // What could not be done now is done with the next look.
    judged = failed ? '' : mark
    return [...new Set([...cards, ...(await askWhoDecides(parts))])]
  }
}

async function markOf(db: Database, today: Day): Promise<string> {
  const facts = await db.kysely
    .selectFrom('person_fact')
    .select((eb) => eb.fn.max('recorded_at').as('newest'))
    .executeTakeFirst()
  const held = await db.kysely
    .selectFrom('holding')
    .select((eb) => [eb.fn.max('since').as('newest'), eb.fn.max('ended_at').as('ended')])
    .executeTakeFirst()
  const times = [facts?.newest, held?.newest, held?.ended].map((time) => time?.getTime() ?? 0)
  const given = await letFor(db.kysely, 'reviews', today)
  return `${today} ${times.join(' ')} ${given.people.join(' ')}`
}

/** Reads all at once, and goes on with those few for whom something changes, each in a transaction of its own. */
async function judgeEverybody(parts: OwnParts): Promise<string[]> {
  const { db, office } = parts
  const { kysely } = db
  const today = reviewDay(office.clock)
  const { limitDays } = office.ruleSet(null).absence
  const held = await kysely
    .selectFrom('holding')
    .innerJoin('request', 'request.id', 'holding.request_id')
    .select(['holding.person_id', 'request.state', sql<boolean>`bool_or(${isNotGoing})`.as('stays')])
    .select((eb) => eb.fn.countAll<number | string>().as('items'))
    .where('ended_at', 'is', null)
    .groupBy(['holding.person_id', 'request.state'])
    .execute()
  const { people } = await loadRegister(kysely)
  const holders = new Map<string, Holds>()
  const items = new Map<string, number>()
  for (const { person_id, state, stays, items: count } of held) {
    // What stayed of a request that ended is to be decided about only once they have left.
    if (state === 'ended' && !people.get(person_id)?.left?.value) continue
    items.set(person_id, (items.get(person_id) ?? 0) + Number(count))
    const stands = stays && (state === 'ended' || standingStates.includes(state))
    if (stands || !holders.has(person_id)) holders.set(person_id, stands ? 'standing' : 'going')
  }
  const reviews = Map.groupBy(await kysely.selectFrom('access_review').selectAll().execute(), (row) => row.person_id)
  const changes = [...new Set([...holders.keys(), ...reviews.keys()])].flatMap((id) => {
    const person = people.get(id)
    if (!person) return []
    const known = (reviews.get(id) ?? []).map(knownFrom)
    try {
      return [{ id, ...reviewChanges({ ...person, holds: holders.get(id) ?? 'nothing' }, known, today, limitDays) }]
    } catch (error) {
      // One person who cannot be judged holds up nobody else.
      office.report(error)
      return []
    }
  })
  const opening = changes.filter(({ open }) => open.length > 0).map(({ id }) => id)
  const itemsOf = (people: Iterable<string>) => [...people].reduce((sum, id) => sum + (items.get(id) ?? 0), 0)
  const all = { people: holders.size, items: itemsOf(holders.keys()) }
  const mayOpen = await mayOpenSoMany(parts, { people: opening, items: itemsOf(opening), all }, today)
  const concerned = changes.filter(({ open, close }) => (mayOpen && open.length > 0) || close.length > 0)
  const ids = concerned.map(({ id }) => id).sort()
  return onEachPerson(parts, ids, (doing, person) => reviewOne(doing, parts, person, { today, limitDays, mayOpen }))
}

/** Many at once are more likely a wrong import than a hundred people who went: then nobody is asked until somebody looked. */
async function mayOpenSoMany(
  parts: OwnParts,
  { people, items, all }: Pick<Beginning, 'people' | 'items' | 'all'>,
  today: Day,
): Promise<boolean> {
  const { db, office, append } = parts
  const ceiling = removalCeiling(office.installation)
  return db.transaction(async (tx) => {
    const begins = { run: 'reviews', of: '', people, items, all, ceiling, today, at: office.clock.wall() } as const
    const { may, isNews } = await mayBegin(tx, begins)
    const about = { actor: 'system', requestId: null, personId: null, stepId: null, boardId: null }
    if (isNews) await append(tx, [{ ...about, type: 'reviews-held', data: heldData(begins) }])
    return may
  })
}

/** Answers the cards that look different now. */
async function reviewOne(
  doing: OwnDoing,
  { office }: OwnParts,
  personId: string,
  { today, limitDays, mayOpen }: { today: Day; limitDays: number; mayOpen: boolean },
): Promise<string[]> {
  const { tx } = doing
  const person = await loadPerson(tx, personId)
  if (!person) return []
  if (person.left?.value === true) for (const card of await cardsOf(tx, personId)) await setAsideHidden(doing, card)
  const requests = await standingRequests(tx, personId)
  const known = await reviewsOf(tx, personId)
  const holds = requests.length > 0 ? 'standing' : (await holdsAnything(tx, personId)) ? 'going' : 'nothing'
  const changes = reviewChanges({ ...person, holds }, known.map(knownFrom), today, limitDays)
  const opened = await openReviews(doing, personId, mayOpen ? changes.open : [])
  await closeReviews(doing, changes.close)
  const about = { actor: 'system', personId, stepId: null }
  const places = requests.length > 0 ? requests : [{ id: null, board_id: null }]
  for (const { id, board_id } of places) {
    for (const { review, ground } of opened)
      doing.log({
        ...about,
        requestId: id,
        boardId: board_id,
        type: 'review-opened',
        data: { review },
        detail: { why: ground.why, firstDay: ground.firstDay, due: ground.due },
      })
    for (const { id: review, outcome } of changes.close)
      doing.log({
        ...about,
        requestId: id,
        boardId: board_id,
        type: 'review-closed',
        data: { review },
        detail: { outcome },
      })
  }
  if (opened.length + changes.close.length === 0) return []
  return showOnCards(doing, office.clock.wall(), requests)
}

async function cardsOf(tx: Tx, personId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('request')
    .select('card_id')
    .distinct()
    .where('person_id', '=', personId)
    .where('state', '=', 'ended')
    .where(isStillHeld)
    .execute()
  return rows.map(({ card_id }) => card_id)
}

async function holdsAnything(tx: Tx, personId: string): Promise<boolean> {
  const held = await tx
    .selectFrom('holding')
    .innerJoin('request', 'request.id', 'holding.request_id')
    .select('holding.id')
    .where('holding.person_id', '=', personId)
    .where('ended_at', 'is', null)
    .where('request.state', '!=', 'ended')
    .executeTakeFirst()
  return held !== undefined
}

async function openReviews(
  { tx, clock }: OwnDoing,
  personId: string,
  grounds: ReviewChanges['open'],
): Promise<{ review: string; ground: ReviewChanges['open'][number] }[]> {
  const opened = []
  for (const ground of grounds) {
    const review = newId()
    const made = await tx
      .insertInto('access_review')
      .values({
        id: review,
        person_id: personId,
        why: ground.why,
        first_day: ground.firstDay,
        due_day: ground.due,
        opened_at: clock.calendar(),
      })
      .onConflict((conflict) => conflict.columns(['person_id', 'why']).where('closed_at', 'is', null).doNothing())
      .returning('id')
      .executeTakeFirst()
    if (made) opened.push({ review, ground })
  }
  return opened
}

async function closeReviews({ tx, clock }: OwnDoing, close: ReviewChanges['close']): Promise<void> {
  for (const { id, outcome } of close)
    await tx
      .updateTable('access_review')
      .set({ closed_at: clock.calendar(), outcome })
      .where('id', '=', id)
      .where('closed_at', 'is', null)
      .execute()
}

async function showOnCards(
  { tx }: Pick<OwnDoing, 'tx'>,
  wall: Date,
  requests: { id: string; card_id: string }[],
): Promise<string[]> {
  if (requests.length === 0) return []
  await tx
    .updateTable('request')
    .set({ version: sql`version + 1`, updated_at: wall })
    .where(
      'id',
      'in',
      requests.map(({ id }) => id),
    )
    .execute()
  return requests.map(({ card_id }) => card_id)
}
