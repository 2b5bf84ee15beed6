import type { Kysely, Selectable } from 'kysely'
import { type Clock, londonDay, MINUTE } from '../clock.ts'
import type { AccessReviewTable, RequestState, Schema } from '../db/schema.ts'
import { loadPerson } from '../people/register.ts'
import { absenceStanding } from '../rules/absence.ts'
import type { KnownReview } from '../rules/access-review.ts'
import { isSamePerson } from '../rules/same-person.ts'
import type { Day, Installation, PersonFacts } from '../rules/types.ts'
import { digestOf } from './challenge.ts'
import { hasStanding } from './still-held.ts'

/** Access reviews as the record has them, and whose they are to decide. */

export type AccessReviewRow = Selectable<AccessReviewTable>

/** Something of these may be held and is not on its way out; of one that is being revoked, what `hasStanding` says. */
export const standingStates: readonly RequestState[] = ['granting', 'stopped', 'granted', 'revoking']

/** Servers' clocks may differ by so much: a day counts once it has begun by all of them. */
const CLOCK_SKEW = 5 * MINUTE

/** A decision and what begins with it are written down by the clock, one after the other. */
const ONE_TRANSACTION = MINUTE

/** The London day by which reviews are judged. */
export function reviewDay(clock: Clock): Day {
  return londonDay(new Date(clock.calendar().getTime() - CLOCK_SKEW))
}

export function knownFrom(row: AccessReviewRow): KnownReview {
  return {
    id: row.id,
    why: row.why,
    firstDay: row.first_day,
    openedAt: row.opened_at,
    outcome: row.outcome,
    lookAgainOn: row.look_again_on,
  }
}

export async function reviewsOf(db: Kysely<Schema>, personId: string): Promise<AccessReviewRow[]> {
  return db
    .selectFrom('access_review')
    .selectAll()
    .where('person_id', '=', personId)
    .orderBy('due_day')
    .orderBy('id')
    .execute()
}

/** Those that wait for a decision; after what the rules say that it ends the access, a move, which only may. */
export async function openReviewsOf(db: Kysely<Schema>, personId: string): Promise<AccessReviewRow[]> {
  const open = (await reviewsOf(db, personId)).filter((one) => one.closed_at === null)
  return open.toSorted((one, other) => Number(one.why === 'moved') - Number(other.why === 'moved'))
}

/**
 * Since when the revocation that goes on now was due, by the review that decided it; `null` without one. What was decided
 * before it began is of an earlier one.
 * @param began when the request began to be revoked
 */
export async function revocationDueSince(db: Kysely<Schema>, personId: string, began: Date): Promise<Day | null> {
  const isOfThis = ({ outcome, closed_at }: AccessReviewRow) =>
    outcome === 'revoked' && closed_at !== null && closed_at.getTime() >= began.getTime() - ONE_TRANSACTION
  return (await reviewsOf(db, personId)).find(isOfThis)?.due_day ?? null
}

/** Requests of somebody that give them something now, each with its card; of whoever has left, also what stayed of others. */
export async function standingRequests(db: Kysely<Schema>, personId: string) {
  const person = await loadPerson(db, personId)
  const states: RequestState[] = person?.left?.value ? [...standingStates, 'ended'] : [...standingStates]
  return db
    .selectFrom('request')
    .innerJoin('card', 'card.id', 'request.card_id')
    .select(['request.id', 'request.card_id', 'request.board_id', 'request.level'])
    .select(['card.closed', 'card.deleted_at', 'card.way'])
    .where('person_id', '=', personId)
    .where('state', 'in', states)
    .where(hasStanding)
    .orderBy('request.created_at')
    .execute()
}

/** Who decides, and when Senior Tech is asked too. The rules name nobody: an installation chooses. */
export interface ReviewPolicy {
  owner: 'tech-lead' | 'senior-tech' | 'keeper'
  escalateAfterWorkingDays: number
}

const DEFAULT_POLICY: ReviewPolicy = { owner: 'tech-lead', escalateAfterWorkingDays: 2 }

export function reviewPolicy({ reviews }: Installation): ReviewPolicy {
  return reviews ?? DEFAULT_POLICY
}

interface Deciding {
  engineer: PersonFacts
  people: Map<string, PersonFacts>
  keepers: string[]
  today: Day
  limitDays: number
  /** What is decided about, so that nobody of a group is always the first to be asked and missed when they are not. */
  seed: string
}

/** Who may decide, the duty's owner first, then Senior Tech, then keepers. Nobody decides about themselves, or while away. */
export function whoDecides(policy: ReviewPolicy, deciding: Deciding): string[] {
  const { engineer, people, keepers, today, limitDays, seed } = deciding
  const lead = leadOf(policy, deciding)
  const inTurn = (ids: string[]) => ids.toSorted((one, other) => (place(seed, one) < place(seed, other) ? -1 : 1))
  const senior = inTurn([...people.values()].filter((one) => one.seniorTech?.value === true).map((one) => one.id))
  const keeping = inTurn(keepers)
  const byOwner = { 'tech-lead': lead === null ? [] : [lead], 'senior-tech': senior, keeper: keeping }
  const isHere = (id: string) => {
    const person = people.get(id)
    if (!person || person.left?.value || isSamePerson(person, engineer)) return false
    return absenceStanding(person.absences?.value ?? [], today, limitDays).is === 'present'
  }
  return [...new Set([...byOwner[policy.owner], ...senior, ...keeping])].filter(isHere)
}

/**
 * Whom a comment asks: the recorded tech lead first, whether or not they are there, and then whoever decides. A board that
 * read another name in their place would learn that they are away.
 */
export function whomToAsk(policy: ReviewPolicy, deciding: Deciding): string[] {
  const lead = leadOf(policy, deciding)
  return [...new Set([...(lead === null ? [] : [lead]), ...whoDecides(policy, deciding)])]
}

/** The tech lead, where it is their duty and they have not left; never the engineer. */
function leadOf(policy: ReviewPolicy, { engineer, people }: Pick<Deciding, 'engineer' | 'people'>): string | null {
  const lead = people.get(engineer.techLead?.value ?? '')
  if (policy.owner !== 'tech-lead' || !lead || lead.left?.value || isSamePerson(lead, engineer)) return null
  return lead.id
}

const place = (seed: string, id: string) => digestOf(`${seed} ${id}`)
