import type { Tx } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Doing, HoldingRow } from './act.ts'
import { currentRequest, heldByLeavers } from './current.ts'
import { newId } from './ids.ts'
import { recordOf, writeRecord } from './record-of.ts'

/**
 * What stays until somebody leaves is decided about then by the request that gave it. Where that one can speak for it no
 * more, because its card is about another by now or the account is another one there, a record of its own does.
 */

type Hand = Pick<Doing, 'tx' | 'clock'>

/** Gives each of these a record, with the step that gave it: over like what an absence ended, and held all the same. */
export async function setAside({ tx, clock }: Hand, holdings: HoldingRow[]): Promise<void> {
  for (const holding of holdings) {
    const from = await tx
      .selectFrom('request')
      .selectAll()
      .where('id', '=', holding.request_id)
      .executeTakeFirstOrThrow()
    const id = newId()
    const { card, request } = recordOf(clock, {
      id,
      level: holding.level,
      ruleSet: holding.rule_set,
      personId: holding.person_id,
      by: from.approved_by ?? from.attached_by,
      boardId: from.board_id,
      reason: '',
    })
    await writeRecord(tx, { card, request: { ...request, state: 'ended', previous_request_id: from.id } })
    const step_id = await copyStep(tx, holding.step_id, id)
    await tx.updateTable('holding').set({ request_id: id, step_id }).where('id', '=', holding.id).execute()
  }
}

async function copyStep(tx: Tx, stepId: string, request_id: string): Promise<string> {
  const { plan, doers, evidence, ...step } = await tx
    .selectFrom('step')
    .selectAll()
    .where('id', '=', stepId)
    .executeTakeFirstOrThrow()
  const id = newId()
  const written = { plan: json(plan), doers: json(doers), evidence: evidence && json(evidence), receipt: null }
  await tx
    .insertInto('step')
    .values({ ...step, ...written, id, request_id })
    .execute()
  return id
}

/** Of whoever has left, what is held by a request that has ended and that its card is not about any more. */
export async function setAsideHidden(hand: Hand, cardId: string): Promise<void> {
  const { tx } = hand
  const current = await currentRequest(tx, cardId)
  const leavers = (await heldByLeavers(tx, cardId)).filter((id) => id !== current?.id)
  if (leavers.length === 0) return
  const hidden = await tx
    .selectFrom('holding')
    .innerJoin('request', 'request.id', 'holding.request_id')
    .selectAll('holding')
    .where('holding.request_id', 'in', leavers)
    .where('ended_at', 'is', null)
    .where('request.state', '=', 'ended')
    .orderBy('holding.id')
    .execute()
  await setAside(hand, hidden)
}
