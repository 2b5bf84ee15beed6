import { z } from 'zod'
import { json } from '../../db/json.ts'
import type { Act, Refusal, StepRow, World } from '../../requests/act.ts'
import { about, changeRequest, onlyIn, requestOf } from '../../requests/acts/common.ts'
import type { Office } from '../../requests/world.ts'
import { planHash } from '../../rules/plan-hash.ts'
import type { PlanStep } from '../../rules/types.ts'
import { otherAccountHeld, refuseOtherAccount } from '../other-account.ts'
import { hasBegun, openRevocation, undoable } from '../revoke.ts'
import { settleSteps } from '../settle-steps.ts'
import { type Adapters, beginning, lookAtProposals } from '../steps.ts'
import type { Wake } from '../wake.ts'
import { approvalData } from './approval-data.ts'

const why = z.strictObject({ reason: z.string().trim().max(500, 'Use at most 500 characters.').default('') })
const nothing = z.strictObject({})

/** Ends further steps at once. What is only proposed is withdrawn, what is under way finishes; nothing is undone by this. */
export const stop: Act<typeof why> = {
  name: 'stop',
  on: 'request',
  input: why,
  readsCard: false,
  allows: (world) => onlyIn(world, ['granting']),
  statement: (world, input) => ({ request: world.request?.id ?? null, ...input }),
  async carryOut(doing, world, { reason }) {
    const request = requestOf(world)
    await changeRequest(doing, request, { closing_reason: reason || null, closed_by: doing.actor.person.id }, 'stopped')
    await doing.tx
      .updateTable('step')
      .set({
        state: 'stopped',
        since: doing.clock.calendar(),
        turn: 'sponsor',
        sentence: 'Stopped before it began.',
        next_check_at: null,
      })
      .where('request_id', '=', request.id)
      .where('direction', '=', 'grant')
      .where((eb) =>
        eb.or([eb('state', '=', 'planned'), eb.and([eb('state', '=', 'ready'), eb('intent_at', 'is', null)])]),
      )
      .execute()
    await lookAtProposals(doing.tx, request.id, doing.clock.wall())
    doing.log({ ...about(doing, world), type: 'stopped', data: { because: 'act' } })
    return 'Stopped. Nothing more begins. Let it go on later, or revoke what is done.'
  },
}

/**
 * The sponsor lets a stopped request go on: steps that had not begun are pinned anew to the accounts and the plan as
 * they stand now, which the statement names, so that this is an approval of exactly that.
 */
export function goOnAct(parts: { office: Office; adapters: Adapters; wake: Pick<Wake, 'send'> }): Act<typeof nothing> {
  return {
    name: 'go-on',
    on: 'request',
    input: nothing,
    readsCard: true,
    allows(world): Refusal | null {
      if (world.request?.state !== 'stopped' && !world.steps.some((step) => step.state === 'stopped'))
        return { code: 'not-stopped', sentence: 'Nothing is stopped here.', status: 409 }
      if (world.findings.some((finding) => finding.outcome === 'not-met'))
        return { code: 'not-met', sentence: 'This cannot go on because a condition is not met any more.', status: 409 }
      if ((world.plan?.missing.length ?? 1) > 0)
        return { code: 'plan-incomplete', sentence: 'This cannot go on because details are missing.', status: 409 }
      return onlyIn(world, ['stopped', 'granting']) ?? otherAccountHeld(world) ?? planDiffers(world)
    },
    statement: (world) => ({
      request: world.request?.id ?? null,
      plan: world.plan?.hash ?? null,
      ruleSet: world.plan?.ruleSet ?? null,
      level: world.request?.level ?? null,
      engineer: world.engineer?.id ?? null,
      before: world.request?.approval_id ?? null,
      goesOn: world.steps.filter((step) => anew(world, step) !== null).map((step) => step.key),
    }),
    async carryOut(doing, world) {
      const request = requestOf(world)
      await refuseOtherAccount(doing.tx, world)
      const now = doing.clock.calendar()
      const approval = { approval_id: doing.signedActId, approved_by: doing.actor.person.id, approved_at: now }
      await changeRequest(doing, request, { closing_reason: null, closed_by: null, ...approval }, 'granting')
      for (const step of world.steps) {
        const plan = anew(world, step)
        if (!plan) continue
        const closed = new Set(
          world.steps.filter((one) => one.state === 'verified' || one.state === 'seen').map((one) => one.key),
        )
        const waits = plan.after.some((key) => !closed.has(key))
        const begin = beginning(waits ? plan : { ...plan, after: [] }, 'grant', parts.adapters)
        // What was sent for another account says nothing about the new one.
        const sameAccount = plan.account.id === step.plan.account.id
        await doing.tx
          .updateTable('step')
          .set({
            plan: json(plan),
            method: begin.method,
            state: begin.state,
            since: now,
            turn: begin.turn,
            sentence: begin.sentence,
            remedy: null,
            next_check_at: begin.automatic && begin.state === 'ready' ? doing.clock.wall() : null,
            lease_until: null,
            lease_by: null,
            ...(sameAccount ? {} : { receipt: null, evidence: null, link: null, intent_at: null }),
          })
          .where('id', '=', step.id)
          .execute()
      }
      doing.log({
        ...about(doing, world),
        type: 'approved-again',
        data: { ...(await approvalData(doing, world)), before: request.approval_id ?? '' },
      })
      // What was under way when it was stopped may have closed meanwhile, and may have been the last.
      await settleSteps(doing, parts.office, parts.adapters, world.card.id)
      await parts.wake.send(doing.tx)
      return 'It goes on.'
    },
  }
}

/** The step of the newest plan that takes this one's place, where nothing of it has begun; `null` where it stays. */
function anew({ plan }: World, step: StepRow): PlanStep | null {
  if (step.direction !== 'grant' || !plan) return null
  const next = plan.steps.find(({ key }) => key === step.key) ?? step.plan
  if (step.state === 'stopped' || step.state === 'planned') return next
  const hashOf = (one: PlanStep) => planHash({ ...plan, steps: [one] })
  return step.state === 'ready' && !hasBegun(step) && hashOf(next) !== hashOf(step.plan) ? next : null
}

/** What was begun is not pinned anew, so the plan that is signed must be what then stands in the table, whole. */
function planDiffers(world: World): Refusal | null {
  const { plan, steps } = world
  if (!plan) return null
  const after = steps.filter(({ direction }) => direction === 'grant').map((step) => anew(world, step) ?? step.plan)
  if (planHash({ ...plan, steps: after }) === plan.hash) return null
  return {
    code: 'plan-differs',
    sentence: 'This cannot go on because what was done is not in the plan any more. Revoke what is done and ask again.',
    status: 409,
  }
}

/** Undoes everything that an approved request had done so far; where nothing was, the request ends with this. */
export function undoGrantedAct(parts: {
  office: Office
  adapters: Adapters
  wake: Pick<Wake, 'send'>
}): Act<typeof why> {
  return {
    name: 'undo-granted',
    on: 'request',
    input: why,
    readsCard: false,
    allows: (world): Refusal | null => onlyIn(world, ['granting', 'granted', 'stopped']),
    statement: (world, input) => ({
      request: world.request?.id ?? null,
      ...input,
      revokes: undoable(world).map((step) => ({
        key: step.key,
        account: step.plan.account.id,
        wanted: step.plan.wanted,
      })),
    }),
    async carryOut(doing, world) {
      const signed = await doing.tx
        .selectFrom('signed_act')
        .select('digest')
        .where('id', '=', doing.signedActId)
        .executeTakeFirstOrThrow()
      doing.log({
        ...about(doing, world),
        type: 'undo-opened',
        data: { signedAct: doing.signedActId, digest: signed.digest },
      })
      const goes = undoable(world)
      await openRevocation(doing, world, goes, parts)
      await settleSteps(doing, parts.office, parts.adapters, world.card.id)
      if (goes.length === 0) return 'The request has ended. Nothing had been given, so nothing is revoked.'
      return 'Revoking. Every system is read back, and you see here what is still there.'
    },
  }
}
