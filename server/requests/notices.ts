import type { Clock } from '../clock.ts'
import type { Tx } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { CardRow, NewNotice, World } from './act.ts'
import { newId } from './ids.ts'

/**
 * Comments that we owe to cards, in words that make sense on a phone, where no Power-Up may show. They never say why
 * somebody is absent or what is not met. Whoever is mentioned is put in front by the sender, by their name on Trello.
 */

/** Whether a comment on this card can reach anybody: Trello has it, and it is open. */
export function canBeCommented({ closed, deleted_at, way }: Pick<CardRow, 'closed' | 'deleted_at' | 'way'>): boolean {
  return !closed && deleted_at === null && way !== 'record'
}

/** Owes comments; written in the transaction of the change they tell of. The same notice is owed once. */
export async function writeNotices(tx: Tx, notices: NewNotice[], clock: Clock): Promise<void> {
  for (const notice of notices) {
    if (await isTold(tx, notice, 'owed')) continue
    await tx
      .insertInto('notice')
      .values({
        id: newId(),
        request_id: notice.requestId,
        card_id: notice.cardId,
        kind: notice.kind,
        step_id: notice.stepId ?? null,
        turn_since: notice.turnSince ?? null,
        text: notice.text,
        mentions: json(notice.mentions),
        mention: notice.mention ?? null,
        edits: notice.edits ?? null,
        state: 'owed',
        created_at: clock.wall(),
      })
      .execute()
  }
}

/**
 * Whether the same was told already: of this request, this step and this turn.
 * @param only `owed`: whether it still waits to be sent
 */
export async function isTold(
  tx: Tx,
  { requestId, kind, stepId, turnSince }: Pick<NewNotice, 'requestId' | 'kind' | 'stepId' | 'turnSince'>,
  only: 'owed' | 'any' = 'any',
): Promise<boolean> {
  const found = await tx
    .selectFrom('notice')
    .select('id')
    .where('request_id', '=', requestId)
    .where('kind', '=', kind)
    .where((eb) => (stepId ? eb('step_id', '=', stepId) : eb('step_id', 'is', null)))
    .where((eb) => (turnSince ? eb('turn_since', '=', turnSince) : eb('turn_since', 'is', null)))
    .$if(only === 'owed', (query) => query.where('state', '=', 'owed'))
    .executeTakeFirst()
  return found !== undefined
}

/** The first of several wordings that leaves room for mentions and our mark on a phone, else the last. */
export function fitting(...wordings: [string, ...string[]]): string {
  return wordings.find((text) => text.length <= LONGEST_TEXT) ?? wordings.at(-1) ?? wordings[0]
}

/** A comment has at most 240 characters: up to four names on Trello and our mark take the rest. */
const LONGEST_TEXT = 196

type About = Pick<NewNotice, 'requestId' | 'cardId'>

export function about(world: World): About {
  if (!world.request) throw new TypeError('A notice is about a request.')
  return { requestId: world.request.id, cardId: world.card.id }
}

export function whoAndWhat(world: World): { who: string; first: string; level: string } {
  return {
    who: world.engineer?.fullName ?? 'The engineer',
    first: world.engineer?.firstName ?? 'The engineer',
    level: world.plan?.levelName ?? 'production access',
  }
}

/** Whom we ask first to decide: the tech lead where they may, else somebody in Senior Tech. */
export function firstSponsor(world: World): string | null {
  const lead = world.engineer?.techLead?.value
  if (lead && world.sponsors.includes(lead)) return lead
  return world.sponsors[0] ?? null
}

export function readyNotice(world: World): NewNotice {
  const { who, level } = whoAndWhat(world)
  const sponsor = firstSponsor(world)
  const wantsReview = world.findings.some((finding) => finding.kind === 'review' && finding.outcome !== 'met')
  const verb = wantsReview ? 'review and approve' : 'approve'
  return {
    ...about(world),
    kind: 'ready',
    text: `${who} is ready for ${level}. Open this card on a computer to ${verb}.`,
    mentions: sponsor ? [sponsor] : [],
  }
}

export function attachedNotice(world: World): NewNotice {
  const { level } = whoAndWhat(world)
  return {
    ...about(world),
    kind: 'attached',
    text: `this card is for you: ${level}. Open it on a computer to ask for access, or to say that it is not for you.`,
    mentions: world.engineer ? [world.engineer.id] : [],
  }
}

export function notForThemNotice(world: World, attachedBy: string): NewNotice {
  const { who } = whoAndWhat(world)
  return {
    ...about(world),
    kind: 'not-for-them',
    text: `${who} says that this card is not for them. Open it on a computer to name the engineer.`,
    mentions: [attachedBy],
  }
}

/** @param next who can decide too, and was not asked yet */
export function remindingNotice(world: World, next: string): NewNotice {
  const { who, level } = whoAndWhat(world)
  return {
    ...about(world),
    kind: 'reminder',
    text: `${who} has been ready for ${level} for 2 working days, and you can decide too. Open this card on a computer.`,
    mentions: [next],
  }
}

export function changesAskedNotice(world: World): NewNotice {
  const { level } = whoAndWhat(world)
  return {
    ...about(world),
    kind: 'changes-asked',
    text: `your sponsor asked for changes before deciding on ${level}. Open this card on a computer to see which.`,
    mentions: world.engineer ? [world.engineer.id] : [],
  }
}

export function declinedNotice(world: World): NewNotice {
  const { level } = whoAndWhat(world)
  return {
    ...about(world),
    kind: 'declined',
    text: `your request for ${level} was declined. Open this card on a computer to see why and what you can do.`,
    mentions: world.engineer ? [world.engineer.id] : [],
  }
}

/** A sponsor took the request back; whoever withdraws their own knows it. */
export function withdrawnNotice(world: World): NewNotice {
  const { level } = whoAndWhat(world)
  return {
    ...about(world),
    kind: 'withdrawn',
    text: `your request for ${level} was withdrawn. Open this card on a computer to see by whom, and to ask again.`,
    mentions: world.engineer ? [world.engineer.id] : [],
  }
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', day: 'numeric', month: 'long' })

/** @param kind names the day too, so that the same notice is found again; `day` is when it expires */
export function expiringNotice(world: World, kind: string, day: string): NewNotice {
  const { level } = whoAndWhat(world)
  const sponsor = world.request?.state === 'ready' ? firstSponsor(world) : null
  const words = dayFormat.format(new Date(`${day}T12:00:00Z`))
  return {
    ...about(world),
    kind,
    text: `this request for ${level} expires on ${words} unless somebody keeps it open. Open this card on a computer to keep it open.`,
    mentions: [world.engineer?.id, sponsor].filter((id) => typeof id === 'string'),
  }
}

/**
 * Mentions two who are on the board, of whom one can decide: the tech lead and somebody beside them, so that no other name
 * tells that they are away. Says neither why nor about whom: the card is the engineer's, and a board learns nothing of their
 * private matters.
 */
export function reviewDueNotice(card: About, dueDay: string, asked: string[], at: Date): NewNotice {
  return {
    ...card,
    kind: `review-due:${dueDay}`,
    text: 'access review due. Open this card on a computer to decide.',
    // Whoever leads them by then is asked again.
    turnSince: at,
    mentions: asked,
    mention: 'two-on-board',
  }
}

export function reviewEscalatedNotice(card: About, dueDay: string, others: string[]): NewNotice {
  return {
    ...card,
    kind: `review-escalated:${dueDay}`,
    text: 'an access review is still due here, and you can decide too. Open this card on a computer.',
    mentions: others,
    mention: 'first-on-board',
  }
}

export function expiredNotice(world: World): NewNotice {
  const { level } = whoAndWhat(world)
  return {
    ...about(world),
    kind: 'expired',
    text: `this request for ${level} expired because nothing moved on it. Nothing was granted. Open this card on a computer to ask again.`,
    mentions: world.engineer ? [world.engineer.id] : [],
  }
}
