import type { CommandToReview } from '../../grants/commands-to-review.ts'
import type { Actor, World } from '../../requests/act.ts'
import type { HeldRun } from '../../requests/held-runs.ts'
import type { QueueView } from '../api.ts'
import { type Claim, claimItem } from './claims.ts'
import { commandItem } from './commands.ts'
import { differenceLines, rowsOf } from './drift-groups.ts'
import { byUrgency, type Changed, handoverLines, nothingChanged } from './handover.ts'
import { heldRunItem } from './held-runs.ts'
import { type Chosen, chosenOf, everything, filtersOf, pictureOf } from './queue-filters.ts'
import { type Item, itemsIn, type Tab, tabs, waitsForSomebody } from './queue-items.ts'
import { asOpened, oneForEachReview } from './review-items.ts'
import { type UnknownCard, unknownItem } from './unknown-row.ts'
import { versionOf } from './version.ts'
import { ageWords, count, dateWords } from './words.ts'

/** The queue: every open turn on the boards that this viewer may see. */

export interface QueueOptions {
  boards: { id: string; name: string }[]
  /** Which are shown: `all`, `this`, or the id of one. */
  board: string
  tab: Tab | null
  /** By person, system and state; left out: everything. */
  chosen?: Chosen
  now: Date
  grantedThisWeek: number
  /** From Thursday on: the Monday of a next week that nobody is on; `null` otherwise. */
  emptyWeekFrom?: string | null
  /** Cards whose request cannot be read or judged. */
  unknown?: UnknownCard[]
  /** Cards on boards that are not connected. */
  strayed?: ReadonlySet<string>
  /** For the handover: what changed since the last one. */
  changed?: Changed
  /** Who says that they are somebody, on boards that this viewer is on. */
  claims?: (Claim & { since: Date })[]
  /** What a comparison of the record with the systems found. */
  drift?: Item[]
  /** Exports that are due, for those who may bring them. */
  exports?: Item[]
  /** What stopped because it is about very many at once. */
  held?: HeldRun[]
  /** Revocations by command that nobody else has looked at. */
  commands?: CommandToReview[]
  /** Decisions that will be due, for those who may know. */
  upcoming?: Item[]
}

export function isTab(text: string): text is Tab {
  return tabs.some(([id]) => id === text)
}

export function queueView(worlds: World[], actor: Actor, options: QueueOptions): QueueView {
  const known = oneForEachReview(
    worlds.flatMap((world) => {
      const items = itemsIn(world, actor)
      return options.strayed?.has(world.card.id) ? items.map(ofNoBoard) : items
    }),
  )
  const unknown = (options.unknown ?? []).map((card) => unknownItem(card, options.now))
  const claims = (options.claims ?? []).map((claim) => claimItem(claim, options.now))
  const exports = options.exports ?? []
  const drift = options.drift ?? []
  const turns = [...known, ...claims, ...exports, ...unknown]
  const held = [
    ...(options.held ?? []).flatMap((one) => heldRunItem(one, actor, options.now)),
    ...(options.commands ?? []).flatMap((one) => commandItem(one, actor, options.now)),
  ]
  const all = [...held, ...turns, ...drift, ...(options.upcoming ?? [])]
  const items = chosenOf(all, options.chosen ?? everything)
  const opensAt: Tab = actor.roles.secondLine ? 'second-line' : 'yours'
  const tab = options.tab ?? opensAt
  const rows = items.filter((item) => item.tabs.includes(tab)).toSorted(byUrgency)
  const waiting = items.filter(waitsForSomebody)
  const oldest = chosenOf([...known, ...claims, ...exports, ...drift], options.chosen ?? everything)
    .filter(waitsForSomebody)
    .toSorted((a, b) => a.since.getTime() - b.since.getTime())[0]
  const label = tabs.find(([id]) => id === tab)?.[1] ?? ''
  const view: Omit<QueueView, 'version'> = {
    boards: options.boards,
    board: options.board,
    summary: `${emptyWeek(actor, options)}${
      oldest
        ? `${waiting.length} waiting. Longest: ${oldest.row.person}, ${oldest.subject}, ${ageWords(oldest.since, options.now)}. ${options.grantedThisWeek} granted this week.`
        : `${unreadOrDiffering(unknown.length, items)} ${grantedWords(options)}`
    }`,
    tabs: tabs.map(([id, text]) => ({
      id,
      label: text,
      count: items.filter((item) => item.tabs.includes(id)).length,
      selected: id === tab,
    })),
    filters: filtersOf(all, options.chosen ?? everything),
    picture: pictureOf(waiting, options.now),
    rows: rowsOf(rows, options.now),
    empty: `Nothing is waiting for ${tab === 'yours' ? 'you' : label}. ${grantedWords(options)}`,
    handover: [
      ...handoverLines(
        turns.filter(waitsForSomebody).map((item) => asOpened(item, options.now)),
        options.changed ?? nothingChanged(options.now),
        options.now,
      ),
      ...differenceLines(options.drift ?? [], options.now),
    ],
  }
  return { ...view, version: versionOf(view) }
}

function ofNoBoard(item: Item): Item {
  const note = 'Its card is on a board that is not connected, so nothing is written there.'
  return { ...item, row: { ...item.row, notes: [...(item.row.notes ?? []), note] } }
}

/** Where no turn of a request is left. */
function unreadOrDiffering(unread: number, items: Item[]): string {
  const differs = items.filter(({ difference }) => difference?.isLeft === false).length
  const said = [
    ...(unread > 0 ? [`${count(unread, 'card')} cannot be read.`] : []),
    ...(differs > 0 ? [`${count(differs, 'difference')} from the record ${differs === 1 ? 'is' : 'are'} open.`] : []),
  ]
  return said.length > 0 ? said.join(' ') : 'Nothing is waiting.'
}

/** Said to those who can enter it. */
function emptyWeek({ roles }: Actor, { emptyWeekFrom, now }: QueueOptions): string {
  if (!emptyWeekFrom || !(roles.secondLine || roles.seniorTech || roles.keeper)) return ''
  return `Nobody is on 2nd line from ${dateWords(emptyWeekFrom, now)}. Enter the next pair in the settings. `
}

function grantedWords({ grantedThisWeek }: QueueOptions): string {
  return `${count(grantedThisWeek, 'request')} ${grantedThisWeek === 1 ? 'was' : 'were'} granted this week.`
}
