import { type Kysely, sql } from 'kysely'
import { DAY } from '../clock.ts'
import type { Schema } from '../db/schema.ts'
import type { Installation } from '../rules/types.ts'
import { madeAt, newestOf } from './exports.ts'
import type { Adapters } from './steps.ts'

/** Whether a new export of a system is due: how old the newest is, and what has waited for a newer one since when. */

export type ExportPolicy = NonNullable<Installation['exports']>

export function exportPolicy({ exports }: Installation): ExportPolicy {
  return exports ?? { owner: 'second-line', everyDays: 7 }
}

/** One system that takes exports, and how it stands with the newest. */
export interface ExportState {
  system: string
  name: string
  howTo: string
  policy: ExportPolicy
  newest: { at: Date; by: string; rows: number; kept: number } | null
  /** Steps that people did since, which a newer one would tell about. */
  waiting: number
  /** Since when its owner should have brought one; `null` = not due. */
  dueSince: Date | null
}

interface Standing {
  /** Of when the newest counts; `null` = nobody ever brought one. */
  made: Date | null
  /** When the steps were done that wait for a newer one. */
  waiting: Date[]
  /** Since when there is anything that an export would tell about; `null` = nothing. */
  first: Date | null
}

/**
 * At once where a step waits for it, and else after so many days: since the newest, or since there is anything to tell
 * about. Where nobody ever brought one no step waits for it, because a second person looks.
 */
export function exportDueSince({ made, waiting, first }: Standing, policy: ExportPolicy, now: Date): Date | null {
  if (policy.owner === 'nobody' || first === null) return null
  const byRhythm = new Date((made ?? first).getTime() + policy.everyDays * DAY)
  const since = [...(made ? waiting : []), ...(byRhythm <= now ? [byRhythm] : [])]
  return since.toSorted((one, other) => one.getTime() - other.getTime())[0] ?? null
}

/** @param now the calendar's */
export async function exportStates(
  db: Kysely<Schema>,
  adapters: Adapters,
  policy: ExportPolicy,
  now: Date,
): Promise<ExportState[]> {
  const taking = [...adapters.values()].flatMap(({ id, name, takes }) => (takes ? [{ id, name, takes }] : []))
  return Promise.all(
    taking.map(async ({ id, name, takes: { howTo } }) => {
      const newest = await newestOf(db, id)
      const done = await doneIn(db, id)
      const made = newest ? madeAt(newest) : null
      // Whoever had a hand in a step vouches for nothing by bringing one.
      const waiting = done.flatMap(({ done_at, doers, person_id }) => {
        const isTold = made !== null && done_at < made && ![...doers, person_id].includes(newest?.by_person ?? '')
        return isTold ? [] : [done_at]
      })
      const first = await firstOf(
        db,
        id,
        done.map(({ done_at }) => done_at),
      )
      const last = newest && { at: newest.at, by: newest.by_person, rows: newest.rows, kept: newest.kept }
      return {
        system: id,
        name,
        howTo,
        policy,
        newest: last ?? null,
        waiting: waiting.length,
        dueSince: exportDueSince({ made, waiting, first }, policy, now),
      }
    }),
  )
}

/** Steps that are said to be done, and not checked; of a copy, such as staging, the export of the original tells nothing. */
async function doneIn(db: Kysely<Schema>, system: string) {
  const rows = await db
    .selectFrom('step')
    .innerJoin('request', 'request.id', 'step.request_id')
    .select(['done_at', 'doers', 'person_id'])
    .where('step.state', '=', 'done')
    .where(sql<string>`step.plan ->> 'system'`, '=', system)
    .where(sql<string>`step.plan ->> 'copyOf'`, 'is', null)
    .execute()
  return rows.flatMap(({ done_at, ...row }) => (done_at ? [{ done_at, ...row }] : []))
}

/** When the oldest thing that is held or said to be done there began. */
async function firstOf(db: Kysely<Schema>, system: string, done: Date[]): Promise<Date | null> {
  const held = await db
    .selectFrom('holding')
    .select((eb) => eb.fn.min('since').as('since'))
    .where('system', '=', system)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  const moments = [...(held?.since ? [held.since] : []), ...done]
  return moments.toSorted((one, other) => one.getTime() - other.getTime())[0] ?? null
}
