import type { Insertable } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Tx } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { EventDetailTable, EventTable } from '../db/schema.ts'
import { hashOf } from './chain.ts'
import { sealDetail } from './detail.ts'
import { eventTypes, evidenceSchema, type NewEvent } from './events.ts'

/** Rows in one statement. */
const AT_ONCE = 1_000

/** Thrown when an event lacks what its type requires: the change it tells of is then not made either. */
export class EventRefused extends Error {
  override name = 'EventRefused'
}

/**
 * Adds events to the end of the chain, in the transaction of the change they tell of. Call it last: it takes the one lock
 * that orders all appends, and holds it until the transaction ends.
 * @throws EventRefused when an event's data is not what its type requires
 */
export async function append(tx: Tx, events: NewEvent[], clock: Clock): Promise<void> {
  if (events.length === 0) return
  const checked = events.map((event) => {
    const kept = event.detail ? sealDetail(event.detail) : null
    const data = { ...checkedData(event), ...(event.evidence ? evidenceSchema.parse(event.evidence) : {}) }
    return { ...event, kept, data: kept ? { ...data, detailDigest: kept.digest } : data }
  })
  let head = await tx.selectFrom('event_head').select(['seq', 'hash']).forUpdate().executeTakeFirstOrThrow()
  const rows: Insertable<EventTable>[] = []
  const details: Insertable<EventDetailTable>[] = []
  const at = clock.wall()
  for (const { kept, ...event } of checked) {
    const fields = {
      seq: head.seq + 1,
      type: event.type,
      typeId: eventTypes[event.type].id,
      at: at.toISOString(),
      actor: event.actor,
      requestId: event.requestId,
      personId: event.personId,
      stepId: event.stepId,
      boardId: event.boardId,
      data: event.data,
      prevHash: head.hash,
    }
    head = { seq: fields.seq, hash: hashOf(fields) }
    rows.push({
      ...head,
      type: fields.type,
      type_id: fields.typeId,
      at,
      actor: fields.actor,
      request_id: fields.requestId,
      person_id: fields.personId,
      step_id: fields.stepId,
      board_id: fields.boardId,
      data: json(fields.data),
      prev_hash: fields.prevHash,
    })
    if (kept) details.push({ seq: fields.seq, detail: json(kept.sealed), digest: kept.digest })
  }
  for (const some of inParts(rows)) await tx.insertInto('event').values(some).execute()
  for (const some of inParts(details)) await tx.insertInto('event_detail').values(some).execute()
  await tx.updateTable('event_head').set(head).where('one', '=', 1).execute()
}

/** An import tells of thousands of changes, and one statement takes 65,535 parameters at most. */
function inParts<T>(rows: T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / AT_ONCE) }, (_, n) => rows.slice(n * AT_ONCE, (n + 1) * AT_ONCE))
}

function checkedData(event: NewEvent): Record<string, unknown> {
  const read = eventTypes[event.type].data.safeParse(event.data)
  if (read.success) return read.data
  const what = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
  throw new EventRefused(`The event "${event.type}" is not whole (${what}).`)
}
