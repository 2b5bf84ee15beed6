import { DAY } from '../../../clock.ts'
import type { ExportState } from '../../../grants/exports.ts'
import type { Actor } from '../../../requests/act.ts'
import type { WindowPart } from '../../api.ts'
import { dayWords, timeWords } from '../words.ts'
import { row, section } from './parts.ts'

/** After that an export is asked for, whether or not a step waits for it. */
const RHYTHM = 8 * DAY

/** Where people bring what they downloaded from a system that cannot be read otherwise. */
export function exportPart(state: ExportState, { roles }: Actor, now: Date): WindowPart {
  const { system, name, howTo, rhythm, newest, waiting } = state
  const isOld = !newest || newest.at.getTime() < now.getTime() - RHYTHM
  const last = newest
    ? `imported by ${newest.by} ${dayWords(newest.at, now)}, ${timeWords(newest.at)}: ${newest.rows} rows, kept of ${newest.kept}`
    : 'nobody has imported one yet'
  const due =
    waiting > 0
      ? `${waiting === 1 ? '1 step waits' : `${waiting} steps wait`} for a newer one.`
      : isOld
        ? 'A new one is due.'
        : null
  const part = section(`${name} export`, [
    row(system, due ? 'todo' : 'yes', due ? 'Due' : 'Fine', `Newest export: ${last}`, due),
  ])
  if (!roles.keeper && !roles.secondLine && !roles.seniorTech) return part
  return {
    ...part,
    text: [howTo, rhythm, 'Only what it says of people with access or steps here is kept. The file itself is not.'],
    form: { act: 'import-export', subject: system, submit: `Import the ${name} export` },
    fields: [
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
    ],
  }
}
