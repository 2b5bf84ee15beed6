import { json } from '../../db/json.ts'
import type { Doing } from '../../requests/act.ts'
import { emptyFacts, type Office } from '../../requests/world.ts'
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
  finding: FindingRow & { person_id: string },
  reason: string,
): Promise<string> {
  const now = clock.calendar()
  const { id, level, person_id } = finding
  const card = `record-${id}`
  await tx
    .insertInto('card')
    .values({
      id: card,
      short_link: '',
      url: '',
      board_id: actor.boardId,
      name: '',
      list_name: '',
      kind: 'request',
      level,
      way: 'record',
      closed: true,
      // Trello has no such card: nothing is read of it and nothing written on it.
      deleted_at: now,
      checklists: json([]),
      members: json([]),
      last_activity: now,
      read_at: now,
    })
    .execute()
  const { signonApps, apprentice } = emptyFacts(level, [])
  await tx
    .insertInto('request')
    .values({
      id,
      card_id: card,
      board_id: actor.boardId,
      person_id,
      level,
      rule_set: office.ruleSet(null).id,
      state: 'granted',
      state_since: now,
      attached_by: actor.person.id,
      // On whose word it stands there.
      approved_by: actor.person.id,
      reason,
      signon_apps: json(signonApps),
      apprentice: json(apprentice),
      version: 1,
      updated_at: clock.wall(),
      created_at: now,
    })
    .execute()
  return card
}
