import type { RuleSetData } from '../rule-set-schema.ts'

/** Refuses a rule set: where, what is wrong, what to do. */
export type Complain = (path: PropertyKey[], problem: string, remedy: string) => never

export function mustHave(table: object, key: string, path: PropertyKey[], what: string, complain: Complain): void {
  if (!Object.hasOwn(table, key))
    complain(path, `there is no ${what} "${key}"`, `Add it, or name one of ${Object.keys(table).join(', ')}.`)
}

export function refuseCircle(edges: [string, string[]][], complain: (name: string) => never): void {
  const next = new Map(edges)
  const done = new Set<string>()
  const walk = (name: string, path: string[]): void => {
    if (path.includes(name)) complain(name)
    if (done.has(name)) return
    for (const other of next.get(name) ?? []) walk(other, [...path, name])
    done.add(name)
  }
  for (const [name] of edges) walk(name, [])
}

/** Grants whose value contains this one's, the nearest first. Read only after circles were refused. */
export function satisfiedByChain(data: RuleSetData, name: string): string[] {
  const over = data.grants[name]?.satisfiedBy
  return over === undefined ? [] : [over, ...satisfiedByChain(data, over)]
}
