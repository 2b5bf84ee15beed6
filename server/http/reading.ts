import type { Kysely } from 'kysely'
import { readLog } from '../audit/read.ts'
import { londonDay } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { Schema } from '../db/schema.ts'
import { openClaims } from '../people/claims.ts'
import { type PersonLine, personLine } from '../people/missing.ts'
import { loadPeople } from '../people/register.ts'
import type { Actor, World } from '../requests/act.ts'
import { loadActor } from '../requests/actor.ts'
import type { CardHost } from '../requests/card-host.ts'
import { finalStates } from '../requests/life.ts'
import { locate } from '../requests/locate.ts'
import { writeSeen } from '../requests/seen.ts'
import { loadShared, loadWorld, type Office } from '../requests/world.ts'
import type { QueueView, SectionView, SettingsView, WindowView } from './api.ts'
import { HttpProblem } from './problem.ts'
import type { Told } from './views/blocks.ts'
import { historyLines } from './views/history.ts'
import { isTab, queueView } from './views/queue.ts'
import { sectionView } from './views/section.ts'
import { type Connection, settingsView, settingsWithoutRecords } from './views/settings.ts'
import { shortOf } from './views/turns.ts'
import { isWindowName, windowView } from './views/windows.ts'
import type { Viewer } from './who.ts'

/** Loads what a view needs, for one viewer. Views themselves are pure. */
export interface Reading {
  section(viewer: Viewer, cardId: string): Promise<SectionView | null>
  window(viewer: Viewer, name: string, subject: string): Promise<WindowView | null>
  queue(viewer: Viewer, board: string, tab: string): Promise<QueueView>
  settings(viewer: Viewer): Promise<SettingsView>
  keepDraft(viewer: Viewer, name: string, subject: string, input: Record<string, unknown>): Promise<void>
  forgetDraft(viewer: Viewer, name: string, subject: string): Promise<void>
}

export interface ReadingParts {
  db: Database
  office: Office
  host: CardHost
  /** Health of every connection, for the settings. */
  connections(): Promise<Connection[]>
  /** Whether our own records can be read at all. */
  recordsAnswer(): Promise<boolean>
  /** Reads a card again: ours may still say that it is where it was moved from. */
  refresh(cardId: string): Promise<void>
  /** A sentence while what we show may be old, or `null`. */
  oldBecause(boardId: string): Promise<string | null>
  /** Texts of checklist items on templates and cards that no map knows. */
  unmapped(): Promise<string[]>
}

export function createReading(parts: ReadingParts): Reading {
  const { db, office } = parts

  async function worldFor(actor: Actor, cardId: string): Promise<World | null> {
    return loadWorld(db.kysely, office, cardId, actor.person?.id ?? null)
  }

  /**
   * The world of a card, for somebody who looks at it from a board. Those who work across boards, and those whom the request
   * concerns, may look from any board (the queue); others from the card's own.
   * @throws HttpProblem 403 from another board
   */
  async function worldFrom(viewer: Viewer, actor: Actor, cardId: string): Promise<World | null> {
    const world = await worldFor(actor, cardId)
    if (!world || mayLookFrom(viewer.boardId, actor, world)) return world
    await parts.refresh(cardId)
    const again = await worldFor(actor, cardId)
    if (!again || mayLookFrom(viewer.boardId, actor, again)) return again
    throw new HttpProblem(403, 'other-board', 'This card is on another board. Open it there.')
  }

  async function historyOf(world: World) {
    if (!world.request) return []
    const events = await readLog(db.kysely, { requestId: world.request.id })
    return historyLines(events, world.people, (key) => shortOf(world, key))
  }

  return {
    async section(viewer, cardId) {
      const actor = await loadActor(db.kysely, office, viewer)
      const world = await worldFrom(viewer, actor, cardId)
      if (!world) return null
      const claims = world.card.kind === 'template' ? [] : await openClaims(db.kysely)
      // Only where what was typed waits on this card: a claim made elsewhere is asked about there.
      const here = new Set(
        (
          await db.kysely
            .selectFrom('draft')
            .select('person_id')
            .where('request_id', '=', cardId)
            .where('window', '=', 'claim')
            .execute()
        ).map((row) => row.person_id),
      )
      return sectionView(world, actor, {
        history: await historyOf(world),
        claims: claims.filter((claim) => here.has(claim.personId)),
        old: await parts.oldBecause(world.card.board_id),
        notOnBoard: await notOnBoard(db.kysely, world),
        told: await toldOf(db.kysely, world),
      })
    },

    async window(viewer, name, subject) {
      if (!isWindowName(name)) return null
      const actor = await loadActor(db.kysely, office, viewer)
      const place = await locate(db.kysely, subject)
      if (!place) return null
      const world = await worldFrom(viewer, actor, place.cardId)
      if (!world) return null
      const step = world.steps.find((one) => one.id === place.stepId) ?? null
      const attempts = step
        ? (
            await db.kysely
              .selectFrom('attempt')
              .selectAll()
              .where('step_id', '=', step.id)
              .orderBy('id', 'desc')
              .limit(20)
              .execute()
          ).map((one) => ({
            at: one.at.toISOString(),
            text: `${one.what === 'read' ? 'Read' : 'Changed'}: ${one.outcome}. ${one.detail}`,
          }))
        : []
      return windowView(name, world, actor, step, {
        seen: name === 'step' || name === 'your-steps' ? '' : writeSeen(world),
        draft: await draftOf(db.kysely, world, actor, name),
        unlinked: name === 'claim' || (name === 'ask' && !actor.person) ? await unlinkedPeople(db.kysely) : [],
        candidates: name === 'attach' ? await candidates(world, parts.host) : [],
        attempts,
        levels: [],
        told: name === 'approve' ? await toldOf(db.kysely, world) : null,
      })
    },

    async queue(viewer, board, tab) {
      const actor = await loadActor(db.kysely, office, viewer)
      const boards = await visibleBoards(db.kysely, actor, viewer, parts.host)
      const chosen =
        board === 'all' ? boards : boards.filter((one) => one.id === (board === '' ? viewer.boardId : board))
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
      const worlds = (
        await Promise.all(cards.map((card) => loadWorld(db.kysely, office, card.card_id, null, shared)))
      ).filter((world) => world !== null)
      const monday = mondayOf(now)
      const granted = await db.kysely
        .selectFrom('request')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('granted_at', '>=', monday)
        .executeTakeFirstOrThrow()
      return queueView(worlds, actor, {
        boards: boards.map((one) => ({ ...one, selected: ids.length === 1 && one.id === ids[0] })),
        tab: isTab(tab) ? tab : null,
        now,
        grantedThisWeek: Number(granted.count),
      })
    },

    async settings(viewer) {
      if (!(await parts.recordsAnswer()))
        return settingsWithoutRecords(await parts.connections(), office.clock.calendar())
      const actor = await loadActor(db.kysely, office, viewer)
      const now = office.clock.calendar()
      const today = londonDay(now)
      const ruleSet = office.ruleSet(null)
      const boards = await db.kysely.selectFrom('board').selectAll().orderBy('name').execute()
      const facts = await db.kysely
        .selectFrom('person_fact')
        .select(['person_id', 'fact'])
        .where('fact', 'in', ['clearance', 'absences'])
        .execute()
      const people = await db.kysely.selectFrom('person').select(['id', 'full_name']).execute()
      const linked = await db.kysely
        .selectFrom('person_account')
        .select('person_id')
        .where('kind', '=', 'trello')
        .where('state', '=', 'linked')
        .execute()
      const weeks = await db.kysely
        .selectFrom('rota')
        .selectAll()
        .where('ends', '>', today)
        .orderBy('starts')
        .limit(4)
        .execute()
      const name = (id: string | null) => people.find((one) => one.id === id)?.full_name
      const known = (fact: string) => facts.filter((row) => row.fact === fact).length
      return settingsView(actor, {
        connections: await parts.connections(),
        boards: boards.map((board) => ({
          id: board.id,
          name: board.name,
          problem: board.problem,
          checkedAt: board.checked_at,
          webhook: board.webhook_id !== null,
        })),
        ruleSet: { id: ruleSet.id, digest: ruleSet.digest, page: ruleSet.page },
        unmapped: await parts.unmapped(),
        people: {
          all: people.length,
          linked: linked.length,
          withoutClearance: people.length - known('clearance'),
          withoutAbsence: people.length - known('absences'),
        },
        register: actor.roles.keeper ? await everybody(db.kysely, new Set(linked.map((row) => row.person_id))) : [],
        rota: weeks.map((week) => ({
          starts: week.starts,
          ends: week.ends,
          names: [name(week.primary_id), name(week.secondary_id)].filter((one) => one !== undefined),
        })),
        now,
      })
    },

    async keepDraft(viewer, name, subject, input) {
      const actor = await loadActor(db.kysely, office, viewer)
      const place = await locate(db.kysely, subject)
      if (!actor.person || !place || !isWindowName(name)) return
      const world = await worldFor(actor, place.cardId)
      if (!world) return
      const values = {
        plan_hash: world.plan?.hash ?? '',
        input: JSON.stringify(input),
        updated_at: office.clock.wall(),
      }
      await db.kysely
        .insertInto('draft')
        .values({ request_id: place.cardId, person_id: actor.person.id, window: name, ...values })
        .onConflict((conflict) => conflict.columns(['request_id', 'person_id', 'window']).doUpdateSet(values))
        .execute()
    },

    async forgetDraft(viewer, name, subject) {
      const actor = await loadActor(db.kysely, office, viewer)
      const place = await locate(db.kysely, subject)
      if (!actor.person || !place) return
      await db.kysely
        .deleteFrom('draft')
        .where('request_id', '=', place.cardId)
        .where('person_id', '=', actor.person.id)
        .where('window', '=', name)
        .execute()
    },
  }
}

function mayLookFrom(boardId: string, { roles, person }: Actor, { card, engineer, sponsors }: World): boolean {
  if (card.board_id === boardId) return true
  if (roles.keeper || roles.seniorTech || roles.secondLine || roles.holdsAdmin) return true
  return person !== null && (person.id === engineer?.id || sponsors.includes(person.id))
}

/** What was typed and not sent; what rested on another plan is let go. */
async function draftOf(db: Kysely<Schema>, world: World, actor: Actor, name: string): Promise<Record<string, unknown>> {
  if (!actor.person) return {}
  const kept = await db
    .selectFrom('draft')
    .selectAll()
    .where('request_id', '=', world.card.id)
    .where('person_id', '=', actor.person.id)
    .where('window', '=', name)
    .executeTakeFirst()
  if (!kept || (name === 'approve' && kept.plan_hash !== (world.plan?.hash ?? ''))) return {}
  return kept.input
}

async function everybody(db: Kysely<Schema>, linked: Set<string>): Promise<PersonLine[]> {
  return [...(await loadPeople(db)).values()].map((person) => personLine(person, linked.has(person.id)))
}

async function unlinkedPeople(db: Kysely<Schema>): Promise<{ id: string; fullName: string }[]> {
  const rows = await db
    .selectFrom('person')
    .select(['id', 'full_name'])
    .where(
      'id',
      'not in',
      db.selectFrom('person_account').select('person_id').where('kind', '=', 'trello').where('state', '=', 'linked'),
    )
    .orderBy('full_name')
    .execute()
  return rows.map((row) => ({ id: row.id, fullName: row.full_name }))
}

/** People who could be meant: card members and names in the title first. Nobody is chosen beforehand. */
async function candidates(
  world: World,
  _host: CardHost,
): Promise<{ id: string; fullName: string; hint: string | null }[]> {
  const onCard = new Set(world.card.members)
  const title = world.card.name.toLowerCase()
  const scored = [...world.people.values()]
    .filter((person) => !person.left?.value)
    .map((person) => {
      const member = world.members.get(person.id)
      const isMember = member !== undefined && onCard.has(member)
      const named = title.includes(person.fullName.toLowerCase())
      return {
        id: person.id,
        fullName: person.fullName,
        hint: isMember ? 'member of the card' : named ? 'named in the title' : null,
        weight: isMember ? 0 : named ? 1 : 2,
      }
    })
  return scored
    .toSorted((a, b) => a.weight - b.weight || a.fullName.localeCompare(b.fullName))
    .map(({ weight: _weight, ...person }) => person)
}

/** Whom the last comment asked to decide, and when it was sent. */
async function toldOf(db: Kysely<Schema>, world: World): Promise<Told | null> {
  if (world.request?.state !== 'ready') return null
  const notice = await db
    .selectFrom('notice')
    .select(['mentions', 'sent_at'])
    .where('request_id', '=', world.request.id)
    .where('kind', '=', 'ready')
    .where('state', '=', 'sent')
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  const firstName = world.people.get(notice?.mentions[0] ?? '')?.firstName
  return notice?.sent_at && firstName ? { firstName, at: notice.sent_at } : null
}

async function notOnBoard(db: Kysely<Schema>, world: World): Promise<string | null> {
  if (!world.request) return null
  const notice = await db
    .selectFrom('notice')
    .select(['reason', 'mentions'])
    .where('request_id', '=', world.request.id)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!notice?.reason?.startsWith('Not on the board')) return null
  const names = notice.mentions.map((id) => world.people.get(id)?.fullName).filter((name) => name !== undefined)
  return names.length > 0
    ? `${names.join(' and ')} could not be mentioned here because they are not on this board. Send them the link to this card.`
    : null
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
