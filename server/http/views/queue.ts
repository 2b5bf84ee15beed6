import { createHash } from 'node:crypto'
import type { Actor, World } from '../../requests/act.ts'
import type { QueueRow, QueueView } from '../api.ts'
import { stepButtons, stepPanel } from './step-view.ts'
import { shortLevel, type Turn, turnsOf } from './turns.ts'
import { isTurnOf, opens, viewerOn } from './viewer.ts'
import { ageWords, count, daysSince } from './words.ts'

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
  boards: { id: string; name: string; selected: boolean }[]
  tab: Tab | null
  now: Date
  grantedThisWeek: number
}

interface Item {
  row: QueueRow
  tabs: Tab[]
  since: Date
  revokes: boolean
}

export function isTab(text: string): text is Tab {
  return tabs.some(([id]) => id === text)
}

export function queueView(worlds: World[], actor: Actor, options: QueueOptions): QueueView {
  const items = worlds.flatMap((world) =>
    turnsOf(world)
      .filter((turn) => turn.kind !== 'state')
      .flatMap((turn) => itemsOf(world, turn, actor)),
  )
  const opensAt: Tab = actor.roles.secondLine ? 'second-line' : 'yours'
  const tab = options.tab ?? opensAt
  const rows = items.filter((item) => item.tabs.includes(tab)).toSorted(byUrgency)
  const oldest = items.toSorted((a, b) => a.since.getTime() - b.since.getTime())[0]
  const label = tabs.find(([id]) => id === tab)?.[1] ?? ''
  const view: Omit<QueueView, 'version'> = {
    boards: options.boards,
    summary:
      items.length === 0
        ? `Nothing is waiting. ${count(options.grantedThisWeek, 'request')} granted this week.`
        : `${items.length} waiting. Longest: ${oldest?.row.person ?? ''}, ${oldest?.row.what ?? ''}, ${ageWords(oldest?.since ?? options.now, options.now)}. ${options.grantedThisWeek} granted this week.`,
    tabs: tabs.map(([id, text]) => ({
      id,
      label: text,
      count: items.filter((item) => item.tabs.includes(id)).length,
      selected: id === tab,
    })),
    rows: rows.map((item) => item.row),
    empty: `Nothing is waiting for ${tab === 'yours' ? 'you' : label}. ${count(options.grantedThisWeek, 'request')} granted this week.`,
    handover: handover(items, options),
  }
  return { ...view, version: createHash('sha256').update(JSON.stringify(view)).digest('hex').slice(0, 16) }
}

function byUrgency(one: Item, other: Item): number {
  const weigh = (item: Item) => (item.row.overdue ? 0 : 2) + (item.revokes ? 0 : 1)
  return weigh(one) - weigh(other) || one.since.getTime() - other.since.getTime()
}

function itemsOf(world: World, turn: Turn, actor: Actor): Item[] {
  const viewer = viewerOn(world, actor)
  const base = {
    person: world.engineer?.fullName ?? '',
    level: world.request?.state === 'revoking' ? 'Revoke' : shortLevel(world),
    boardId: world.card.board_id,
    cardUrl: world.card.closed || world.card.deleted_at ? null : world.card.url,
    revokes: world.request?.state === 'revoking',
  }
  if (turn.steps.length > 0)
    return turn.steps.map((step) => {
      const own =
        isTurnOf(viewer, step.turn) ||
        step.taken_by === actor.person?.id ||
        (step.turn === 'second-person' &&
          viewer.may('seen-step') &&
          step.done_by !== actor.person?.id &&
          viewer.sees !== 'plan')
      const taken = step.taken_by
        ? step.taken_by === actor.person?.id
          ? 'You have it'
          : `${world.people.get(step.taken_by)?.fullName ?? 'Somebody'} has it`
        : null
      const words = step.direction === 'grant' ? step.plan.words.change : step.plan.words.undo
      const row: QueueRow = {
        key: step.id,
        overdue: daysSince(step.since, world.now) >= OVERDUE_DAYS,
        ...without(base),
        what:
          step.state === 'stuck' || step.state === 'done'
            ? `${step.plan.words.short}: ${step.sentence}`
            : step.turn === 'engineer'
              ? (step.plan.engineer?.text ?? words)
              : `${step.plan.words.short}: ${words}`,
        since: step.since.toISOString(),
        sinceWord: ageWords(step.since, world.now),
        taken,
        tab: '',
        buttons: stepButtons(step, world, viewer, actor).filter(
          (button) => !('opens' in button.does && button.does.opens === 'step'),
        ),
        panel: viewer.sees === 'plan' || step.turn === 'engineer' ? null : stepPanel(step, world, viewer, actor, []),
      }
      return { row, tabs: tabsOf(turn, own), since: step.since, revokes: base.revokes }
    })
  const own = isTurnOf(viewer, turn.role)
  const id = world.request?.id ?? ''
  const asked = world.helps.find((help) => help.id === turn.help)
  const row: QueueRow = {
    key: `${world.card.id}-${turn.text}`,
    overdue: daysSince(turn.since, world.now) >= OVERDUE_DAYS,
    ...without(base),
    what: asked ? `Help with ${asked.system}: ${asked.what}` : turn.text,
    since: turn.since.toISOString(),
    sinceWord: ageWords(turn.since, world.now),
    taken: null,
    tab: '',
    buttons: asked
      ? viewer.may('answer-help')
        ? [opens('Answer', 'answer-help', id, 'plain', `Answer ${base.person}`)]
        : []
      : turn.role === 'sponsor' && viewer.may('approve') && world.request?.state === 'ready'
        ? [opens('Check and approve', 'approve', id, 'plain', `Check and approve ${base.person}`)]
        : [],
    panel: null,
  }
  return [{ row, tabs: tabsOf(turn, own), since: turn.since, revokes: base.revokes }]
}

function without<T extends { revokes: boolean }>(base: T): Omit<T, 'revokes'> {
  const { revokes: _order, ...rest } = base
  return rest
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

/** What the next pair needs on Monday, as lines that can be pasted anywhere. */
function handover(items: Item[], options: QueueOptions): string[] {
  const lines = items
    .filter((item) => item.tabs.includes('second-line') || item.tabs.includes('stuck'))
    .toSorted(byUrgency)
    .map(
      ({ row }) =>
        `- ${row.overdue ? '**Overdue** ' : ''}${row.person}, ${row.level}: ${row.what} (${row.sinceWord}${row.taken ? `; ${row.taken.replace('You have', 'I have')}` : ''})`,
    )
  return [
    `## Access queue`,
    `${count(options.grantedThisWeek, 'request')} granted this week. ${items.length} waiting.`,
    ...(lines.length > 0 ? lines : ['- Nothing is waiting for 2nd line.']),
  ]
}
