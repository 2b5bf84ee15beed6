import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { londonDay } from '../clock.ts'
import type { Tx } from '../db/database.ts'
import type { FactName } from '../db/schema.ts'
import type { Absence } from '../rules/types.ts'
import { AccountRefused, setAccount } from './accounts.ts'
import { setFact } from './facts.ts'

/**
 * The register as a spreadsheet. One row for each person, found again by email. Header:
 *
 * `name, email, trello_member_id, github, github_id, aws_arn, employment, apprentice, clearance, clearance_date,
 * probation, tech_lead, line_manager, senior_tech, keeper, left, absences`
 *
 * - `tech_lead` and `line_manager` are emails, of people in this file or in the register;
 * - yes/no columns take `yes` or `no`; `employment` `civil servant` or `contractor`; `probation` `passed` or `not passed`;
 * - `absences` are `2026-01-05..2026-02-20` (day of return last), open ended `2026-01-05..`, several with `;`, or `none`;
 * - an empty cell is unknown: it says nothing, and leaves what is known as it is. A missing row deletes nothing.
 */
export const columns = [
  'name',
  'email',
  'trello_member_id',
  'github',
  'github_id',
  'aws_arn',
  'employment',
  'apprentice',
  'clearance',
  'clearance_date',
  'probation',
  'tech_lead',
  'line_manager',
  'senior_tech',
  'keeper',
  'left',
  'absences',
] as const

/** Thrown with every bad row at once; nothing of the file is then imported. */
export class ImportRefused extends Error {
  override name = 'ImportRefused'
  readonly rows: { line: number; reason: string }[]
  constructor(rows: { line: number; reason: string }[]) {
    super(
      [`Nothing was imported. ${rows.length === 1 ? '1 row is' : `${rows.length} rows are`} not right:`]
        .concat(rows.slice(0, 50).map((row) => `line ${row.line}: ${row.reason}`))
        .join('\n'),
    )
    this.rows = rows
  }
}

const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((cell) => (cell === '' ? undefined : cell), schema.optional())
const yesNo = optional(
  z.enum(['yes', 'no'], { error: 'use yes, no, or leave it empty for unknown' }).transform((word) => word === 'yes'),
)
const email = z.email({ error: 'use a work email address' }).transform((text) => text.toLowerCase())
const day = z.iso.date({ error: 'use a date such as 2026-03-12' })

const rowSchema = z.object({
  name: z.string().min(1, 'give the full name').max(200),
  email,
  trello_member_id: optional(z.string().regex(/^[0-9a-f]{24}$/, 'a Trello member id has 24 characters of 0-9 and a-f')),
  github: optional(z.string().regex(/^[A-Za-z0-9-]{1,39}$/, 'use the GitHub username')),
  github_id: optional(z.string().regex(/^\d+$/, 'use GitHub’s numeric id')),
  aws_arn: optional(z.string().regex(/^arn:aws:iam::\d{12}:user\/[\w+=,.@/-]+$/, 'use the full ARN of the IAM user')),
  employment: optional(
    z
      .enum(['civil servant', 'contractor'], { error: 'use "civil servant" or "contractor"' })
      .transform((word) => (word === 'contractor' ? ('contractor' as const) : ('civil-servant' as const))),
  ),
  apprentice: yesNo,
  clearance: yesNo,
  clearance_date: optional(day),
  probation: optional(
    z
      .enum(['passed', 'not passed'], { error: 'use "passed" or "not passed"' })
      .transform((word) => (word === 'passed' ? ('passed' as const) : ('not-passed' as const))),
  ),
  tech_lead: optional(email),
  line_manager: optional(email),
  senior_tech: yesNo,
  keeper: yesNo,
  left: yesNo,
  absences: optional(z.string().transform((text, context) => readAbsences(text, context))),
})
type Row = z.infer<typeof rowSchema>

/** Reads and writes the whole file, or nothing of it. Answers how many people were added and how many facts changed. */
export async function importPeople(
  tx: Tx,
  csv: string,
  by: { personId: string; emailDomains: string[] },
  clock: Clock,
): Promise<{ rows: number; added: number; changed: number }> {
  const rows = readRows(csv, by.emailDomains)
  const known = await tx.selectFrom('person_account').select(['id', 'person_id']).where('kind', '=', 'email').execute()
  const byEmail = new Map(known.map((row) => [row.id, row.person_id]))
  const refused: { line: number; reason: string }[] = []
  for (const { line, row } of rows) {
    for (const column of ['tech_lead', 'line_manager'] as const) {
      const whose = row[column]
      if (whose && !byEmail.has(whose) && !rows.some((other) => other.row.email === whose))
        refused.push({ line, reason: `${column}: nobody has the email ${whose}` })
    }
    const person = byEmail.get(row.email)
    if (person === by.personId && ownFacts(row))
      refused.push({
        line,
        reason: 'this row is about you, and nobody changes their own facts; ask another register keeper',
      })
  }
  if (refused.length > 0) throw new ImportRefused(refused)
  let added = 0
  for (const { row } of rows) {
    if (byEmail.has(row.email)) continue
    const id = await addPerson(tx, row, clock)
    byEmail.set(row.email, id)
    added += 1
  }
  let changed = 0
  for (const { line, row } of rows) {
    try {
      changed += await writeRow(tx, row, byEmail, by.personId, clock)
    } catch (error) {
      if (!(error instanceof AccountRefused)) throw error
      refused.push({ line, reason: error.message })
    }
  }
  if (refused.length > 0) throw new ImportRefused(refused)
  return { rows: rows.length, added, changed }
}

function ownFacts(row: Row): boolean {
  const { employment, apprentice, clearance, probation, tech_lead, line_manager, senior_tech, keeper, left, absences } =
    row
  return [
    employment,
    apprentice,
    clearance,
    probation,
    tech_lead,
    line_manager,
    senior_tech,
    keeper,
    left,
    absences,
  ].some((value) => value !== undefined)
}

function readRows(csv: string, domains: string[]): { line: number; row: Row }[] {
  let records: { info: { lines: number }; record: Record<string, string> }[]
  try {
    records = parse(csv, {
      columns: (header: string[]) => header.map((name) => name.trim()),
      bom: true,
      info: true,
      skip_empty_lines: true,
      trim: true,
    })
  } catch (error) {
    throw new ImportRefused([{ line: 1, reason: error instanceof Error ? error.message : 'this is not CSV' }])
  }
  const first = records[0]
  if (!first) throw new ImportRefused([{ line: 1, reason: 'there are no rows under the header' }])
  const allowed: readonly string[] = columns
  const unknown = Object.keys(first.record).filter((name) => !allowed.includes(name))
  if (unknown.length > 0)
    throw new ImportRefused([
      { line: 1, reason: `we do not know the columns ${unknown.join(', ')}; use ${columns.join(', ')}` },
    ])
  const refused: { line: number; reason: string }[] = []
  const rows: { line: number; row: Row }[] = []
  const seen = new Map<string, number>()
  for (const { info, record } of records) {
    const read = rowSchema.safeParse(record)
    if (!read.success) {
      for (const issue of read.error.issues)
        refused.push({ line: info.lines, reason: `${issue.path.join('.')}: ${issue.message}` })
      continue
    }
    const { data } = read
    const twice = seen.get(data.email)
    if (twice !== undefined)
      refused.push({ line: info.lines, reason: `email: the same person stands in line ${twice}` })
    seen.set(data.email, info.lines)
    if (!domains.includes(data.email.split('@')[1] ?? ''))
      refused.push({ line: info.lines, reason: `email: use an address at ${domains.join(' or ')}` })
    if (data.github && !data.github_id)
      refused.push({ line: info.lines, reason: 'github_id: give GitHub’s numeric id beside the username' })
    rows.push({ line: info.lines, row: data })
  }
  if (refused.length > 0) throw new ImportRefused(refused)
  return rows
}

async function addPerson(tx: Tx, row: Row, clock: Clock): Promise<string> {
  const id = `p-${crypto.randomUUID().slice(0, 13)}`
  const at = clock.calendar()
  await tx.insertInto('person').values({ id, full_name: row.name, created_at: at }).execute()
  await setAccount(tx, { personId: id, kind: 'email', id: row.email, name: row.email, setBy: 'import', at })
  return id
}

async function writeRow(tx: Tx, row: Row, byEmail: Map<string, string>, by: string, clock: Clock): Promise<number> {
  const personId = byEmail.get(row.email) ?? ''
  const at = clock.calendar()
  const today = londonDay(at)
  await tx.updateTable('person').set({ full_name: row.name }).where('id', '=', personId).execute()
  const link = { personId, setBy: 'import', at }
  if (row.trello_member_id) await setAccount(tx, { ...link, kind: 'trello', id: row.trello_member_id, name: '' })
  if (row.github && row.github_id)
    await setAccount(tx, { ...link, kind: 'github', id: row.github_id, name: row.github })
  if (row.aws_arn)
    await setAccount(tx, { ...link, kind: 'aws', id: row.aws_arn, name: row.aws_arn.split('/').at(-1) ?? row.aws_arn })
  const facts: [FactName, string | boolean | Absence[] | undefined, (string | undefined)?][] = [
    ['employment', row.employment],
    ['apprentice', row.apprentice],
    ['clearance', row.clearance, row.clearance_date],
    ['probation', row.probation],
    ['techLead', row.tech_lead && byEmail.get(row.tech_lead)],
    ['lineManager', row.line_manager && byEmail.get(row.line_manager)],
    ['seniorTech', row.senior_tech],
    ['keeper', row.keeper],
    ['left', row.left],
    ['absences', row.absences],
  ]
  let changed = 0
  for (const [fact, value, asOf] of facts) {
    if (value === undefined) continue
    if (await setFact(tx, { personId, fact, value, source: 'register', asOf: asOf ?? today, by }, clock)) changed += 1
  }
  return changed
}

function readAbsences(text: string, context: z.RefinementCtx): Absence[] {
  if (text === 'none') return []
  return text.split(';').map((part) => {
    const [start, end, ...more] = part.trim().split('..')
    const fine = day.safeParse(start).success && (end === '' || day.safeParse(end).success) && more.length === 0
    if (!fine || !start) {
      context.addIssue({
        code: 'custom',
        message: 'use 2026-01-05..2026-02-20, 2026-01-05.. while away, several with ;, or none',
      })
      return { start: '1970-01-01', end: '1970-01-01' }
    }
    if (end && end < start)
      context.addIssue({ code: 'custom', message: `the return ${end} is before the start ${start}` })
    return { start, end: end || null }
  })
}
