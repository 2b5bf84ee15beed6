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
  const beyond = [...new Set(seen.flatMap((row) => (mayBeRemoved(row) ? [row.person_id] : [])))]
  const raised = await raise(tx, beyond)
  const fresh = raised.may ? seen : seen.filter((row) => !mayBeRemoved(row))
  for (const some of inParts(fresh)) await tx.insertInto('drift_finding').values(some.map(asJson)).execute()
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
    .set({ account: json({ kind: 'email', id: null, name: '' }), sentence: '', identity: '' })
    .where('system', '=', system)
    .where('settled_at', 'is not', null)
    .where('person_id', 'is', null)
    .where('identity', '!=', '')
    .execute()
  return [...fresh.map(foundEvent), ...gone.map(goneEvent), ...raised.events]
}

/** Whether so many may be asked about at once, as to whether what they have is removed. */
export type MayRaise = (tx: Tx, people: string[]) => Promise<{ may: boolean; events: NewEvent[] }>

function mayBeRemoved(row: NewRow): row is NewRow & { person_id: string } {
  return row.kind === 'extra' && row.person_id !== null && row.person_id !== undefined
}

type Kept = DriftFinding & { kind: FindingRow['kind'] }

function isKept(one: DriftFinding): one is Kept {
  return one.kind !== 'in-progress' && one.kind !== 'cannot-tell'
}

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
    if (!one || (one.sentence === row.sentence && one.personId === row.person_id)) continue
    const { sentence, personId, overGrant, holdingId, level } = one
    await tx
      .updateTable('drift_finding')
      .set({ sentence, person_id: personId, over_grant: overGrant, holding_id: holdingId, level })
      .where('id', '=', row.id)
      .execute()
  }
}

/** Whether this time nothing could be told of what was found before. */
function untoldBy(asked: Asked[], done: Reconciled): (row: FindingRow) => boolean {
  const answers = new Map(asked.map(({ place, answer }) => [place.key, answer]))
  const unclear = new Set(done.findings.filter((one) => !isKept(one)).map((one) => `${one.key} ${nameOf(one.account)}`))
  return ({ key, account }) => {
    const answer = answers.get(key)
    if (!answer || answer.is === 'failed') return true
    const name = nameOf(account)
    const isAbout = answer.is === 'cannot-see' || answer.onlyOf === null || answer.onlyOf.has(name)
    return !isAbout || unclear.has(`${key} ${name}`)
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
