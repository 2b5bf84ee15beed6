import { needsApprovalAgain } from '../../grants/again.ts'
import { isInLine } from '../../grants/in-turn.ts'
import { isAnythingForgotten, notKnownAnyMore } from '../../grants/judge-again.ts'
import { goingBeside, isTakenSince } from '../../grants/one-while-granting.ts'
import { isClosed, isHandWork } from '../../grants/steps.ts'
import type { Actor, StepRow, World } from '../../requests/act.ts'
import type { Button, Fold, Row } from '../api.ts'
import { type Blocks, decidedWords, line, planFold, stepsOf } from './blocks.ts'
import { revokeButton, stopButton } from './ending.ts'
import { oneBackButton } from './giving-back.ts'
import { progress } from './step-turns.ts'
import { isOwnStep, stepRow } from './step-view.ts'
import { turnsOf } from './turns.ts'
import { acts, isTurnOf, opens, type Viewer } from './viewer.ts'
import { keepersFinding } from './windows/recording.ts'
import { count, listWords } from './words.ts'

/** The section while a plan is carried out: who does what, what is stuck and why, what works already. */

export function granting(world: World, viewer: Viewer, actor: Actor): Blocks {
  const { request } = world
  const { closed: done, all } = progress(world)
  const turns = turnsOf(world).filter((turn) => turn.steps.length > 0)
  const mine = (step: StepRow) => isOwnStep(step, world, viewer, actor)
  // What is stuck with somebody else stands in the second line: first of all one reads what is one's own.
  const had = (step: StepRow) => step.taken_by === actor.person?.id && isHandWork(step)
  const first = turns.find((turn) => turn.steps.some(had)) ?? turns.find((turn) => turn.steps.some(mine)) ?? turns[0]
  const taken = first?.steps.filter(had) ?? []
  const open = stepsOf(world, 'grant').filter((step) => !isClosed(step))
  const order = open.toSorted(
    (a, b) => Number(mine(b)) - Number(mine(a)) || weight(a) - weight(b) || a.ordinal - b.ordinal,
  )
  const approved = decidedWords(world)
  const stopped = request?.state === 'stopped'
  const headline = stopped
    ? `Stopped at ${done} of ${all}. Nothing more begins`
    : first
      ? taken.length > 0
        ? youHave(taken)
        : headlineOf(world, viewer, first.role, first.steps)
      : `${done} of ${all} verified or seen. Nobody needs to do anything`
  const fenced = open.some((step) => step.state === 'stopped')
  const again = needsApprovalAgain(world)
  const holds = isAnythingForgotten(world)
  const told = stuckLines(world, viewer)
  const elsewhere = first?.kind !== 'stuck' && told.length > 0 ? [`${stuckWords(world)}.`] : []
  const back = goingBeside(world)
  const rows = [...back, ...order]
    .filter((step) => step.state !== 'planned')
    .map((step) =>
      stopped && step.turn === 'engineer' && step.direction === 'grant'
        ? notAnyMore(step)
        : withoutTold(stepRow(step, world, viewer, actor), step, told, viewer),
    )
  return {
    headline,
    since: stopped ? (request?.state_since ?? null) : (first?.since ?? request?.state_since ?? null),
    lines: [
      ...(holds ? [notKnownAnyMore] : []),
      ...elsewhere,
      ...(back.length > 0 ? [`Being revoked meanwhile: ${listWords(back.map((step) => step.plan.words.short))}.`] : []),
      ...told,
      ...(told.length > 0 ? [] : [first && !stopped ? `${done} of ${all} verified or seen. ${approved}` : approved]),
      ...(stopped && request?.closing_reason && viewer.sees === 'all' ? [`Why: ${request.closing_reason}`] : []),
    ],
    primary:
      again && viewer.may('approve')
        ? opens('Check and approve again', 'approve', request?.id ?? '', 'primary')
        : holds && viewer.may('set-fact') && keepersFinding(world)
          ? opens('Update record', 'update-record', request?.id ?? '', 'primary')
          : stopped
            ? viewer.may('go-on')
              ? acts('Let it go on', 'go-on', request?.id ?? '', {}, 'primary')
              : null
            : primaryStep(world, viewer, actor, [...back, ...order]),
    next: rows,
    detail: worksRows(world, (step) => isClosed(step) && !isTakenSince(world, step)),
    buttons: [
      ...(viewer.isEngineer ? [opens('Change your names', 'names', request?.id ?? '', 'link')] : []),
      ...stopButton(world, viewer),
      ...(stopped || fenced || viewer.isEngineer ? revokeButton(world, viewer) : []),
    ],
    folds: [...laterFold(order), closedFold(world, viewer, actor), planFold(world, viewer)],
  }
}

/** What the engineer had to do before it was stopped: nobody asks them to accept what is being taken back. */
function notAnyMore(step: StepRow): Row {
  return line(
    step.id,
    'stuck',
    '',
    step.plan.words.short,
    'Stopped. There is nothing to accept or to do for it any more.',
  )
}

/** First what happened, in the system's terms; then what to do, by whom. */
function stuckLines(world: World, viewer: Viewer): string[] {
  const first = stepsOf(world, 'grant').find((step) => step.state === 'stuck' || step.state === 'stopped')
  if (!first || world.request?.state === 'stopped') return []
  return [first.sentence, ...(first.remedy ? [first.remedy] : [])].map((text) => viewer.plain(text))
}

/** What the first lines say already is not said again at each step that it is about. */
function withoutTold(row: Row, step: StepRow, told: string[], viewer: Viewer): Row {
  if (!told.includes(viewer.plain(step.sentence))) return row
  return { ...row, detail: viewer.sees === 'plan' ? null : step.plan.words.change }
}

function weight(step: StepRow): number {
  return step.state === 'stuck' || step.state === 'stopped' ? 0 : step.state === 'planned' ? 2 : 1
}

function stuckWords(world: World): string {
  const [first] = turnsOf(world).filter((turn) => turn.kind === 'stuck')
  const whats = listWords([...new Set((first?.steps ?? []).map((step) => step.plan.words.short))].slice(0, 3))
  return `${first?.steps[0]?.state === 'stopped' ? 'Held' : 'Stuck'}: ${whats}`
}

/** For whoever took a step, or was given it. */
export function youHave(steps: StepRow[]): string {
  return `You have it: ${listWords([...new Set(steps.map(whatOf))].slice(0, 3))}`
}

function whatOf({ direction, plan }: StepRow): string {
  return `${direction === 'revoke' ? 'revoke ' : ''}${plan.words.short}`
}

function headlineOf(world: World, viewer: Viewer, role: string, steps: StepRow[]): string {
  const [first] = steps
  const whats = listWords([...new Set(steps.map(whatOf))].slice(0, 3))
  const engineer = world.engineer?.firstName ?? 'The engineer'
  if (!first) return 'Granting'
  if (first.state === 'stuck') return `Stuck: ${whats}`
  if (first.state === 'stopped') return `Held: ${whats}`
  if (role === 'engineer')
    return viewer.isEngineer
      ? `Your turn: ${count(steps.length, 'thing')} to do`
      : `${engineer}: ${count(steps.length, 'thing')} to do`
  if (role === 'second-person') return `A second person looks: ${whats}`
  if (role === 'keeper')
    return viewer.relations.has('keeper')
      ? 'Your turn: update the record'
      : 'Held until a register keeper updates the record'
  if (isInLine(first)) return `Another pull request comes before that for ${whats}`
  if (role === 'reviewer') return `The pull request for ${whats} waits for its reviewer`
  const who = role === 'second-line' ? '2nd line' : 'Senior Tech'
  return isTurnOf(viewer, first.turn) ? `Your turn (${who}): ${whats}` : `${who}’s turn: ${whats}`
}

export function primaryStep(world: World, viewer: Viewer, actor: Actor, order: StepRow[]): Button | null {
  const own = order.filter((step) => isOwnStep(step, world, viewer, actor))
  const [first] = own
  if (!first) return null
  if (first.state === 'stuck' && first.turn === 'engineer' && viewer.isEngineer)
    return opens('Change your names', 'names', world.request?.id ?? '', 'primary')
  if (first.turn === 'engineer')
    return viewer.isEngineer ? opens('Do your steps', 'your-steps', world.request?.id ?? '', 'primary') : null
  if (first.state === 'stuck')
    return viewer.may('retry-step') ? acts('Try again', 'retry-step', first.id, {}, 'primary') : null
  if (first.state === 'stopped') return null
  if (first.state === 'done')
    return first.turn === 'second-person'
      ? opens(`Check the ${first.plan.words.short} step`, 'step', first.id, 'primary')
      : null
  if (first.turn === 'keeper') return null
  return viewer.may('take-step') ? opens(`Do the ${first.plan.words.short} step`, 'step', first.id, 'primary') : null
}

/** "Works now … / Not yet …" in the rules' words. A word works when every step that gives it is there. */
export function worksRows(world: World, isThere: (step: StepRow) => boolean, otherwise = 'Not yet'): Row[] {
  const grants = stepsOf(world, 'grant')
  const words = [...new Set(grants.flatMap((step) => step.plan.words.works))]
  const works = words.filter((word) => grants.filter((step) => step.plan.words.works.includes(word)).every(isThere))
  const not = words.filter((word) => !works.includes(word))
  return [
    ...(works.length > 0
      ? [{ ...line('works', 'yes', 'Works now', works.join(' · ')), links: guidesTo(world, works) }]
      : []),
    ...(not.length > 0 ? [line('not-yet', 'warn', otherwise, not.join(' · '))] : []),
  ]
}

/** How to use what works, where the rule set says where that is written. */
function guidesTo(world: World, works: string[]): Row['links'] {
  return Object.values(world.ruleSet.entitlements).flatMap(({ name, guide }) =>
    guide && works.includes(name) ? [{ ...guide, label: `${guide.text}: how to ${name}, opens in a new tab` }] : [],
  )
}

/** Steps that wait for others to close: out of the way until they may begin. */
function laterFold(order: StepRow[]): Fold[] {
  const later = order.filter((step) => step.state === 'planned')
  if (later.length === 0) return []
  const rows = later.map((step) =>
    line(step.id, 'later', 'Later', step.plan.words.short, 'Begins when the steps before it are closed.'),
  )
  return [{ id: 'later', title: `${count(later.length, 'step')} later`, rows, text: [] }]
}

function closedFold(world: World, viewer: Viewer, actor: Actor): Fold {
  const steps = stepsOf(world, 'grant')
  const done = steps.filter(isClosed)
  return {
    id: 'closed',
    title: `${done.length} of ${count(steps.length, 'step')} verified or seen`,
    rows: done.map((step) => ({
      ...stepRow(step, world, viewer, actor),
      ...(isTakenSince(world, step) ? { mark: 'no' as const, detail: 'revoked' } : {}),
      buttons: oneBackButton(world, viewer, { id: step.id, key: step.key, short: step.plan.words.short }),
    })),
    text: done.length === 0 ? ['None yet.'] : [],
  }
}
