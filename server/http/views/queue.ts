import { needsApprovalAgain } from '../../grants/again.ts'
import type { Actor, StepRow, World } from '../../requests/act.ts'
import type { Button, QueueRow, QueueView } from '../api.ts'
import { ofManager } from './apprentices.ts'
import { type Claim, claimRowInQueue } from './claims.ts'
import { endingButtons, revokeButton } from './ending.ts'
import { byUrgency, type Changed, handoverLines, nothingChanged } from './handover.ts'
import { reviewButtons } from './reviewing.ts'
import { besides, isOwnStep, stepButtons, stepPanel } from './step-view.ts'
import { isPaused, reviewOutstanding, shortLevel, type Turn, turnsOf, waitsSince } from './turns.ts'
import { type UnknownCard, unknownRow } from './unknown-row.ts'
import { versionOf } from './version.ts'

import { acts, isTurnOf, opens, type Viewer, viewerOn } from './viewer.ts'
import { keepersFinding } from './windows/recording.ts'
import { ageWords, count, dateWords, daysSince, listWords } from './words.ts'

/** The queue: every open turn on the boards that this viewer may see, as rows with their step panels. */

const tabs = [
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

export interface QueueOptions {
  boards: { id: string; name: string }[]
  /** Which are shown: `all`, `this`, or the id of one. */
  board: string
  tab: Tab | null
  now: Date
  grantedThisWeek: number
  /** From Thursday on: the Monday of a next week that nobody is on; `null` otherwise. */
  emptyWeekFrom?: string | null
  /** Cards whose request cannot be read or judged. */
  unknown?: UnknownCard[]
  /** For the handover: what changed since the last one. */
  changed?: Changed
  /** Who says that they are somebody, on boards that this viewer is on. */
  claims?: (Claim & { since: Date })[]
  /** What a comparison of the record with the systems found. */
  drift?: Item[]
  /** Decisions that will be due, for those who may know. */
  upcoming?: Item[]
}

export interface Item {
  row: QueueRow
  tabs: Tab[]
  since: Date
  revokes: boolean
  /** What it is about, in a word: a step's system, or the level. */
  subject: string
  /** For the handover, which is pasted anywhere: what it is, without names in other systems or what somebody typed. */
  brief: string
}

export function isTab(text: string): text is Tab {
  return tabs.some(([id]) => id === text)
}

export function queueView(worlds: World[], actor: Actor, options: QueueOptions): QueueView {
  const known = worlds.flatMap((world) => itemsIn(world, actor))
  const unknown = (options.unknown ?? []).map((card) => unknownRow(card, options.now))
  const claims = (options.claims ?? []).map((claim) => claimItem(claim, options.now))
  const turns = [...known, ...claims, ...unknown.map((row) => unknownItem(row, options.now))]
  const items = [...turns, ...(options.drift ?? []), ...(options.upcoming ?? [])]
  const opensAt: Tab = actor.roles.secondLine ? 'second-line' : 'yours'
  const tab = options.tab ?? opensAt
  const rows = items.filter((item) => item.tabs.includes(tab)).toSorted(byUrgency)
  const oldest = [...known, ...claims].toSorted((a, b) => a.since.getTime() - b.since.getTime())[0]
  const label = tabs.find(([id]) => id === tab)?.[1] ?? ''
  const view: Omit<QueueView, 'version'> = {
    boards: options.boards,
    board: options.board,
    summary: `${emptyWeek(actor, options)}${
      oldest
        ? `${items.length} waiting. Longest: ${oldest.row.person}, ${oldest.subject}, ${ageWords(oldest.since, options.now)}. ${options.grantedThisWeek} granted this week.`
        : `${unknown.length > 0 ? `${count(unknown.length, 'card')} cannot be read.` : 'Nothing is waiting.'} ${grantedWords(options)}`
    }`,
    tabs: tabs.map(([id, text]) => ({
      id,
      label: text,
      count: items.filter((item) => item.tabs.includes(id)).length,
      selected: id === tab,
    })),
    rows: rows.map((item) => item.row),
    empty: `Nothing is waiting for ${tab === 'yours' ? 'you' : label}. ${grantedWords(options)}`,
    handover: handoverLines(turns, options.changed ?? nothingChanged(options.now), options.now),
  }
  return { ...view, version: versionOf(view) }
}

/** Every turn of one card. Also asked beforehand, so that a card which cannot be shown is found before the rest is. */
export function itemsIn(world: World, actor: Actor): Item[] {
  return turnsOf(world)
    .filter((turn) => turn.kind !== 'state')
    .flatMap((turn) => itemsOf(world, turn, actor))
}

function claimItem(claim: Claim & { since: Date }, now: Date): Item {
  const row = claimRowInQueue(claim, now)
  return {
    row,
    tabs: ['yours', 'others', 'everything'],
    since: claim.since,
    revokes: false,
    subject: 'who it is',
    brief: row.what,
  }
}

function unknownItem(row: QueueRow, since: Date): Item {
  return { row, tabs: ['others', 'stuck', 'everything'], since, revokes: false, subject: '', brief: row.what }
}

/** Said to those who can enter it. */
function emptyWeek({ roles }: Actor, { emptyWeekFrom, now }: QueueOptions): string {
  if (!emptyWeekFrom || !(roles.secondLine || roles.seniorTech || roles.keeper)) return ''
  return `Nobody is on 2nd line from ${dateWords(emptyWeekFrom, now)}. Enter the next pair in the settings. `
}

function grantedWords({ grantedThisWeek }: QueueOptions): string {
  return `${count(grantedThisWeek, 'request')} ${grantedThisWeek === 1 ? 'was' : 'were'} granted this week.`
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
    return [{ row, tabs: tabsOf(turn, own), since: turn.since, revokes, subject: about.level, brief: turn.text }]
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
  if (step.taken_by === null) return null
  if (step.taken_by === actor.person?.id) return 'You have it'
  return `${world.people.get(step.taken_by)?.fullName ?? 'Somebody'} has it`
}

/** A turn that is no step: a decision, a question for 2nd line, something only the engineer or a keeper can do. */
function turnRow(world: World, turn: Turn, viewer: Viewer, about: About): QueueRow {
  const asked = world.helps.find((help) => help.id === turn.help)
  const question = asked && viewer.sees !== 'plan' ? `: ${asked.what}` : ''
  return {
    key: `${world.card.id}-${turn.help ?? turn.review ?? turn.text}`,
    overdue: daysSince(turn.since, world.now) >= OVERDUE_DAYS,
    ...about,
    what: asked
      ? `Help with ${asked.system}${question}`
      : `${managerWords(world, turn, viewer) ?? turn.text}${keeperWords(world, turn, viewer)}`,
    since: turn.since.toISOString(),
    sinceWord: ageWords(turn.since, world.now),
    taken: null,
    tab: '',
    buttons: turnButtons(world, turn, viewer, about.person),
    panel: null,
  }
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
  if (turn.review !== null) return reviewButtons(viewer, id, who)
  if (turn.help !== null)
    return viewer.may('answer-help') ? [opens('Answer', 'answer-help', id, 'plain', `Answer ${who}`)] : []
  if (world.request && isPaused(world.request))
    return [
      ...(viewer.may('resume-paused')
        ? [acts('Continue the request', 'resume-paused', id, {}, 'plain', `Continue the request of ${who}`)]
        : []),
      ...endingButtons(world, viewer, who),
    ]
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
    case 'us':
    case 'nobody':
      found.push('others')
      break
  }
  return found
}
