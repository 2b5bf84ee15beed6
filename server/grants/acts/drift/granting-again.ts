import type { Tx } from '../../../db/database.ts'
import { ActRefused, type Refusal, type StepRow, type World } from '../../../requests/act.ts'
import { changeRequest, requestOf } from '../../../requests/acts/common.ts'
import { loadWorld } from '../../../requests/world.ts'
import { fenced } from '../../judge-again.ts'
import { isGivenBy } from '../../ledger.ts'
import { settleSteps } from '../../settle-steps.ts'
import { beginning } from '../../steps.ts'
import { type DriftActParts, decision, type Found, onlyDecided } from './deciding.ts'

/** Carries out once more the step that gave something which is gone, under its approval, where that still holds. */
export function grantAgainAct(parts: DriftActParts) {
  const { office, adapters } = parts

  async function judged(tx: Tx, finding: Found): Promise<{ world: World; step: StepRow } | Refusal> {
    const holding = await tx
      .selectFrom('holding')
      .innerJoin('request', 'request.id', 'holding.request_id')
      .select(['request.card_id', 'holding.request_id'])
      .where('holding.id', '=', finding.holding_id ?? '')
      .where('holding.ended_at', 'is', null)
      .executeTakeFirst()
    const world = holding ? await loadWorld(tx, office, holding.card_id) : null
    const held = world?.holdings.find((one) => one.id === finding.holding_id)
    const step = world?.steps.find((one) => one.direction === 'grant' && held && isGivenBy(held, one))
    if (!world?.request || !step || world.request.id !== holding?.request_id) return noApproval
    if (world.request.state !== 'granted' || world.request.approval_id === null) return noApproval
    // A lowering gives nothing anew, and the engineer may have signed it: what counts is the approval.
    const asIfGoing: World = { ...world, request: { ...world.request, state: 'granting', lowered_at: null } }
    const fence = fenced(asIfGoing, step, parts.approvalValidDays)
    if (!fence) return { world, step }
    return {
      code: `fenced-${fence.code}`,
      sentence: `${fence.sentence} Record it as ended, and ask for it anew.`,
      status: 409,
    }
  }

  return decision(
    { office },
    {
      input: onlyDecided,
      name: 'grant-again',
      kinds: ['missing', 'different'],
      how: 'granting-again',
      event: 'drift-granted-again',
      async allows(_actor, finding, tx) {
        const found = await judged(tx, finding)
        return 'code' in found ? found : null
      },
      async carryOut(doing, finding) {
        const { tx, clock } = doing
        const found = await judged(tx, finding)
        if ('code' in found) throw new ActRefused(found)
        const { world, step } = found
        await changeRequest(doing, requestOf(world), {}, 'granting')
        const begin = beginning({ ...step.plan, after: [] }, 'grant', adapters)
        await tx
          .updateTable('step')
          .set({
            method: begin.method,
            state: begin.state,
            since: clock.calendar(),
            turn: begin.turn,
            sentence: begin.sentence,
            ...nothingYet,
            next_check_at: begin.isLookedAt ? clock.wall() : null,
            updated_at: clock.wall(),
          })
          .where('id', '=', step.id)
          .execute()
        await settleSteps(doing, office, adapters, world.card.id)
        await parts.wake.send(tx)
        return { card: world.card.id, said: 'Granting again. It is read first, so that nothing is changed twice.' }
      },
    },
  )
}

/** What was done, seen and sent the first time says nothing about this one; who had a hand in it stays. */
const nothingYet = {
  remedy: null,
  link: null,
  who: null,
  taken_by: null,
  taken_at: null,
  done_by: null,
  done_at: null,
  seen_by: null,
  seen_at: null,
  verified_at: null,
  evidence: null,
  receipt: null,
  intent_at: null,
  attempts: 0,
}

const noApproval: Refusal = {
  code: 'no-approval',
  sentence: 'There is no approval that this could be granted again under. Record it as ended, and ask for it anew.',
  status: 409,
}
