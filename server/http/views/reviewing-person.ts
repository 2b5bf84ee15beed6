import type { AccessReviewRow } from '../../requests/access-reviews.ts'
import { refusedByTable } from '../../requests/authorisation.ts'
import { refusedAfterLeaving } from '../../requests/letting-stand.ts'
import type { Relation } from '../../requests/relations.ts'
import type { UpcomingReview } from '../../requests/upcoming-reviews.ts'
import type { RuleSet } from '../../rules/rule-set.ts'
import type { PersonFacts } from '../../rules/types.ts'
import type { Row, WindowPart } from '../api.ts'
import { whyWords } from './reviewing.ts'
import { row, section } from './settings/parts.ts'
import { opens } from './viewer.ts'
import { count, dateWords } from './words.ts'

/** Decisions about one person's access, on their page: what is due, what will be, and what can be done at once. */

export interface ReviewsKnown {
  /** Those that wait for a decision: one answers all of them. */
  reviews: AccessReviewRow[]
  /** The nearest one that will be due. */
  upcoming: UpcomingReview | null
  /** Something that is not on its way out already. */
  holds: boolean
  relations: Set<Relation>
  /** Whether this viewer may read that somebody is away. */
  seesAbsence: boolean
  people: Map<string, PersonFacts>
  ruleSet: RuleSet
  now: Date
}

/** Empty where there is nothing that this viewer may know or do. */
export function reviewParts(person: PersonFacts, known: ReviewsKnown): WindowPart[] {
  const rows = [...dueRow(person, known), ...upcomingRow(known), ...causeRow(person, known)]
  return rows.length > 0 ? [section('Access review', rows)] : []
}

function dueRow(person: PersonFacts, known: ReviewsKnown): Row[] {
  const { reviews, relations, seesAbsence, now } = known
  const [review] = reviews
  if (!review) return []
  const decides = refusedByTable('confirm-revocation', relations) === null
  const who = person.fullName
  return [
    {
      ...row(
        'due',
        'turn',
        'Due',
        decides || seesAbsence ? `A decision is due since ${dateWords(review.due_day, now)}` : 'A decision is due',
        decides || seesAbsence ? reviews.map((one) => whyWords(one, { ...known, engineer: person })).join(' ') : null,
      ),
      buttons: decides
        ? [
            opens('Check and revoke', 'review-access', person.id, 'primary', `Check and revoke: ${who}`),
            ...(refusedAfterLeaving(person, relations) === null
              ? [opens('Keep access', 'keep-access', person.id, 'plain', `Keep access: ${who}`)]
              : []),
          ]
        : [],
    },
  ]
}

/** The ladder: one notice, however many were missed. */
function upcomingRow({ upcoming, seesAbsence, now }: ReviewsKnown): Row[] {
  if (!upcoming || !seesAbsence) return []
  const title = `A decision will be due on ${dateWords(upcoming.due, now)}, in ${count(upcoming.daysLeft, 'day')}`
  return [row('upcoming', 'later', 'Later', title, 'Nothing has to be done yet. No card says so.')]
}

function causeRow(person: PersonFacts, { holds, relations }: ReviewsKnown): Row[] {
  if (!holds || refusedByTable('revoke-for-cause', relations) !== null) return []
  return [
    {
      ...row(
        'for-cause',
        'none',
        '',
        `Must everything that ${person.firstName} holds go at once?`,
        'For cause only. You see what goes before you sign, and a second person is told.',
      ),
      buttons: [
        opens(
          'Revoke everything for cause',
          'revoke-for-cause',
          person.id,
          'danger',
          `Revoke everything for cause: ${person.fullName}`,
        ),
      ],
    },
  ]
}
