import { append } from '../audit/append.ts'
import { type Clock, MINUTE } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { type CardHost, HostFailure } from '../requests/card-host.ts'

/** Whoever began to send holds the notice this long; after it another process may, and looks for the mark first. */
const LEASE = 1 * MINUTE

/**
 * Sends the comments that are owed. Each bears a small mark, so that after a lost answer we find our own comment instead
 * of writing it twice. Only people on the board can be mentioned; others see it in their queue.
 * @throws HostFailure when Trello is out of reach: everything stays owed
 */
export async function sendNotices(parts: { db: Database; host: CardHost; clock: Clock }): Promise<number> {
  const { db, host } = parts
  const owed = await db.kysely
    .selectFrom('notice')
    .innerJoin('card', 'card.id', 'notice.card_id')
    .select([
      'notice.id',
      'notice.card_id',
      'notice.request_id',
      'notice.kind',
      'notice.text',
      'notice.mentions',
      'notice.mention',
      'notice.edits',
      'card.board_id',
      'card.closed',
      'card.deleted_at',
    ])
    .where('state', '=', 'owed')
    .orderBy('notice.created_at')
    .limit(20)
    .execute()
  let sent = 0
  for (const notice of owed) {
    if (!(await begin(parts, notice.id))) continue
    if (notice.closed || notice.deleted_at) {
      await settleNotice(parts, notice, { state: 'cannot', comment_id: null, reason: 'The card is closed.' })
      continue
    }
    try {
      const { text, missing } = await worded(parts, notice)
      const mark = text.slice(text.lastIndexOf('('))
      const before = (await host.ownComments(notice.card_id)).find((comment) => comment.text.endsWith(mark))
      const comment = before?.id ?? (await edited(parts, notice, text)) ?? (await host.comment(notice.card_id, text))
      const reason = missing.length > 0 ? `Not on the board: ${missing.join(', ')}` : null
      await settleNotice(parts, notice, { state: 'sent', comment_id: comment, reason })
      sent += 1
    } catch (error) {
      if (!(error instanceof HostFailure)) throw error
      if (!['not-found', 'forbidden', 'refused'].includes(error.kind)) {
        await letGo(db, notice.id)
        throw error
      }
      await settleNotice(parts, notice, { state: 'cannot', comment_id: null, reason: error.message })
    }
  }
  return sent
}

/** Takes one notice for this process, so that two do not send it side by side. */
async function begin({ db, clock }: { db: Database; clock: Clock }, id: string): Promise<boolean> {
  const now = clock.wall()
  const taken = await db.kysely
    .updateTable('notice')
    .set({ sent_at: now })
    .where('id', '=', id)
    .where('state', '=', 'owed')
    .where((eb) => eb.or([eb('sent_at', 'is', null), eb('sent_at', '<', new Date(now.getTime() - LEASE))]))
    .returning('id')
    .executeTakeFirst()
  return taken !== undefined
}

async function letGo(db: Database, id: string): Promise<void> {
  await db.kysely
    .updateTable('notice')
    .set({ sent_at: null })
    .where('id', '=', id)
    .where('state', '=', 'owed')
    .execute()
}

/** The embedded database has one owner: whoever had begun to send before this start is gone. */
export async function takeOverNotices(db: Database): Promise<void> {
  await db.kysely.updateTable('notice').set({ sent_at: null }).where('state', '=', 'owed').execute()
}

interface Owed {
  id: string
  request_id: string
  kind: string
  text: string
  mentions: string[]
  mention: 'first-on-board' | 'two-on-board' | null
  edits: string | null
  board_id: string
}

/** Id of the earlier comment that says this now; `null` where there is none (any more). */
async function edited(
  { db, host }: { db: Database; host: CardHost },
  { card_id, edits }: { card_id: string; edits: string | null },
  text: string,
): Promise<string | null> {
  if (edits === null) return null
  const before = await db.kysely.selectFrom('notice').select('comment_id').where('id', '=', edits).executeTakeFirst()
  if (!before?.comment_id) return null
  try {
    await host.editComment(card_id, before.comment_id, text)
    return before.comment_id
  } catch (error) {
    if (error instanceof HostFailure && ['not-found', 'forbidden', 'refused'].includes(error.kind)) return null
    throw error
  }
}

async function worded(
  parts: { db: Database; host: CardHost; clock: Clock },
  notice: Owed,
): Promise<{ text: string; missing: string[] }> {
  const members = await parts.host.boardMembers(notice.board_id)
  const linked = notice.mentions.length
    ? await parts.db.kysely
        .selectFrom('person_account')
        .innerJoin('person', 'person.id', 'person_account.person_id')
        .select(['person_account.id', 'person_account.person_id', 'person.full_name'])
        .where('kind', '=', 'trello')
        .where('state', '=', 'linked')
        .where('person_id', 'in', notice.mentions)
        .execute()
    : []
  // In the order of the notice: whoever is meant first stands first.
  const names = notice.mentions.flatMap((person) => {
    const account = linked.find((one) => one.person_id === person)
    return members.find((member) => member.id === account?.id)?.username ?? []
  })
  const missing = notice.mentions.filter(
    (id) => !linked.some((one) => one.person_id === id && members.some((member) => member.id === one.id)),
  )
  // So many are enough: whoever stands first is missed only where nobody else could be reached.
  const enough = notice.mention === null ? null : { 'first-on-board': 1, 'two-on-board': 2 }[notice.mention]
  if (enough !== null) {
    missing.splice(Math.max(0, enough - names.length))
    names.splice(enough)
  }
  const who = names.map((name) => `@${name}`).join(' ')
  const text = who === '' ? capital(notice.text) : `${who} ${notice.text}`
  // The mark: which request and which notice, short enough for a phone.
  return { text: `${text} (${notice.request_id}-${notice.id.slice(0, 4)})`, missing }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

async function settleNotice(
  { db, clock }: { db: Database; clock: Clock },
  notice: Owed & { id: string },
  to: { state: 'sent' | 'cannot'; comment_id: string | null; reason: string | null },
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx
      .updateTable('notice')
      .set({ ...to, sent_at: clock.wall() })
      .where('id', '=', notice.id)
      .execute()
    const event = {
      actor: 'system',
      requestId: notice.request_id,
      personId: null,
      stepId: null,
      boardId: notice.board_id,
    }
    await append(
      tx,
      [
        to.state === 'sent'
          ? { ...event, type: 'notice-sent', data: { kind: notice.kind } }
          : { ...event, type: 'notice-not-sent', data: { kind: notice.kind, because: to.reason ?? '' } },
      ],
      clock,
    )
  })
}
