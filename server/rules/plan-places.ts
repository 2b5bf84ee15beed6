import type { Grant, RuleSet } from './rule-set.ts'
import { environmentsOf, targetIn } from './targets.ts'

/** One grant in one environment, as a plan has it. */
export interface Place {
  name: string
  grant: Grant
  environment: string | null
  key: string
  /** Entitlements that it gives: its own, and those of the lower values that it contains. */
  serves: string[]
  /** Keys of the places that must be closed first. */
  after: string[]
  /** Key of the place whose value brings this one, or `null`. */
  follows: string | null
}

/** Lower values whose place a higher one has taken: in no plan, and sought when access is revoked. */
export function lowerPlacesOf(ruleSet: RuleSet, levels: string[]): Place[] {
  const taken = new Set(placesOf(ruleSet, levels).map(({ key }) => key))
  return Object.entries(ruleSet.grants)
    .filter(([, grant]) => levels.includes(grant.level))
    .flatMap(([name, grant]) =>
      environmentsOf(grant).map((environment) => ({
        name,
        grant,
        environment,
        key: keyOf(name, environment),
        serves: grant.serves,
        after: [],
        follows: null,
      })),
    )
    .filter(({ key }) => !taken.has(key))
}

/** One value per account: where a higher value is in the plan, the lower one's place is taken by it. */
export function placesOf(ruleSet: RuleSet, levels: string[]): Place[] {
  const grants = Object.entries(ruleSet.grants).filter(([, grant]) => levels.includes(grant.level))
  const all = grants.flatMap(([name, grant]) =>
    environmentsOf(grant).map((environment) => ({ name, grant, environment, key: keyOf(name, environment) })),
  )
  const keys = new Set(all.map(({ key }) => key))
  /** The place that stands for this one: itself, or the highest value that contains it there. */
  const standIn = (name: string, environment: string | null): string => {
    const over = ruleSet.grants[name]?.satisfiedBy
    if (over === undefined || !keys.has(keyOf(over, environment))) return keyOf(name, environment)
    return standIn(over, environment)
  }
  return all
    .filter(({ name, environment, key }) => standIn(name, environment) === key)
    .map((place) => {
      const contained = all.filter(({ name, environment }) => standIn(name, environment) === place.key)
      const before = place.grant.after.flatMap((wanted) =>
        all
          .filter(({ name, environment }) => name === wanted && meets(environment, place.environment))
          .map(({ name, environment }) => standIn(name, environment)),
      )
      const followed = all.find(({ grant, environment }) => targetIn(grant, environment) === place.grant.follows)
      const serves = [place, ...contained].flatMap(({ grant }) => grant.serves)
      return {
        ...place,
        serves: [...new Set(serves)].filter((id) => levels.includes(ruleSet.entitlements[id]?.level ?? '')),
        after: [...new Set(before)].filter((key) => key !== place.key),
        follows: followed ? standIn(followed.name, followed.environment) : null,
      }
    })
}

function meets(one: string | null, other: string | null): boolean {
  return one === null || other === null || one === other
}

/** As steps and holdings are named: `grant` or `grant/environment`. */
export function keyOf(name: string, environment: string | null): string {
  return environment === null ? name : `${name}/${environment}`
}
