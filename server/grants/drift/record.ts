import type { Doing } from '../../requests/act.ts'
import { recordOf, writeRecord } from '../../requests/record-of.ts'
import type { Office } from '../../requests/world.ts'
import type { FindingRow } from './keep.ts'

/**
 * The record of something that was given outside: a request that nobody asked for and no card of Trello's stands for, so
 * that what is adopted is read, shown and revoked like everything else, and what is removed is carried out by the same
 * machine. It has no approval, so it never counts as a level that somebody holds. Its id is the finding's.
 * @returns the id of the card that stands for it
 */
export async function makeRecord(
  { tx, clock, actor }: Doing,
  office: Office,
  { id, level, person_id }: FindingRow & { person_id: string },
  reason: string,
): Promise<string> {
  const of = { id, level, personId: person_id, by: actor.person.id, boardId: actor.boardId, reason }
  return writeRecord(tx, recordOf(clock, { ...of, ruleSet: office.ruleSet(null).id }))
}
