import { z } from 'zod'
import { json } from '../../db/json.ts'
import type { Act, LinkedActor, Refusal, RequestRow, World } from '../../requests/act.ts'
import { about, changeRequest, onlyIn, requestOf } from '../../requests/acts/common.ts'
import { digestOf } from '../../requests/challenge.ts'
import { requestFacts } from '../../requests/world.ts'
import { holdingUp, judgeEligibility } from '../../rules/eligibility.ts'
import { judgeSponsorship } from '../../rules/sponsorship.ts'
import type { ApprovalAnswers, Finding, PreparednessReview } from '../../rules/types.ts'
import { doersNotice } from '../notices.ts'
import { type Adapters, writeSteps } from '../steps.ts'
import type { Wake } from '../wake.ts'

/**
 * Fields: `confirm-<condition>` true for each confirmation; `clearanceWhere` and `clearanceDate` where the register is
 * silent; `notApplicable-<condition>` with the written reason; and, where the review is done in the same window,
 * `reference`, `formVersion`, `date` and `objective-<id>`.
 */
const input = z.record(
  z.string().max(60),
  z.union([z.string().max(1000, 'Use at most 1,000 characters.'), z.boolean()]),
)
type Input = z.infer<typeof input>

/** The sponsor's one considered click. Everything is judged again with what was confirmed; the plan is pinned. */
export function approveAct(parts: { adapters: Adapters; wake: Pick<Wake, 'send'> }): Act<typeof input> {
  return {
    name: 'approve',
    on: 'request',
    input,
    readsCard: true,
    allows: refusalOf,
    statement: statementOf,
    async carryOut(doing, world, fields) {
      const request = requestOf(world)
      const { plan, engineer } = world
      if (!plan || !engineer) throw new TypeError('An approval needs a plan.')
      const answers = answersOf(world, doing.actor, fields)
      const review = reviewOf(world, doing.actor, fields)
      const at = doing.clock.calendar()
      await doing.tx
        .updateTable('signed_act')
        .set({ answers: json(answers) })
        .where('id', '=', doing.signedActId)
        .execute()
      const signed = await doing.tx
        .selectFrom('signed_act')
        .select('digest')
        .where('id', '=', doing.signedActId)
        .executeTakeFirstOrThrow()
      const event = about(doing, world)
      if (review && !request.review)
        doing.log({
          ...event,
          type: 'review-recorded',
          data: { formVersion: review.formVersion, date: review.date, objectives: review.objectives },
        })
      const approval = {
        approval_id: doing.signedActId,
        approved_by: doing.actor.person.id,
        approved_at: at,
        review: review ? json(review) : null,
      }
      await changeRequest(doing, request, approval, 'granting')
      await writeSteps(doing.tx, {
        requestId: request.id,
        steps: plan.steps,
        direction: 'grant',
        adapters: parts.adapters,
        now: at,
        wall: doing.clock.wall(),
      })
      const sponsor = judgeSponsorship({ ...world, level: request.level, engineer, viewer: doing.actor.person })
      doing.log({
        ...event,
        type: 'approved',
        data: {
          signedAct: doing.signedActId,
          digest: signed.digest,
          planHash: plan.hash,
          ruleSet: plan.ruleSet.id,
          ruleSetDigest: plan.ruleSet.digest,
          relation: sponsor.may ? sponsor.relation : 'unknown',
          sameAsReviewer: review?.reviewer === doing.actor.person.id,
        },
      })
      const steps = await doing.tx
        .selectFrom('step')
        .selectAll()
        .where('request_id', '=', request.id)
        .orderBy('ordinal')
        .execute()
      const notice = doersNotice({ ...world, steps }, steps)
      if (notice) doing.notify(notice)
      await parts.wake.send(doing.tx)
      return `Approved. ${engineer.firstName} and 2nd line will be told. You can close this. The work goes on.`
    },
  }
}

function refusalOf(world: World, actor: LinkedActor, fields: Input): Refusal | null {
  const { request, engineer, plan, ruleSet, people, today } = world
  if (!request || !engineer || !plan) return onlyIn(world, ['ready'])
  const sponsor = judgeSponsorship({ ruleSet, level: request.level, engineer, viewer: actor.person, people, today })
  if (!sponsor.may) return { code: `sponsor-${sponsor.reason}`, sentence: sponsor.sentence, status: 403 }
  if (request.approved_at && request.state !== 'ready') {
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
  const wrong = onlyIn(world, ['ready'])
  if (wrong) return wrong
  if (plan.missing.length > 0)
    return { code: 'plan-incomplete', sentence: 'Nothing has been approved because details are missing.', status: 409 }
  return unanswered(world, actor, fields)
}

/** What the answers leave open: at its own field where there is one, in a sentence where there is none. */
function unanswered(world: World, actor: LinkedActor, fields: Input): Refusal | null {
  const left = holdingUp(findingsWith(world, actor, fields))
  if (left.length === 0) return null
  const byField = left.flatMap((finding) => fieldsFor(world, finding, fields))
  const without = left.filter((finding) => fieldsFor(world, finding, fields).length === 0)
  const [hard] = without
  if (hard)
    return { code: `condition-${hard.id}`, sentence: `Nothing has been approved. ${hard.sentence}`, status: 409 }
  const count = byField.length
  const sentence = count === 1 ? 'There is 1 thing left to confirm.' : `There are ${count} things left to confirm.`
  return { code: 'unconfirmed', sentence, fields: Object.fromEntries(byField), status: 422 }
}

function fieldsFor(world: World, finding: Finding, fields: Input): [string, string][] {
  const condition = world.ruleSet.conditions[finding.id]
  if (finding.outcome === 'not-met' || !condition) return []
  if (condition.kind === 'attestation')
    return [
      [
        `confirm-${finding.id}`,
        `Confirm that ${world.engineer?.firstName ?? 'the engineer'} ${condition.confirm}, or ask for changes.`,
      ],
    ]
  if (condition.kind === 'review')
    return [
      ...(text(fields, 'reference') === ''
        ? [['reference', 'Give the link or number of the form response you read.'] as [string, string]]
        : []),
      ...(text(fields, 'formVersion') === ''
        ? [['formVersion', 'Say which version of the form it was.'] as [string, string]]
        : []),
      ...world.ruleSet
        .objectivesOf(world.request?.level ?? '')
        .filter(({ id }) => fields[`objective-${id}`] !== true)
        .map(({ id }): [string, string] => [`objective-${id}`, 'Confirm this, or ask for changes.']),
    ]
  if (finding.turn !== 'sponsor') return []
  if (condition.fact === 'clearance')
    return text(fields, 'clearanceWhere') === ''
      ? [['clearanceWhere', 'Say where you have seen it.']]
      : [['clearanceDate', 'Give the date, such as 2026-11-24, not in the future.']]
  return [[`notApplicable-${finding.id}`, 'Say in writing how this condition is met.']]
}

function text(fields: Input, name: string): string {
  const value = fields[name]
  return typeof value === 'string' ? value.trim() : ''
}

const day = /^\d{4}-\d{2}-\d{2}$/

function answersOf(world: World, actor: LinkedActor, fields: Input): ApprovalAnswers {
  const where = text(fields, 'clearanceWhere')
  const date = text(fields, 'clearanceDate')
  const named = (prefix: string) =>
    Object.keys(fields)
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length))
  return {
    approver: actor.person.id,
    approverName: actor.person.fullName,
    date: world.today,
    confirmed: named('confirm-')
      .filter((id) => fields[`confirm-${id}`] === true)
      .sort(),
    clearanceSeen: where !== '' && day.test(date) && date <= world.today ? { where, date } : null,
    notApplicable: Object.fromEntries(
      named('notApplicable-')
        .map((id) => [id, text(fields, `notApplicable-${id}`)])
        .filter(([, reason]) => reason !== ''),
    ),
  }
}

/** The review as it stands, or as it is made in this window by somebody in Senior Tech. */
function reviewOf(world: World, actor: LinkedActor, fields: Input): PreparednessReview | null {
  const kept = world.request?.review ?? null
  if (kept) return kept
  const [reference, formVersion] = [text(fields, 'reference'), text(fields, 'formVersion')]
  if (reference === '' || formVersion === '' || !actor.roles.seniorTech) return null
  const date = text(fields, 'date')
  return {
    reviewer: actor.person.id,
    reviewerName: actor.person.fullName,
    date: day.test(date) && date <= world.today ? date : world.today,
    reference,
    formVersion,
    objectives: world.ruleSet
      .objectivesOf(world.request?.level ?? '')
      .map(({ id }) => id)
      .filter((id) => fields[`objective-${id}`] === true),
  }
}

function findingsWith(world: World, actor: LinkedActor, fields: Input): Finding[] {
  const { request, engineer, ruleSet, today, people } = world
  if (!request || !engineer) return []
  const judged: RequestRow = { ...request, review: reviewOf(world, actor, fields) }
  return judgeEligibility({
    ruleSet,
    level: request.level,
    engineer,
    request: requestFacts(judged, world.held),
    today,
    answers: answersOf(world, actor, fields),
    people,
  })
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
    plan: plan?.hash ?? null,
    ruleSet: plan?.ruleSet ?? null,
    level: request?.level ?? null,
    engineer: engineer?.id ?? null,
    confirmations,
    findings: world.findings.map(({ id, outcome, source }) => ({ id, outcome, source })),
    card: { id: card.id, closed: card.closed },
    ticks: world.ticks.filter((tick) => tick.complete).map((tick) => tick.item_id),
  }
}
