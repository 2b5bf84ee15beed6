import type { Kysely } from 'kysely'
import type { Tx } from '../db/database.ts'
import type { FactName, Schema } from '../db/schema.ts'

/** Thrown when a fact may not be written so; the message says why and who can help. */
export class FactRefused extends Error {
  override name = 'FactRefused'
}

type FactValue = string | boolean | object

/** Whom a fact gives a role in approvals: Senior Tech, keeper, somebody's tech lead or line manager; `null`: nobody. */
function roleHolder(personId: string, fact: FactName, value: FactValue): string | null {
  switch (fact) {
    case 'seniorTech':
    case 'keeper':
      return value === true ? personId : null
    case 'techLead':
    case 'lineManager':
      return typeof value === 'string' ? value : null
    case 'employment':
    case 'apprentice':
    case 'clearance':
    case 'probation':
    case 'left':
    case 'moved':
    case 'absences':
      return null
  }
}

/**
 * Nobody changes facts about themselves, nor makes themselves somebody's tech lead or line manager. And nobody gets a
 * role through a Trello account that only a colleague's word links to them.
 * @throws FactRefused
 */
export async function refuseOwnOrUncertain(
  tx: Tx,
  fact: { personId: string; fact: FactName; value: FactValue; by: string },
): Promise<void> {
  const holder = roleHolder(fact.personId, fact.fact, fact.value)
  if (fact.by === fact.personId)
    throw new FactRefused('This is about you, and nobody changes their own facts. Ask another register keeper.')
  if (holder === null) return
  if (fact.by === holder) throw new FactRefused('This would give you a role in approvals. Ask another register keeper.')
  const account = await tx
    .selectFrom('person_account')
    .innerJoin('person', 'person.id', 'person_account.person_id')
    .select(['person.full_name', 'set_by'])
    .where('kind', '=', 'trello')
    .where('state', '=', 'linked')
    .where('person_id', '=', holder)
    .executeTakeFirst()
  if (account && !isOurs(account.set_by))
    throw new FactRefused(
      `The Trello account of ${account.full_name} is linked on a colleague’s word. Import its member id before giving a role in approvals.`,
    )
}

/** Links made by an import or by the configuration, not by people on a card. */
export function isOurs(setBy: string): boolean {
  return setBy === 'import' || setBy === 'command'
}

/** Tech leads, line managers, Senior Tech, 2nd line and keepers: whoever can claim to be one of them could approve. */
export async function hasElevatedRole(tx: Tx, personId: string): Promise<boolean> {
  const facts = await tx
    .selectFrom('person_fact')
    .select(['person_id', 'fact', 'value'])
    .where('fact', 'in', ['seniorTech', 'keeper', 'techLead', 'lineManager'])
    .execute()
  if (facts.some((row) => roleHolder(row.person_id, row.fact, row.value) === personId)) return true
  const rota = await tx
    .selectFrom('rota')
    .select('starts')
    .where((eb) => eb.or([eb('primary_id', '=', personId), eb('secondary_id', '=', personId)]))
    .executeTakeFirst()
  return rota !== undefined
}

export interface RoleGiven {
  personId: string
  fullName: string
  role: 'seniorTech' | 'keeper'
  /** Where the keeper or the import says that it comes from. */
  source: string
  at: Date
}

/** Roles that approve or keep the register, recorded since an instant, newest first: what colleagues should look at. */
export async function rolesGivenSince(db: Kysely<Schema>, since: Date): Promise<RoleGiven[]> {
  const rows = await db
    .selectFrom('person_fact')
    .innerJoin('person', 'person.id', 'person_fact.person_id')
    .select(['person.id', 'person.full_name', 'fact', 'value', 'source', 'recorded_at'])
    .where('fact', 'in', ['seniorTech', 'keeper'])
    .where('recorded_at', '>=', since)
    .orderBy('recorded_at', 'desc')
    .orderBy('person.full_name')
    .execute()
  return rows.flatMap(({ id, full_name, fact, value, source, recorded_at }) =>
    value === true && (fact === 'seniorTech' || fact === 'keeper')
      ? [{ personId: id, fullName: full_name, role: fact, source, at: recorded_at }]
      : [],
  )
}
