import { type Kysely, sql } from 'kysely'
import type { Schema } from '../../db/schema.ts'
import { isLinkedByUs } from '../../people/claims.ts'
import type { Actor } from '../../requests/act.ts'
import type { CardHost } from '../../requests/card-host.ts'
import type { Office } from '../../requests/world.ts'
import type { Claim } from '../views/claims.ts'

/** Who says that they are somebody, and has no colleague's yes yet. */

/**
 * Open claims with the cards on which they were made. What was typed for the same person by another account is not theirs.
 * @param memberId of one claimant only, or `null` for all
 */
export async function claimsWaiting(
  db: Kysely<Schema>,
  office: Office,
  memberId: string | null = null,
): Promise<(Claim & { since: Date; typed: Record<string, unknown> })[]> {
  const rows = await db
    .selectFrom('person_account as account')
    .innerJoin('person', 'person.id', 'account.person_id')
    .innerJoin('draft', 'draft.person_id', 'account.person_id')
    .innerJoin('card', 'card.id', 'draft.request_id')
    .select(['person.id as personId', 'account.id as memberId', 'person.full_name as fullName'])
    .select(['account.since', 'draft.input'])
    .select(['card.id as cardId', 'card.level', 'card.board_id as boardId', 'card.url', 'card.closed'])
    .where('account.kind', '=', 'trello')
    .where('account.state', '=', 'claimed')
    .where('draft.window', '=', 'claim')
    .where(sql<string>`draft.input ->> 'memberId'`, '=', sql.ref<string>('account.id'))
    .$if(memberId !== null, (query) => query.where('account.id', '=', memberId ?? ''))
    .orderBy('account.since')
    .execute()
  const { levels } = office.ruleSet(null)
  return rows.map(({ input, level, url, closed, ...row }) => ({
    ...row,
    level: (levels[level]?.name ?? level).replace(/^Production /, ''),
    cardUrl: closed ? null : url,
    typed: input,
  }))
}

/** Whether somebody's yes would count: whoever is linked on a colleague's word vouches for nobody, and is not asked. */
export async function mayVouch(db: Kysely<Schema>, { person }: Actor): Promise<boolean> {
  return person !== null && isLinkedByUs(db, person.id)
}

/**
 * Those that this viewer may answer in the queue: made on a board that they are on. Whoever sees every board is not
 * therefore a colleague of everybody there.
 */
export async function claimsFor(
  parts: { db: Kysely<Schema>; office: Office; host: Pick<CardHost, 'boardMembers'> },
  actor: Actor,
  boardIds: string[],
): Promise<(Claim & { since: Date })[]> {
  if (!(await mayVouch(parts.db, actor))) return []
  const shown = (await claimsWaiting(parts.db, parts.office)).filter(({ boardId }) => boardIds.includes(boardId))
  const isOn = new Map<string, boolean>([[actor.boardId, true]])
  for (const { boardId } of shown)
    if (!isOn.has(boardId)) {
      const members = await parts.host.boardMembers(boardId).catch(() => [])
      isOn.set(
        boardId,
        members.some((member) => member.id === actor.memberId),
      )
    }
  return shown.filter(({ boardId }) => isOn.get(boardId) === true)
}
