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
 * while people are at work, because they ring phones. Never why. Where no card takes a comment it passes to Senior Tech in
 * the queue alone, by when it was raised.
 */
export async function askWhoDecides(parts: OwnParts): Promise<string[]> {
  const { db, office } = parts
  const now = office.clock.calendar()
  if (!inWorkingHours(now)) return []
  const { owner, escalateAfterWorkingDays } = reviewPolicy(office.installation)
  const isSlow = ({ announced_at, opened_at, escalated_at }: AccessReviewRow) =>
    escalated_at === null && wholeWorkingDays(announced_at ?? opened_at, now) >= escalateAfterWorkingDays
  const isDue = (row: AccessReviewRow, lead: unknown) => isToBeAsked(row, lead, owner) || isSlow(row)
  const open = await db.kysely
    .selectFrom('access_review')
    .leftJoin('person_fact as lead', (join) =>
      join.onRef('lead.person_id', '=', 'access_review.person_id').on('lead.fact', '=', 'techLead'),
    )
    .selectAll('access_review')
    .select('lead.value as lead')
    .where('closed_at', 'is', null)
    .execute()
  const waiting = open.filter(({ lead, ...row }) => isDue(row, lead))
  const cards = await cardsOf(
    db,
    waiting.map((row) => row.person_id),
  )
  const concerned = waiting.flatMap((row) => {
    const own = cards.get(row.person_id) ?? []
    return own.length > 0 && (isSlow(row) || own.some(canBeCommented)) ? [row.person_id] : []
  })
  const people = [...new Set(concerned)].sort()
  if (people.length === 0) return []
  // Once for all of them: with thousands of people it is most of the work.
  const register = await loadRegister(db.kysely)
  return onEachPerson(parts, people, async (doing, personId) => {
    const lead = register.people.get(personId)?.techLead?.value
    const due = (await openReviewsOf(doing.tx, personId)).filter((row) => isDue(row, lead))
    return due.length === 0 ? [] : ask(doing, parts, { personId, due, slow: due.filter(isSlow), register })
  })
}

/** Nobody was asked yet, or somebody leads them by now who was not the one whom the last comment was for. */
function isToBeAsked(row: AccessReviewRow, lead: unknown, owner: ReviewPolicy['owner']): boolean {
  if (row.announced_at === null) return true
  return owner === 'tech-lead' && typeof lead === 'string' && row.announced_to !== lead
}

/** Cards of these people's requests that give them something. Of whoever has none, all is on its way out. */
async function cardsOf(db: Database, people: string[]) {
  if (people.length === 0) return new Map<string, Parameters<typeof canBeCommented>[0][]>()
  const cards = await db.kysely
    .selectFrom('request')
    .innerJoin('card', 'card.id', 'request.card_id')
    .select(['request.person_id', 'card.closed', 'card.deleted_at', 'card.way'])
    .where('request.person_id', 'in', people)
    .where('request.state', 'in', [...standingStates, 'ended'])
    .where(hasStanding)
    .execute()
  return Map.groupBy(cards, (row) => row.person_id)
}

async function ask(
  doing: OwnDoing,
  { office }: OwnParts,
  about: {
    personId: string
    due: AccessReviewRow[]
    slow: AccessReviewRow[]
    register: Awaited<ReturnType<typeof loadRegister>>
  },
): Promise<string[]> {
  const { tx } = doing
  const { personId, due, slow } = about
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
  const requests = await standingRequests(tx, personId)
  const open = requests.filter(canBeCommented)
  const asked = open.length > 0 ? due.filter((row) => isToBeAsked(row, lead, policy.owner)) : []
  // What passed on while no card took a comment is not the first's to hear of alone once one does.
  const isFirst = asked.some((row) => row.announced_at !== null || !(row.escalated_at !== null || slow.includes(row)))
  const at = office.clock.calendar()
  for (const { id, card_id } of open) {
    const card = { requestId: id, cardId: card_id }
    doing.notify(
      isFirst ? reviewDueNotice(card, day, able, at) : reviewEscalatedNotice(card, day, next.length > 0 ? next : able),
    )
  }
  if (asked.length > 0)
    await tx
      .updateTable('access_review')
      // Asking another lead gives nobody more time before Senior Tech is asked.
      .set((eb) => ({ announced_at: eb.fn.coalesce('announced_at', eb.val(at)), announced_to: lead }))
      .where('id', 'in', idsOf(asked))
      .execute()
  // All of it is on its way out: whoever decides is asked once it is known what is left.
  if (!isFirst && slow.length > 0 && requests.length > 0)
    await tx.updateTable('access_review').set({ escalated_at: at }).where('id', 'in', idsOf(slow)).execute()
  return requests.map(({ card_id }) => card_id)
}

const idsOf = (rows: AccessReviewRow[]) => rows.map(({ id }) => id)
