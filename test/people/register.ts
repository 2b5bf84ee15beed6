import type { Clock } from '../../server/clock.ts'
import type { Database } from '../../server/db/database.ts'
import { type Importer, importPeople } from '../../server/people/import-people.ts'

export const at = new Date('2026-03-02T09:00:00.000Z')
export const clock: Clock = { wall: () => at, calendar: () => at }

export const members = {
  priya: '5f00000000000000000000a1',
  sam: '5f00000000000000000000a2',
  dan: '5f00000000000000000000a3',
  kit: '5f00000000000000000000a4',
  rae: '5f00000000000000000000a5',
  stranger: '5f00000000000000000000ff',
}

/** A small register: Sam leads Priya and Kit, Dan manages them and is Senior Tech, Rae keeps the register. */
export const smallRegister = [
  'name,email,trello_member_id,tech_lead,line_manager,senior_tech,keeper,employment',
  `Priya Shah,priya.shah@example.gov.uk,${members.priya},sam.okoro@example.gov.uk,dan.reyes@example.gov.uk,no,no,civil servant`,
  `Sam Okoro,sam.okoro@example.gov.uk,${members.sam},,,no,no,civil servant`,
  `Dan Reyes,dan.reyes@example.gov.uk,${members.dan},,,yes,no,civil servant`,
  'Kit Doyle,kit.doyle@example.gov.uk,,sam.okoro@example.gov.uk,dan.reyes@example.gov.uk,no,no,contractor',
  'Lee Hart,lee.hart@example.gov.uk,,,,no,no,contractor',
  `Rae Lund,rae.lund@example.gov.uk,${members.rae},,,no,yes,civil servant`,
].join('\n')

export function importCsv(database: Database, csv: string, by: Partial<Importer> = {}) {
  const importer = { personId: 'seed', emailDomains: ['example.gov.uk'], ...by }
  return database.transaction((tx) => importPeople(tx, csv, importer, clock))
}

/** Person id by first name, in lower case. */
export async function ids(database: Database): Promise<(firstName: string) => string> {
  const rows = await database.kysely.selectFrom('person').select(['id', 'full_name']).execute()
  return (firstName) => rows.find((row) => row.full_name.toLowerCase().startsWith(firstName))?.id ?? ''
}
