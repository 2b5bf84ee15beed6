import type { NewEvent } from '../../audit/events.ts'
import type { Clock } from '../../clock.ts'
import type { Tx } from '../../db/database.ts'
import type { HoldingRow, RequestRow } from '../../requests/act.ts'
import { changeRequest } from '../../requests/acts/common.ts'
import { loadWorld, type Office } from '../../requests/world.ts'
import { isGivenBy } from '../ledger.ts'
import { hasBegun } from '../revoke.ts'

/** What a look says of something that somebody recorded as ended. */
interface Look {
  seen: 'present' | 'absent' | 'cannot-tell'
  detail: string
  /** Where a copy was read: of when it is. */
  asOf?: Date
  /** Not there, and somebody could still accept it. */
  isOpen?: true
}

/** A look that was begun before the click says nothing about it. */
export type Ended = { is: 'nothing-asked' | 'too-early' } | { is: 'settled'; events: NewEvent[] }

/**
 * Ends in the ledger what somebody recorded as ended, once a look that began after their click says that it is gone too;
 * any other answer undoes their word, and says so. Call it in the look's transaction, with the request locked.
 * @param beganAt when the look was begun
 */
export async function endWhenSeenGone(
  hand: { tx: Tx; clock: Clock; office: Office },
  holding: HoldingRow,
  look: Look,
  beganAt: Date,
): Promise<Ended> {
  const { tx, clock } = hand
  const finding = await tx
    .selectFrom('drift_finding')
    .selectAll()
    .where('holding_id', '=', holding.id)
    .where('ruling', '=', 'end')
    .where('settled_at', 'is', null)
    .executeTakeFirst()
  if (!finding?.ruled_at) return { is: 'nothing-asked' }
  if (beganAt < finding.ruled_at) return { is: 'too-early' }
  const request = await tx
    .selectFrom('request')
    .selectAll()
    .where('id', '=', holding.request_id)
    .executeTakeFirstOrThrow()
  const about: Omit<NewEvent, 'type' | 'data'> = {
    actor: 'system',
    requestId: request.id,
    personId: holding.person_id,
    stepId: holding.step_id,
    boardId: request.board_id,
  }
  const place = { finding: finding.id, place: finding.key }
  if (look.seen === 'absent' && !look.isOpen && (!look.asOf || look.asOf >= finding.ruled_at)) {
    await tx
      .updateTable('drift_finding')
      .set({ settled_at: clock.calendar(), settled_by: finding.ruled_by, how: 'recorded-as-ended' })
      .where('id', '=', finding.id)
      .execute()
    const ended = await end(hand, holding, request, about)
    return { is: 'settled', events: [{ ...about, type: 'drift-ended', data: place }, ...ended] }
  }
  const ruling_undone = whyNot(look)
  await tx
    .updateTable('drift_finding')
    .set({ ruling: null, ruled_by: null, ruled_at: null, ruled_reason: null, ruling_undone })
    .where('id', '=', finding.id)
    .execute()
  const detail = { sentence: ruling_undone }
  return { is: 'settled', events: [{ ...about, type: 'drift-not-ended', data: { ...place, seen: look.seen }, detail }] }
}

function whyNot({ seen, detail, isOpen }: Look): string {
  if (seen === 'present') return `It was not recorded as ended, because it is there. ${detail}`
  if (isOpen) return `It was not recorded as ended, because it can still be accepted. ${detail}`
  const why = seen === 'absent' ? 'What we can read is older than that.' : detail
  return `It was not recorded as ended, because we could not tell whether it is gone. ${why}`
}

async function end(
  { tx, clock, office }: { tx: Tx; clock: Clock; office: Office },
  { id, grant_key }: HoldingRow,
  request: RequestRow,
  about: Omit<NewEvent, 'type' | 'data'>,
): Promise<NewEvent[]> {
  await tx.updateTable('holding').set({ ended_at: clock.calendar() }).where('id', '=', id).execute()
  const ended: NewEvent = { ...about, type: 'holding-ended', data: { grant: grant_key } }
  if (request.state !== 'granted' || !(await isNothingLeft(tx, office, request))) return [ended]
  await changeRequest({ tx, clock }, request, {}, 'revoking')
  await changeRequest({ tx, clock }, { ...request, state: 'revoking' }, {}, 'ended')
  return [ended, { ...about, stepId: null, type: 'ended', data: {} }]
}

/** Nothing was found beside the record, and each step that began has its entry in the ledger, which is ended. */
async function isNothingLeft(tx: Tx, office: Office, { id, person_id, card_id }: RequestRow): Promise<boolean> {
  const holdings = await tx.selectFrom('holding').selectAll().where('person_id', '=', person_id).execute()
  if (holdings.some((one) => one.request_id === id && one.ended_at === null)) return false
  const world = await loadWorld(tx, office, card_id)
  if (world?.request?.id !== id || world.alsoFound.length > 0) return false
  return world.steps
    .filter((step) => step.direction === 'grant' && !step.plan.nothingToUndo && hasBegun(step))
    .every((step) => holdings.some((one) => one.ended_at !== null && isGivenBy(one, step)))
}
