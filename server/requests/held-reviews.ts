import type { Kysely } from 'kysely'
import { z } from 'zod'
import { json } from '../db/json.ts'
import type { Schema } from '../db/schema.ts'
import type { RemovalCeiling } from '../rules/removal-ceiling.ts'
import type { Day, Installation } from '../rules/types.ts'

/** A run that would ask about too many people at once stops, until somebody looked at it and lets it begin. */

const DEFAULT_CEILING: RemovalCeiling = { share: 0.2, number: 10 }

export function removalCeiling({ removals }: Installation): RemovalCeiling {
  return removals ?? DEFAULT_CEILING
}

const heldSchema = z.object({ people: z.number(), all: z.number() })
const letSchema = z.object({ people: z.number(), day: z.string() })
export type HeldReviews = z.infer<typeof heldSchema>

const HELD = 'reviews-held'
const LET = 'reviews-let'

/** What waits for somebody's word; `null` while nothing does. */
export async function heldReviews(db: Kysely<Schema>): Promise<HeldReviews | null> {
  return heldSchema.safeParse(await settingOf(db, HELD)).data ?? null
}

/** For how many people a run may begin on this day. */
export async function letFor(db: Kysely<Schema>, day: Day): Promise<number> {
  const given = letSchema.safeParse(await settingOf(db, LET)).data
  return given?.day === day ? given.people : 0
}

export async function holdReviews(db: Kysely<Schema>, held: HeldReviews | null, at: Date): Promise<void> {
  if (held) await keep(db, HELD, held, at, 'system')
  else await db.deleteFrom('setting').where('name', '=', HELD).execute()
}

export async function letReviews(
  db: Kysely<Schema>,
  given: z.infer<typeof letSchema>,
  by: string,
  at: Date,
): Promise<void> {
  await keep(db, LET, given, at, by)
  await holdReviews(db, null, at)
}

async function settingOf(db: Kysely<Schema>, name: string): Promise<unknown> {
  const row = await db.selectFrom('setting').select('value').where('name', '=', name).executeTakeFirst()
  return row?.value ?? null
}

async function keep(db: Kysely<Schema>, name: string, value: object, at: Date, by: string): Promise<void> {
  const values = { value: json(value), updated_at: at, updated_by: by }
  await db
    .insertInto('setting')
    .values({ name, ...values })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
    .execute()
}
