import type { Kysely } from 'kysely'
import type { Schema } from '../db/schema.ts'
import type { Known, PersonFacts } from '../rules/types.ts'
import { csvLine, safeCell } from './csv.ts'
import { columns, writeAbsences } from './people-file.ts'
import { loadRegister } from './register.ts'

/**
 * The register as the spreadsheet that `importPeople` reads: unknown facts are empty cells. For keepers only, which the
 * caller asks. An empty register answers the header alone, as a template.
 */
export async function listPeople(db: Kysely<Schema>): Promise<string> {
  const { people } = await loadRegister(db)
  const members = await db
    .selectFrom('person_account')
    .select(['id', 'person_id'])
    .where('kind', '=', 'trello')
    .where('state', '=', 'linked')
    .execute()
  const memberOf = new Map(members.map((row) => [row.person_id, row.id]))
  const keepers = await db
    .selectFrom('person_fact')
    .select(['person_id', 'value'])
    .where('fact', '=', 'keeper')
    .execute()
  const keeperOf = new Map(keepers.map((row) => [row.person_id, row.value === true]))
  const rows = [...people.values()].map((person) => {
    const { github, aws, email } = person.accounts
    const emailOf = (fact: Known<string> | null) => (fact && people.get(fact.value)?.accounts.email?.name) ?? ''
    const cells: Record<(typeof columns)[number], string> = {
      // No name is imported like that any more.
      name: safeCell(person.fullName),
      email: email?.name ?? '',
      trello_member_id: memberOf.get(person.id) ?? '',
      github: github?.name ?? '',
      github_id: github?.id ?? '',
      aws_arn: aws?.id ?? '',
      employment: person.employment?.value.replace('-', ' ') ?? '',
      apprentice: yesNo(person.apprentice?.value),
      clearance: yesNo(person.clearance?.value),
      clearance_date: person.clearance?.date ?? '',
      probation: person.probation?.value.replace('-', ' ') ?? '',
      tech_lead: emailOf(person.techLead),
      line_manager: emailOf(person.lineManager),
      senior_tech: yesNo(person.seniorTech?.value),
      keeper: yesNo(keeperOf.get(person.id)),
      left: yesNo(person.left?.value),
      absences: absencesOf(person),
    }
    return csvLine(columns.map((column) => cells[column]))
  })
  return `${[columns.join(','), ...rows].join('\n')}\n`
}

function yesNo(value: boolean | undefined): string {
  return value === undefined ? '' : value ? 'yes' : 'no'
}

function absencesOf(person: PersonFacts): string {
  return person.absences ? writeAbsences(person.absences.value) : ''
}
