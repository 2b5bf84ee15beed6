import type { Tx } from '../../../db/database.ts'
import type { Refusal } from '../../../requests/act.ts'
import { settledAlready } from '../../drift/open-finding.ts'
import { isLookedAt } from '../../steps.ts'
import { type DriftActParts, decision, onlyDecided } from './deciding.ts'

/**
 * Somebody took it back in the system itself. Their word alone ends nothing: it has the thing looked at once more, and
 * what that look says decides. Nothing is changed outside.
 */
export function recordAsEndedAct({ office, adapters }: DriftActParts) {
  return decision(
    { office },
    {
      input: onlyDecided,
      name: 'record-as-ended',
      kinds: ['missing'],
      how: 'stays-open',
      event: 'drift-recorded-as-ended',
      async allows(_actor, { holding_id, ruling }, tx) {
        const held = await standing(tx, holding_id)
        if (!held) return settledAlready
        if (ruling === 'end') return lookedAtAlready
        if (held.state !== 'granted') return whileItMoves
        return isLookedAt(adapters, { ...held, direction: 'grant' }) ? null : nobodyReads
      },
      async carryOut({ tx, clock, actor }, { id, holding_id }, { reason }) {
        const held = await standing(tx, holding_id)
        await tx
          .updateTable('drift_finding')
          .set({
            ruling: 'end',
            ruled_by: actor.person.id,
            ruled_at: clock.calendar(),
            ruled_reason: reason,
            ruling_undone: null,
          })
          .where('id', '=', id)
          .execute()
        await tx
          .updateTable('holding')
          .set({ next_look_at: clock.wall() })
          .where('id', '=', holding_id ?? '')
          .execute()
        return {
          card: held?.card_id ?? null,
          said: 'It is looked at once more now. Once that says that it is gone, it is recorded as ended.',
        }
      },
    },
  )
}

function standing(tx: Tx, holdingId: string | null) {
  return tx
    .selectFrom('holding')
    .innerJoin('request', 'request.id', 'holding.request_id')
    .innerJoin('step', 'step.id', 'holding.step_id')
    .select(['request.state', 'request.card_id', 'step.plan', 'step.method'])
    .where('holding.id', '=', holdingId ?? '')
    .where('holding.ended_at', 'is', null)
    .executeTakeFirst()
}

const lookedAtAlready: Refusal = {
  code: 'looked-at',
  sentence:
    'Somebody recorded this as ended already. It is looked at once more, and then it is settled or said why not.',
  status: 409,
}

const whileItMoves: Refusal = {
  code: 'moving',
  sentence: 'Something of this request is being changed now. Nothing was changed. Try again once that is finished.',
  status: 409,
}

const nobodyReads: Refusal = {
  code: 'nobody-reads',
  sentence:
    'We cannot look whether this is gone, so one person’s word is not enough. Revoke it on its request: a second person then sees that nothing is left.',
  status: 409,
}
