import { z } from 'zod'
import type { Tx } from '../db/database.ts'
import { daysBetween } from '../rules/absence.ts'
import { type BadRow, ImportRefused, readCsv } from './csv.ts'
import { isOurs } from './roles.ts'

/** 2nd line weeks ahead. Days as 2026-11-23; `to` is the Monday that no longer counts; `secondary` may be empty. */
export const rotaColumns = ['from', 'to', 'primary', 'secondary'] as const

const email = z.email({ error: 'use a work email address' }).transform((text) => text.toLowerCase())
const rowSchema = z.object({
  from: z.iso.date({ error: 'use a date such as 2026-11-23' }),
  to: z.iso.date({ error: 'use a date such as 2026-11-30' }),
  primary: email,
  secondary: z.preprocess((cell) => (cell === '' ? undefined : cell), email.optional()),
})

/** A shift lasts a week; two allow for holidays. A longer one would be a role that nobody gave. */
const LONGEST_DAYS = 14

/** Who gives the file, where that is a person and not the server's operator. */
export interface RotaKeeper {
  personId: string
  /** Register keepers and Senior Tech may change weeks that are there; the outgoing pair adds the next, with other people. */
  mayChange: boolean
}

/**
 * Reads and writes the whole file, or nothing of it; a week that is there already is replaced.
 * @throws ImportRefused that names every bad row with its line and reason
 */
export async function importRota(tx: Tx, csv: string, by: RotaKeeper | null = null): Promise<{ rows: number }> {
  const known = await knownPeople(tx)
  const before = new Map((await tx.selectFrom('rota').selectAll().execute()).map((week) => [week.starts, week]))
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
    else if (daysBetween(from, to) > LONGEST_DAYS)
      refused.push({ line, reason: `to: one row is at most ${LONGEST_DAYS} days` })
    if (primary === secondary) refused.push({ line, reason: 'secondary: must be somebody else than primary' })
    for (const [column, who] of Object.entries({ primary, secondary })) {
      const reason = who === undefined ? null : whyNot(known.get(who), who, by)
      if (reason !== null) refused.push({ line, reason: `${column}: ${reason}` })
    }
    if (weeks.has(from)) refused.push({ line, reason: `from: the week of ${from} is there twice` })
    const idOf = (email: string) => known.get(email)?.personId ?? ''
    const secondaryId = secondary === undefined ? null : idOf(secondary)
    const week = { starts: from, ends: to, primary_id: idOf(primary), secondary_id: secondaryId }
    // Also one that begins on another day and covers it: who comes next is theirs to say, never who is there now.
    const isThere = [...before.values()].some((there) => from < there.ends && there.starts < to)
    if (by && !by.mayChange && isThere)
      refused.push({ line, reason: 'from: this week is there; a register keeper or Senior Tech changes it' })
    weeks.set(from, week)
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

interface Known {
  personId: string
  /** An import or the operator gave this address, and any Trello account that goes with it. */
  certain: boolean
}

/** A place on the rota is a role: addresses and Trello accounts that rest on somebody's own or a colleague's word give none. */
async function knownPeople(tx: Tx): Promise<Map<string, Known>> {
  const accounts = await tx
    .selectFrom('person_account')
    .select(['kind', 'id', 'person_id', 'set_by'])
    .where('kind', 'in', ['email', 'trello'])
    .where('state', '=', 'linked')
    .execute()
  const uncertain = new Set(accounts.filter((row) => !isOurs(row.set_by)).map((row) => row.person_id))
  return new Map(
    accounts
      .filter((row) => row.kind === 'email')
      .map((row) => [row.id, { personId: row.person_id, certain: !uncertain.has(row.person_id) }]),
  )
}

function whyNot(who: Known | undefined, email: string, by: RotaKeeper | null): string | null {
  if (!who) return `nobody has the email ${email}`
  if (!who.certain)
    return `${email} or its Trello account is known from a card only; import the person’s row before they join 2nd line`
  if (by && !by.mayChange && who.personId === by.personId)
    return 'this is you; a register keeper or Senior Tech puts you on the rota'
  return null
}
