import type { Database } from '../db/database.ts'
import { loadRegister } from '../people/register.ts'
import {
  type AccessReviewRow,
  openReviewsOf,
  reviewDay,
  reviewPolicy,
  standingRequests,
  standingStates,
  whoDecides,
} from './access-reviews.ts'
import { canBeCommented, reviewDueNotice, reviewEscalatedNotice } from './notices.ts'
import { type OwnDoing, type OwnParts, onEachPerson } from './on-card.ts'
import { isStillHeld } from './still-held.ts'
import { inWorkingHours, wholeWorkingDays } from './working-days.ts'

/**
 * One neutral comment on each granted card when a decision is due, and one more to Senior Tech where nobody decided: both
 * while people are at work, because they ring phones. Never why.
 */
export async function askWhoDecides(parts: OwnParts): Promise<string[]> {
  const { db, office } = parts
  const now = office.clock.calendar()
  if (!inWorkingHours(now)) return []
  const { escalateAfterWorkingDays } = reviewPolicy(office.installation)
  const isDue = ({ announced_at, escalated_at }: AccessReviewRow) =>
    announced_at === null || (escalated_at === null && wholeWorkingDays(announced_at, now) >= escalateAfterWorkingDays)
  const open = await db.kysely.selectFrom('access_review').selectAll().where('closed_at', 'is', null).execute()
  const people = await withOpenCard(
    db,
    open.filter(isDue).map((row) => row.person_id),
  )
  if (people.length === 0) return []
  // Once for all of them: with thousands of people it is most of the work.
  const register = await loadRegister(db.kysely)
  return onEachPerson(parts, people, async (doing, personId) => {
    const due = (await openReviewsOf(doing.tx, personId)).filter(isDue)
    return due.length === 0 ? [] : ask(doing, parts, { personId, due, register })
  })
}

/** Of these people, whom a comment can be about. Any other stands in the queue alone, and is asked about once a card is back. */
async function withOpenCard(db: Database, people: string[]): Promise<string[]> {
  if (people.length === 0) return []
  const cards = await db.kysely
    .selectFrom('request')
    .innerJoin('card', 'card.id', 'request.card_id')
    .select(['request.person_id', 'card.closed', 'card.deleted_at', 'card.way'])
    .where('request.person_id', 'in', people)
    .where('request.state', 'in', [...standingStates, 'ended'])
    .where(isStillHeld)
    .execute()
  return [...new Set(cards.filter(canBeCommented).map((row) => row.person_id))].sort()
}

async function ask(
  doing: OwnDoing,
  { office }: OwnParts,
  about: { personId: string; due: AccessReviewRow[]; register: Awaited<ReturnType<typeof loadRegister>> },
): Promise<string[]> {
  const { tx } = doing
  const { personId, due } = about
  const { people, keepers } = about.register
  const engineer = people.get(personId)
  if (!engineer) return []
  const { limitDays } = office.ruleSet(null).absence
  const deciding = { engineer, people, keepers, today: reviewDay(office.clock), limitDays }
  const able = whoDecides(reviewPolicy(office.installation), deciding)
  const [first] = able
  // Senior Tech first; whoever was asked before is asked again only where there is nobody else.
  const next = able.filter((id) => id !== first && people.get(id)?.seniorTech?.value === true)
  const isFirst = due.some((row) => row.announced_at === null)
  const requests = await standingRequests(tx, personId)
  const open = requests.filter(canBeCommented)
  // Something is being revoked right now: whoever decides is asked once it is known what is left.
  if (open.length === 0) return []
  for (const { id, card_id } of open) {
    const card = { requestId: id, cardId: card_id }
    const day = due.at(-1)?.due_day ?? ''
    doing.notify(
      isFirst ? reviewDueNotice(card, day, able) : reviewEscalatedNotice(card, day, next.length > 0 ? next : able),
    )
  }
  const at = office.clock.calendar()
  await tx
    .updateTable('access_review')
    .set(isFirst ? { announced_at: at } : { escalated_at: at })
    .where(
      'id',
      'in',
      due.map(({ id }) => id),
    )
    .execute()
  return requests.map(({ card_id }) => card_id)
}
