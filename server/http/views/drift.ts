import type { FindingRow } from '../../grants/drift/keep.ts'
import type { Actor, LinkedActor } from '../../requests/act.ts'
import { refusedByTable } from '../../requests/authorisation.ts'
import { type Relation, relationsOf } from '../../requests/relations.ts'
import type { PersonFacts } from '../../rules/types.ts'
import type { Button, QueueRow, StepPanel, WindowView } from '../api.ts'
import type { Item, Tab } from './queue-items.ts'
import { opens } from './viewer.ts'
import { type Form, field, part } from './windows/fields.ts'
import { emptyWindow } from './windows.ts'
import { ageWords, count, daysSince, dayWords } from './words.ts'

/** What a comparison of the record with the systems found, as rows that somebody settles. */

/** One finding with what its reader must know. */
export interface Drift {
  finding: FindingRow
  /** `null`: nobody in the register. */
  person: PersonFacts | null
  /** "GitHub" */
  short: string
  systemName: string
  /** Whether it is settled here: not where it stands in a file that others keep. */
  isOurs: boolean
  /** Where people look at it, or `null`. */
  page: string | null
  /** Whether this viewer may sponsor this level for them now. */
  maySponsor: boolean
  /** In a window: the digest of what is looked at. */
  seen?: string
}

/** A difference that nobody decided about for so long should be looked at first. */
const OVERDUE_DAYS = 3

/** Who sees it: those who may settle some of it, 2nd line, keepers, and whoever it is about. */
export function seesDrift(actor: Actor, person: PersonFacts | null): boolean {
  const { keeper, seniorTech, secondLine } = actor.roles
  if (actor.person === null) return false
  if (keeper || seniorTech || secondLine) return true
  return person !== null && (person.id === actor.person.id || person.techLead?.value === actor.person.id)
}

export function driftItem(drift: Drift, actor: Actor, now: Date): Item {
  const { finding, person, short } = drift
  const buttons = buttonsOf(drift, actor)
  const row: QueueRow = {
    key: `drift-${finding.id}`,
    overdue: finding.ruling_undone !== null || daysSince(finding.first_seen_at, now) >= OVERDUE_DAYS,
    person: person?.fullName ?? finding.account.name,
    level: finding.over_grant ? 'Over-grant' : 'Difference',
    what: standsWords(finding),
    since: finding.first_seen_at.toISOString(),
    sinceWord: ageWords(finding.first_seen_at, now),
    taken: null,
    tab: '',
    boardId: '',
    cardUrl: null,
    buttons,
    panel: panelOf(drift, buttons, now),
  }
  const own: Tab[] = buttons.length > 0 ? ['yours'] : []
  return {
    row,
    tabs: [...own, ...tabs[finding.kind], 'everything'],
    since: finding.first_seen_at,
    revokes: false,
    system: short,
    state: 'difference',
    subject: short,
    brief: `${finding.system}: ${finding.kind}`,
  }
}

/** What was found, and what came of deciding about it, where that settled nothing yet. */
function standsWords({ sentence, ruling, ruling_undone }: FindingRow): string {
  const waits = ruling === 'end' ? 'Recorded as ended once a look says that it is gone too.' : null
  return [ruling_undone, sentence, waits].filter((one) => one !== null).join(' ')
}

const tabs: Record<FindingRow['kind'], Tab[]> = {
  extra: ['sponsors'],
  missing: ['second-line'],
  different: ['second-line'],
  unmanaged: ['others'],
}

function panelOf(drift: Drift, buttons: Button[], now: Date): StepPanel {
  const { finding, person, short, systemName, page } = drift
  const who = person?.fullName ?? finding.account.name
  const link = page ? { text: `Look in ${systemName}`, url: page } : null
  const click = (text: string, withLink = false) => ({ text, copy: null, link: withLink ? link : null })
  return {
    stepId: finding.id,
    title: `${who} · ${short}`,
    why: finding.sentence,
    approved: `First seen ${dayWords(finding.first_seen_at, now)}, last seen ${dayWords(finding.last_seen_at, now)}.`,
    before: 'Nothing is changed until somebody decides.',
    clicks: [
      {
        ...click(`Look in ${systemName}.`, true),
        copy: { value: finding.account.name, label: `Copy account of ${who}` },
      },
      ...(drift.isOurs ? ways[finding.kind] : keptByOthers).map((text) => click(text)),
    ],
    looksRight: 'The next comparison finds nothing here, and this row is gone.',
    cannotSee: '',
    attempts: [],
    buttons,
    taken: null,
  }
}

const ways: Record<FindingRow['kind'], string[]> = {
  extra: [
    'Right as it is: Senior Tech adopts it, with a reason. It then stands in the record and is read every day.',
    'Not right: whoever may sponsor this level removes it. Exactly this is revoked and read back.',
  ],
  missing: [
    'Taken away by mistake: it is granted again, while its approval holds.',
    'Taken away on purpose: it is looked at once more, and recorded as ended if it is gone.',
  ],
  different: [
    'Less than was granted: it is granted again, while its approval holds.',
    'More than was granted: somebody who keeps the system puts it right there.',
  ],
  unmanaged: [
    'Somebody’s: a register keeper adds the account to that person.',
    'A machine’s: whoever runs this server names it under machines in the installation file.',
    'Nobody’s: somebody who keeps the system removes it there.',
  ],
}

const keptByOthers = [
  'The file is wrong: somebody who keeps it puts it right there.',
  'The file is right: access is asked for, or revoked, on a card.',
]

type DriftWindow = 'adopt-drift' | 'remove-drift' | 'grant-again' | 'record-as-ended'

const offers: Record<DriftWindow, { kinds: FindingRow['kind'][]; button: string; tone: Button['tone'] }> = {
  'adopt-drift': { kinds: ['extra'], button: 'Adopt it', tone: 'plain' },
  'remove-drift': { kinds: ['extra'], button: 'Remove it', tone: 'danger' },
  'grant-again': { kinds: ['missing', 'different'], button: 'Grant it again', tone: 'plain' },
  'record-as-ended': { kinds: ['missing'], button: 'Record it as ended', tone: 'plain' },
}
const windows: DriftWindow[] = ['adopt-drift', 'remove-drift', 'grant-again', 'record-as-ended']

export function isDriftWindow(name: string): name is DriftWindow {
  return windows.some((one) => one === name)
}

/** Whether this way settles this finding, as it stands. */
function isOffered(name: DriftWindow, { kind, ruling }: FindingRow): boolean {
  return offers[name].kinds.includes(kind) && !(name === 'record-as-ended' && ruling === 'end')
}

function relations({ person }: Drift, actor: Actor): Set<Relation> {
  return relationsOf(actor, person, [])
}

function refusedFor(name: DriftWindow, drift: Drift, actor: Actor): string | null {
  const own = relations(drift, actor)
  const byTable = refusedByTable(name, own)
  if (byTable !== null || name !== 'remove-drift') return byTable
  if (own.has('engineer') || own.has('senior-tech') || drift.maySponsor) return null
  return 'You cannot remove this because you may not sponsor this level for them. Any Senior Tech member can remove it.'
}

function buttonsOf(drift: Drift, actor: Actor): Button[] {
  const { finding, person, short } = drift
  if (person === null || !drift.isOurs) return []
  return windows
    .filter((name) => isOffered(name, finding) && refusedFor(name, drift, actor) === null)
    .map((name) => {
      const { button, tone } = offers[name]
      return opens(button, name, finding.id, tone, `${button}: ${short} of ${person.fullName}`)
    })
}

/** What stays unsaid of the others, where there are more than anybody looks through. */
export function moreDrift(left: number, since: Date, now: Date): Item {
  const row: QueueRow = {
    key: 'drift-more',
    overdue: false,
    person: '',
    level: 'Difference',
    what: `${count(left, 'more difference')} ${left === 1 ? 'is' : 'are'} shown once these are settled.`,
    since: since.toISOString(),
    sinceWord: ageWords(since, now),
    taken: null,
    tab: '',
    boardId: '',
    cardUrl: null,
    buttons: [],
    panel: null,
  }
  return {
    row,
    tabs: ['everything'],
    since,
    revokes: false,
    system: null,
    state: 'difference',
    subject: '',
    brief: row.what,
  }
}

export function driftWindow(name: DriftWindow, drift: Drift, actor: LinkedActor): WindowView {
  const { finding, person } = drift
  const base = emptyWindow(name, person?.id ?? '')
  const form = formOf(name, drift)
  const wrongKind = drift.isOurs && isOffered(name, finding) ? null : 'This cannot be settled in this way.'
  const refusal =
    person === null ? 'Nobody in the register has this account.' : (refusedFor(name, drift, actor) ?? wrongKind)
  if (refusal !== null) return { ...base, title: form.title, act: form.act, refusal }
  return { ...base, ...form }
}

function formOf(name: DriftWindow, { finding, person, short, systemName, seen = '' }: Drift): Form {
  const who = person?.fullName ?? finding.account.name
  const form = {
    act: name,
    lines: [finding.sentence],
    parts: [
      part('Why', [
        { kind: 'hidden', name: 'finding', value: finding.id },
        { kind: 'hidden', name: 'plan', value: seen },
        field('textarea', 'reason', 'Why', 'It is kept in the log, where it can be erased.', '', true),
      ]),
    ],
  }
  switch (name) {
    case 'adopt-drift':
      return {
        ...form,
        title: `Adopt ${short} of ${who}`,
        lines: [
          ...form.lines,
          'It stands in the record from now on, with your name. It gives no level, is read every day, and goes when their access is revoked.',
        ],
        submit: { text: `Adopt ${short}`, tone: 'primary' },
      }
    case 'remove-drift':
      return {
        ...form,
        title: `Remove ${short} of ${who}`,
        lines: [
          ...form.lines,
          `Exactly this is revoked in ${systemName} and read back. Any step of theirs that is still to be granted is stopped, until its sponsor approves it again.`,
        ],
        submit: { text: `Remove ${short}`, tone: 'danger' },
      }
    case 'grant-again':
      return {
        ...form,
        title: `Grant ${short} to ${who} again`,
        lines: [...form.lines, 'The step is carried out once more under the approval that it had.'],
        submit: { text: `Grant ${short} again`, tone: 'primary' },
      }
    case 'record-as-ended':
      return {
        ...form,
        title: `Record ${short} of ${who} as ended`,
        lines: [
          ...form.lines,
          `Nothing is changed in ${systemName}. It is looked at once more, and recorded as ended only if that says that it is gone.`,
        ],
        submit: { text: `Record ${short} as ended`, tone: 'primary' },
      }
  }
}
