import type { Kysely, Selectable } from 'kysely'
import type { FactName, PersonAccountTable, PersonFactTable, Schema } from '../db/schema.ts'
import type { Absence, AccountKind, Known, PersonFacts } from '../rules/types.ts'

/** Reading the register: who somebody is and what is known about them. An unknown fact is `null`, which is never *no*. */

type FactRow = Selectable<PersonFactTable>
type AccountRow = Selectable<PersonAccountTable>

/** Who everybody is. */
interface Register {
  /** Everybody, by person id. */
  people: Map<string, PersonFacts>
  /** Person ids. */
  keepers: string[]
  /** Linked Trello member ids by person id. */
  members: Map<string, string>
}

/** Reads the whole register at once, because decisions look at most of it. */
export async function loadRegister(db: Kysely<Schema>): Promise<Register> {
  const people = await db.selectFrom('person').selectAll().orderBy('full_name').execute()
  const facts = await db.selectFrom('person_fact').selectAll().execute()
  const accounts = await db.selectFrom('person_account').selectAll().where('state', '=', 'linked').execute()
  const factsOf = Map.groupBy(facts, (row) => row.person_id)
  const accountsOf = Map.groupBy(accounts, (row) => row.person_id)
  return {
    people: new Map(
      people.map(({ id, full_name }) => [
        id,
        personFrom({ id, fullName: full_name, facts: factsOf.get(id) ?? [], accounts: accountsOf.get(id) ?? [] }),
      ]),
    ),
    keepers: facts.filter(({ fact, value }) => fact === 'keeper' && value === true).map((row) => row.person_id),
    members: new Map(accounts.flatMap(({ kind, id, person_id }) => (kind === 'trello' ? [[person_id, id]] : []))),
  }
}

/** One person, or `null` when the register has nobody of that id. */
export async function loadPerson(db: Kysely<Schema>, id: string): Promise<PersonFacts | null> {
  const person = await db.selectFrom('person').selectAll().where('id', '=', id).executeTakeFirst()
  if (!person) return null
  const facts = await db.selectFrom('person_fact').selectAll().where('person_id', '=', id).execute()
  const accounts = await db
    .selectFrom('person_account')
    .selectAll()
    .where('person_id', '=', id)
    .where('state', '=', 'linked')
    .execute()
  return personFrom({ id, fullName: person.full_name, facts, accounts })
}

function personFrom(rows: { id: string; fullName: string; facts: FactRow[]; accounts: AccountRow[] }): PersonFacts {
  const fact = new Map(rows.facts.map((row) => [row.fact, row]))
  const known = <T>(name: FactName, read: (value: FactRow['value']) => T | null): Known<T> | null => {
    const row = fact.get(name)
    if (!row) return null
    const value = read(row.value)
    return value === null ? null : { value, source: row.source, date: row.as_of }
  }
  const yesNo = (value: FactRow['value']) => (typeof value === 'boolean' ? value : null)
  const text = (value: FactRow['value']) => (typeof value === 'string' ? value : null)
  return {
    id: rows.id,
    fullName: rows.fullName,
    firstName: rows.fullName.split(' ')[0] ?? rows.fullName,
    accounts: Object.fromEntries(
      rows.accounts.flatMap(({ kind, id, name }) => (isSystemAccount(kind) ? [[kind, { kind, id, name }]] : [])),
    ),
    employment: known('employment', (value) => (value === 'civil-servant' || value === 'contractor' ? value : null)),
    apprentice: known('apprentice', yesNo),
    clearance: known('clearance', yesNo),
    probation: known('probation', (value) => (value === 'passed' || value === 'not-passed' ? value : null)),
    techLead: known('techLead', text),
    lineManager: known('lineManager', text),
    seniorTech: known('seniorTech', yesNo),
    left: known('left', yesNo),
    moved: known('moved', yesNo),
    absences: known('absences', (value) => (Array.isArray(value) ? (value satisfies Absence[]) : null)),
  }
}

function isSystemAccount(kind: PersonAccountTable['kind']): kind is AccountKind {
  return kind !== 'trello'
}
