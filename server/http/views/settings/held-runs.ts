import type { Actor } from '../../../requests/act.ts'
import type { HeldRun } from '../../../requests/held-runs.ts'
import type { WindowPart } from '../../api.ts'
import { heldRunWords, letsGo } from '../held-runs.ts'
import { row, section } from './parts.ts'

/** A run that stopped because it would be about too many people at once. */
export function heldRunPart(held: HeldRun, { roles }: Actor): WindowPart {
  const { title, what, next, act, subject, submit } = heldRunWords(held)
  const part = section(title, [row('held', 'warn', 'Stopped', what, next)])
  if (!roles.keeper && !roles.seniorTech) return part
  return {
    ...part,
    form: { act, subject, submit },
    fields: Object.entries(letsGo(held)).map(([name, value]) => ({ kind: 'hidden', name, value })),
  }
}
