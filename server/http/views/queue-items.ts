import { needsApprovalAgain } from '../../grants/again.ts'
import { isClosed } from '../../grants/steps.ts'
import type { Actor, StepRow, World } from '../../requests/act.ts'
import type { Button, QueueRow } from '../api.ts'
import { ofManager } from './apprentices.ts'
import { keepOpen } from './before-approval.ts'
import { continueButton, endingButtons, revokeButton } from './ending.ts'
import { reviewButtons } from './reviewing.ts'
import { besides, stepPanel } from './step-panel.ts'
import { progress, waitsSince } from './step-turns.ts'
import { isOwnStep, stepButtons, takenBy } from './step-view.ts'
import { state, type Turn } from './turn.ts'
import { isPaused, reviewOutstanding, shortLevel, turnsOf } from './turns.ts'

import { acts, isTurnOf, opens, type Viewer, viewerOn } from './viewer.ts'
import { keepersFinding } from './windows/recording.ts'
import { ageWords, dateWords, daysSince, listWords } from './words.ts'

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

/** A turn that waited longer is overdue: 2 working days are promised, so three calendar days are too many. */
const OVERDUE_DAYS = 3

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
  const direction = request.state === 'revoking' ? 'revoke' : 'grant'
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
  const about: About = {
    person: world.engineer?.fullName ?? '',
    level: revokes ? 'Revoke' : shortLevel(world),
    boardId: world.card.board_id,
    cardUrl: world.card.closed || world.card.deleted_at ? null : world.card.url,
  }
  if (turn.steps.length === 0) {
    const row = turnRow(world, turn, viewer, about)
    const own = turn.review === null ? isTurnOf(viewer, turn.role) : viewer.may('confirm-revocation')
    return [
      {
        row,
        tabs: tabsOf(turn, own),
        since: turn.since,
        revokes,
        system: null,
        state: stateOf(world, turn),
        subject: about.level,
        brief: turn.text,
      },
    ]
  }
  return turn.steps.map((step) => {
    const row = queueStep(step, world, viewer, actor, about)
    const subject = step.plan.words.short
    const brief = `${subject}${step.state === 'stuck' || step.state === 'stopped' ? ` is ${step.state}` : ''}`
    return {
      row,
      tabs: tabsOf(turn, isOwnStep(step, world, viewer, actor)),
      since: waitsSince(world, step),
      revokes,
      system: step.plan.systemName,
      state: stateOf(world, turn),
      subject,
      brief,
    }
  })
}

type About = Pick<QueueRow, 'person' | 'level' | 'boardId' | 'cardUrl'>

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
  return {
    key: step.id,
    overdue: daysSince(waitsSince(world, step), world.now) >= OVERDUE_DAYS,
    ...about,
    what: viewer.plain(says),
    since: waitsSince(world, step).toISOString(),
    sinceWord: ageWords(waitsSince(world, step), world.now),
    taken: takenWords(step, world, actor),
    tab: '',
    buttons: [
      ...stepButtons(step, world, viewer, actor).filter(
        // The panel stands under the row; only the attempts are a window of their own.
        (button) => !hasPanel || step.state === 'stuck' || !('opens' in button.does && button.does.opens === 'step'),
      ),
      ...(hasPanel ? [] : besides(world, viewer, about.person)),
    ],
    panel: hasPanel ? stepPanel(step, world, viewer, actor, []) : null,
  }
}

function takenWords(step: StepRow, world: World, actor: Actor): string | null {
  const taken = takenBy(step)
  if (taken === null) return null
  if (taken === actor.person?.id) return 'You have it'
  return `${world.people.get(taken)?.fullName ?? 'Somebody'} has it`
}

/** A turn that is no step: a decision, a question for 2nd line, something only the engineer or a keeper can do. */
function turnRow(world: World, turn: Turn, viewer: Viewer, about: About): QueueRow {
  const asked = world.helps.find((help) => help.id === turn.help)
  const question = asked && viewer.sees !== 'plan' ? `: ${asked.what}` : ''
  return {
    key: `${world.card.id}-${turn.help ?? turn.review ?? (turn.role === 'us' ? 'us' : turn.text)}`,
    overdue: turn.role !== 'us' && daysSince(turn.since, world.now) >= OVERDUE_DAYS,
    ...about,
    what: asked
      ? `Help with ${asked.system}${question}`
      : `${managerWords(world, turn, viewer) ?? turn.text}${keeperWords(world, turn, viewer)}`,
    since: turn.since.toISOString(),
    sinceWord: ageWords(turn.since, world.now),
    taken: null,
    tab: '',
    ...expiring(world, turn),
    buttons: [...turnButtons(world, turn, viewer, about.person), ...keepOpenButton(world, turn, viewer)],
    panel: null,
  }
}

/** A request that expires says so wherever somebody could still move it. */
function expiring({ expires, now }: World, turn: Turn): Pick<QueueRow, 'notes'> {
  return expires === null || turn.help !== null || turn.review !== null
    ? {}
    : { notes: [`This request expires on ${dateWords(expires, now)}.`] }
}

function keepOpenButton(world: World, turn: Turn, viewer: Viewer): Button[] {
  if (turn.help !== null || turn.review !== null) return []
  return keepOpen(world, viewer, `Keep it open: ${world.engineer?.fullName ?? shortLevel(world)}`)
}

/** The line manager reads that it is their word; nobody else learns whose is missing. */
function managerWords(world: World, turn: Turn, viewer: Viewer): string | null {
  const own = turn.role === 'line-manager' && viewer.may('line-manager-agrees') && world.findings.some(ofManager)
  return own ? 'Asks for your word as line manager' : null
}

/** Keepers read which fact is missing, because they are the ones who add it. */
function keeperWords(world: World, turn: Turn, viewer: Viewer): string {
  if (turn.role !== 'keeper' || !viewer.relations.has('keeper')) return ''
  const labels = world.findings.filter((one) => one.holdsUpReady && one.turn === 'keeper').map((one) => one.label)
  return labels.length > 0 ? `: ${listWords(labels)}` : ''
}

function turnButtons(world: World, turn: Turn, viewer: Viewer, who: string): Button[] {
  const id = world.request?.id ?? ''
  if (turn.role === 'us') return []
  if (turn.review !== null) return reviewButtons(viewer, id, who)
  if (turn.help !== null)
    return viewer.may('answer-help') ? [opens('Answer', 'answer-help', id, 'plain', `Answer ${who}`)] : []
  if (world.request && isPaused(world.request)) {
    const goesOn = continueButton(world, viewer, 'plain', who)
    return [...(goesOn ? [goesOn] : []), ...endingButtons(world, viewer, who)]
  }
  const again = turn.role === 'sponsor' && needsApprovalAgain(world)
  if (again || world.request?.state === 'stopped') return heldButtons(world, viewer, who, again)
  if (world.request?.state === 'candidate')
    return viewer.isEngineer
      ? [
          opens('Ask for access', 'ask', world.card.id, 'plain'),
          acts('This is not for me', 'detach', id, {}, 'link', `This is not for me: ${shortLevel(world)}`),
        ]
      : []
  if (managerWords(world, turn, viewer) !== null)
    return [opens('Answer', 'line-manager', id, 'plain', `Answer ${who} as line manager`)]
  if (turn.role === 'engineer' && viewer.isEngineer)
    return [opens('Finish your details', 'ask', world.card.id, 'plain')]
  if (turn.role === 'keeper' && viewer.may('set-fact') && keepersFinding(world))
    return [opens('Update record', 'update-record', id, 'plain', `Update the record of ${who}`)]
  if (world.request?.state !== 'ready' || !viewer.may('approve')) return []
  const verb = reviewOutstanding(world) ? 'Review and approve' : 'Check and approve'
  return [opens(verb, 'approve', id, 'plain', `${verb}: ${who}`)]
}

/** Go on later, or revoke what is done: the same words as in the section. */
function heldButtons(world: World, viewer: Viewer, who: string, again: boolean): Button[] {
  const id = world.request?.id ?? ''
  const onwards = again
    ? opens('Check and approve again', 'approve', id, 'plain', `Check and approve again: ${who}`)
    : acts('Let it go on', 'go-on', id, {}, 'plain', `Let it go on: ${who}`)
  return [...(viewer.may(again ? 'approve' : 'go-on') ? [onwards] : []), ...revokeButton(world, viewer, who)]
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
