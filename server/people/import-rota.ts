import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import type { Tx } from '../db/database.ts'
import { ImportRefused } from './import-people.ts'

/** 2nd line weeks ahead. Header: `from,to,primary,secondary`; days as 2026-11-23, `to` is the Monday that no longer counts. */
const rowSchema = z
  .object({
    from: z.iso.date({ error: 'use a date such as 2026-11-23' }),
    to: z.iso.date({ error: 'use a date such as 2026-11-30' }),
    primary: z.email({ error: 'use a work email address' }).transform((text) => text.toLowerCase()),
    secondary: z
      .union([z.literal(''), z.email({ error: 'use a work email address' })])
      .transform((text) => text.toLowerCase()),
  })
  .refine((row) => row.to > row.from, { path: ['to'], message: 'must come after from' })

/** Reads and writes the whole file or nothing of it; a week that is there already is replaced. */
export async function importRota(tx: Tx, csv: string): Promise<{ rows: number }> {
  let records: { info: { lines: number }; record: Record<string, string> }[]
  try {
    records = parse(csv, { columns: true, bom: true, info: true, skip_empty_lines: true, trim: true })
  } catch (error) {
    throw new ImportRefused([{ line: 1, reason: error instanceof Error ? error.message : 'this is not CSV' }])
  }
  const accounts = await tx
    .selectFrom('person_account')
    .select(['id', 'person_id'])
    .where('kind', '=', 'email')
    .execute()
  const byEmail = new Map(accounts.map((row) => [row.id, row.person_id]))
  const refused: { line: number; reason: string }[] = []
  const weeks: { starts: string; ends: string; primary_id: string; secondary_id: string | null }[] = []
  for (const { info, record } of records) {
    const read = rowSchema.safeParse(record)
    if (!read.success) {
      for (const issue of read.error.issues)
        refused.push({ line: info.lines, reason: `${issue.path.join('.')}: ${issue.message}` })
      continue
    }
    const { from, to, primary, secondary } = read.data
    const primaryId = byEmail.get(primary)
    const secondaryId = secondary === '' ? null : byEmail.get(secondary)
    if (!primaryId) refused.push({ line: info.lines, reason: `primary: nobody has the email ${primary}` })
    if (secondaryId === undefined)
      refused.push({ line: info.lines, reason: `secondary: nobody has the email ${secondary}` })
    if (primaryId && secondaryId !== undefined)
      weeks.push({ starts: from, ends: to, primary_id: primaryId, secondary_id: secondaryId })
  }
  if (records.length === 0)
    refused.push({ line: 1, reason: 'there are no rows under the header from,to,primary,secondary' })
  if (refused.length > 0) throw new ImportRefused(refused)
  for (const week of weeks) {
    const { starts, ...rest } = week
    await tx
      .insertInto('rota')
      .values(week)
      .onConflict((conflict) => conflict.column('starts').doUpdateSet(rest))
      .execute()
  }
  return { rows: weeks.length }
}
