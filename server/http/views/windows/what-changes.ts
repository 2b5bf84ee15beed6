import { changedSinceApproval, goesOn, needsApprovalAgain, stoppedSteps } from '../../../grants/again.ts'
import type { World } from '../../../requests/act.ts'
import { accountWords } from '../../../requests/seen.ts'
import { isOnlyTyped } from '../../../rules/typed-account.ts'
import type { PlanStep } from '../../../rules/types.ts'
import type { Fold, Row, WindowPart } from '../../api.ts'
import { line, methodWords, purposeAndHeld, stepNotes, stepsOf } from '../blocks.ts'
import { count, dayWords } from '../words.ts'
import { changedTogether } from './changed-together.ts'
import { part } from './fields.ts'

/** What an approval changes, as the approve window shows it. */

/** On top, before anything is confirmed once more: what differs from what was signed, and why the work was held. */
export function whatChanged(world: World): WindowPart {
  const { request, people, now } = world
  const by = people.get(request?.approved_by ?? '')?.fullName ?? 'somebody'
  const held = request?.state === 'granting' ? stoppedSteps(world).map((step) => step.sentence) : []
  const since = request?.approved_at ? ` on ${dayWords(request.approved_at, now)}` : ''
  return {
    ...part(`What changed since ${by} approved${since}`, []),
    text: [...new Set([...changedSinceApproval(world), ...held])],
  }
}

/** What is done or under way when it is approved again, and stays as it was approved before. */
function staysFold(world: World): Fold[] {
  if (!needsApprovalAgain(world)) return []
  const next = new Set(goesOn(world).map(({ step }) => step.id))
  const stays = stepsOf(world, 'grant').filter((step) => !next.has(step.id))
  const text = stays.map((step) => `${step.plan.systemName}: ${step.plan.words.change}`)
  return text.length > 0 ? [{ id: 'stays', title: 'What was begun before, and stays', rows: [], text }] : []
}

/** Names that this installation could not look up: the sponsor is the first who can know whether they are right. */
function uncheckedNames(world: World): string[] {
  const accounts = Object.values(world.engineer?.accounts ?? {}).filter(isOnlyTyped)
  const whose = `${world.engineer?.firstName ?? 'The engineer'}’s`
  return accounts.map(
    ({ kind, name }) =>
      `Not checked: ${whose} ${accountWords[kind] ?? kind} ${name} stands as it was typed, because we cannot look it up here.`,
  )
}

/**
 * Short enough to be read whole before every approval: environments that change alike share a line, what is only looked
 * at on the way changes nothing, and how each is checked stands in a fold.
 */
export function whatChanges(world: World): WindowPart {
  const all = world.plan?.steps ?? []
  const held = new Set(goesOn(world).map(({ step }) => step.key))
  const steps = needsApprovalAgain(world) ? all.filter((step) => held.has(step.key)) : all
  return {
    title: 'What will change',
    aside: count(steps.length, 'step'),
    text: uncheckedNames(world),
    rows: changedTogether(
      steps.filter((step) => !step.nothingToUndo),
      (step) => `${methodWords(step, all)} ${purposeAndHeld(world, step) ?? ''}`,
    ).map(({ step, change }) => ({
      ...line(step.key, 'none', step.systemName, change, purposeAndHeld(world, step)),
      who: methodWords(step, all),
    })),
    folds: [
      ...staysFold(world),
      { id: 'not', title: 'What will not change', rows: [], text: world.plan?.willNotChange ?? [] },
      { id: 'know', title: 'Worth knowing', rows: [], text: world.plan?.worthKnowing ?? [] },
      { id: 'checked', title: 'How each step is checked', rows: checkRows(world, steps, all), text: [] },
    ],
    legend: null,
    fields: [],
  }
}

/** Every step by itself, those that change nothing among them. */
function checkRows(world: World, steps: PlanStep[], all: PlanStep[]): Row[] {
  return steps.map((step) => ({
    ...line(`check-${step.key}`, 'none', step.systemName, step.words.change, stepNotes(world, step)),
    who: methodWords(step, all),
  }))
}
