import canonicalize from 'canonicalize'
import type { Clock } from '../clock.ts'
import { londonDay } from '../clock.ts'
import type { Tx } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { FactName } from '../db/schema.ts'
import type { Absence, Day } from '../rules/types.ts'
import { setAccount } from './accounts.ts'
import { refuseOtherValues } from './fact-values.ts'
import { refuseOwnOrUncertain } from './roles.ts'

export interface NewFact {
  personId: string
  fact: FactName
  value: string | boolean | Absence[]
  source: string
  /** Since when it is known; `null`: the day on which it first stood so. */
  asOf: Day | null
  /** Person id of the keeper, or `command`. */
  by: string
}

/** What a fact was before; `null` in `before`: unknown. */
export interface FactChange {
  before: string | boolean | Absence[] | null
  after: string | boolean | Absence[]
}

/**
 * Writes one fact. That only keepers may is asked by the caller.
 * @returns what changed, or `null` when it stood so already
 * @throws FactRefused when it is about the writer, gives a role over an uncertain link, or is not a value of this fact
 */
export async function setFact(tx: Tx, fact: NewFact, clock: Clock): Promise<FactChange | null> {
  const before = await tx
    .selectFrom('person_fact')
    .select(['value', 'as_of'])
    .where('person_id', '=', fact.personId)
    .where('fact', '=', fact.fact)
    .executeTakeFirst()
  const same = before !== undefined && canonicalize(before.value) === canonicalize(fact.value)
  if (same && (fact.asOf === null || fact.asOf === before.as_of)) return null
  await refuseOtherValues(tx, fact)
  await refuseOwnOrUncertain(tx, fact)
  const values = {
    value: json(fact.value),
    source: fact.source,
    as_of: fact.asOf ?? londonDay(clock.calendar()),
    recorded_at: clock.calendar(),
    recorded_by: fact.by,
  }
  await tx
    .insertInto('person_fact')
    .values({ person_id: fact.personId, fact: fact.fact, ...values })
    .onConflict((conflict) => conflict.columns(['person_id', 'fact']).doUpdateSet(values))
    .execute()
  if (fact.fact === 'techLead' && before && !same) await noteMove(tx, fact.personId, values)
  return { before: before?.value ?? null, after: fact.value }
}

/** Whoever holds something and comes under another tech lead has moved: what they hold was given under the one before. */
async function noteMove(
  tx: Tx,
  personId: string,
  values: { source: string; as_of: Day; recorded_at: Date; recorded_by: string },
): Promise<void> {
  const held = await tx
    .selectFrom('holding')
    .select('id')
    .where('person_id', '=', personId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  if (!held) return
  const moved = { ...values, value: json(true) }
  await tx
    .insertInto('person_fact')
    .values({ person_id: personId, fact: 'moved', ...moved })
    .onConflict((conflict) => conflict.columns(['person_id', 'fact']).doUpdateSet(moved))
    .execute()
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
    if (account) {
      // The configuration's word is enough for a link that only a colleague made.
      await tx
        .updateTable('person_account')
        .set({ set_by: 'command' })
        .where('kind', '=', 'trello')
        .where('id', '=', memberId)
        .where('set_by', 'not in', ['import', 'command'])
        .execute()
    } else {
      await addKeeper(tx, { personId, memberId, at: clock.calendar() })
    }
    // Once known, the register decides: a keeper whom another one dismissed does not come back with the next start.
    if (await isKnown(tx, personId, 'keeper')) continue
    const fact = { personId, fact: 'keeper' as const, value: true, source: 'configuration', asOf: null, by: 'command' }
    if (await setFact(tx, fact, clock)) made.push(memberId)
  }
  return made
}

async function isKnown(tx: Tx, personId: string, fact: FactName): Promise<boolean> {
  const row = await tx
    .selectFrom('person_fact')
    .select('fact')
    .where('person_id', '=', personId)
    .where('fact', '=', fact)
    .executeTakeFirst()
  return row !== undefined
}

/** Somebody of whom only the Trello account is known: the next import that holds it gives them name and email. */
async function addKeeper(tx: Tx, keeper: { personId: string; memberId: string; at: Date }): Promise<void> {
  const { personId, memberId, at } = keeper
  await tx
    .insertInto('person')
    .values({ id: personId, full_name: 'Register keeper', created_at: at })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  await setAccount(tx, { personId, kind: 'trello', id: memberId, name: '', setBy: 'command', at })
}
