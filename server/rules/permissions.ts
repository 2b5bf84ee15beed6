import type { RuleSet } from './rule-set.ts'

/** One line of the rules' "spreadsheet of permissions": what a level gives, where, and by which sentence. */
export interface Permission {
  level: string
  id: string
  name: string
  /** Systems with their environments: "AWS (staging, production)". */
  where: string[]
  sentence: string
  /** The heading of the page under which the sentence stands. */
  url: string
}

/** Every entitlement of a rule set, by level in the order of the rules; what a level includes stands under the lower one. */
export function permissionsOf(ruleSet: RuleSet): Permission[] {
  return Object.entries(ruleSet.levels).flatMap(([level, { name: levelName }]) =>
    Object.entries(ruleSet.entitlements)
      .filter(([, one]) => one.level === level)
      .map(([id, one]) => ({
        level: levelName,
        id,
        name: one.name,
        where: whereOf(ruleSet, id, level),
        sentence: one.sentence.replace(/\s+/g, ' ').trim(),
        url: ruleSet.linkTo(one).url,
      })),
  )
}

/** Of its own level's grants alone: a higher level may serve it otherwise as well. */
function whereOf(ruleSet: RuleSet, entitlement: string, level: string): string[] {
  const grants = Object.values(ruleSet.grants).filter(
    (grant) => grant.level === level && grant.serves.includes(entitlement),
  )
  const bySystem = Map.groupBy(grants, ({ systemName }) => systemName)
  return [...bySystem].map(([system, group]) => {
    const environments = [...new Set(group.flatMap((grant) => grant.environments ?? []))]
    return environments.length > 0 ? `${system} (${environments.join(', ')})` : system
  })
}
