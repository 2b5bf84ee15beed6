import type { SystemAdapter } from './system.ts'

/** What can be done in a system: looked at, changed, proposed to whoever merges it, or a person led through it by hand. */
export type Ability = 'reads' | 'changes' | 'proposes' | 'guides'

/** By what the adapter itself says; a system without one is guided alone. */
export function abilitiesOf(adapter: Pick<SystemAdapter, 'can' | 'reads'> | null): Ability[] {
  const can = adapter?.can ?? []
  const acts = (['api', 'pull-request', 'follows'] as const).some((method) => can.includes(method))
  return [
    // Whatever an adapter carries out it also reads back.
    ...(adapter && (acts || adapter.reads) ? (['reads'] as const) : []),
    ...(can.includes('api') ? (['changes'] as const) : []),
    ...(can.includes('pull-request') ? (['proposes'] as const) : []),
    ...(acts ? [] : (['guides'] as const)),
  ]
}

const words: Record<Ability, string> = {
  reads: 'reads how it stands',
  changes: 'changes it',
  proposes: 'proposes changes as pull requests',
  guides: 'guides people, who change it by hand',
}

/** "This server reads how it stands and changes it." */
export function abilityWords(abilities: Ability[]): string {
  const said = abilities.map((one) => words[one])
  const last = said.at(-1) ?? ''
  return `This server ${said.length > 1 ? `${said.slice(0, -1).join(', ')} and ${last}` : last}.`
}
