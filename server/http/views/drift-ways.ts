import { comesWithWords } from '../../grants/drift/by-hand.ts'
import type { FindingRow } from '../../grants/drift/keep.ts'
import type { Actor } from '../../requests/act.ts'
import { refusedByTable } from '../../requests/authorisation.ts'
import { relationsOf } from '../../requests/relations.ts'
import type { PersonFacts } from '../../rules/types.ts'
import type { Button } from '../api.ts'
import { opens } from './viewer.ts'

/** How a difference is settled: which ways there are for each kind, and for whom. */

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
  /** The name of what brings it to them, so that it goes with that alone; `null` where nothing does. */
  comesWith: string | null
  /** Where people look at it, or `null`. */
  page: string | null
  /** Whether this viewer may sponsor this level for them now. */
  maySponsor: boolean
  /** Days within which it comes back when it is left as it is. */
  leftFor: number
  /** The name of whoever ruled about it without settling it. */
  ruledBy: string | null
  /** In a window: the digest of what is looked at. */
  seen?: string
}

export type DriftWindow =
  | 'adopt-drift'
  | 'remove-drift'
  | 'lower-drift'
  | 'grant-again'
  | 'record-as-ended'
  | 'leave-drift'
  | 'name-account'
  | 'remove-account'
  | 'leave-account'

interface Offer {
  is(finding: FindingRow): boolean
  button: string
  tone: Button['tone']
}

const isMore = ({ kind, has }: FindingRow) => kind === 'different' && has === 'more'
const isNobodys = ({ kind }: FindingRow) => kind === 'unmanaged'

const offers: Record<DriftWindow, Offer> = {
  'adopt-drift': { is: ({ kind }) => kind === 'extra', button: 'Adopt it', tone: 'plain' },
  'remove-drift': { is: ({ kind }) => kind === 'extra', button: 'Remove it', tone: 'danger' },
  'lower-drift': { is: isMore, button: 'Lower it', tone: 'danger' },
  'grant-again': {
    is: (finding) => finding.kind === 'missing' || (finding.kind === 'different' && !isMore(finding)),
    button: 'Grant it again',
    tone: 'plain',
  },
  'record-as-ended': {
    is: ({ kind, ruling }) => kind === 'missing' && ruling !== 'end',
    button: 'Record it as ended',
    tone: 'plain',
  },
  'leave-drift': { is: isMore, button: 'Leave it as it is', tone: 'plain' },
  'name-account': { is: isNobodys, button: 'Say whose it is', tone: 'plain' },
  'remove-account': {
    is: (finding) => isNobodys(finding) && finding.ruling !== 'remove',
    button: 'Remove it',
    tone: 'danger',
  },
  'leave-account': { is: isNobodys, button: 'Leave it as it is', tone: 'plain' },
}
const windows: DriftWindow[] = [
  'adopt-drift',
  'remove-drift',
  'lower-drift',
  'grant-again',
  'record-as-ended',
  'leave-drift',
  'name-account',
  'remove-account',
  'leave-account',
]

export function isDriftWindow(name: string): name is DriftWindow {
  return windows.some((one) => one === name)
}

/** Whether this way settles this finding, as it stands. */
export function isOffered(name: DriftWindow, { finding, isOurs, comesWith }: Drift): boolean {
  return isOurs && offers[name].is(finding) && !(name === 'remove-drift' && comesWith !== null)
}

/** Why this viewer may not, and who can; `null` where they may. */
export function refusedFor(name: DriftWindow, { person, maySponsor }: Drift, actor: Actor): string | null {
  const own = relationsOf(actor, person, [])
  const byTable = refusedByTable(name, own)
  if (byTable !== null || (name !== 'remove-drift' && name !== 'lower-drift')) return byTable
  if (own.has('engineer') || own.has('senior-tech') || maySponsor) return null
  return name === 'remove-drift'
    ? 'You cannot remove this because you may not sponsor this level for them. Any Senior Tech member can remove it.'
    : 'You cannot lower this because you may not sponsor this level for them. Any Senior Tech member can.'
}

export function driftButtons(drift: Drift, actor: Actor): Button[] {
  const { finding, person, short } = drift
  const who = person?.fullName ?? finding.account.name
  return windows
    .filter((name) => isOffered(name, drift) && refusedFor(name, drift, actor) === null)
    .map((name) => {
      const { button, tone } = offers[name]
      return opens(button, name, finding.id, tone, `${button}: ${short} of ${who}`)
    })
}

/** What there is to decide, for whoever looks at it. */
export function waysOf({ finding, isOurs, comesWith }: Drift): string[] {
  if (!isOurs) return keptByOthers
  if (finding.kind === 'extra' && comesWith !== null) return [ways.extra[0] ?? '', comesWithWords(comesWith)]
  return isMore(finding) ? more : ways[finding.kind]
}

const ways: Record<FindingRow['kind'], string[]> = {
  extra: [
    'Right as it is: Senior Tech adopts it, with a reason. It then stands in the record and is read every day. What belongs to a level with a review is asked for on a card instead.',
    'Not right: whoever may sponsor this level removes it. Exactly this is revoked and read back.',
  ],
  missing: [
    'Taken away by mistake: it is granted again, while its approval holds.',
    'Taken away on purpose: it is looked at once more, and recorded as ended if it is gone.',
  ],
  different: ['Not as it was granted: it is granted again, while its approval holds.'],
  unmanaged: [
    'Somebody’s: a register keeper or Senior Tech says whose. What it has is then adopted or removed as theirs.',
    'A machine’s: it is left as it is, with a reason and a day to look again, or named under machines in the installation file.',
    'Nobody’s: Senior Tech has it removed. Somebody who keeps the system does that there.',
  ],
  'cannot-tell': [
    'Held by rules that are no longer in force: it is revoked on the person’s page, or asked for anew on a card.',
    'Two people with one account: a register keeper puts the account right.',
    'Anything else: somebody who keeps the system looks at this account there. Until it can be read, nobody watches it.',
  ],
}

const more = [
  'More than was granted: whoever may sponsor this level lowers it. What was granted stays, and it is read back.',
  'Needed for something else: they ask on a card for the level that gives it, or Senior Tech leaves it as it is, with a reason and a day to look again.',
]

const keptByOthers = [
  'The file is wrong: somebody who keeps it puts it right there.',
  'The file is right: access is asked for, or revoked, on a card.',
]
