import type { Button, QueueRow, Row } from '../api.ts'
import { acts } from './viewer.ts'
import { ageWords, daysSince } from './words.ts'

/** "Is this Kit Doyle?", asked of linked colleagues: on the card, and in their queue. */

interface Asked {
  personId: string
  /** The Trello account that says so: the answer is about this one, whoever claims the same person meanwhile. */
  memberId: string
  fullName: string
  cardId: string
}

/** One claim with the card on which it was made. */
export interface Claim extends Asked {
  level: string
  boardId: string
  cardUrl: string | null
}

/** A colleague's yes is not promised within days; after this long somebody should look. */
const OVERDUE_DAYS = 3
const somebody = 'Somebody on this board says so. Say yes only if you know that it is true.'

export function claimRow(claim: Asked): Row {
  return {
    key: `claim-${claim.personId}`,
    mark: 'person',
    word: '',
    title: `Is this ${claim.fullName}?`,
    detail: somebody,
    who: null,
    since: null,
    trap: null,
    buttons: answers(claim),
    links: [],
  }
}

export function claimRowInQueue(claim: Claim & { since: Date }, now: Date): QueueRow {
  return {
    key: `claim-${claim.personId}-${claim.cardId}`,
    overdue: daysSince(claim.since, now) >= OVERDUE_DAYS,
    person: claim.fullName,
    level: claim.level,
    what: `Is this ${claim.fullName}? ${somebody}`,
    since: claim.since.toISOString(),
    sinceWord: ageWords(claim.since, now),
    taken: null,
    tab: '',
    boardId: claim.boardId,
    cardUrl: claim.cardUrl,
    buttons: answers(claim),
    panel: null,
  }
}

function answers({ personId, memberId, fullName, cardId }: Asked): Button[] {
  const answer = (text: 'Yes' | 'No', label: string) =>
    acts(
      text,
      'confirm-identity',
      cardId,
      { person: personId, member: memberId, answer: text.toLowerCase() },
      'plain',
      label,
    )
  return [answer('Yes', `Yes, this is ${fullName}`), answer('No', `No, this is not ${fullName}`)]
}
