import type { Ability, Right } from './rights.ts'

/** What Argo CD's policy gives, beside what the rules say, in words. */

export type Wanted = 'readonly' | 'admin'

const does: Record<Ability, string> = {
  see: 'see applications',
  logs: 'see logs',
  sync: 'sync applications',
  change: 'change applications',
  delete: 'delete applications',
  exec: 'open terminals in applications',
  settings: 'change the settings of Argo CD',
}

const reading: Ability[] = ['see', 'logs']
const writing: Ability[] = ['sync', 'change', 'delete']

/** What is wanted whole, what is told where it lacks, and what is no more than the rules say. */
const rules: Record<Wanted, { name: string; needs: Ability[]; usual: Ability[]; within: Ability[] }> = {
  readonly: { name: 'read-only', needs: ['see'], usual: reading, within: reading },
  admin: {
    name: 'write',
    needs: ['see', ...writing],
    usual: [...reading, ...writing, 'settings'],
    within: [...reading, ...writing, 'settings', 'exec'],
  },
}

/** What goes with it when it is taken back: whoever loses the right to write may still read. */
export const goesWith = (wanted: Wanted, { ability }: Right) => wanted === 'readonly' || !reading.includes(ability)

const inWords = ({ ability, held }: Right) => `${does[ability]}${held === 'some' ? ' in part' : ''}`

function listed(words: string[], last = 'and'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}

/** Everything that is held, or `nothing`. */
export function heldBy(rights: Right[]): string {
  return listed(rights.filter(({ held }) => held !== 'none').map(inWords)) || 'nothing'
}

/** What the rules want and the policy does not give whole. */
export function lackingOf(rights: Right[], wanted: Wanted): Right[] {
  return rights.filter(({ ability, held }) => rules[wanted].needs.includes(ability) && held !== 'all')
}

/** The end of a sentence that begins “does not let the team”. */
export function whatLacks(lacking: Right[], passedOver: string | null): string {
  const what = listed(
    lacking.map(({ ability, held }) => `${does[ability]}${held === 'some' ? ' (only in part)' : ''}`),
    'or',
  )
  const denied = [...new Set(lacking.flatMap(({ deniedBy }) => deniedBy ?? []))]
  const why = denied.length > 0 ? `: ${listed(denied)} denies it.` : '.'
  return `${what}${why}${passedOver ? ` ${overlooked(passedOver)}` : ''}`
}

const overlooked = (at: string) => `${at} names the team, and counts only once a line g gives the team a role.`

/** Sentences about everything in which the policy and the rules disagree, each with a blank before it. */
export function beyondRules(
  rights: Right[],
  { wanted, team, passedOver }: { wanted: Wanted; team: string; passedOver: string | null },
): string {
  const { name, usual, within } = rules[wanted]
  const more = rights.filter(({ ability, held }) => !within.includes(ability) && held !== 'none')
  const less = rights.filter(({ ability, held }) => usual.includes(ability) && held !== 'all')
  const byAll = rights.filter(({ byTeam, byDefault }) => byDefault && !byTeam)
  const inVain = rights.filter(({ deniedBy, held }) => deniedBy !== null && held === 'all')
  const says = `The rules say ${name}`
  const sentences = [
    more.length > 0 ? `${says}, and Argo CD’s policy lets ${team} also ${listed(more.map(inWords))}.` : '',
    less.length > 0 ? `${says}, and Argo CD’s policy does not let ${team} ${whatLacks(less, null)}` : '',
    byAll.length > 0
      ? `Everybody who can sign in may ${listed(byAll.map(({ ability }) => does[ability]))}, by policy.default.`
      : '',
    ...inVain.map(
      ({ deniedBy, ability }) =>
        `${deniedBy} denies the team to ${does[ability]} in vain: policy.default allows it to everybody.`,
    ),
    passedOver ? overlooked(passedOver) : '',
  ]
  return sentences.map((one) => (one === '' ? '' : ` ${one}`)).join('')
}

/** What is left to everybody who can sign in, of that which is taken back. */
export function openToAll(rights: Right[], wanted: Wanted): string {
  const left = rights.filter((one) => one.byDefault && goesWith(wanted, one))
  return left.length === 0
    ? ''
    : ` Whoever can still sign in there may ${listed(left.map(({ ability }) => does[ability]))}, by policy.default.`
}
