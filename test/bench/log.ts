import { sql } from 'kysely'
import { append } from '../../server/audit/append.ts'
import type { NewEvent } from '../../server/audit/events.ts'
import { wholeLog } from '../../server/audit/read.ts'
import { verifyLog } from '../../server/audit/verify.ts'
import { systemClock } from '../../server/clock.ts'
import { openDatabase, type Tx } from '../../server/db/database.ts'
import { type Compared, compare } from './sides.ts'

const APPENDS = 200
const EVENTS = 10_000
const ROUNDS = 7

const event: NewEvent = {
  type: 'step-verified',
  actor: 'system',
  requestId: 'r-1',
  personId: 'p-1',
  stepId: 's-1',
  boardId: 'b-1',
  data: { key: 'github-production-deploy' },
}

/** The chain against a plain insert of the same rows, and its verification against reading the same rows. */
export async function logFigures(): Promise<Compared[]> {
  const db = await openDatabase({ url: null, dataDir: null })
  try {
    await sql`create table plain (like event including all)`.execute(db.kysely)
    let next = 0
    const plainly = (tx: Tx) =>
      sql`insert into plain values (${++next}, 'step-verified', 304, ${new Date()}, 'system', 'r-1', 'p-1', 's-1',
        'b-1', ${JSON.stringify(event.data)}, ${'0'.repeat(64)}, ${'0'.repeat(64)})`.execute(tx)
    const many = (one: (tx: Tx) => Promise<unknown>) => async () => {
      for (let n = 0; n < APPENDS; n += 1) await db.transaction((tx) => one(tx))
    }
    const appending = await compare(
      `${APPENDS} events, each in its transaction`,
      ROUNDS,
      { name: 'chained', run: many((tx) => append(tx, [event], systemClock)) },
      { name: 'plain insert', run: many(plainly) },
    )
    const { seq } = await db.kysely.selectFrom('event_head').select('seq').executeTakeFirstOrThrow()
    await db.transaction((tx) => append(tx, Array<NewEvent>(EVENTS - seq).fill(event), systemClock))
    const verifying = await compare(
      `a log of ${EVENTS.toLocaleString('en-GB')} events`,
      ROUNDS,
      {
        name: 'verified',
        async run() {
          const verdict = await verifyLog(db.kysely, [])
          if (!verdict.ok) throw new Error(verdict.lines.join('\n'))
        },
      },
      {
        name: 'read',
        async run() {
          for await (const one of wholeLog(db.kysely)) void one
        },
      },
    )
    return [appending, verifying]
  } finally {
    await db.close()
  }
}
