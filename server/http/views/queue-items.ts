import { isClosed } from '../../grants/steps.ts'
import type { Actor, StepRow, World } from '../../requests/act.ts'
import type { QueueRow } from '../api.ts'
import { isOverdue, rowSince } from './queue-row.ts'
import { type About, turnRow } from './queue-turn-row.ts'
import { type ReviewOf, reviewTurn } from './review-items.ts'
import { besides, stepPanel } from './step-panel.ts'
import { progress, waitsSince } from './step-turns.ts'
import { isOwnStep, stepButtons, takenBy } from './step-view.ts'
import { state, type Turn } from './turn.ts'
import { isPaused, shortLevel, turnsOf } from './turns.ts'

import { isTurnOf, type Viewer, viewerOn } from './viewer.ts'
import { listWords } from './words.ts'

/** Every open turn of one card, as rows of the queue with their step panels. */

export const tabs = [
  ['second-line', '2nd line'],
  ['yours', 'Yours'],
  ['sponsors', 'Sponsors'],
  ['engineers', 'Engineers'],
  ['others', 'Others'],
  ['stuck', 'Stuck'],
  ['everything', 'Everything'],
] as const
export type Tab = (typeof tabs)[number][0]

/** What is going on, as the filter names it. */
export type QueueState = 'asked' | 'granting' | 'stopped' | 'revoking' | 'review' | 'help' | 'difference' | 'other'

export interface Item {
  row: QueueRow
  /** None but `everything` where it waits for nobody: the server works on it. */
  tabs: Tab[]
  since: Date
  revokes: boolean
  /** For the filters; `null` where it is about no one system. */
  system: string | null
  state: QueueState
  /** What it is about, in a word: a step's system, or the level. */
  subject: string
  /** For the handover, which is pasted anywhere: what it is, without names in other systems or what somebody typed. */
  brief: string
  /** Set for a decision about access. */
  review?: ReviewOf
  /** Set for what a comparison found: so many of one kind in one system are told together. */
  difference?: { systemName: string; kind: string; isOver: boolean; isLeft: boolean }
}

/** Every turn of one card. Also asked beforehand, so that a card which cannot be shown is found before the rest is. */
export function itemsIn(world: World, actor: Actor): Item[] {
  const turns = turnsOf(world).filter((turn) => turn.kind !== 'state')
  return [...turns, ...serversTurn(world)].flatMap((turn) => itemsOf(world, turn, actor))
}

/** Whether anybody has to do something about it. */
export function waitsForSomebody({ tabs }: Item): boolean {
  return tabs.some((tab) => tab !== 'everything')
}

/** What the server itself is doing, so that nobody takes it for forgotten while a system is down and tried again. */
function serversTurn(world: World): Turn[] {
  const { request, steps } = world
  if (!request || isPaused(request) || !(request.state === 'granting' || request.state === 'revoking')) return []
  const directions = request.state === 'revoking' ? (['revoke'] as const) : (['grant', 'revoke'] as const)
  return directions.flatMap((direction) => workOf(world, direction, steps))
}

function workOf(world: World, direction: StepRow['direction'], steps: StepRow[]): Turn[] {
  const own = steps.filter(
    (step) => step.direction === direction && step.turn === 'us' && step.state !== 'stuck' && !isClosed(step),
  )
  if (own.length === 0) return []
  const { closed, all } = progress(world, direction)
  const systems = listWords([...new Set(own.map(({ plan }) => plan.systemName))])
  const since = new Date(Math.min(...own.map((step) => waitsSince(world, step).getTime())))
  const text = `${direction === 'revoke' ? 'Revoking' : 'Granting'} ${closed} of ${all}: we work on ${systems}`
  return [{ ...state(text, 'sky', since), role: 'us' }]
}

function itemsOf(world: World, turn: Turn, actor: Actor): Item[] {
  const viewer = viewerOn(world, actor)
  const revokes = world.request?.state === 'revoking'
  const level = (revoke: boolean) => (revoke ? 'Revoke' : shortLevel(world))
  const about: About = {
    person: world.engineer?.fullName ?? '',
    level: level(revokes),
    boardId: world.card.board_id,
    cardUrl: world.card.closed || world.card.deleted_at ? null : world.card.url,
  }
  if (turn.steps.length === 0) {
    const { of, ...read } = reviewTurn(world, turn, viewer)
    const row = turnRow(world, read, viewer, about)
    const own = turn.review === null ? isTurnOf(viewer, turn.role) : viewer.may('confirm-revocation')
    return [
      {
        row,
        tabs: tabsOf(turn, own),
        since: read.since,
        revokes,
        system: null,
        state: stateOf(world, turn),
        subject: about.level,
        brief: turn.text,
        ...(of && { review: of }),
      },
    ]
  }
  return turn.steps.map((step) => {
    const isTaken = step.direction === 'revoke'
    const row = queueStep(step, world, viewer, actor, { ...about, level: level(isTaken) })
    const subject = step.plan.words.short
    const brief = `${subject}${step.state === 'stuck' || step.state === 'stopped' ? ` is ${step.state}` : ''}`
    return {
      row,
      tabs: tabsOf(turn, isOwnStep(step, world, viewer, actor)),
      since: waitsSince(world, step),
      revokes: isTaken,
      system: step.plan.systemName,
      state: stateOf(world, turn),
      subject,
      brief,
    }
  })
}

function queueStep(step: StepRow, world: World, viewer: Viewer, actor: Actor, about: About): QueueRow {
  const works = viewer.sees === 'steps' || viewer.sees === 'all'
  const hasPanel = works && step.turn !== 'engineer'
  const words = step.direction === 'grant' ? step.plan.words.change : step.plan.words.undo
  const says =
    step.state === 'stuck' || step.state === 'stopped' || step.state === 'done'
      ? `${step.plan.words.short}: ${step.sentence}`
      : step.turn === 'engineer'
        ? (step.plan.engineer?.text ?? words)
        : `${step.plan.words.short}: ${words}`
  const since = waitsSince(world, step)
  return rowSince(since, world.now, {
    key: step.id,
    overdue: isOverdue(since, world.now),
    ...about,
    what: viewer.plain(says),
    taken: takenWords(step, world, actor),
    buttons: [
      ...stepButtons(step, world, viewer, actor).filter(
        // The panel stands under the row; only the attempts are a window of their own.
        (button) => !hasPanel || step.state === 'stuck' || !('opens' in button.does && button.does.opens === 'step'),
      ),
      ...(hasPanel ? [] : besides(world, viewer, about.person)),
    ],
    panel: hasPanel ? stepPanel(step, world, viewer, actor, []) : null,
  })
}

function takenWords(step: StepRow, world: World, actor: Actor): string | null {
  const taken = takenBy(step)
  if (taken === null) return null
  if (taken === actor.person?.id) return 'You have it'
  return `${world.people.get(taken)?.fullName ?? 'Somebody'} has it`
}

function tabsOf(turn: Turn, own: boolean): Tab[] {
  const found: Tab[] = ['everything']
  if (turn.kind === 'stuck') found.push('stuck')
  if (own) found.push('yours')
  switch (turn.role) {
    case 'second-line':
    case 'second-person':
      found.push('second-line')
      break
    case 'sponsor':
    case 'senior-tech':
      found.push('sponsors')
      break
    case 'engineer':
      found.push('engineers')
      break
    case 'keeper':
    case 'line-manager':
    case 'reviewer':
      found.push('others')
      break
    case 'us':
    case 'nobody':
      break
  }
  return found
}

function stateOf({ request }: World, turn: Turn): QueueState {
  if (turn.help !== null) return 'help'
  if (turn.review !== null) return 'review'
  switch (request?.state) {
    case 'revoking':
      return 'revoking'
    case 'stopped':
      return 'stopped'
    case 'granting':
    case 'granted':
      return 'granting'
    default:
      return 'asked'
  }
}
