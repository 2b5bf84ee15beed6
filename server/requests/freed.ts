import type { Kysely } from 'kysely'
import { londonDay } from '../clock.ts'
import type { Schema } from '../db/schema.ts'
import type { Day } from '../rules/types.ts'
import type { StepRow } from './act.ts'

/**
 * 2nd line changes every Monday: what last week's pair took is free again, so that nobody waits for them. What somebody
 * took in another role, or was handed after their week, stays theirs.
 */
export async function freed(db: Kysely<Schema>, steps: StepRow[], today: Day): Promise<StepRow[]> {
  if (!steps.some((step) => step.taken_by)) return steps
  const rota = await db.selectFrom('rota').selectAll().execute()
  const isOn = (person: string, day: Day) =>
    rota.some(
      (week) => week.starts <= day && day < week.ends && (week.primary_id === person || week.secondary_id === person),
    )
  return steps.map((step) => {
    const { taken_by: taker, taken_at: at } = step
    const leftTheRota = taker !== null && at !== null && isOn(taker, londonDay(at)) && !isOn(taker, today)
    return leftTheRota ? { ...step, taken_by: null, taken_at: null } : step
  })
}
