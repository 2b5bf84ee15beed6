import type { RuleSetData } from './rule-set-schema.ts'

/** A level with all that it includes, the included ones first. @throws RangeError for a level that is not there */
export function withIncludedLevels(data: Pick<RuleSetData, 'id' | 'levels'>, name: string): string[] {
  const one = Object.hasOwn(data.levels, name) ? data.levels[name] : undefined
  if (!one) throw new RangeError(`The rule set ${data.id} has no level "${name}".`)
  return [...new Set([...one.includes.flatMap((other) => withIncludedLevels(data, other)), name])]
}
