import type { Kysely } from 'kysely'
import type { NewEvent } from '../audit/events.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Schema } from '../db/schema.ts'
import { openReviewsOf } from '../requests/access-reviews.ts'
import type { NewNotice } from '../requests/act.ts'
import { lockPerson } from '../requests/locking.ts'
import { canBeCommented, writeNotices } from '../requests/notices.ts'
import { loadShared, type Office, type Shared } from '../requests/world.ts'
import { isSamePerson } from '../rules/same-person.ts'
import type { PersonFacts } from '../rules/types.ts'
import { secondPeople } from './acts/revoke-for-cause.ts'
import { digestOfTaking } from './as-signed.ts'
import { canBeHastened, goesForCause } from './for-cause.ts'
import { lookForMore } from './look-for-more.ts'
import { toldOfCauseNotice } from './notices.ts'
import {
  byHandWords,
  holdsNothing,
  pauseWhatIsAsked,
  revokeWhole,
  type WholeRevocation,
  wholeRevocation,
} from './revoke-person.ts'
import type { Adapters } from './steps.ts'

/** Revocation for cause from the server itself, for the hours when Trello is down and nobody can sign with a token. */

/** Thrown when nothing was revoked; the message says what to do. */
export class CommandRefused extends Error {
  override name = 'CommandRefused'
}

export interface CommandParts {
  db: Database
  office: Office
  adapters: Adapters
  append(tx: Tx, events: NewEvent[]): Promise<void>
}

/** How long one look at the systems may take. Whoever runs a command can wait. */
const LOOK_WITHIN_MS = 15_000

export interface Commanded {
  person: PersonFacts
  operator: PersonFacts
  reason: string
}

/**
 * Who is meant and who asks. The operator must be somebody who may do this with a token too.
 * @param asked `person`: work address or id; `operator`: full name, work address or id
 * @throws CommandRefused for an unknown or ambiguous name, an operator who may not, or no reason
 */
export async function checkCommand(
  { db, office }: CommandParts,
  asked: { person: string; operator: string; reason: string },
): Promise<Commanded> {
  const shared = await loadShared(db.kysely, office)
  const person = found(shared, asked.person, '--person', 'a work address or an id')
  const operator = found(shared, asked.operator, '--operator', 'a full name, a work address or an id')
  const may = operator.seniorTech?.value === true || shared.keepers.includes(operator.id)
  if (!may || operator.left?.value === true || !(await isLinkedForSure(db.kysely, operator.id)))
    throw new CommandRefused(
      `${operator.fullName} may not do this. Name with --operator somebody in Senior Tech or a register keeper whose Trello account is linked.`,
    )
  if (isSamePerson(person, operator))
    throw new CommandRefused('Nobody revokes their own access for cause. Name somebody else with --operator.')
  const reason = asked.reason.trim()
  if (reason === '' || reason.length > 500)
    throw new CommandRefused('Say why with --reason, in 1 to 500 characters. It is kept where it can be erased.')
  return { person, operator, reason }
}

function found({ people }: Shared, named: string, option: string, how: string): PersonFacts {
  const wanted = named.trim().toLowerCase()
  if (wanted === '') throw new CommandRefused(`Say who with ${option}: ${how}.`)
  const byId = people.get(named.trim())
  if (byId) return byId
  const matching = [...people.values()].filter(
    (one) => one.accounts.email?.id === wanted || (option === '--operator' && one.fullName.toLowerCase() === wanted),
  )
  const [one, another] = matching
  if (!one) throw new CommandRefused(`The register has nobody called ${named} (${option}). Use ${how}.`)
  if (another) throw new CommandRefused(`Several people are called ${named}. Use a work address with ${option}.`)
  return one
}

async function isLinkedForSure(db: Kysely<Schema>, personId: string): Promise<boolean> {
  const account = await db
    .selectFrom('person_account')
    .select('id')
    .where('person_id', '=', personId)
    .where('kind', '=', 'trello')
    .where('state', '=', 'linked')
    .executeTakeFirst()
  return account !== undefined
}

/** Everything that would go, with a look in the systems first. @throws CommandRefused when there is nothing, and nothing waits in turn */
export async function planOfCommand(parts: CommandParts, { person }: Commanded): Promise<WholeRevocation> {
  const { db, office, adapters } = parts
  const look = () => wholeRevocation(db.kysely, office, person.id)
  const first = await look()
  const { clock, report } = office
  for (const { card } of first.worlds)
    await lookForMore({ db, office, adapters, clock, report }, card.id, LOOK_WITHIN_MS)
  const whole = await look()
  if (whole.goes.length === 0 && canBeHastened(whole.worlds).length === 0)
    throw new CommandRefused(
      holdsNothing(whole)
        ? [`${person.fullName} holds nothing that was given here.`, ...byHandWords(whole)].join(' ')
        : `Everything of ${person.fullName} is being revoked already.`,
    )
  return whole
}

/**
 * Opens the revocation, as its act would, and logs who did it, why, and that somebody else reviews it after.
 * @returns whether a comment tells a second person
 */
export async function revokeByCommand(
  parts: CommandParts,
  { person, operator, reason }: Commanded,
): Promise<{ told: boolean }> {
  const { db, office, adapters, append } = parts
  const { clock } = office
  return db.transaction(async (tx) => {
    await lockPerson(tx, person.id)
    const events: NewEvent[] = []
    const notices: NewNotice[] = []
    const doing = {
      tx,
      clock,
      log: (event: NewEvent) => void events.push(event),
      notify: (notice: NewNotice) => void notices.push(notice),
    }
    const others = await secondPeople(tx, office, [person.id, operator.id])
    let told = false
    // Whoever carries out steps finds them by themselves, in this process or another.
    const wake = { send: async () => {} }
    const on = { by: operator.id, boardId: await anyBoard(tx), reason }
    await revokeWhole(doing, { office, adapters, wake }, person.id, on, (world, goes) => {
      if (!told && others.length > 0 && canBeCommented(world.card)) {
        notices.push(toldOfCauseNotice(world, others))
        told = true
      }
      return {
        type: 'revoked-by-command',
        actor: `operator:${operator.id}`,
        requestId: world.request?.id ?? null,
        personId: person.id,
        stepId: null,
        boardId: world.card.board_id,
        data: { takes: goes.map(digestOfTaking), reviewAfter: true },
        detail: { reason },
      }
    })
    await goesForCause(doing, person.id)
    await pauseWhatIsAsked(doing, person.id)
    for (const { id } of await openReviewsOf(tx, person.id)) {
      events.push({
        type: 'review-closed',
        actor: `operator:${operator.id}`,
        requestId: null,
        personId: person.id,
        stepId: null,
        boardId: null,
        data: { review: id },
        detail: { outcome: 'revoked' },
      })
      await tx
        .updateTable('access_review')
        .set({ closed_at: clock.calendar(), outcome: 'revoked', decided_by: operator.id })
        .where('id', '=', id)
        .execute()
    }
    await writeNotices(tx, notices, clock)
    await append(tx, events)
    return { told }
  })
}

/** A command is given on no board; what it makes stands on one, for those who carry it out. */
async function anyBoard(tx: Tx): Promise<string> {
  const board = await tx.selectFrom('board').select('id').orderBy('connected_at').executeTakeFirst()
  return board?.id ?? 'no-board'
}
