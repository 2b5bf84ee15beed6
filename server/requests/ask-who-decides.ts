import type { Database } from '../db/database.ts'
import { loadRegister } from '../people/register.ts'
import {
  type AccessReviewRow,
  openReviewsOf,
  type ReviewPolicy,
  reviewDay,
  reviewPolicy,
  standingRequests,
  standingStates,
  whoDecides,
  whomToAsk,
} from './access-reviews.ts'
import { canBeCommented, reviewDueNotice, reviewEscalatedNotice } from './notices.ts'
import { type OwnDoing, type OwnParts, onEachPerson } from './on-card.ts'
import { hasStanding } from './still-held.ts'
import { inWorkingHours, wholeWorkingDays } from './working-days.ts'

/**
 * One neutral comment on each granted card when a decision is due, and one more to Senior Tech where nobody decided: both
 * while people are at work, because they ring phones. Never why.
 */
export async function askWhoDecides(parts: OwnParts): Promise<string[]> {
  const { db, office } = parts
  const now = office.clock.calendar()
  if (!inWorkingHours(now)) return []
  const { owner, escalateAfterWorkingDays } = reviewPolicy(office.installation)
  const isDue = (row: AccessReviewRow, lead: unknown) =>
    isToBeAsked(row, lead, owner) ||
    (row.announced_at !== null &&
      row.escalated_at === null &&
      wholeWorkingDays(row.announced_at, now) >= escalateAfterWorkingDays)
  const open = await db.kysely
    .selectFrom('access_review')
    .leftJoin('person_fact as lead', (join) =>
      join.onRef('lead.person_id', '=', 'access_review.person_id').on('lead.fact', '=', 'techLead'),
    )
    .selectAll('access_review')
    .select('lead.value as lead')
    .where('closed_at', 'is', null)
    .execute()
  const people = await withOpenCard(
    db,
    open.filter(({ lead, ...row }) => isDue(row, lead)).map((row) => row.person_id),
  )
  if (people.length === 0) return []
  // Once for all of them: with thousands of people it is most of the work.
  const register = await loadRegister(db.kysely)
  return onEachPerson(parts, people, async (doing, personId) => {
    const lead = register.people.get(personId)?.techLead?.value
    const due = (await openReviewsOf(doing.tx, personId)).filter((row) => isDue(row, lead))
    return due.length === 0 ? [] : ask(doing, parts, { personId, due, register })
  })
}

/** Nobody was asked yet, or somebody leads them by now who was not the one whom the last comment was for. */
function isToBeAsked(row: AccessReviewRow, lead: unknown, owner: ReviewPolicy['owner']): boolean {
  if (row.announced_at === null) return true
  return owner === 'tech-lead' && typeof lead === 'string' && row.announced_to !== lead
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
    .where(hasStanding)
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
  const day = due.at(-1)?.due_day ?? ''
  const seed = `${personId} ${day}`
  const deciding = { engineer, people, keepers, today: reviewDay(office.clock), limitDays, seed }
  const policy = reviewPolicy(office.installation)
  const able = whomToAsk(policy, deciding)
  const [first] = able
  // Senior Tech, whoever was asked before last; others only where there is nobody of them.
  const next = whoDecides(policy, deciding)
    .filter((id) => id !== first && people.get(id)?.seniorTech?.value === true)
    .toReversed()
  const lead = engineer.techLead?.value ?? null
  const isFirst = due.some((row) => isToBeAsked(row, lead, policy.owner))
  const requests = await standingRequests(tx, personId)
  const open = requests.filter(canBeCommented)
  // All of it is on its way out: whoever decides is asked once it is known what is left.
  if (open.length === 0) return []
  const at = office.clock.calendar()
  for (const { id, card_id } of open) {
    const card = { requestId: id, cardId: card_id }
    doing.notify(
      isFirst ? reviewDueNotice(card, day, able, at) : reviewEscalatedNotice(card, day, next.length > 0 ? next : able),
    )
  }
  await tx
    .updateTable('access_review')
    .set((eb) =>
      isFirst
        ? // Asking another lead gives nobody more time before Senior Tech is asked.
          { announced_at: eb.fn.coalesce('announced_at', eb.val(at)), announced_to: lead }
        : { escalated_at: at },
    )
    .where(
      'id',
      'in',
      due.map(({ id }) => id),
    )
    .execute()
  return requests.map(({ card_id }) => card_id)
}
