import type { Kysely } from 'kysely'
import { londonDay } from '../../clock.ts'
import type { Schema } from '../../db/schema.ts'
import type { Actor } from '../../requests/act.ts'
import { loadActor } from '../../requests/actor.ts'
import type { CardHost } from '../../requests/card-host.ts'
import { finalStates } from '../../requests/life.ts'
import { loadShared, loadWorld } from '../../requests/world.ts'
import type { QueueView } from '../api.ts'
import { isTab, queueView } from '../views/queue.ts'
import type { Viewer } from '../who.ts'
import { mayLookFrom } from './looking.ts'
import type { ReadingParts } from './parts.ts'

/** The queue of the boards that this viewer may see. */
export async function readQueue(parts: ReadingParts, viewer: Viewer, board: string, tab: string): Promise<QueueView> {
  const { db, office } = parts
  const actor = await loadActor(db.kysely, office, viewer)
  const boards = await visibleBoards(db.kysely, actor, viewer, parts.host)
  // 2nd line takes over knowing nothing: a queue that opened at their own team's board would look empty.
  const wanted = board || (actor.roles.secondLine ? 'all' : 'this')
  const chosen =
    wanted === 'all' ? boards : boards.filter((one) => one.id === (wanted === 'this' ? viewer.boardId : wanted))
  const ids = chosen.map((one) => one.id)
  const now = office.clock.calendar()
  const cards =
    ids.length > 0 && actor.person
      ? await db.kysely
          .selectFrom('request')
          .select('card_id')
          .where('board_id', 'in', ids)
          .where('state', 'not in', [...finalStates])
          .distinct()
          .execute()
      : []
  const shared = await loadShared(db.kysely, office)
  const load = async (from: { card_id: string }[]) =>
    (await Promise.all(from.map((card) => loadWorld(db.kysely, office, card.card_id, null, shared)))).filter(
      (world) => world !== null,
    )
  // What concerns somebody stands in their queue also where they are not on its board.
  const elsewhere = wanted === 'this' || wanted === 'all' ? await requestsOutside(db.kysely, boards, actor) : []
  const worlds = [...(await load(cards)), ...(await load(elsewhere)).filter((world) => mayLookFrom('', actor, world))]
  const monday = mondayOf(now)
  const granted = await db.kysely
    .selectFrom('request')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('granted_at', '>=', monday)
    .executeTakeFirstOrThrow()
  return queueView(worlds, actor, {
    boards,
    board: wanted,
    tab: isTab(tab) ? tab : null,
    now,
    grantedThisWeek: Number(granted.count),
  })
}

/** Open requests on connected boards that this viewer does not see as a whole. Those who see every board have none. */
async function requestsOutside(
  db: Kysely<Schema>,
  boards: { id: string }[],
  actor: Actor,
): Promise<{ card_id: string }[]> {
  if (!actor.person) return []
  const seen = boards.map((board) => board.id)
  const outside = (await db.selectFrom('board').select('id').execute()).filter((board) => !seen.includes(board.id))
  if (outside.length === 0) return []
  return db
    .selectFrom('request')
    .select('card_id')
    .where(
      'board_id',
      'in',
      outside.map((board) => board.id),
    )
    .where('state', 'not in', [...finalStates])
    .distinct()
    .execute()
}

/** Boards that this viewer may see: connected ones whose members, as Trello says, they are among. */
async function visibleBoards(
  db: Kysely<Schema>,
  actor: Actor,
  viewer: Viewer,
  host: CardHost,
): Promise<{ id: string; name: string }[]> {
  const boards = await db.selectFrom('board').select(['id', 'name']).orderBy('name').execute()
  // Doers work the whole queue without being on every team's board: the rules' help comes from outside the team.
  const { roles } = actor
  if (roles.secondLine || roles.seniorTech || roles.keeper || roles.holdsAdmin) return boards
  const visible: { id: string; name: string }[] = []
  for (const board of boards) {
    if (board.id === viewer.boardId) visible.push(board)
    else {
      const members = await host.boardMembers(board.id).catch(() => [])
      if (members.some((member) => member.id === viewer.memberId)) visible.push(board)
    }
  }
  return visible
}

function mondayOf(now: Date): Date {
  const day = new Date(`${londonDay(now)}T00:00:00Z`)
  return new Date(day.getTime() - ((day.getUTCDay() + 6) % 7) * 86_400_000)
}
