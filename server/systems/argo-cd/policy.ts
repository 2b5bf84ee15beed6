import { builtInGroups, builtInRules } from './built-in.ts'
import type { MatchMode } from './patterns.ts'

/**
 * Argo CD's policy as its config map `argocd-rbac-cm` has it: lines `p, subject, resource, action, object, effect` and
 * `g, who, role` in `policy.csv` and then in every `policy.*.csv`, `policy.default` and `policy.matchMode`. What its
 * projects add by roles of their own is not in it.
 */
export interface Policy {
  rules: Rule[]
  groups: Grouping[]
  /** What everybody has who can sign in; no line takes it away. `null` = nothing. */
  defaultRole: string | null
  mode: MatchMode
}

export interface Rule {
  subject: string
  resource: string
  action: string
  object: string
  effect: string
  /** Such as “policy.csv, line 3”; `null` = Argo CD's own. */
  at: string | null
}

export interface Grouping {
  who: string
  role: string
  at: string | null
}

/** Something in it cannot be judged. `message` is the end of a sentence, with the line. */
export class PolicyUnreadable extends Error {
  override name = 'PolicyUnreadable'
}

/**
 * @param params parameters of the target: the keys of the config map, and `policy` for `policy.csv`
 * @throws PolicyUnreadable: Argo CD takes none of a file in which one line is wrong, and stays with an older one
 */
export function policyIn(params: Readonly<Record<string, unknown>>): Policy {
  const { policy: unnamed, scopes } = params
  const files = filesIn(params)
  if (typeof unnamed === 'string') files.unshift(['policy', unnamed])
  const mode = params['policy.matchMode']
  const defaultRole = params['policy.default']
  if (typeof scopes === 'string' && !/\bgroups\b/.test(scopes))
    throw new PolicyUnreadable('scopes does not name groups, by which Argo CD would know the team')
  const policy: Policy = {
    rules: [...builtInRules],
    groups: [...builtInGroups],
    defaultRole: typeof defaultRole === 'string' && defaultRole !== '' ? defaultRole : null,
    // Whatever it does not know is glob to Argo CD.
    mode: mode === 'regex' ? 'regex' : 'glob',
  }
  // Nothing is taken for granted: a team that may do nothing would look as if it could.
  if (files.length === 0 && policy.defaultRole === null)
    throw new PolicyUnreadable('the installation file does not hold it')
  for (const [file, text] of files)
    for (const [index, line] of text.split('\n').entries()) {
      const trimmed = line.trim()
      if (trimmed !== '' && !trimmed.startsWith('#')) take(policy, cellsOf(trimmed), `${file}, line ${index + 1}`)
    }
  return policy
}

function filesIn(params: Readonly<Record<string, unknown>>): [name: string, text: string][] {
  const more = Object.keys(params).filter((key) => /^policy\..*\.csv$/.test(key))
  return ['policy.csv', ...more.toSorted()].flatMap((key): [string, string][] => {
    const text = params[key]
    return typeof text === 'string' ? [[key, text]] : []
  })
}

function take(policy: Policy, cells: string[] | null, at: string): void {
  if (cells === null) throw new PolicyUnreadable(`${at} has quotes in the wrong place`)
  const [kind, first = '', second = '', action = '', object = '', effect = ''] = cells
  const parts = kind === 'p' ? 6 : 3
  if (kind !== 'p' && kind !== 'g') throw new PolicyUnreadable(`${at} begins with neither p nor g`)
  if (cells.length !== parts) throw new PolicyUnreadable(`${at} has ${cells.length} parts and needs ${parts}`)
  if (kind === 'g') policy.groups.push({ who: first, role: second, at })
  else policy.rules.push({ subject: first, resource: second, action, object, effect, at })
}

/**
 * Cells of one line as Go's reader takes them apart: blanks before a cell do not count, those behind it do, and `#` in
 * the middle begins no comment. `null` where quotes are in the wrong place.
 */
function cellsOf(line: string): string[] | null {
  const cells: string[] = []
  for (let rest = line; ; ) {
    rest = rest.trimStart()
    const found = /^"((?:[^"]|"")*)"(?=,|$)/.exec(rest) ?? /^([^",]*(?:[^",][^,"]*)?)(?=,|$)/.exec(rest)
    if (!found) return null
    const [whole, cell = ''] = found
    cells.push(whole.startsWith('"') ? cell.replaceAll('""', '"') : cell)
    if (whole.length === rest.length) return cells
    rest = rest.slice(whole.length + 1)
  }
}
