import type { Kysely, Selectable } from 'kysely'
import type { EventTable, Schema } from '../db/schema.ts'
import type { ChainedEvent } from './chain.ts'
import { openDetail } from './detail.ts'

/** How many events are read at once when the whole log is walked. */
const PAGE = 1_000

function chained(row: Selectable<EventTable>): ChainedEvent {
  return {
    seq: row.seq,
    type: row.type,
    typeId: row.type_id,
    at: row.at.toISOString(),
    actor: row.actor,
    requestId: row.request_id,
    personId: row.person_id,
    stepId: row.step_id,
    boardId: row.board_id,
    data: row.data,
    prevHash: row.prev_hash,
    hash: row.hash,
  }
}

/** An event with its personal details, where it has some that were not erased. */
export type ReadEvent = ChainedEvent & { detail?: Record<string, unknown> }

/** Events about one request or one person, oldest first. Who may read them is asked by the caller. */
export async function readLog(
  db: Kysely<Schema>,
  about: { requestId: string } | { personId: string },
): Promise<ReadEvent[]> {
  const all = db
    .selectFrom('event')
    .leftJoin('event_detail', 'event_detail.seq', 'event.seq')
    .selectAll('event')
    .select('event_detail.detail as sealed')
    .orderBy('event.seq')
  const some =
    'requestId' in about ? all.where('request_id', '=', about.requestId) : all.where('person_id', '=', about.personId)
  return (await some.execute()).map(({ sealed, ...row }) => {
    const detail = sealed && openDetail(sealed)
    return detail ? { ...chained(row), detail } : chained(row)
  })
}

/** The whole log in order, read in pages so that its length does not matter. */
export async function* wholeLog(db: Kysely<Schema>): AsyncGenerator<ChainedEvent> {
  let after = 0
  for (;;) {
    const rows = await db.selectFrom('event').selectAll().where('seq', '>', after).orderBy('seq').limit(PAGE).execute()
    for (const row of rows) yield chained(row)
    const last = rows.at(-1)
    if (!last || rows.length < PAGE) return
    after = last.seq
  }
}
