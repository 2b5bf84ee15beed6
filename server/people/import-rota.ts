import { z } from 'zod'
import type { Tx } from '../db/database.ts'
import { type BadRow, ImportRefused, readCsv } from './csv.ts'

/** 2nd line weeks ahead. Days as 2026-11-23; `to` is the Monday that no longer counts; `secondary` may be empty. */
export const rotaColumns = ['from', 'to', 'primary', 'secondary'] as const

const email = z.email({ error: 'use a work email address' }).transform((text) => text.toLowerCase())
const rowSchema = z.object({
  from: z.iso.date({ error: 'use a date such as 2026-11-23' }),
  to: z.iso.date({ error: 'use a date such as 2026-11-30' }),
  primary: email,
  secondary: z.preprocess((cell) => (cell === '' ? undefined : cell), email.optional()),
})

/**
 * Reads and writes the whole file, or nothing of it; a week that is there already is replaced.
 * @throws ImportRefused that names every bad row with its line and reason
 */
export async function importRota(tx: Tx, csv: string): Promise<{ rows: number }> {
  const accounts = await tx
    .selectFrom('person_account')
    .select(['id', 'person_id'])
    .where('kind', '=', 'email')
    .execute()
  const byEmail = new Map(accounts.map((row) => [row.id, row.person_id]))
  const refused: BadRow[] = []
  const weeks = new Map<string, { starts: string; ends: string; primary_id: string; secondary_id: string | null }>()
  for (const { line, cells } of readCsv(csv, { columns: rotaColumns, required: ['from', 'to', 'primary'] })) {
    const read = rowSchema.safeParse(cells)
    if (!read.success) {
      for (const issue of read.error.issues) refused.push({ line, reason: `${issue.path.join('.')}: ${issue.message}` })
      continue
    }
    const { from, to, primary, secondary } = read.data
    if (to <= from) refused.push({ line, reason: 'to: must come after from' })
    if (primary === secondary) refused.push({ line, reason: 'secondary: must be somebody else than primary' })
    for (const [column, who] of Object.entries({ primary, secondary }))
      if (who !== undefined && !byEmail.has(who))
        refused.push({ line, reason: `${column}: nobody has the email ${who}` })
    if (weeks.has(from)) refused.push({ line, reason: `from: the week of ${from} is there twice` })
    const secondaryId = secondary === undefined ? null : (byEmail.get(secondary) ?? null)
    weeks.set(from, { starts: from, ends: to, primary_id: byEmail.get(primary) ?? '', secondary_id: secondaryId })
  }
  if (refused.length > 0) throw new ImportRefused(refused)
  for (const week of weeks.values()) {
    const { starts: _starts, ...rest } = week
    await tx
      .insertInto('rota')
      .values(week)
      .onConflict((conflict) => conflict.column('starts').doUpdateSet(rest))
      .execute()
  }
  return { rows: weeks.size }
}
