import type { Clock } from '../clock.ts'
import { londonDay } from '../clock.ts'
import type { Tx } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { FactName } from '../db/schema.ts'
import type { Absence, Day } from '../rules/types.ts'

/** Writes one fact. Who may is asked by the caller: keepers, and never their own. Answers whether anything changed. */
export async function setFact(
  tx: Tx,
  fact: {
    personId: string
    fact: FactName
    value: string | boolean | Absence[]
    source: string
    asOf: Day
    by: string
  },
  clock: Clock,
): Promise<boolean> {
  const before = await tx
    .selectFrom('person_fact')
    .select(['value', 'as_of'])
    .where('person_id', '=', fact.personId)
    .where('fact', '=', fact.fact)
    .executeTakeFirst()
  if (before && JSON.stringify(before.value) === JSON.stringify(fact.value)) return false
  const values = {
    value: json(fact.value),
    source: fact.source,
    as_of: fact.asOf,
    recorded_at: clock.calendar(),
    recorded_by: fact.by,
  }
  await tx
    .insertInto('person_fact')
    .values({ person_id: fact.personId, fact: fact.fact, ...values })
    .onConflict((conflict) => conflict.columns(['person_id', 'fact']).doUpdateSet(values))
    .execute()
  return true
}

/**
 * Makes the first register keepers, named in configuration by Trello member id.
 * @returns the member ids that were new, for the log
 */
export async function ensureKeepers(tx: Tx, memberIds: string[], clock: Clock): Promise<string[]> {
  const made: string[] = []
  for (const memberId of memberIds) {
    const account = await tx
      .selectFrom('person_account')
      .select('person_id')
      .where('kind', '=', 'trello')
      .where('id', '=', memberId)
      .where('state', '=', 'linked')
      .executeTakeFirst()
    const personId = account?.person_id ?? `keeper-${memberId}`
    if (!account) {
      await tx
        .insertInto('person')
        .values({ id: personId, full_name: 'Register keeper', created_at: clock.calendar() })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute()
      await tx
        .insertInto('person_account')
        .values({
          kind: 'trello',
          id: memberId,
          name: '',
          person_id: personId,
          state: 'linked',
          since: clock.calendar(),
          set_by: 'command',
        })
        .onConflict((conflict) =>
          conflict.columns(['kind', 'id']).doUpdateSet({ state: 'linked', person_id: personId }),
        )
        .execute()
    }
    const asOf = londonDay(clock.calendar())
    const fact = { personId, fact: 'keeper' as const, value: true, source: 'configuration', asOf, by: 'command' }
    if (await setFact(tx, fact, clock)) made.push(memberId)
  }
  return made
}
