import { type Clock, MINUTE } from '../../clock.ts'
import type { Tx } from '../../db/database.ts'
import { json } from '../../db/json.ts'
import { keepSetting } from '../../db/settings.ts'
import { newId } from '../../requests/ids.ts'
import { type DriftReport, emptyReport } from './report.ts'
import type { DriftParts } from './run.ts'

/** One comparison at a time, whatever the number of processes: by the table's own rule, with a lease by the wall clock. */

/** A process that dies in a run is followed after this long. */
const LEASE = 30 * MINUTE

type Parts = Pick<DriftParts, 'db' | 'clock' | 'everyMs'>

const leaseFrom = ({ clock }: Parts) => new Date(clock.wall().getTime() + LEASE)

/** Begins a run where one is due. Answers its id, or `null`. */
export function beginRun(parts: Parts): Promise<string | null> {
  const { db, clock, everyMs } = parts
  return db.transaction(async (tx) => {
    const now = clock.wall()
    await tx
      .updateTable('drift_run')
      .set({ state: 'interrupted', finished_at: now })
      .where('state', '=', 'running')
      .where('lease_until', '<', now)
      .execute()
    const newest = await tx
      .selectFrom('drift_run')
      .select('started_at')
      .where('state', '!=', 'interrupted')
      .orderBy('started_at', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (!(await isDue(tx, newest?.started_at ?? null, now, everyMs))) return null
    const begun = await tx
      .insertInto('drift_run')
      .values({
        id: newId(),
        started_at: now,
        lease_until: leaseFrom(parts),
        state: 'running',
        report: json(emptyReport),
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst()
    return begun?.id ?? null
  })
}

/** When somebody last asked for a run beside the daily ones. */
const WANTED = 'comparison-wanted'

async function isDue(tx: Tx, newest: Date | null, now: Date, everyMs: number): Promise<boolean> {
  const wanted = await tx.selectFrom('setting').select('updated_at').where('name', '=', WANTED).executeTakeFirst()
  if (wanted && (newest === null || wanted.updated_at > newest)) return true
  if (everyMs === Number.POSITIVE_INFINITY) return false
  return newest === null || newest.getTime() + everyMs <= now.getTime()
}

/** Has the next look begin a run, whenever the last one was. */
export async function wantComparison(tx: Tx, clock: Pick<Clock, 'wall'>, by: string): Promise<void> {
  await keepSetting(tx, WANTED, true, clock.wall(), by)
}

export async function renewRun(parts: Parts, id: string): Promise<void> {
  await parts.db.kysely
    .updateTable('drift_run')
    .set({ lease_until: leaseFrom(parts) })
    .where('id', '=', id)
    .execute()
}

/** Old runs say nothing that the log does not. */
const KEPT = 100

export async function endRun(
  { db, clock }: Parts,
  id: string,
  state: 'finished' | 'interrupted',
  report: DriftReport,
): Promise<void> {
  await db.kysely
    .updateTable('drift_run')
    .set({ state, finished_at: clock.wall(), report: json(report) })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .execute()
  const old = db.kysely.selectFrom('drift_run').select('id').orderBy('started_at', 'desc').offset(KEPT)
  await db.kysely.deleteFrom('drift_run').where('id', 'in', old).execute()
}
