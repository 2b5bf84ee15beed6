import type { NewEvent } from '../audit/events.ts'
import type { Tx } from '../db/database.ts'
import type { Doing } from './act.ts'
import { finalStates } from './life.ts'
import { settle } from './settle.ts'
import type { Office } from './world.ts'

/** Judging again, on every card that it concerns, after the register changed. */

/**
 * Settles every request of the people whom these events changed, and of those whose tech lead or line manager they are,
 * in the same transaction. Where it changed who may sponsor, that is every request.
 * @param settled a card that is settled already
 * @returns the cards that were settled
 */
export async function settlePeople(
  doing: Pick<Doing, 'tx' | 'clock' | 'log' | 'notify'>,
  office: Office,
  events: readonly NewEvent[],
  settled: string | null,
): Promise<string[]> {
  const about = events.filter(changesSomebody)
  const people = new Set(about.flatMap(({ personId }) => personId ?? []))
  if (people.size === 0) return []
  const facts = about.filter(({ type }) => type === 'fact-changed')
  const known = new Set(facts.flatMap(({ personId }) => personId ?? []))
  const everybody = facts.some(({ data }) => data['fact'] === 'seniorTech') || (await anySenior(doing.tx, known))
  const concerned = everybody ? null : new Set([...people, ...(await engineersOf(doing.tx, known))])
  // Somebody may be deciding on one of them: whoever comes second sees what the first did. In the order of locking.ts.
  const open = await doing.tx
    .selectFrom('request')
    .select('card_id')
    .where('state', 'not in', [...finalStates])
    .$if(concerned !== null, (query) => query.where('person_id', 'in', [...(concerned ?? [])]))
    .orderBy('id')
    .forUpdate()
    .execute()
  const cards = [...new Set(open.map((row) => row.card_id))].filter((card) => card !== settled)
  const judged: string[] = []
  for (const card of cards)
    try {
      await settle(doing, office, card)
      judged.push(card)
    } catch (error) {
      // Somebody else's request that cannot be judged is no reason to refuse what the register learns.
      office.report(error)
    }
  return judged
}

/** An account is its owner's matter alone; a fact is that of their engineers too. */
function changesSomebody({ type }: NewEvent): boolean {
  return type === 'fact-changed' || type === 'account-linked' || type === 'account-changed'
}

/** Senior Tech may sponsor anybody: whether one of them left or is away is everybody's matter. */
async function anySenior(tx: Tx, people: ReadonlySet<string>): Promise<boolean> {
  const rows = await tx
    .selectFrom('person_fact')
    .select(['person_id', 'value'])
    .where('fact', '=', 'seniorTech')
    .execute()
  return rows.some((row) => row.value === true && people.has(row.person_id))
}

async function engineersOf(tx: Tx, people: ReadonlySet<string>): Promise<string[]> {
  const rows = await tx
    .selectFrom('person_fact')
    .select(['person_id', 'value'])
    .where('fact', 'in', ['techLead', 'lineManager'])
    .execute()
  return rows.filter(({ value }) => typeof value === 'string' && people.has(value)).map((row) => row.person_id)
}
