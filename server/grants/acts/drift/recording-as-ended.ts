import type { NewEvent } from '../../../audit/events.ts'
import { ActRefused } from '../../../requests/act.ts'
import { changeRequest } from '../../../requests/acts/common.ts'
import { settledAlready } from '../../drift/open-finding.ts'
import { type DriftActParts, decision } from './deciding.ts'

/** Ends in the ledger what the system does not have any more: somebody took it back there. Nothing is changed outside. */
export function recordAsEndedAct(_parts: DriftActParts) {
  return decision({
    name: 'record-as-ended',
    kinds: ['missing'],
    how: 'recorded-as-ended',
    event: 'drift-recorded-as-ended',
    async allows(_actor, { holding_id }, tx) {
      const held = await tx
        .selectFrom('holding')
        .innerJoin('request', 'request.id', 'holding.request_id')
        .select('request.state')
        .where('holding.id', '=', holding_id ?? '')
        .where('ended_at', 'is', null)
        .executeTakeFirst()
      return held?.state === 'granted' ? null : settledAlready
    },
    async carryOut(doing, { holding_id, person_id }) {
      const { tx, clock } = doing
      const ended = await tx
        .updateTable('holding')
        .set({ ended_at: clock.calendar() })
        .where('id', '=', holding_id ?? '')
        .where('ended_at', 'is', null)
        .returning(['request_id', 'step_id', 'grant_key'])
        .executeTakeFirst()
      if (!ended) throw new ActRefused(settledAlready)
      const request = await tx
        .selectFrom('request')
        .selectAll()
        .where('id', '=', ended.request_id)
        .executeTakeFirstOrThrow()
      const about: Omit<NewEvent, 'type' | 'data'> = {
        actor: doing.actor.person.id,
        requestId: request.id,
        personId: person_id,
        stepId: ended.step_id,
        boardId: request.board_id,
      }
      doing.log({ ...about, type: 'holding-ended', data: { grant: ended.grant_key } })
      const left = await tx
        .selectFrom('holding')
        .select('id')
        .where('request_id', '=', request.id)
        .where('ended_at', 'is', null)
        .executeTakeFirst()
      if (!left) {
        await changeRequest(doing, request, {}, 'revoking')
        await changeRequest(doing, { ...request, state: 'revoking' }, {}, 'ended')
        doing.log({ ...about, stepId: null, type: 'ended', data: {} })
      }
      return { card: request.card_id, said: 'Recorded as ended. It is not held any more, by our record too.' }
    },
  })
}
