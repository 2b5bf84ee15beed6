import type { StepRow } from '../../requests/act.ts'
import type { TurnRole } from '../../rules/types.ts'
import type { Colour } from '../api.ts'
import { capital } from './words.ts'

/** Whose turn it is on one card. Badges, the section and the queue all read from this one list. */
export interface Turn {
  /** Stuck first; then people's turns; then how it stands when it is nobody's turn. */
  kind: 'stuck' | 'turn' | 'state'
  role: TurnRole
  color: Colour
  text: string
  /** Stands in `text`’s place where that and its age do not fit on a badge. */
  shorter: string
  since: Date
  steps: StepRow[]
  help: string | null
  /** The access review that asks for a decision. */
  review: string | null
}

export const roleWords: Record<TurnRole, string> = {
  engineer: 'Engineer',
  sponsor: 'Sponsor',
  'senior-tech': 'Senior Tech',
  keeper: 'Keeper',
  'line-manager': 'Line manager',
  'second-line': '2nd line',
  'second-person': '2nd person',
  reviewer: 'PR reviewer',
  us: 'We',
  nobody: 'Nobody',
}

export function roleWord(role: TurnRole): string {
  return roleWords[role]
}

const colours: Record<TurnRole, Colour> = {
  engineer: 'yellow',
  sponsor: 'blue',
  'senior-tech': 'orange',
  keeper: 'orange',
  'line-manager': 'orange',
  'second-line': 'orange',
  'second-person': 'orange',
  reviewer: 'orange',
  us: 'sky',
  nobody: 'sky',
}

export function turn(role: TurnRole, text: string, since: Date, shorter = text): Turn {
  return {
    kind: 'turn',
    role,
    color: colours[role],
    text: capital(text),
    shorter,
    since,
    steps: [],
    help: null,
    review: null,
  }
}

export function state(text: string, color: Colour, since: Date): Turn {
  return { kind: 'state', role: 'nobody', color, text, shorter: text, since, steps: [], help: null, review: null }
}
