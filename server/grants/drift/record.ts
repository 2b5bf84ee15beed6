import type { Tx } from '../../db/database.ts'
import { json } from '../../db/json.ts'
import type { CardRow, Doing, RequestRow } from '../../requests/act.ts'
import { emptyFacts, type Office } from '../../requests/world.ts'
import type { LevelId } from '../../rules/types.ts'
import type { FindingRow } from './keep.ts'

/**
 * The record of something that was given outside: a request that nobody asked for and no card of Trello's stands for, so
 * that what is adopted is read, shown and revoked like everything else, and what is removed is carried out by the same
 * machine. It has no approval, so it never counts as a level that somebody holds. Its id is the finding's.
 * @returns the id of the card that stands for it
 */
export async function makeRecord(
  { tx, actor }: Pick<Doing, 'tx' | 'actor'>,
  office: Office,
  { id, level, person_id }: FindingRow & { person_id: string },
  reason: string,
): Promise<string> {
  const of = { id, level, personId: person_id, by: actor.person.id, boardId: actor.boardId, reason }
  return writeRecord(tx, recordOf(office, of))
}

export interface RecordOf {
  id: string
  level: LevelId
  personId: string
  /** On whose word it stands there. */
  by: string
  boardId: string
  reason: string
}

export interface RecordRows {
  card: CardRow
  request: RequestRow
}

/** As it would be written now. */
export function recordOf(office: Office, { id, level, personId, by, boardId, reason }: RecordOf): RecordRows {
  const now = office.clock.calendar()
  const { signonApps, apprentice } = emptyFacts(level, [])
  const card: CardRow = {
    id: `record-${id}`,
    short_link: '',
    url: '',
    board_id: boardId,
    name: '',
    list_name: '',
    kind: 'request',
    level,
    way: 'record',
    source_card_id: null,
    created_by_member: null,
    closed: true,
    // Trello has no such card: nothing is read of it and nothing written on it.
    deleted_at: now,
    checklists: [],
    members: [],
    last_activity: now,
    read_at: now,
  }
  const nobodyAsked = {
    lowered_from: null,
    moved_at: null,
    review: null,
    changes_asked: null,
    closing_reason: null,
    closed_by: null,
    approval_id: null,
    approved_at: null,
    lowering_id: null,
    lowered_by: null,
    lowered_at: null,
    granted_at: null,
    for_cause: false,
    paused_because: null,
    previous_request_id: null,
  }
  const request: RequestRow = {
    ...nobodyAsked,
    id,
    card_id: card.id,
    board_id: boardId,
    person_id: personId,
    level,
    rule_set: office.ruleSet(null).id,
    state: 'granted',
    state_since: now,
    attached_by: by,
    approved_by: by,
    reason,
    signon_apps: signonApps,
    apprentice,
    version: 1,
    updated_at: office.clock.wall(),
    created_at: now,
  }
  return { card, request }
}

/** @returns the id of the card that stands for it */
export async function writeRecord(tx: Tx, { card, request }: RecordRows): Promise<string> {
  await tx
    .insertInto('card')
    .values({ ...card, checklists: json([]), members: json([]) })
    .execute()
  await tx
    .insertInto('request')
    .values({
      ...request,
      signon_apps: json(request.signon_apps),
      apprentice: json(request.apprentice),
      review: null,
      changes_asked: null,
    })
    .execute()
  return card.id
}
