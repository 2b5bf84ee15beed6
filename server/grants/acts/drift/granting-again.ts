import type { Tx } from '../../../db/database.ts'
import type { RequestState } from '../../../db/schema.ts'
import { ActRefused, type Refusal, type StepRow, type World } from '../../../requests/act.ts'
import { changeRequest, requestOf } from '../../../requests/acts/common.ts'
import { loadWorld } from '../../../requests/world.ts'
import { fenced } from '../../judge-again.ts'
import { isGivenBy } from '../../ledger.ts'
import { settleSteps } from '../../settle-steps.ts'
import { beginning, isClosed } from '../../steps.ts'
import { type DriftActParts, decision, type Found, onlyDecided } from './deciding.ts'

/** Carries out once more the step that gave something which is gone, under its approval, where that still holds. */
export function grantAgainAct(parts: DriftActParts) {
  const { office, adapters } = parts

  async function judged(tx: Tx, finding: Found): Promise<{ world: World; step: StepRow } | Refusal> {
    if (finding.has === 'more') return more
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
    const request = world?.request
    if (!request || !step || !held || request.id !== holding?.request_id) return noApproval
    const notNow = notWhile(request.state)
    if (notNow) return notNow
    // What was adopted, or took the place of a higher value, nobody approved by itself.
    const approvedItself = request.lowered_at === null || held.since < request.lowered_at
    if (world.approval?.act !== 'approve' || !approvedItself) return noApproval
    if (!isClosed(step)) return goesOnAlready
    const asIfGoing: World = { ...world, request: { ...request, state: 'granting' } }
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
        // Something else of it may be on its way already.
        if (requestOf(world).state === 'granted') await changeRequest(doing, requestOf(world), {}, 'granting')
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

function notWhile(state: RequestState): Refusal | null {
  if (state === 'granted' || state === 'granting') return null
  const sentence =
    state === 'stopped'
      ? 'Their request is stopped. Let it go on first, or undo it; then decide about this.'
      : 'Their request is being revoked. Once that is finished, ask for it anew.'
  return { code: `state-${state}`, sentence, status: 409 }
}

const more: Refusal = {
  code: 'more',
  sentence: 'They have more than was granted, so there is nothing to grant again. Lower it.',
  status: 409,
}

const goesOnAlready: Refusal = {
  code: 'goes-on',
  sentence: 'This is being granted now. Look at its step on the request.',
  status: 409,
}

const noApproval: Refusal = {
  code: 'no-approval',
  sentence: 'There is no approval that this could be granted again under. Record it as ended, and ask for it anew.',
  status: 409,
}
