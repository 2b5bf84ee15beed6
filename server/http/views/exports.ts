import type { ExportPolicy, ExportState } from '../../grants/export-states.ts'
import type { Field, StepPanel, WindowView } from '../api.ts'
import { importWindow, ownerOf } from './export-owner.ts'
import type { Item, Tab } from './queue-items.ts'
import { isOverdue, rowSince } from './queue-row.ts'
import { roleWords } from './turn.ts'
import { opens } from './viewer.ts'
import { part } from './windows/fields.ts'
import { emptyWindow } from './windows.ts'
import { count, dayWords, timeWords } from './words.ts'

/** A new export of a system is due: a row of the queue for whoever brings it, and the window in which it is brought. */

export function rhythmWords({ name, policy }: ExportState): string {
  const owner = ownerOf(policy)
  if (!owner) return `Nobody is asked for one here. Whoever brings one spares a second person a look in ${name}.`
  const who = owner === 'keeper' ? 'A register keeper' : roleWords[owner]
  return `${who} brings a new one every ${count(policy.everyDays, 'day')}, and after steps in ${name}. Somebody else than who did the step.`
}

export function lastWords({ newest }: ExportState, now: Date): string {
  if (!newest) return 'nobody has imported one yet'
  return `imported by ${newest.by} ${dayWords(newest.at, now)}, ${timeWords(newest.at)}: ${newest.rows} rows, kept of ${newest.kept}`
}

/** "2 steps wait for a newer one.", or of when the newest is. */
export function duePhrase({ newest, waiting }: ExportState, now: Date): string {
  if (newest && waiting > 0) return `${waiting === 1 ? '1 step waits' : `${waiting} steps wait`} for a newer one.`
  return newest ? `A new one is due: the newest is of ${dayWords(newest.at, now)}.` : 'A first one is due.'
}

export interface ExportDue {
  state: ExportState
  dueSince: Date
  /** Whether it is this viewer's own turn. */
  own: boolean
  /** "Alex Green or Jo Bell (2nd line)" */
  who: string
  /** Where it is downloaded, or `null`. */
  page: string | null
}

export function exportItem({ state, dueSince, own, who, page }: ExportDue, now: Date): Item {
  const { system, name, policy } = state
  const text = `Import the ${name} export`
  const row = rowSince(dueSince, now, {
    key: `export-${system}`,
    overdue: isOverdue(dueSince, now),
    person: name,
    level: 'Export',
    what: duePhrase(state, now),
    buttons: [opens(text, importWindow, system)],
    panel: panelOf({ state, dueSince, who, page }, now),
  })
  const tabs: Tab[] = [...(own ? (['yours'] as const) : []), tabOf(policy), 'everything']
  return {
    row,
    tabs,
    since: dueSince,
    revokes: false,
    system: name,
    state: 'other',
    subject: 'a new export',
    brief: `bring a new export. ${duePhrase(state, now)}`,
  }
}

function tabOf({ owner }: ExportPolicy): Tab {
  if (owner === 'second-line') return 'second-line'
  return owner === 'senior-tech' ? 'sponsors' : 'others'
}

function panelOf({ state, dueSince, who, page }: Omit<ExportDue, 'own'>, now: Date): StepPanel {
  const { system, name, howTo } = state
  const link = page ? { text: 'Open', url: page, label: `Open ${name} in a new tab` } : null
  const since = `since ${dayWords(dueSince, now)}`
  const message = `Can you bring a new export of ${name}? It has been due ${since}. ${howTo} Then import it from the access queue.`
  return {
    stepId: `export-${system}`,
    title: `Export of ${name}`,
    why: duePhrase(state, now),
    approved: `Whose turn: ${who}, ${since}.`,
    before: 'Before you start: what you did yourself in it, somebody else brings.',
    clicks: [
      { text: howTo, copy: null, link },
      { text: `Choose “Import the ${name} export”, and the file that you downloaded.`, copy: null, link: null },
      {
        text: 'You cannot? Ask whoever can.',
        copy: { value: message, label: `Copy the message about the export of ${name}` },
        link: null,
      },
    ],
    looksRight: 'This row is gone, and steps that waited for it are verified.',
    cannotSee: '',
    attempts: [],
    buttons: [opens(`Import the ${name} export`, importWindow, system, 'primary')],
    taken: null,
  }
}

/** What the form asks wherever it stands. */
export function exportFields(name: string): Field[] {
  return [
    {
      kind: 'file',
      name: 'csv',
      label: `CSV file that you downloaded from ${name}`,
      hint: null,
      accept: '.csv,text/csv',
      required: true,
      link: null,
    },
    {
      kind: 'check',
      name: 'fresh',
      label: `I downloaded this file from ${name} myself, just now, and changed nothing in it`,
      hint: null,
      checked: false,
      required: true,
      link: null,
    },
  ]
}

/** @param refusal why this viewer may not, or `null` */
export function exportWindow(state: ExportState, refusal: string | null, now: Date): WindowView {
  const { system, name, howTo } = state
  const base = { ...emptyWindow(importWindow, system), title: `Import the ${name} export`, act: importWindow, refusal }
  if (refusal !== null) return base
  return {
    ...base,
    lines: [`Newest export: ${lastWords(state, now)}.`, howTo, rhythmWords(state)],
    parts: [part('Import', exportFields(name))],
    submit: { text: `Import the ${name} export`, tone: 'primary' },
  }
}
