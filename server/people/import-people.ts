import type { Clock } from '../clock.ts'
import type { Tx } from '../db/database.ts'
import type { FactName } from '../db/schema.ts'
import type { Absence, AccountKind, Day } from '../rules/types.ts'
import { AccountRefused, setAccount } from './accounts.ts'
import { type BadRow, ImportRefused } from './csv.ts'
import { type FactChange, setFact } from './facts.ts'
import { type PersonRow, readPeople } from './people-file.ts'
import { FactRefused } from './roles.ts'

/** One thing that an import changed, for the log. */
export type RegisterChange =
  | ({ what: 'fact'; personId: string; fact: FactName } & FactChange)
  | { what: 'account'; personId: string; kind: AccountKind | 'trello'; how: 'linked' | 'changed' }

export interface Importer {
  /** Person id of the keeper; nobody changes their own facts. */
  personId: string
  emailDomains: string[]
  changed?(change: RegisterChange): void
}

/**
 * Reads the register's spreadsheet and writes the whole of it, or nothing: call it in a transaction of its own.
 * @returns how many rows were read, people added and facts changed
 * @throws ImportRefused that names every bad row with its line and reason
 */
export async function importPeople(
  tx: Tx,
  csv: string,
  by: Importer,
  clock: Clock,
): Promise<{ rows: number; added: number; changed: number }> {
  const rows = readPeople(csv, by.emailDomains)
  const refused: BadRow[] = []
  /** Runs through all rows, so that every bad one is named and not only the first. */
  const eachRow = async (work: (row: PersonRow) => Promise<void>) => {
    for (const { line, row } of rows)
      await work(row).catch((error: unknown) => {
        if (!(error instanceof RowRefused || error instanceof AccountRefused || error instanceof FactRefused))
          throw error
        refused.push({ line, reason: error.message })
      })
    if (refused.length > 0) throw new ImportRefused(refused)
  }
  const known = await knownEmails(tx)
  const personOf = new Map([...known].map(([email, { personId }]) => [email, personId]))
  await eachRow(async (row) => refuseUncertain(row, rows, known))
  let added = 0
  await eachRow(async (row) => {
    if (personOf.has(row.email)) return
    const nameless = await personWithoutEmail(tx, row)
    personOf.set(row.email, nameless ?? (await addPerson(tx, row, clock)))
    if (!nameless) added += 1
  })
  const idOf = (email: string) => personOf.get(email) ?? ''
  // All accounts first: a role in one row may rest on the link in another.
  await eachRow((row) => writeAccounts(tx, row, idOf(row.email), by, clock))
  let changed = 0
  await eachRow(async (row) => {
    changed += await writeFacts(tx, row, idOf, by, clock)
  })
  return { rows: rows.length, added, changed }
}

/** One row's own problem, found in the register. */
class RowRefused extends Error {}

interface KnownEmail {
  personId: string
  fullName: string
  /** The person gave it on a card: nobody else said so. */
  ownWord: boolean
}

async function knownEmails(tx: Tx): Promise<Map<string, KnownEmail>> {
  const rows = await tx
    .selectFrom('person_account')
    .innerJoin('person', 'person.id', 'person_account.person_id')
    .select(['person_account.id', 'person_id', 'full_name', 'set_by'])
    .where('kind', '=', 'email')
    .execute()
  return new Map(
    rows.map((row) => [
      row.id,
      { personId: row.person_id, fullName: row.full_name, ownWord: row.set_by === row.person_id },
    ]),
  )
}

/** Rows are matched by email, so an address that somebody gave for themselves must not draw another's facts to them. */
function refuseUncertain(row: PersonRow, rows: { row: PersonRow }[], known: Map<string, KnownEmail>): void {
  const there = known.get(row.email)
  if (there?.ownWord && there.fullName !== row.name)
    throw new RowRefused(`email: ${there.fullName} gave this address as their own; put one of the two right first`)
  for (const column of ['tech_lead', 'line_manager'] as const) {
    const email = row[column]
    if (!email || rows.some((other) => other.row.email === email)) continue
    const person = known.get(email)
    if (!person) throw new RowRefused(`${column}: nobody has the email ${email}`)
    if (person.ownWord)
      throw new RowRefused(`${column}: ${person.fullName} gave ${email} themselves; add their row to this file`)
  }
}

/** A first keeper, made from configuration by member id: their row gives them name and email. */
async function personWithoutEmail(tx: Tx, row: PersonRow): Promise<string | null> {
  if (!row.trello_member_id) return null
  const found = await tx
    .selectFrom('person_account as trello')
    .leftJoin('person_account as email', (join) =>
      join.onRef('email.person_id', '=', 'trello.person_id').on('email.kind', '=', 'email'),
    )
    .select('trello.person_id')
    .where('trello.kind', '=', 'trello')
    .where('trello.id', '=', row.trello_member_id)
    .where('trello.state', '=', 'linked')
    .where('email.id', 'is', null)
    .executeTakeFirst()
  return found?.person_id ?? null
}

async function addPerson(tx: Tx, row: PersonRow, clock: Clock): Promise<string> {
  const id = `p-${crypto.randomUUID()}`
  await tx.insertInto('person').values({ id, full_name: row.name, created_at: clock.calendar() }).execute()
  return id
}

async function writeAccounts(tx: Tx, row: PersonRow, personId: string, by: Importer, clock: Clock): Promise<void> {
  await tx.updateTable('person').set({ full_name: row.name }).where('id', '=', personId).execute()
  const accounts = [
    { kind: 'email' as const, id: row.email, name: row.email },
    { kind: 'trello' as const, id: row.trello_member_id, name: '' },
    { kind: 'github' as const, id: row.github_id, name: row.github ?? '' },
    { kind: 'aws' as const, id: row.aws_arn, name: row.aws_arn?.split('/').at(-1) ?? '' },
  ]
  for (const { kind, id, name } of accounts) {
    if (id === undefined) continue
    const how = await setAccount(tx, { personId, kind, id, name, setBy: 'import', at: clock.calendar() })
    if (how !== 'same' && personId === by.personId)
      throw new FactRefused('This would change your own accounts. Ask another register keeper.')
    if (how !== 'same') by.changed?.({ what: 'account', personId, kind, how })
  }
}

async function writeFacts(
  tx: Tx,
  row: PersonRow,
  idOf: (email: string) => string,
  by: Importer,
  clock: Clock,
): Promise<number> {
  const personId = idOf(row.email)
  const facts: { fact: FactName; value: string | boolean | Absence[] | undefined; asOf?: Day | undefined }[] = [
    { fact: 'employment', value: row.employment },
    { fact: 'apprentice', value: row.apprentice },
    { fact: 'clearance', value: row.clearance, asOf: row.clearance_date },
    { fact: 'probation', value: row.probation },
    { fact: 'techLead', value: row.tech_lead && idOf(row.tech_lead) },
    { fact: 'lineManager', value: row.line_manager && idOf(row.line_manager) },
    { fact: 'seniorTech', value: row.senior_tech },
    { fact: 'keeper', value: row.keeper },
    { fact: 'left', value: row.left },
    { fact: 'absences', value: row.absences },
  ]
  let changed = 0
  for (const { fact, value, asOf } of facts) {
    if (value === undefined) continue
    const written = { personId, fact, value, source: 'register', asOf: asOf ?? null, by: by.personId }
    const change = await setFact(tx, written, clock)
    if (!change) continue
    changed += 1
    by.changed?.({ what: 'fact', personId, fact, ...change })
  }
  return changed
}
