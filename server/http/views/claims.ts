import type { Button, Row } from '../api.ts'
import type { Item } from './queue-items.ts'
import { isOverdue, rowSince } from './queue-row.ts'
import { acts } from './viewer.ts'

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

export function claimItem(claim: Claim & { since: Date }, now: Date): Item {
  const what = `Is this ${claim.fullName}? ${somebody}`
  return {
    row: rowSince(claim.since, now, {
      key: `claim-${claim.personId}-${claim.cardId}`,
      overdue: isOverdue(claim.since, now),
      person: claim.fullName,
      level: claim.level,
      what,
      boardId: claim.boardId,
      cardUrl: claim.cardUrl,
      buttons: answers(claim),
    }),
    tabs: ['yours', 'others', 'everything'],
    since: claim.since,
    revokes: false,
    system: null,
    state: 'other',
    subject: 'who it is',
    brief: what,
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
