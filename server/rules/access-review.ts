import { daysBetween, dueDay, joinedAbsences } from './absence.ts'
import type { Absence, Day, Known } from './types.ts'

/**
 * When it is due to decide whether somebody keeps their access, and what that decision still rests on. "If you're absent
 * more than 6 weeks, your access should be revoked": *should*, so it is raised here and decided by a person.
 */

export type ReviewReason = 'absence' | 'left' | 'moved'
export type ReviewOutcome = 'revoked' | 'kept' | 'returned' | 'not-needed'

/** Notice is given so many days before a decision is due. */
export const LADDER_DAYS = [14, 7, 3, 1] as const
export type Rung = (typeof LADDER_DAYS)[number]

/** Why a decision is or will be due. */
export interface Ground {
  why: ReviewReason
  firstDay: Day
  /** The day of return, as far as it is known. */
  end: Day | null
  due: Day
}

/** A review as the record has it. */
export interface KnownReview {
  id: string
  why: ReviewReason
  firstDay: Day
  openedAt: Date
  outcome: ReviewOutcome | null
  lookAgainOn: Day | null
}

export interface Reviewed {
  absences: Known<Absence[]> | null
  left: Known<boolean> | null
  moved?: Known<boolean> | null
}

/** Everything that makes a decision due, now or later. What the register does not know makes none. */
export function groundsOf({ absences, left, moved }: Reviewed, limitDays: number): Ground[] {
  const away = joinedAbsences(absences?.value ?? []).flatMap((one): Ground[] => {
    const due = dueDay(one, limitDays, absences?.date ?? null)
    return due === null ? [] : [{ why: 'absence', firstDay: one.start, end: one.end, due }]
  })
  const onItsDay = (why: 'left' | 'moved', fact: Known<boolean> | null | undefined): Ground[] =>
    fact?.value ? [{ why, firstDay: fact.date, end: null, due: fact.date }] : []
  return [...away, ...onItsDay('left', left), ...onItsDay('moved', moved)]
}

/** A decision that will be due, with the notice that is to be seen now: missed ones become one. */
export interface Upcoming extends Ground {
  daysLeft: number
  rung: Rung
}

/** The decisions that come within the ladder, the nearest first. A person must still hold something for them to matter. */
export function upcomingFor(person: Reviewed, known: KnownReview[], today: Day, limitDays: number): Upcoming[] {
  return groundsOf(person, limitDays)
    .flatMap((ground) => {
      const due = openingDay(ground, known, today)
      const daysLeft = due === null ? 0 : daysBetween(today, due)
      const rung = LADDER_DAYS.findLast((days) => daysLeft <= days)
      return due === null || daysLeft < 1 || rung === undefined ? [] : [{ ...ground, due, daysLeft, rung }]
    })
    .toSorted((one, other) => one.daysLeft - other.daysLeft)
}

/** What somebody holds: nothing, only what is being revoked already, or something that stands. */
export type Holds = 'nothing' | 'going' | 'standing'

/** What is to be opened and closed now. */
export interface ReviewChanges {
  open: Ground[]
  close: { id: string; outcome: 'returned' | 'not-needed' }[]
}

/** Judges one person today. Judging again changes nothing more, whoever does it and however late. */
export function reviewChanges(
  person: Reviewed & { holds: Holds },
  known: KnownReview[],
  today: Day,
  limitDays: number,
): ReviewChanges {
  const grounds = groundsOf(person, limitDays)
  const isOver = ({ end }: Ground) => end !== null && end <= today
  const close = known.flatMap((review): ReviewChanges['close'] => {
    if (review.outcome !== null) return []
    if (person.holds === 'nothing') return [{ id: review.id, outcome: 'not-needed' }]
    if (isUnknown(person, review.why)) return []
    const ground = grounds.find((one) => isAbout(review, one))
    if (ground && !isOver(ground)) return []
    return [{ id: review.id, outcome: isAway(person, today) ? 'not-needed' : 'returned' }]
  })
  if (person.holds !== 'standing') return { open: [], close }
  const open = grounds.flatMap((ground): Ground[] => {
    const due = openingDay(ground, known, today)
    return due === null || due > today || isOver(ground) ? [] : [{ ...ground, due }]
  })
  return { open, close }
}

/** Away still, though not for longer than is allowed any more. */
function isAway({ absences }: Reviewed, today: Day): boolean {
  return joinedAbsences(absences?.value ?? []).some(({ start, end }) => start <= today && (end === null || today < end))
}

/** Unknown is never *no*: a fact that nobody knows any more ends no review. */
function isUnknown({ absences, left, moved }: Reviewed, why: ReviewReason): boolean {
  return { absence: absences, left, moved: moved ?? null }[why] === null
}

/** When a review of this ground opens, by what was decided about it before; `null` while one is open. */
function openingDay(ground: Ground, known: KnownReview[], today: Day): Day | null {
  const last = known
    .filter((review) => isAbout(review, ground))
    .toSorted((one, other) => one.openedAt.getTime() - other.openedAt.getTime())
    .at(-1)
  if (!last) return ground.due
  if (last.outcome === null) return null
  // One move is decided once, unless somebody gave a day: what is granted in the new team is no news about it.
  if (ground.why === 'moved' && !(last.outcome === 'kept' && last.lookAgainOn)) return null
  // Decided already, and there is something to decide about again.
  return last.outcome === 'kept' && last.lookAgainOn ? last.lookAgainOn : later(ground.due, today)
}

/** An absence that was lengthened, or begins earlier than was known, is the same one. */
function isAbout({ why, firstDay }: KnownReview, ground: Ground): boolean {
  if (why !== ground.why) return false
  if (why === 'moved') return firstDay === ground.firstDay
  return why !== 'absence' || (ground.firstDay <= firstDay && (ground.end === null || firstDay < ground.end))
}

function later(one: Day, other: Day): Day {
  return one < other ? other : one
}
