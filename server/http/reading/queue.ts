import type { Kysely } from 'kysely'
import { londonDay } from '../../clock.ts'
import type { Schema } from '../../db/schema.ts'
import { commandsToReview } from '../../grants/commands-to-review.ts'
import { isCovered, isSaidBy, nextMonday } from '../../people/next-week.ts'
import type { Actor } from '../../requests/act.ts'
import { loadActor } from '../../requests/actor.ts'
import type { CardHost } from '../../requests/card-host.ts'
import { heldRuns } from '../../requests/held-runs.ts'
import { finalStates } from '../../requests/life.ts'
import { isStillHeld } from '../../requests/still-held.ts'
import type { QueueView } from '../api.ts'

import { loadWorlds } from '../many-worlds.ts'
import { isTab, queueView } from '../views/queue.ts'
import type { Chosen } from '../views/queue-filters.ts'
import { itemsIn } from '../views/queue-items.ts'
import { shortName } from '../views/turns.ts'
import type { UnknownCard } from '../views/unknown-row.ts'

import type { Viewer } from '../who.ts'
import { changedSince, handedOverOn } from './changed-since.ts'
import { claimsFor } from './claims.ts'
import { driftFor } from './drift.ts'
import { exportsFor } from './exports.ts'
import { mayLookFrom } from './looking.ts'
import type { ReadingParts } from './parts.ts'
import { upcomingFor } from './upcoming.ts'

/** What of the queue somebody looks at: a board, a tab, and what they chose to see of it; empty as it opens. */
export interface QueueAsked extends Chosen {
  board: string
  tab: string
}

/** The queue of the boards that this viewer may see. */
export async function readQueue(
  parts: Pick<ReadingParts, 'db' | 'office' | 'exports'> & { host: Pick<CardHost, 'boardMembers'> },
  viewer: Viewer,
  asked: QueueAsked,
): Promise<QueueView> {
  const { db, office } = parts
  const { board, tab, ...chosen } = asked
  const actor = await loadActor(db.kysely, office, viewer)
  const boards = await visibleBoards(db.kysely, actor, viewer, parts.host)
  // 2nd line takes over knowing nothing: a queue that opened at their own team's board would look empty.
  const wanted = board || (actor.roles.secondLine ? 'all' : 'this')
  const shown =
    wanted === 'all' ? boards : boards.filter((one) => one.id === (wanted === 'this' ? viewer.boardId : wanted))
  const ids = shown.map((one) => one.id)
  // What is of no board is where nobody chose one.
  const ofNoBoard = wanted === 'this' || wanted === 'all'
  const now = office.clock.calendar()
  const load = (cards: UnknownCard[]) => loadWorlds(parts, cards, (world) => itemsIn(world, actor))
  const { worlds, unknown } = await load(
    actor.person ? await openRequests(db.kysely, (board) => ids.includes(board)) : [],
  )
  // What concerns somebody stands in their queue also where they are not on its board. What cannot be read concerns nobody there.
  const seen = boards.map((one) => one.id)
  const elsewhere = actor.person && ofNoBoard ? await openRequests(db.kysely, (board) => !seen.includes(board)) : []
  const theirs = (await load(elsewhere)).worlds.filter((world) => mayLookFrom('', actor, world))
  const monday = mondayOf(now)
  const granted = await db.kysely
    .selectFrom('request')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('granted_at', '>=', monday)
    .executeTakeFirstOrThrow()
  return queueView([...worlds, ...theirs], actor, {
    strayed: new Set(elsewhere.filter(({ connected }) => !connected).map(({ id }) => id)),
    boards,
    board: wanted,
    tab: isTab(tab) ? tab : null,
    chosen,
    now,
    grantedThisWeek: Number(granted.count),
    emptyWeekFrom: await emptyWeekFrom(db.kysely, londonDay(now)),
    unknown,
    // It names people: a stranger sees nobody's queue, and hands none over.
    changed: await changedSince(db.kysely, handedOverOn(now), actor.person ? ids : [], (ruleSet, level) =>
      shortName(office.ruleSet(ruleSet), level),
    ),
    drift: ofNoBoard ? await driftFor(parts, actor) : [],
    exports: ofNoBoard ? await exportsFor(parts, actor) : [],
    held: ofNoBoard ? await heldRuns(db.kysely) : [],
    commands: ofNoBoard ? await commandsToReview(db.kysely) : [],
    upcoming: ofNoBoard ? await upcomingFor(parts, actor) : [],
    claims: await claimsFor({ db: db.kysely, office, host: parts.host }, actor, ids),
  })
}

/**
 * Cards with an unfinished request, as they stand in the queue while nothing more is known of them.
 * @param isThere of which boards, connected or not: whoever moves a card away takes no work out of anybody's sight
 */
async function openRequests(db: Kysely<Schema>, isThere: (boardId: string) => boolean): Promise<UnknownCard[]> {
  const open = await db
    .selectFrom('request')
    .innerJoin('card', 'card.id', 'request.card_id')
    .leftJoin('board', 'board.id', 'request.board_id')
    .select(['card.id', 'request.board_id as boardId', 'card.url', 'board.id as connected'])
    .where((eb) =>
      eb.or([
        eb('state', 'not in', [...finalStates]),
        // What stayed of it is decided about once they have left.
        isStillHeld,
      ]),
    )
    // What is granted waits for nobody, for years, unless somebody is to decide about it or asked for help.
    .where((eb) =>
      eb.or([
        eb('state', 'not in', ['granted', 'ended']),
        eb.exists(
          eb
            .selectFrom('access_review')
            .select('access_review.id')
            .whereRef('access_review.person_id', '=', 'request.person_id')
            .where('closed_at', 'is', null),
        ),
        eb.exists(
          eb
            .selectFrom('help')
            .select('help.id')
            .whereRef('help.request_id', '=', 'request.id')
            .where('answered_at', 'is', null),
        ),
      ]),
    )
    .distinct()
    .execute()
  return open
    .filter(({ boardId }) => isThere(boardId))
    .map(({ connected, ...card }) => ({ ...card, connected: connected !== null }))
}

/** Boards that this viewer may see: connected ones whose members, as Trello says, they are among. */
async function visibleBoards(
  db: Kysely<Schema>,
  actor: Actor,
  viewer: Viewer,
  host: Pick<CardHost, 'boardMembers'>,
): Promise<{ id: string; name: string }[]> {
  const boards = await db.selectFrom('board').select(['id', 'name']).orderBy('name').execute()
  // Doers work the whole queue without being on every team's board: the rules' help comes from outside the team.
  const { roles } = actor
  if (roles.secondLine || roles.seniorTech || roles.keeper || roles.holdsAdmin) return boards
  // A stranger sees nobody's queue: Trello is not asked on their behalf.
  if (!actor.person) return boards.filter((board) => board.id === viewer.boardId)
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

async function emptyWeekFrom(db: Kysely<Schema>, today: string): Promise<string | null> {
  if (!isSaidBy(today)) return null
  const weeks = await db.selectFrom('rota').select(['starts', 'ends']).where('ends', '>', today).execute()
  const monday = nextMonday(today)
  return isCovered(weeks, monday) ? null : monday
}

function mondayOf(now: Date): Date {
  const day = new Date(`${londonDay(now)}T00:00:00Z`)
  return new Date(day.getTime() - ((day.getUTCDay() + 6) % 7) * 86_400_000)
}
