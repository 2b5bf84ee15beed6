import type { NewEvent } from '../../../audit/events.ts'
import type { Tx } from '../../../db/database.ts'
import { ActRefused, type Refusal } from '../../../requests/act.ts'
import { changeRequest } from '../../../requests/acts/common.ts'
import { loadWorld, type Office } from '../../../requests/world.ts'
import { settledAlready } from '../../drift/open-finding.ts'
import { isGivenBy } from '../../ledger.ts'
import { hasBegun } from '../../revoke.ts'
import { type DriftActParts, decision, onlyDecided } from './deciding.ts'

/** Ends in the ledger what the system does not have any more: somebody took it back there. Nothing is changed outside. */
export function recordAsEndedAct({ office }: DriftActParts) {
  return decision(
    { office },
    {
      input: onlyDecided,
      name: 'record-as-ended',
      kinds: ['missing'],
      how: 'recorded-as-ended',
      event: 'drift-recorded-as-ended',
      async allows(_actor, { holding_id, first_seen_at }, tx) {
        const held = await tx
          .selectFrom('holding')
          .innerJoin('request', 'request.id', 'holding.request_id')
          .select(['request.state', 'holding.seen', 'holding.looked_at'])
          .where('holding.id', '=', holding_id ?? '')
          .where('ended_at', 'is', null)
          .executeTakeFirst()
        if (held?.state !== 'granted') return settledAlready
        const isGone = held.seen === 'absent' && held.looked_at !== null && held.looked_at >= first_seen_at
        return isGone ? null : notSeenGone
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
        if (!left && (await isNothingLeft(doing.tx, office, request.card_id))) {
          await changeRequest(doing, request, {}, 'revoking')
          await changeRequest(doing, { ...request, state: 'revoking' }, {}, 'ended')
          doing.log({ ...about, stepId: null, type: 'ended', data: {} })
        }
        return { card: request.card_id, said: 'Recorded as ended. It is not held any more, by our record too.' }
      },
    },
  )
}

/** Nothing was found beside the record, and each step that began has its entry in the ledger, which is ended. */
async function isNothingLeft(tx: Tx, office: Office, cardId: string): Promise<boolean> {
  const world = await loadWorld(tx, office, cardId)
  if (!world?.request || world.alsoFound.length > 0) return false
  const ended = await tx
    .selectFrom('holding')
    .selectAll()
    .where('person_id', '=', world.request.person_id)
    .where('ended_at', 'is not', null)
    .execute()
  return world.steps
    .filter((step) => step.direction === 'grant' && !step.plan.nothingToUndo && hasBegun(step))
    .every((step) => ended.some((one) => isGivenBy(one, step)))
}

const notSeenGone: Refusal = {
  code: 'not-seen-gone',
  sentence: 'The newest look does not say that it is gone. Nothing was changed. Try again after the next daily look.',
  status: 409,
}
