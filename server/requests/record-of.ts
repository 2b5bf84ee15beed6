import type { Clock } from '../clock.ts'
import type { Tx } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { LevelId } from '../rules/types.ts'
import type { CardRow, RequestRow } from './act.ts'

/** A request that nobody asked for, with what stands for its card: by it goes what no card of Trello's is about. */

export interface RecordOf {
  id: string
  level: LevelId
  /** By which it is held. */
  ruleSet: string
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
export function recordOf(clock: Clock, of: RecordOf): RecordRows {
  const { id, level, ruleSet, personId, by, boardId, reason } = of
  const now = clock.calendar()
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
    rule_set: ruleSet,
    state: 'granted',
    state_since: now,
    attached_by: by,
    approved_by: by,
    reason,
    signon_apps: {},
    apprentice: { confident: null, wantsSecondary: null, lineManagerAgrees: null },
    version: 1,
    updated_at: clock.wall(),
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
