import type { Insertable, Selectable } from 'kysely'
import type { NewEvent } from '../../audit/events.ts'
import type { Tx } from '../../db/database.ts'
import { json } from '../../db/json.ts'
import type { DriftFindingTable } from '../../db/schema.ts'
import { newId } from '../../requests/ids.ts'
import { type DriftFinding, identityOf } from './findings.ts'
import type { Asked, Reconciled } from './reconcile.ts'

export type FindingRow = Selectable<DriftFindingTable>

/** Rows in one statement: one takes 65,535 parameters at most. */
const AT_ONCE = 1_000

/**
 * Writes down what one system's comparison found: new, seen again, or gone by itself. What could not be told this time,
 * or is being changed, stays as it was. Answers the events to log.
 */
export async function keepFindings(
  tx: Tx,
  what: { system: string; asked: Asked[]; done: Reconciled; now: Date; raise: MayRaise },
): Promise<NewEvent[]> {
  const { system, asked, done, now, raise } = what
  const open = await tx
    .selectFrom('drift_finding')
    .selectAll()
    .where('system', '=', system)
    .where('settled_at', 'is', null)
    .forUpdate()
    .execute()
  const found = new Map(done.findings.flatMap((one) => (isKept(one) ? [[identityOf(one), one] as const] : [])))
  const known = new Map(open.map((row) => [row.identity, row]))
  const seen = [...found].flatMap(([identity, one]) => (known.has(identity) ? [] : [rowOf(identity, one, now)]))
  const beyond = seen.filter(mayBeRemoved)
  const people = [...new Set(beyond.map((row) => row.person_id))]
  const raised = await raise(tx, { people, items: beyond.length })
  const fresh = raised.may ? seen : seen.filter((row) => !mayBeRemoved(row))
  await insert(tx, fresh)
  await seenAgain(tx, open, found, now)
  const untold = untoldBy(asked, done)
  const gone = open.filter((row) => !found.has(row.identity) && !untold(row))
  for (const some of inParts(gone))
    await tx
      .updateTable('drift_finding')
      .set({ settled_at: now, settled_by: 'system', how: 'gone' })
      .where('id', 'in', idsOf(some))
      .execute()
  // Whom nobody knows has nobody who could ask to be forgotten.
  await tx
    .updateTable('drift_finding')
    .set({ account: json({ kind: 'email', id: null, name: '' }), sentence: '', identity: '', detail: null })
    .where('system', '=', system)
    .where('settled_at', 'is not', null)
    .where('person_id', 'is', null)
    .where('identity', '!=', '')
    .execute()
  return [...fresh.map(foundEvent), ...gone.map(goneEvent), ...raised.events]
}

/** Whether so many may be asked about at once, as to whether what they have is removed. */
export type MayRaise = (
  tx: Tx,
  concerned: { people: string[]; items: number },
) => Promise<{ may: boolean; events: NewEvent[] }>

function mayBeRemoved(row: NewRow): row is NewRow & { person_id: string } {
  return row.kind === 'extra' && row.person_id !== null && row.person_id !== undefined
}

/** What a look beside the comparison found. Answers the events to log. */
export async function addFindings(tx: Tx, findings: DriftFinding[], now: Date): Promise<NewEvent[]> {
  const rows = findings.filter(isKept).map((one) => rowOf(identityOf(one), one, now))
  await insert(tx, rows)
  return rows.map(foundEvent)
}

async function insert(tx: Tx, rows: NewRow[]): Promise<void> {
  for (const some of inParts(rows))
    await tx
      .insertInto('drift_finding')
      .values(some.map(asJson))
      .onConflict((same) => same.column('identity').where('settled_at', 'is', null).doNothing())
      .execute()
}

type Kept = DriftFinding & { kind: FindingRow['kind'] }

/** What cannot be told of one account for good is kept too: by a number alone nobody would find it. */
function isKept(one: DriftFinding): one is Kept {
  return one.kind === 'cannot-tell' ? one.lasts : one.kind !== 'in-progress'
}

const isUnclear = ({ kind }: DriftFinding) => kind === 'in-progress' || kind === 'cannot-tell'

type NewRow = Omit<Insertable<DriftFindingTable>, 'account'> & { account: DriftFinding['account'] }

function rowOf(identity: string, one: Kept, now: Date): NewRow {
  const { kind, key, system, level, account, sentence } = one
  return {
    id: newId(),
    identity,
    kind,
    key,
    system,
    level,
    account,
    sentence,
    person_id: one.personId,
    holding_id: one.holdingId,
    over_grant: one.overGrant,
    has: one.listed?.has ?? null,
    detail: one.listed?.detail ?? null,
    first_seen_at: now,
    last_seen_at: now,
  }
}

const asJson = (row: NewRow): Insertable<DriftFindingTable> => ({ ...row, account: json(row.account) })
const idsOf = (rows: FindingRow[]) => rows.map(({ id }) => id)

async function seenAgain(tx: Tx, open: FindingRow[], found: Map<string, Kept>, now: Date): Promise<void> {
  const again = open.filter((row) => found.has(row.identity))
  for (const some of inParts(again))
    await tx.updateTable('drift_finding').set({ last_seen_at: now }).where('id', 'in', idsOf(some)).execute()
  for (const row of again) {
    const one = found.get(row.identity)
    if (!one || isAsBefore(one, row)) continue
    const { sentence, personId, overGrant, holdingId, level, listed } = one
    const is = { person_id: personId, over_grant: overGrant, holding_id: holdingId, level }
    await tx
      .updateTable('drift_finding')
      .set({ sentence, ...is, has: listed?.has ?? null, detail: listed?.detail ?? null, ...leftNoLonger(row) })
      .where('id', '=', row.id)
      .execute()
  }
}

function isAsBefore({ sentence, personId, overGrant, holdingId, listed }: Kept, row: FindingRow): boolean {
  const is = [sentence, personId, overGrant, holdingId, listed?.has ?? null, listed?.detail ?? null]
  const was = [row.sentence, row.person_id, row.over_grant, row.holding_id, row.has, row.detail]
  return is.every((one, at) => one === was[at])
}

/** What was left as it is was left as it was then. */
function leftNoLonger({ ruling }: FindingRow) {
  if (ruling !== 'leave') return {}
  const undone = { ruling: null, ruled_by: null, ruled_at: null, ruled_reason: null, look_again_on: null }
  return { ...undone, ruling_undone: 'It was left as it is, and has changed since.' }
}

/** Whether this time nothing could be told of what was found before. */
function untoldBy(asked: Asked[], done: Reconciled): (row: FindingRow) => boolean {
  const answers = new Map(asked.map(({ place, answer }) => [place.key, answer]))
  const unclear = new Set(done.findings.filter(isUnclear).map((one) => `${one.key} ${nameOf(one.account)}`))
  return ({ kind, key, account }) => {
    const answer = answers.get(key)
    // Of a place that nothing asks about is told anew each time what cannot be told.
    if (!answer) return kind !== 'cannot-tell'
    if (answer.is === 'failed') return true
    const name = nameOf(account)
    const isAbout = answer.is === 'cannot-see' || answer.onlyOf === null || answer.onlyOf.has(name)
    // That it could not be told is over once it is told, or being changed.
    return !isAbout || (kind !== 'cannot-tell' && unclear.has(`${key} ${name}`))
  }
}

const nameOf = ({ id, name }: DriftFinding['account']) => (id ?? name).toLowerCase()

/** Whom nobody knows has nobody who could have it erased, so that their name never goes to the log. */
function foundEvent({ id, kind, key, over_grant, person_id, account, sentence }: NewRow): NewEvent {
  return {
    ...about(person_id ?? null),
    type: 'drift-found',
    data: { finding: id, kind, place: key, overGrant: over_grant },
    ...(person_id ? { detail: { account: account.name, sentence } } : {}),
  }
}

function goneEvent({ id, key, person_id }: FindingRow): NewEvent {
  return { ...about(person_id), type: 'drift-gone', data: { finding: id, place: key } }
}

const about = (personId: string | null) => ({
  actor: 'system',
  requestId: null,
  personId,
  stepId: null,
  boardId: null,
})

function inParts<T>(rows: T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / AT_ONCE) }, (_, n) => rows.slice(n * AT_ONCE, (n + 1) * AT_ONCE))
}
