import type { Kysely } from 'kysely'
import { londonDay } from '../clock.ts'
import type { Schema } from '../db/schema.ts'
import { loadPerson } from '../people/register.ts'
import type { Actor } from './act.ts'
import type { Office } from './world.ts'

/** Who a verified token speaks for. `state` is the challenge it was made for, or what else stood there. */
export interface Presented {
  memberId: string
  boardId: string
  cardId: string | null
  state: string | null
  /** The token itself and the key that verified it: kept with the act as evidence. */
  token: string
  publicKey: string
}

/** Finds the person behind a token and their roles of today. Somebody whom nobody linked has no person and no role. */
export async function loadActor(
  db: Kysely<Schema>,
  office: Office,
  presented: Pick<Presented, 'memberId' | 'boardId' | 'cardId'>,
): Promise<Actor> {
  const { memberId, boardId, cardId } = presented
  const nobody = { keeper: false, seniorTech: false, secondLine: false, holdsAdmin: false }
  const account = await db
    .selectFrom('person_account')
    .select(['person_id', 'set_by'])
    .where('kind', '=', 'trello')
    .where('id', '=', memberId)
    .where('state', '=', 'linked')
    .executeTakeFirst()
  const person = account ? await loadPerson(db, account.person_id) : null
  if (!person) return { memberId, boardId, cardId, person: null, roles: nobody }
  // Somebody who left may keep a Trello account for years: it opens and shows no more than a stranger's.
  if (person.left?.value) return { memberId, boardId, cardId, person: null, roles: nobody }
  const today = londonDay(office.clock.calendar())
  const keeper = await db
    .selectFrom('person_fact')
    .select('value')
    .where('person_id', '=', person.id)
    .where('fact', '=', 'keeper')
    .executeTakeFirst()
  const onRota = await db
    .selectFrom('rota')
    .select('starts')
    .where('starts', '<=', today)
    .where('ends', '>', today)
    .where((eb) => eb.or([eb('primary_id', '=', person.id), eb('secondary_id', '=', person.id)]))
    .executeTakeFirst()
  const roles = {
    keeper: keeper?.value === true,
    seniorTech: person.seniorTech?.value === true,
    secondLine: onRota !== undefined,
    holdsAdmin: await office.holdsAdmin(db, person.id),
  }
  return { memberId, boardId, cardId, person, roles, ...(account ? { linkedBy: account.set_by } : {}) }
}
