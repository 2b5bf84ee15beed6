import type { Kysely } from 'kysely'
import { type Clock, londonDay } from '../clock.ts'
import type { Schema } from '../db/schema.ts'
import { loadRegister } from '../people/register.ts'
import { judgeEligibility } from '../rules/eligibility.ts'
import { makePlan } from '../rules/plan.ts'
import type { RuleSet } from '../rules/rule-set.ts'
import { whoCanSponsor } from '../rules/sponsorship.ts'
import type { Installation, LevelId, PersonFacts, RequestFacts } from '../rules/types.ts'
import { openReviewsOf, revocationDueSince } from './access-reviews.ts'
import type { CardRow, RequestRow, World } from './act.ts'
import { currentRequest } from './current.ts'
import { finalStates, mayNameAnew, onceEach } from './life.ts'
import { besideRecords, ownRecords } from './records.ts'
import { returningOf } from './returning.ts'

/** What requests need from rooms that they may not import; composed once. */
export interface Office {
  clock: Clock
  installation: Installation
  /** The rule set a request pinned, or with `null` the one now in force for new requests. Throws when it is not installed. */
  ruleSet(id: string | null): RuleSet
  heldLevels(db: Kysely<Schema>, personId: string): Promise<RequestFacts['held']>
  holdsAdmin(db: Kysely<Schema>, personId: string): Promise<boolean>
  /** A failure that concerns one card alone and must not hold up others: for the process log. */
  report(error: unknown): void
}

/** A request as the rules see it. */
export function requestFacts(request: RequestRow, held: RequestFacts['held']): RequestFacts {
  return {
    level: request.level,
    reason: request.reason,
    signonApps: request.signon_apps,
    review: request.review,
    apprentice: request.apprentice,
    held,
  }
}

/** Facts of a request that nobody has asked for yet: what a plan for this person would look like. */
export function emptyFacts(level: LevelId, held: RequestFacts['held']): RequestFacts {
  const apprentice = { confident: null, wantsSecondary: null, lineManagerAgrees: null }
  return { level, reason: null, signonApps: {}, review: null, apprentice, held }
}

/** What is the same for every card: who everybody is. */
export type Shared = Pick<World, 'people' | 'secondLine' | 'keepers' | 'members'>

/** Reads it once for many cards: with thousands of people it is most of the work. */
export async function loadShared(db: Kysely<Schema>, office: Office): Promise<Shared> {
  const [register, secondLine] = await Promise.all([
    loadRegister(db),
    secondLineToday(db, londonDay(office.clock.calendar())),
  ])
  return { ...register, secondLine }
}

/**
 * Reads everything that a decision about one card may look at, at one moment. Pass a transaction to decide in it.
 * @param named who the engineer would be, where the card has no request yet; `anew` also in place of one who has not
 *   asked, or whose request is closed
 * @param known who everybody is, where many cards are read at one moment
 * @returns `null` when the card is not known to us
 */
export async function loadWorld(
  db: Kysely<Schema>,
  office: Office,
  cardId: string,
  named: string | { anew: string } | null = null,
  known: Shared | null = null,
): Promise<World | null> {
  const card = await db.selectFrom('card').selectAll().where('id', '=', cardId).executeTakeFirst()
  if (!card) return null
  const request = await currentRequest(db, cardId)
  const { people, secondLine, keepers, members } = known ?? (await loadShared(db, office))
  const engineer = people.get(engineerId(request, named) ?? '') ?? null
  const now = office.clock.calendar()
  const today = londonDay(now)
  // What is over needs no old rules: theirs may be gone.
  const ruleSet = office.ruleSet(request && !finalStates.includes(request.state) ? request.rule_set : null)
  const [board, ticks] = await Promise.all([
    db.selectFrom('board').selectAll().where('id', '=', card.board_id).executeTakeFirst(),
    db.selectFrom('tick').selectAll().where('card_id', '=', cardId).orderBy('item_id').execute(),
  ])
  const own = request
    ? await ownRecords(db, office.installation, request, today)
    : { steps: [], helps: [], leftOver: [], approval: null, expires: null }
  const holdings = engineer
    ? await db
        .selectFrom('holding')
        .selectAll()
        .where('person_id', '=', engineer.id)
        .where('ended_at', 'is', null)
        .orderBy('grant_key')
        .execute()
    : []
  const besides = await besideRecords(db, request, holdings)
  const elsewhere = engineer ? await openElsewhere(db, engineer.id, request?.level ?? card.level, cardId) : null
  const revoking = engineer ? await isBeingRevoked(db, engineer.id) : false
  const [review = null, ...otherReviews] = engineer && holdings.length > 0 ? await openReviewsOf(db, engineer.id) : []
  const revokeDue =
    engineer && request?.state === 'revoking' ? await revocationDueSince(db, engineer.id, request.state_since) : null
  const returning = engineer
    ? await returningOf(
        db,
        engineer,
        { level: request?.level ?? card.level, request },
        { ruleSet: office.ruleSet(null), installation: office.installation },
      )
    : null
  const judged = await judge(db, office, { card, request, engineer, ruleSet, people, today })
  return {
    today,
    now,
    ruleSet,
    installation: office.installation,
    card,
    board: board ?? null,
    ticks,
    request,
    elsewhere,
    revoking,
    review,
    otherReviews,
    revokeDue,
    returning,
    engineer,
    holdings,
    // By name: who passes a whole world as what is known must not bring its old holdings along.
    people,
    secondLine,
    keepers,
    members,
    ...own,
    ...besides,
    ...judged,
  }
}

function engineerId(request: RequestRow | null, named: string | { anew: string } | null): string | null {
  if (typeof named !== 'object' || named === null) return request?.person_id ?? named
  return request && !mayNameAnew(request.state) ? request.person_id : named.anew
}

async function openElsewhere(db: Kysely<Schema>, personId: string, level: LevelId, cardId: string) {
  const found = await db
    .selectFrom('request')
    .innerJoin('card', 'card.id', 'request.card_id')
    .select(['card.id', 'card.url'])
    .where('person_id', '=', personId)
    .where('request.level', '=', level)
    .where('state', 'in', onceEach)
    .where('card.id', '!=', cardId)
    .executeTakeFirst()
  return found ? { cardId: found.id, url: found.url } : null
}

async function isBeingRevoked(db: Kysely<Schema>, personId: string): Promise<boolean> {
  const found = await db
    .selectFrom('request')
    .select('id')
    .where('person_id', '=', personId)
    .where('state', '=', 'revoking')
    .executeTakeFirst()
  return found !== undefined
}

async function judge(
  db: Kysely<Schema>,
  office: Office,
  known: {
    card: CardRow
    request: RequestRow | null
    engineer: PersonFacts | null
    ruleSet: RuleSet
    people: Map<string, PersonFacts>
    today: string
  },
): Promise<Pick<World, 'findings' | 'held' | 'plan' | 'sponsors'>> {
  const { card, request, engineer, ruleSet, people, today } = known
  const level = request?.level ?? card.level
  if (!engineer || !Object.hasOwn(ruleSet.levels, level)) return { findings: [], held: [], plan: null, sponsors: [] }
  const held = await office.heldLevels(db, engineer.id)
  const facts = request ? requestFacts(request, held) : emptyFacts(level, held)
  const findings = request
    ? judgeEligibility({ ruleSet, level, engineer, request: facts, today, answers: null, people })
    : []
  const plan = makePlan({ ruleSet, level, engineer, request: facts, installation: office.installation })
  const sponsors = whoCanSponsor({ ruleSet, level, engineer, people, today })
  return { findings, held, plan, sponsors }
}

async function secondLineToday(db: Kysely<Schema>, today: string): Promise<string[]> {
  const pairs = await db
    .selectFrom('rota')
    .select(['primary_id', 'secondary_id'])
    .where('starts', '<=', today)
    .where('ends', '>', today)
    .execute()
  return pairs.flatMap(({ primary_id, secondary_id }) => (secondary_id ? [primary_id, secondary_id] : [primary_id]))
}
