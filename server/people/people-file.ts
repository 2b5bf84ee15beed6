import { z } from 'zod'
import type { Absence } from '../rules/types.ts'
import { type BadRow, ImportRefused, isFormula, readCsv } from './csv.ts'

/**
 * The register as a spreadsheet. One row for each person, found again by email.
 *
 * - only `name` and `email` must be there; columns may come in any order;
 * - `tech_lead` and `line_manager` are emails, of people in this file or in the register;
 * - yes/no columns take `yes` or `no`; `employment` `civil servant` or `contractor`; `probation` `passed` or `not passed`;
 * - `absences` are `2026-01-05..2026-02-20` (day of return last), open ended `2026-01-05..`, several with `;`, or `none`;
 * - an empty cell is unknown, never no: it says nothing, and leaves what is known as it is. A missing row deletes nothing.
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

const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((cell) => (cell === '' ? undefined : cell), schema.optional())
const yesNo = optional(
  z.enum(['yes', 'no'], { error: 'use yes, no, or leave it empty for unknown' }).transform((word) => word === 'yes'),
)
const email = z.email({ error: 'use a work email address' }).transform((text) => text.toLowerCase())
const day = z.iso.date({ error: 'use a date such as 2026-03-12' })

const rowSchema = z
  .object({
    name: z
      .string()
      .min(1, 'give the full name')
      .max(200, 'use at most 200 characters')
      .refine((name) => !isFormula(name), 'begin with a letter: a spreadsheet takes =, +, - and @ for a formula'),
    email,
    trello_member_id: optional(
      z.string().regex(/^[0-9a-f]{24}$/, 'a Trello member id has 24 characters of 0-9 and a-f'),
    ),
    github: optional(z.string().regex(/^[A-Za-z0-9-]{1,39}$/, 'use the GitHub username')),
    github_id: optional(z.string().regex(/^\d{1,15}$/, 'use GitHub’s numeric id')),
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
    absences: optional(z.string().transform(readAbsences)),
  })
  .superRefine((row, context) => {
    const wrong = (column: keyof typeof row, message: string) =>
      context.addIssue({ code: 'custom', path: [column], message })
    if (row.github && !row.github_id) wrong('github_id', 'give GitHub’s numeric id beside the username')
    if (row.github_id && !row.github) wrong('github', 'give the username beside GitHub’s numeric id')
    if (row.clearance_date && row.clearance === undefined) wrong('clearance', 'say yes or no beside its date')
    if (row.tech_lead === row.email) wrong('tech_lead', 'nobody is their own tech lead')
    if (row.line_manager === row.email) wrong('line_manager', 'nobody is their own line manager')
  })

export type PersonRow = z.infer<typeof rowSchema>

/**
 * Reads the file, by itself: what the register says is not asked.
 * @param emailDomains where work addresses are, in lower case
 * @throws ImportRefused with every bad row
 */
export function readPeople(csv: string, emailDomains: string[]): { line: number; row: PersonRow }[] {
  const refused: BadRow[] = []
  const rows: { line: number; row: PersonRow }[] = []
  const seen = new Map<string, number>()
  for (const { line, cells } of readCsv(csv, { columns, required: ['name', 'email'] })) {
    const read = rowSchema.safeParse(cells)
    if (!read.success) {
      for (const issue of read.error.issues) refused.push({ line, reason: `${issue.path.join('.')}: ${issue.message}` })
      continue
    }
    const { email } = read.data
    const twice = seen.get(email)
    if (twice !== undefined) refused.push({ line, reason: `email: the same person stands in line ${twice}` })
    seen.set(email, line)
    if (!emailDomains.includes(email.split('@')[1] ?? ''))
      refused.push({ line, reason: `email: use an address at ${emailDomains.join(' or ')}` })
    rows.push({ line, row: read.data })
  }
  if (refused.length > 0) throw new ImportRefused(refused)
  return rows
}

/** A cell of absences; what is wrong becomes an issue at its field. */
export function readAbsences(text: string, context: z.RefinementCtx): Absence[] {
  if (text === 'none') return []
  return text.split(';').map((part) => {
    const [start = '', end, ...more] = part.trim().split('..')
    const fine = day.safeParse(start).success && (end === '' || day.safeParse(end).success) && more.length === 0
    if (!fine)
      context.addIssue({
        code: 'custom',
        message: 'use 2026-01-05..2026-02-20, 2026-01-05.. while away, several with ;, or none',
      })
    else if (end && end < start)
      context.addIssue({ code: 'custom', message: `the return ${end} is before the start ${start}` })
    return { start, end: end || null }
  })
}

/** The way back: absences as a cell. */
export function writeAbsences(absences: Absence[]): string {
  if (absences.length === 0) return 'none'
  return absences.map(({ start, end }) => `${start}..${end ?? ''}`).join('; ')
}
