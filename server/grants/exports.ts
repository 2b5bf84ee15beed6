import { createHash } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { DAY, londonDay } from '../clock.ts'
import type { Tx } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Schema } from '../db/schema.ts'
import { ImportRefused, readTable } from '../people/csv.ts'
import { newId } from '../requests/ids.ts'
import type { Evidence, Exported, ExportedAll, SystemExport } from './system.ts'

/**
 * Exports of systems: read whole and strictly, and kept only as far as they are about people whose access stands here.
 * The file itself is not kept, nor anything about anybody else.
 */

/** In a system that many use somebody signs in every day, so a file whose newest moment is older is an old file. */
const OLDEST = 3 * DAY

/**
 * Keeps what an export says. Call it in a transaction of its own.
 * @throws ImportRefused that names every bad row, or says that the file is an old one
 */
export async function keepExport(
  tx: Tx,
  what: { system: string; takes: SystemExport; csv: string; by: string; now: Date },
): Promise<{ rows: number; kept: number; digest: string }> {
  const { system, takes, csv, by, now } = what
  const digest = createHash('sha256').update(csv).digest('hex')
  const before = await tx
    .selectFrom('system_export')
    .select('at')
    .where('system', '=', system)
    .where('digest', '=', digest)
    .executeTakeFirst()
  if (before) throw old(`this very file was imported on ${londonDay(before.at)} already; download a new one`)
  const table = readTable(csv)
  const read = takes.read(table)
  if (read.wrong) throw new ImportRefused(read.wrong)
  if (!read.newest) throw old('nothing in it says when it was made; download all columns')
  if (read.newest.getTime() < now.getTime() - OLDEST)
    throw old(`the newest moment in it is of ${londonDay(read.newest)}; download a new one`)
  const accounts = await accountsOf(tx, system)
  const entries = accounts.map((account) => ({ account, entry: read.entries.get(account) ?? null }))
  const kept = entries.filter(({ entry }) => entry !== null).length
  const id = newId()
  // Older ones say nothing that the newest does not.
  await tx
    .deleteFrom('system_export_entry')
    .where('export_id', 'in', tx.selectFrom('system_export').select('id').where('system', '=', system))
    .execute()
  const rows = table.rows.length
  await tx
    .insertInto('system_export')
    .values({
      id,
      system,
      at: now,
      by_person: by,
      digest,
      rows,
      kept,
      about: json({ ...read.about, [MADE]: read.newest.toISOString() }),
    })
    .execute()
  for (const { account, entry } of entries)
    await tx
      .insertInto('system_export_entry')
      .values({ export_id: id, account, entry: entry ? json(entry) : null })
      .execute()
  return { rows, kept, digest }
}

/** The newest moment in the file: it was made then or later, and nobody knows how much later. */
const MADE = 'newest moment'
/** Moments in files are of whole seconds. */
const SECOND = 1_000

/** Of when an export counts, whatever the day on which somebody brought it. */
export function madeAt({ at, about }: { at: Date; about: Evidence }): Date {
  const made = about[MADE]
  if (typeof made !== 'string') return at
  return new Date(Math.min(at.getTime(), Date.parse(made) + SECOND - 1))
}

const old = (reason: string) => new ImportRefused([{ line: 1, reason }])

/** Accounts with steps that are not over, or with something that is held, in small letters. */
export async function accountsOf(db: Kysely<Schema>, system: string): Promise<string[]> {
  const steps = await db
    .selectFrom('step')
    .innerJoin('request', 'request.id', 'step.request_id')
    .select('step.plan')
    .where('request.state', 'in', ['granting', 'granted', 'stopped', 'revoking'])
    .where(sql<string>`step.plan ->> 'system'`, '=', system)
    .execute()
  const held = await db
    .selectFrom('holding')
    .select('account')
    .where('system', '=', system)
    .where('ended_at', 'is', null)
    .execute()
  const ids = [...steps.map(({ plan }) => plan.account.id), ...held.map(({ account }) => account.id)]
  return [...new Set(ids.map((id) => id.toLowerCase()).filter((id) => id !== ''))]
}

/** Has every step of that system read now, where something reads it. */
export async function lookAtSystem(tx: Tx, system: string, wall: Date): Promise<void> {
  await tx
    .updateTable('step')
    .set({ next_check_at: wall })
    .where(sql<string>`plan ->> 'system'`, '=', system)
    .where('state', 'in', ['ready', 'waiting', 'done'])
    .execute()
}

/** What the newest export of a system says of one account; `null` where nobody brought one that was asked about it. */
export async function exportedOf(db: Kysely<Schema>, system: string, account: string): Promise<Exported | null> {
  const newest = await newestOf(db, system)
  if (!newest) return null
  const found = await db
    .selectFrom('system_export_entry')
    .select('entry')
    .where('export_id', '=', newest.id)
    .where('account', '=', account.toLowerCase())
    .executeTakeFirst()
  return found ? { at: madeAt(newest), by: newest.by_person, about: newest.about, entry: found.entry } : null
}

/** What the newest export says of everybody whom it was kept of; `null` where nobody ever brought one. */
export async function exportedAll(db: Kysely<Schema>, system: string): Promise<ExportedAll | null> {
  const newest = await newestOf(db, system)
  if (!newest) return null
  const rows = await db
    .selectFrom('system_export_entry')
    .select(['account', 'entry'])
    .where('export_id', '=', newest.id)
    .execute()
  return {
    at: madeAt(newest),
    about: newest.about,
    entries: new Map(rows.map(({ account, entry }) => [account, entry])),
  }
}

/** Whether anybody has ever brought an export of a system. */
export async function hasExports(db: Kysely<Schema>, system: string): Promise<boolean> {
  return (await newestOf(db, system)) !== undefined
}

export function newestOf(db: Kysely<Schema>, system: string) {
  return db
    .selectFrom('system_export')
    .selectAll()
    .where('system', '=', system)
    .orderBy('at', 'desc')
    .executeTakeFirst()
}
