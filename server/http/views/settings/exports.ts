import type { ExportState } from '../../../grants/export-states.ts'
import type { Actor } from '../../../requests/act.ts'
import type { WindowPart } from '../../api.ts'
import { duePhrase, exportFields, lastWords, rhythmWords } from '../exports.ts'
import { row, section } from './parts.ts'

/** Where people bring what they downloaded from a system that cannot be read otherwise. */
export function exportPart(state: ExportState, { roles }: Actor, now: Date): WindowPart {
  const { system, name, howTo, newest, dueSince } = state
  const [mark, word] = dueSince
    ? (['todo', 'Due'] as const)
    : newest
      ? (['yes', 'Fine'] as const)
      : (['none', 'None yet'] as const)
  const due = dueSince ? duePhrase(state, now) : null
  const part = section(`${name} export`, [row(system, mark, word, `Newest export: ${lastWords(state, now)}`, due)])
  if (!roles.keeper && !roles.secondLine && !roles.seniorTech) return part
  return {
    ...part,
    text: [
      howTo,
      rhythmWords(state),
      'Only what it says of people with access or steps here is kept. The file itself is not.',
    ],
    form: { act: 'import-export', subject: system, submit: `Import the ${name} export` },
    fields: exportFields(name),
  }
}
