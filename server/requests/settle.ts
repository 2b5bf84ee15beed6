import type { Doing } from './act.ts'
import { changeRequest } from './acts/common.ts'
import { readyNotice } from './notices.ts'
import { loadWorld, type Office } from './world.ts'

/**
 * Judges a request again after anything that it rests on changed: between *open* and *ready* it moves by itself, and
 * whoever looks at it learns that something changed. Called last in the transaction of the change.
 */
export async function settle(
  doing: Pick<Doing, 'tx' | 'clock' | 'log' | 'notify'>,
  office: Office,
  cardId: string,
): Promise<void> {
  const world = await loadWorld(doing.tx, office, cardId)
  const request = world?.request
  if (!world || !request) return
  const event = {
    actor: 'system',
    requestId: request.id,
    personId: request.person_id,
    stepId: null,
    boardId: request.board_id,
  }
  const complete = (world.plan?.missing.length ?? 1) === 0 && !world.findings.some((finding) => finding.holdsUpReady)
  if (request.state === 'open' && complete) {
    await changeRequest(doing, request, {}, 'ready')
    doing.log({ ...event, type: 'ready', data: {} })
    doing.notify(readyNotice(world))
  } else if (request.state === 'ready' && !complete) {
    await changeRequest(doing, request, {}, 'open')
    doing.log({ ...event, type: 'no-longer-ready', data: {} })
  }
  await doing.tx
    .updateTable('request')
    .set((eb) => ({ version: eb('version', '+', 1), updated_at: doing.clock.wall() }))
    .where('id', '=', request.id)
    .execute()
}
