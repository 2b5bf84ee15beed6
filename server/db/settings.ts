import type { Kysely } from 'kysely'
import { json } from './json.ts'
import type { Schema } from './schema.ts'

/** Small things that the product keeps for itself, by name. */

/** `null` where nothing is kept under this name. */
export async function settingOf(db: Kysely<Schema>, name: string): Promise<unknown> {
  const row = await db.selectFrom('setting').select('value').where('name', '=', name).executeTakeFirst()
  return row?.value ?? null
}

/** @param at by the wall clock */
export async function keepSetting(
  db: Kysely<Schema>,
  name: string,
  value: unknown,
  at: Date,
  by = 'system',
): Promise<void> {
  const values = { value: json(value), updated_at: at, updated_by: by }
  await db
    .insertInto('setting')
    .values({ name, ...values })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
    .execute()
}
