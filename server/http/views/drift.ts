import { londonDay } from '../../clock.ts'
import type { FindingRow } from '../../grants/drift/keep.ts'
import type { Actor } from '../../requests/act.ts'
import type { PersonFacts } from '../../rules/types.ts'
import type { Button, StepPanel } from '../api.ts'
import { type Drift, driftButtons, waysOf } from './drift-ways.ts'
import type { Item, Tab } from './queue-items.ts'
import { isOverdue, rowSince } from './queue-row.ts'
import { dateWords, dayWords } from './words.ts'

/** What a comparison of the record with the systems found, as rows that somebody settles. */

/** Who sees it: those who may settle some of it, 2nd line, keepers, and whoever it is about. */
export function seesDrift(actor: Actor, person: PersonFacts | null): boolean {
  const { keeper, seniorTech, secondLine } = actor.roles
  if (actor.person === null) return false
  if (keeper || seniorTech || secondLine) return true
  return person !== null && (person.id === actor.person.id || person.techLead?.value === actor.person.id)
}

export function driftItem(drift: Drift, actor: Actor, now: Date): Item {
  const { finding, person, short, systemName } = drift
  const isLeft = finding.ruling === 'leave' && (finding.look_again_on ?? '') > londonDay(now)
  const buttons = driftButtons(drift, actor)
  const isOld = isOverdue(finding.first_seen_at, now)
  const row = rowSince(finding.first_seen_at, now, {
    key: `drift-${finding.id}`,
    overdue: !isLeft && (finding.ruling_undone !== null || (isOld && finding.kind !== 'cannot-tell')),
    person: person?.fullName ?? finding.account.name,
    level: finding.over_grant ? 'Over-grant' : finding.kind === 'cannot-tell' ? 'Not clear' : 'Difference',
    what: standsWords(drift, now, isLeft),
    buttons,
    panel: panelOf(drift, buttons, now),
  })
  const own: Tab[] = buttons.length > 0 && !isLeft ? ['yours'] : []
  return {
    row,
    tabs: [...own, ...(isLeft ? [] : tabsOf(finding)), 'everything'],
    since: finding.first_seen_at,
    revokes: false,
    system: systemName,
    state: 'difference',
    subject: short,
    brief: `${finding.system}: ${finding.kind}`,
    difference: { systemName, kind: finding.kind, isOver: finding.over_grant, isLeft },
  }
}

/** What was found, and what came of deciding about it, where that settled nothing yet. */
function standsWords({ finding, ruledBy }: Drift, now: Date, isLeft: boolean): string {
  const { sentence, ruling, ruling_undone, look_again_on, ruled_reason } = finding
  const by = ruledBy ?? 'Somebody'
  const day = dateWords(look_again_on ?? '1970-01-01', now)
  const said: Record<NonNullable<FindingRow['ruling']>, string> = {
    end: 'Recorded as ended once a look says that it is gone too.',
    remove: `${by} decided that it is removed.`,
    leave: isLeft ? `Left as it is by ${by} until ${day}: ${ruled_reason ?? ''}` : `It was left as it is until ${day}.`,
  }
  return [ruling_undone, sentence, ruling ? said[ruling] : null].filter((one) => one !== null).join(' ')
}

function tabsOf({ kind, ruling }: FindingRow): Tab[] {
  return kind === 'unmanaged' && ruling === 'remove' ? ['second-line'] : tabs[kind]
}

const tabs: Record<FindingRow['kind'], Tab[]> = {
  extra: ['sponsors'],
  missing: ['second-line'],
  different: ['second-line'],
  unmanaged: ['others'],
  'cannot-tell': [],
}

function panelOf(drift: Drift, buttons: Button[], now: Date): StepPanel {
  const { finding, person, short, systemName, page } = drift
  const who = person?.fullName ?? finding.account.name
  const link = page ? { text: `Look in ${systemName}`, url: page } : null
  const click = (text: string, withLink = false) => ({ text, copy: null, link: withLink ? link : null })
  const goes =
    finding.kind === 'unmanaged' && finding.ruling === 'remove'
      ? [click(`Remove ${who} from ${short} there. ${finding.ruled_reason ?? ''}`.trim())]
      : []
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
      ...goes,
      ...waysOf(drift).map((text) => click(text)),
    ],
    looksRight: 'The next comparison finds nothing here, and this row is gone.',
    cannotSee: '',
    attempts: [],
    buttons,
    taken: null,
  }
}
