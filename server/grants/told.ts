import { type Kysely, sql } from 'kysely'
import type { Tx } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Schema } from '../db/schema.ts'
import { accountsOf } from './exports.ts'
import type { SystemCall, Told } from './system.ts'

/**
 * What systems tell us by themselves when a person changes there: kept like an entry of an export, the newest of each
 * account, and of nobody whose access does not stand here.
 */

/**
 * Keeps what a call says and has what it is about looked at now. Call it in a transaction of its own.
 * @returns whether there is anything to look at
 */
export async function keepTold(
  tx: Tx,
  what: { system: string; call: SystemCall; now: Date; wall: Date },
): Promise<boolean> {
  const { system, call, now, wall } = what
  const account = call.says ? call.says.account.toLowerCase() : await knownBy(tx, system, call.id)
  if (call.says) {
    // Whoever has another address there now is not the one of whom the old entry speaks.
    await tx
      .deleteFrom('system_told')
      .where('system', '=', system)
      .where('its_id', '=', call.id)
      .where('account', '!=', account ?? '')
      .execute()
  }
  if (account === null || !(await accountsOf(tx, system)).includes(account)) return false
  if (call.says) {
    const anew = { its_id: call.id, at: now, entry: json(call.says.entry) }
    await tx
      .insertInto('system_told')
      .values({ system, account, ...anew })
      .onConflict((same) => same.columns(['system', 'account']).doUpdateSet(anew))
      .execute()
  }
  await lookAt(tx, system, account, wall)
  return true
}

async function knownBy(db: Kysely<Schema>, system: string, id: string): Promise<string | null> {
  const found = await db
    .selectFrom('system_told')
    .select('account')
    .where('system', '=', system)
    .where('its_id', '=', id)
    .executeTakeFirst()
  return found?.account ?? null
}

/** What waits for people, and what is held. */
async function lookAt(tx: Tx, system: string, account: string, wall: Date): Promise<void> {
  await tx
    .updateTable('step')
    .set({ next_check_at: wall })
    .where(sql<string>`plan ->> 'system'`, '=', system)
    .where(sql<string>`lower(plan -> 'account' ->> 'id')`, '=', account)
    .where('state', 'in', ['ready', 'waiting', 'done'])
    .execute()
  await tx
    .updateTable('holding')
    .set({ next_look_at: wall })
    .where('system', '=', system)
    .where(sql<string>`lower(account ->> 'id')`, '=', account)
    .where('ended_at', 'is', null)
    .execute()
}

/** What a system said last of everybody, by account id in small letters. */
export async function toldAll(db: Kysely<Schema>, system: string): Promise<ReadonlyMap<string, Told>> {
  const rows = await db
    .selectFrom('system_told')
    .select(['account', 'at', 'entry'])
    .where('system', '=', system)
    .execute()
  return new Map(rows.map(({ account, at, entry }) => [account, { at, entry }]))
}

/** What a system said last of one account; `null` where it said nothing of it. */
export async function toldOf(db: Kysely<Schema>, system: string, account: string): Promise<Told | null> {
  const found = await db
    .selectFrom('system_told')
    .select(['at', 'entry'])
    .where('system', '=', system)
    .where('account', '=', account.toLowerCase())
    .executeTakeFirst()
  return found ?? null
}
