import { z } from 'zod'
import type { Tx } from '../../db/database.ts'
import { json } from '../../db/json.ts'
import type { Act, Doing, Refusal, World } from '../../requests/act.ts'
import { about, changeRequest, onlyIn, requestOf } from '../../requests/acts/common.ts'
import { optionalLine } from '../../requests/acts/lines.ts'
import { newId } from '../../requests/ids.ts'
import type { PlanStep } from '../../rules/types.ts'
import { decisionInForce } from '../as-signed.ts'
import { isHeldBy } from '../ledger.ts'
import { type Lowering, loweringOf } from '../lowering.ts'
import { openRevocation } from '../revoke.ts'
import { settleSteps } from '../settle-steps.ts'
import { type Adapters, beginning } from '../steps.ts'
import { evidenceOf, type WholeParts } from './whole-person.ts'

const input = z.strictObject({
  /** Id of the lower level. */
  to: z.string().min(1, 'Choose the level.').max(40),
  reason: optionalLine(),
})

/** Somebody who should have a lower level from now on: never revoked and asked for anew, never without it meanwhile. */
export function lowerLevelAct(parts: WholeParts): Act<typeof input> {
  const { office, adapters } = parts
  return {
    name: 'lower-level',
    on: 'request',
    input,
    readsCard: false,
    allows(world, _actor, { to }): Refusal | null {
      const wrong = onlyIn(world, ['granted'])
      if (wrong) return wrong
      const lowering = loweringOf(world, to)
      if (!lowering) return { code: 'no-such-level', sentence: 'This level does not contain that one.', status: 409 }
      if (world.held.some(({ level }) => level === to))
        return {
          code: 'held-elsewhere',
          sentence: `They have ${lowering.levelName} by another request already. Revoke this one: what that one needs stays.`,
          status: 409,
        }
      const swapped = world.steps.find(
        ({ direction, plan }) =>
          direction === 'grant' && world.engineer?.accounts[plan.account.kind]?.id !== plan.account.id,
      )
      if (swapped)
        return {
          code: 'account-changed',
          sentence: `${world.engineer?.firstName ?? 'The engineer'}’s account for ${swapped.plan.systemName} is another than the one that was approved. Revoke this, and let them ask for the lower level.`,
          status: 409,
        }
      if (lowering.stays.some((plan) => !plan.nothingToUndo && !world.holdings.some((one) => isHeldBy(one, plan))))
        return {
          code: 'partly-revoked',
          sentence: 'Part of what would stay was revoked. Revoke the rest, and let them ask for the lower level.',
          status: 409,
        }
      if (world.elsewhere)
        return {
          code: 'duplicate',
          sentence: 'There is an open request for this level on another card. Withdraw it there first.',
          status: 409,
        }
      return null
    },
    statement: (world, { to, reason }) => statementOf(world, loweringOf(world, to), reason),
    async carryOut(doing, world, { to, reason }) {
      const request = requestOf(world)
      const lowering = loweringOf(world, to)
      if (!lowering) throw new TypeError('What is lowered was judged before.')
      const { id, digest } = world.ruleSet
      doing.log({
        ...about(doing, world),
        type: 'level-lowered',
        data: {
          ...(await evidenceOf(doing)),
          planHash: lowering.hash,
          ruleSet: id,
          ruleSetDigest: digest,
          from: request.level,
          to,
          before: decisionInForce(request) ?? '',
        },
        ...(reason === '' ? {} : { detail: { reason } }),
      })
      await openRevocation(doing, world, lowering.goes, parts, lowering.instead)
      await changeRequest(
        doing,
        { ...request, state: 'revoking' },
        {
          level: to,
          lowered_from: request.level,
          lowering_id: doing.signedActId,
          lowered_by: doing.actor.person.id,
          lowered_at: doing.clock.calendar(),
        },
      )
      await keepAs(doing.tx, request.id, lowering)
      await planInstead(doing, world, lowering, adapters)
      await settleSteps(doing, office, adapters, world.card.id)
      await parts.wake.send(doing.tx)
      return `Lowering to ${lowering.levelName}. What goes is read back, and what stays keeps working.`
    },
  }
}

/** Both halves in one: what goes is compared with the revoke steps, the plan with what then stands. */
function statementOf(world: World, lowering: Lowering | null, reason: string) {
  const short = ({ key, account, wanted }: PlanStep) => ({ key, account: account.id, wanted })
  return {
    request: world.request?.id ?? null,
    reason,
    level: lowering?.to ?? null,
    plan: lowering?.hash ?? null,
    ruleSet: { id: world.ruleSet.id, digest: world.ruleSet.digest },
    revokes: lowering?.goes.map(short) ?? [],
    stands: [...(lowering?.stays ?? []), ...(lowering?.instead ?? [])].map(({ key }) => key),
    before: world.request ? decisionInForce(world.request) : null,
  }
}

/** What stays is held under the lower level from now on. */
async function keepAs(tx: Tx, requestId: string, { to, stays }: Lowering): Promise<void> {
  if (stays.length === 0) return
  await tx
    .updateTable('holding')
    .set({ level: to })
    .where('request_id', '=', requestId)
    .where('ended_at', 'is', null)
    .where(
      'grant_key',
      'in',
      stays.map(({ key }) => key),
    )
    .execute()
}

/** Begins once everything that goes is gone; what the higher value's going left there is then only read. */
async function planInstead(
  doing: Doing,
  world: World,
  { to, instead, countsAs }: Lowering,
  adapters: Adapters,
): Promise<void> {
  const { tx, clock } = doing
  const last = Math.max(-1, ...world.steps.filter(({ direction }) => direction === 'grant').map((one) => one.ordinal))
  for (const [at, plan] of instead.entries()) {
    const id = newId()
    await tx
      .insertInto('step')
      .values({
        id,
        request_id: requestOf(world).id,
        direction: 'grant',
        ordinal: last + 1 + at,
        key: plan.key,
        plan: json(plan),
        method: beginning(plan, 'grant', adapters).method,
        state: 'planned',
        since: clock.calendar(),
        turn: 'nobody',
        sentence: 'Begins when the higher value is gone.',
        attempts: 0,
        next_check_at: null,
        updated_at: clock.wall(),
      })
      .execute()
    const held = countsAs.find(({ lower }) => lower.key === plan.key)
    if (held) await countAs(doing, world, { ...held, to, step: id })
  }
}

/** What nobody can take alone is held as the lower value from now on: never gone meanwhile, and never there twice. */
async function countAs(
  doing: Doing,
  world: World,
  { higher, lower, to, step }: Lowering['countsAs'][number] & { to: string; step: string },
): Promise<void> {
  const known = world.holdings.some((one) => isHeldBy(one, lower))
  const held = await doing.tx
    .updateTable('holding')
    // Taken over from another request, the lower one is in the record already.
    .set(
      known
        ? { ended_at: doing.clock.calendar() }
        : { grant_key: lower.key, wanted: json(lower.wanted), level: to, step_id: step },
    )
    .where('request_id', '=', requestOf(world).id)
    .where('grant_key', '=', higher.key)
    .where('ended_at', 'is', null)
    .returning('proof')
    .executeTakeFirst()
  if (!held) return
  doing.log({ ...about(doing, world), type: 'holding-ended', data: { grant: higher.key } })
  const { proof } = held
  if (!known)
    doing.log({ ...about(doing, world), stepId: step, type: 'holding-made', data: { grant: lower.key, proof } })
}
