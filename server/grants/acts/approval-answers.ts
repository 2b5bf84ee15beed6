import { z } from 'zod'
import type { LinkedActor, Refusal, RequestRow, World } from '../../requests/act.ts'
import { requestFacts } from '../../requests/world.ts'
import { holdingUp, judgeEligibility } from '../../rules/eligibility.ts'
import type { ApprovalAnswers, Finding, PreparednessReview } from '../../rules/types.ts'

/** What the approve window asks for, what was answered, and what the answers leave open. */

/**
 * Fields: `confirm-<condition>` true for each confirmation; `clearanceWhere` and `clearanceDate` where the register is
 * silent; `notApplicable-<condition>` with the written reason; and, where the review is done in the same window,
 * `reference`, `formVersion`, `date` and `objective-<id>`.
 */
export const approvalInput = z.record(
  z.string().max(60),
  z.union([z.string().max(1000, 'Use at most 1,000 characters.'), z.boolean()]),
)
export type Input = z.infer<typeof approvalInput>

/** What the answers leave open: at its own field where there is one, in a sentence where there is none. */
export function unanswered(world: World, actor: LinkedActor, fields: Input): Refusal | null {
  const left = holdingUp(findingsWith(world, actor, fields))
  if (left.length === 0) return null
  const byField = left.flatMap((finding) => fieldsFor(world, actor, finding, fields))
  const without = left.filter((finding) => fieldsFor(world, actor, finding, fields).length === 0)
  const [hard] = without
  if (hard)
    return { code: `condition-${hard.id}`, sentence: `Nothing has been approved. ${hard.sentence}`, status: 409 }
  const count = byField.length
  const sentence = count === 1 ? 'There is 1 thing left to confirm.' : `There are ${count} things left to confirm.`
  return { code: 'unconfirmed', sentence, fields: Object.fromEntries(byField), status: 422 }
}

function fieldsFor(world: World, actor: LinkedActor, finding: Finding, fields: Input): [string, string][] {
  const condition = world.ruleSet.conditions[finding.id]
  if (finding.outcome === 'not-met' || !condition) return []
  if (condition.kind === 'attestation')
    return [
      [
        `confirm-${finding.id}`,
        `Confirm that ${world.engineer?.firstName ?? 'the engineer'} ${condition.confirm}, or ask for changes.`,
      ],
    ]
  if (condition.kind === 'review') {
    if (!actor.roles.seniorTech) return []
    return [
      ...(text(fields, 'reference') === ''
        ? [['reference', 'Give the link or number of the form response you read.'] as [string, string]]
        : []),
      ...(text(fields, 'formVersion') === ''
        ? [['formVersion', 'Say which version of the form it was.'] as [string, string]]
        : []),
      ...dateProblem(text(fields, 'date'), world.today),
      ...world.ruleSet
        .objectivesOf(world.request?.level ?? '')
        .filter(({ id }) => fields[`objective-${id}`] !== true)
        .map(({ id }): [string, string] => [`objective-${id}`, 'Confirm this, or ask for changes.']),
    ]
  }
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

/** The words are those of a review that is saved by itself. */
function dateProblem(date: string, today: string): [string, string][] {
  if (!day.test(date)) return [['date', 'Use a date such as 2026-11-24.']]
  return date > today ? [['date', 'Use a date that is not in the future.']] : []
}

const day = /^\d{4}-\d{2}-\d{2}$/

/** The confirmations, and what else was written, as the rules take it. */
export function answersOf(world: World, actor: LinkedActor, fields: Input): ApprovalAnswers {
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

/**
 * The review as it is made in this window by somebody in Senior Tech; otherwise as it stands. The window asks for one only
 * where the kept one does not count, so one that was typed whole is meant to take its place.
 */
export function reviewOf(world: World, actor: LinkedActor, fields: Input): PreparednessReview | null {
  return typedReview(world, actor, fields) ?? world.request?.review ?? null
}

/** `null` unless it is whole, because half a review must not replace one. */
function typedReview(world: World, actor: LinkedActor, fields: Input): PreparednessReview | null {
  const [reference, formVersion, date] = [text(fields, 'reference'), text(fields, 'formVersion'), text(fields, 'date')]
  const objectives = world.ruleSet.objectivesOf(world.request?.level ?? '').map(({ id }) => id)
  const whole =
    reference !== '' &&
    formVersion !== '' &&
    dateProblem(date, world.today).length === 0 &&
    objectives.every((id) => fields[`objective-${id}`] === true)
  if (!whole || objectives.length === 0 || !actor.roles.seniorTech) return null
  return {
    reviewer: actor.person.id,
    reviewerName: actor.person.fullName,
    date,
    reference,
    formVersion,
    objectives,
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
