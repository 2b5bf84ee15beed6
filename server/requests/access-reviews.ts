import type { Kysely, Selectable } from 'kysely'
import { type Clock, londonDay, MINUTE } from '../clock.ts'
import type { AccessReviewTable, RequestState, Schema } from '../db/schema.ts'
import { loadPerson } from '../people/register.ts'
import { absenceStanding } from '../rules/absence.ts'
import type { KnownReview } from '../rules/access-review.ts'
import { isSamePerson } from '../rules/same-person.ts'
import type { Day, Installation, PersonFacts } from '../rules/types.ts'
import { isStillHeld } from './still-held.ts'

/** Access reviews as the record has them, and whose they are to decide. */

export type AccessReviewRow = Selectable<AccessReviewTable>

/** Something of these may be held and is not on its way out. */
export const standingStates: readonly RequestState[] = ['granting', 'stopped', 'granted']

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
    .where(isStillHeld)
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
}

/** Who may decide, the duty's owner first, then Senior Tech, then keepers. Nobody decides about themselves, or while away. */
export function whoDecides(policy: ReviewPolicy, { engineer, people, keepers, today, limitDays }: Deciding): string[] {
  const lead = engineer.techLead?.value
  const senior = [...people.values()].filter((one) => one.seniorTech?.value === true).map((one) => one.id)
  const byOwner = { 'tech-lead': lead === undefined ? [] : [lead], 'senior-tech': senior, keeper: keepers }
  const isHere = (id: string) => {
    const person = people.get(id)
    if (!person || person.left?.value || isSamePerson(person, engineer)) return false
    return absenceStanding(person.absences?.value ?? [], today, limitDays).is === 'present'
  }
  return [...new Set([...byOwner[policy.owner], ...senior, ...keepers])].filter(isHere)
}
