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
  const everybody = about.some((event) => event.data['fact'] === 'seniorTech') || (await anySenior(doing.tx, people))
  const concerned = everybody ? null : new Set([...people, ...(await engineersOf(doing.tx, people))])
  const open = await doing.tx
    .selectFrom('request')
    .select(['card_id', 'person_id'])
    .where('state', 'not in', [...finalStates])
    .orderBy('card_id')
    .execute()
  const found = open.filter((row) => concerned === null || concerned.has(row.person_id)).map((row) => row.card_id)
  const cards = [...new Set(found)].filter((card) => card !== settled)
  for (const card of cards) {
    // Somebody may be deciding on this card: whoever comes second sees what the first did.
    await doing.tx.selectFrom('card').select('id').where('id', '=', card).forUpdate().execute()
    await settle(doing, office, card)
  }
  return cards
}

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
