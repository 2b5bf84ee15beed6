import type { Updateable } from 'kysely'
import { json } from '../../db/json.ts'
import type { RequestTable } from '../../db/schema.ts'
import type { Act, Doing, LinkedActor, Refusal, World } from '../../requests/act.ts'
import { about, changeRequest, onlyIn, requestOf } from '../../requests/acts/common.ts'
import { digestOf } from '../../requests/challenge.ts'
import type { Office } from '../../requests/world.ts'
import { isThatPerson } from '../../rules/same-person.ts'
import { judgeSponsorship } from '../../rules/sponsorship.ts'
import { goesOn, needsApprovalAgain, planDiffers, toSign } from '../again.ts'
import { decisionInForce } from '../as-signed.ts'
import { goOnFrom } from '../go-on-from.ts'
import { otherAccountHeld, refuseOtherAccount } from '../other-account.ts'
import { settleSteps } from '../settle-steps.ts'
import { type Adapters, writeSteps } from '../steps.ts'
import type { Wake } from '../wake.ts'
import { answersOf, approvalInput, type Input, reviewOf, unanswered } from './approval-answers.ts'
import { approvalData } from './approval-data.ts'

interface Parts {
  office: Office
  adapters: Adapters
  wake: Pick<Wake, 'send'>
}

/**
 * The sponsor's one considered click. Everything is judged again with what was confirmed; the plan is pinned. Where
 * something changed after an approval, the same click in the same window approves again what has not begun.
 */
export function approveAct(parts: Parts): Act<typeof approvalInput> {
  return {
    name: 'approve',
    on: 'request',
    input: approvalInput,
    readsCard: true,
    allows: refusalOf,
    statement: statementOf,
    async carryOut(doing, world, fields) {
      const request = requestOf(world)
      const { plan, engineer } = world
      if (!plan || !engineer) throw new TypeError('An approval needs a plan.')
      await refuseOtherAccount(doing.tx, world)
      const answers = answersOf(world, doing.actor, fields)
      const review = reviewOf(world, doing.actor, fields)
      const at = doing.clock.calendar()
      await doing.tx
        .updateTable('signed_act')
        .set({ answers: json(answers) })
        .where('id', '=', doing.signedActId)
        .execute()
      const event = about(doing, world)
      if (review && review !== request.review)
        doing.log({
          ...event,
          type: 'review-recorded',
          data: { formVersion: review.formVersion, date: review.date, objectives: review.objectives },
        })
      const approval = {
        approval_id: doing.signedActId,
        approved_by: doing.actor.person.id,
        approved_at: at,
        // It is of the level as it is now.
        lowering_id: null,
        lowered_by: null,
        lowered_at: null,
        review: review ? json(review) : null,
      }
      if (needsApprovalAgain(world)) return approveAgain(doing, world, approval, parts)
      await changeRequest(doing, request, approval, 'granting')
      await writeSteps(doing.tx, {
        requestId: request.id,
        steps: plan.steps,
        direction: 'grant',
        adapters: parts.adapters,
        now: at,
        wall: doing.clock.wall(),
      })
      doing.log({
        ...event,
        type: 'approved',
        data: {
          ...(await approvalData(doing, world)),
          sameAsReviewer: isThatPerson(world.people, review?.reviewer ?? null, doing.actor.person),
        },
      })
      await settleSteps(doing, parts.office, parts.adapters, world.card.id)
      await parts.wake.send(doing.tx)
      return `Approved. ${engineer.firstName} and 2nd line will be told. You can close this. The work goes on.`
    },
  }
}

/** Another approval of its own: what was signed before stays in the record, and this one names it. */
async function approveAgain(
  doing: Doing,
  world: World,
  approval: Updateable<RequestTable>,
  parts: Parts,
): Promise<string> {
  const request = requestOf(world)
  await changeRequest(doing, request, { closing_reason: null, closed_by: null, ...approval }, 'granting')
  doing.log({
    ...about(doing, world),
    type: 'approved-again',
    data: { ...(await approvalData(doing, world)), before: decisionInForce(request) ?? '' },
  })
  await goOnFrom(doing, world, parts)
  return 'Approved again. It goes on.'
}

function refusalOf(world: World, actor: LinkedActor, fields: Input): Refusal | null {
  const { request, engineer, plan, ruleSet, people, today } = world
  if (!request || !engineer || !plan) return onlyIn(world, ['ready'])
  const sponsor = judgeSponsorship({ ruleSet, level: request.level, engineer, viewer: actor.person, people, today })
  if (!sponsor.may) return { code: `sponsor-${sponsor.reason}`, sentence: sponsor.sentence, status: 403 }
  const again = needsApprovalAgain(world)
  if (request.approved_at && request.state !== 'ready' && !again) {
    const who = people.get(request.approved_by ?? '')?.fullName ?? 'somebody else'
    return { code: 'approved-already', sentence: `This has been approved already by ${who}.`, status: 409 }
  }
  if (world.card.closed || world.card.deleted_at)
    return {
      code: 'card-closed',
      sentence: 'Nothing has been approved because the card is archived. Bring it back first.',
      status: 409,
    }
  if (request.paused_because) return { code: 'paused', sentence: request.paused_because, status: 409 }
  const wrong = again ? null : onlyIn(world, ['ready'])
  if (wrong) return wrong
  if (plan.missing.length > 0)
    return { code: 'plan-incomplete', sentence: 'Nothing has been approved because details are missing.', status: 409 }
  return otherAccountHeld(world) ?? (again ? planDiffers(world) : null) ?? unanswered(world, actor, fields)
}

/** What is signed: the plan, the confirmations with the version of their words, reasons, findings and the card. */
function statementOf(world: World, fields: Input) {
  const { plan, request, engineer, card, ruleSet } = world
  const confirmations = Object.keys(fields)
    .filter((name) => name.startsWith('confirm-') && fields[name] === true)
    .map((name) => name.slice('confirm-'.length))
    .sort()
    .map((id) => ({ id, words: digestOf(ruleSet.conditions[id]?.sentence ?? '') }))
  return {
    ...signedPlan(world),
    ruleSet: plan?.ruleSet ?? null,
    level: request?.level ?? null,
    engineer: engineer?.id ?? null,
    confirmations,
    findings: world.findings.map(({ id, outcome, source }) => ({ id, outcome, source })),
    card: { id: card.id, closed: card.closed },
    ticks: world.ticks.filter((tick) => tick.complete).map((tick) => tick.item_id),
    ...(needsApprovalAgain(world)
      ? { before: request ? decisionInForce(request) : null, goesOn: goesOn(world).map(({ step }) => step.key) }
      : {}),
  }
}

function signedPlan(world: World) {
  const { hash = null, stands } = toSign(world) ?? {}
  return stands ? { plan: hash, stands } : { plan: hash }
}
