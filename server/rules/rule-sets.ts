import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { loadRuleSet, type RuleSet, RuleSetError } from './rule-set.ts'

/** Thrown for a rule set whose file is not here; `code` is its id, so that the process log names it. */
export class RuleSetNotInstalled extends Error {
  override name = 'RuleSetNotInstalled'
  readonly code: string
  constructor(id: string) {
    super(`The rule set ${id} is not installed.`)
    this.code = id
  }
}

/**
 * Every rule set that is installed, by id: requests finish under the one that they pinned, also after a newer one came
 * into force.
 * @param folder with one YAML file for each, named by its id
 * @throws RuleSetError with file, line and remedy
 */
export function loadRuleSets(folder: string): Map<string, RuleSet> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  return new Map(
    files.sort().map((file) => {
      const ruleSet = loadRuleSet(join(folder, file))
      if (file !== `${ruleSet.id}.yaml`)
        throw new RuleSetError(file, 1, `its id is "${ruleSet.id}"`, `Name the file ${ruleSet.id}.yaml.`)
      return [ruleSet.id, ruleSet]
    }),
  )
}

/** Systems with something that is granted by pull request, by id. */
export function listSystems(ruleSets: RuleSet[]): { id: string; name: string }[] {
  const grants = ruleSets.flatMap((ruleSet) => Object.values(ruleSet.grants))
  const proposed = grants.filter((grant) => grant.methods.includes('pull-request'))
  return [...new Map(proposed.map((grant) => [grant.system, grant.systemName]))].map(([id, name]) => ({ id, name }))
}
