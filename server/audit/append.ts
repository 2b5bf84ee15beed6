import type { Clock } from '../clock.ts'
import type { Tx } from '../db/database.ts'
import { json } from '../db/json.ts'
import { hashOf } from './chain.ts'
import { sealDetail } from './detail.ts'
import { eventTypes, type NewEvent } from './events.ts'

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
    const data = checkedData(event)
    return { ...event, kept, data: kept ? { ...data, detailDigest: kept.digest } : data }
  })
  let head = await tx.selectFrom('event_head').select(['seq', 'hash']).forUpdate().executeTakeFirstOrThrow()
  for (const event of checked) {
    const at = clock.wall()
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
    const hash = hashOf(fields)
    await tx
      .insertInto('event')
      .values({
        seq: fields.seq,
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
        hash,
      })
      .execute()
    if (event.kept)
      await tx
        .insertInto('event_detail')
        .values({ seq: fields.seq, detail: json(event.kept.sealed), digest: event.kept.digest })
        .execute()
    head = { seq: fields.seq, hash }
  }
  await tx.updateTable('event_head').set(head).where('one', '=', 1).execute()
}

function checkedData(event: NewEvent): Record<string, unknown> {
  const read = eventTypes[event.type].data.safeParse(event.data)
  if (read.success) return read.data
  const what = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
  throw new EventRefused(`The event "${event.type}" is not whole (${what}).`)
}
