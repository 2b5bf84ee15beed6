import type { World } from '../requests/act.ts'
import { requestFacts } from '../requests/world.ts'
import { makePlan } from '../rules/plan.ts'
import { planHash } from '../rules/plan-hash.ts'
import type { LevelId, PlanStep } from '../rules/types.ts'
import { goesWhole } from './revoke.ts'
import { isClosed } from './steps.ts'

/**
 * A lower level in place of a higher one, under the same request: what the higher one has beyond it goes, what both have
 * stays, and where a lower value is contained in one that goes, it takes its place.
 */
export interface Lowering {
  to: LevelId
  levelName: string
  goes: PlanStep[]
  stays: PlanStep[]
  /** Lower values that nobody gave by themselves while the higher ones stood. */
  instead: PlanStep[]
  /** Higher values that nobody can take alone, because they come with something that stays: they count as the lower one. */
  countsAs: { higher: PlanStep; lower: PlanStep }[]
  /** Of what then stands, as an approval's. */
  hash: string
}

/** Levels that a granted request can be lowered to, the highest first. */
export function lowerLevels({ ruleSet, request }: World): LevelId[] {
  if (!request || !Object.hasOwn(ruleSet.levels, request.level)) return []
  return ruleSet
    .withIncluded(request.level)
    .filter((level) => level !== request.level)
    .toReversed()
}

/** What lowering would do now; `null` where this level does not contain that one, or nobody is the engineer. */
export function loweringOf(world: World, to: LevelId): Lowering | null {
  const { request, engineer, ruleSet, installation, held } = world
  if (!request || !engineer || !lowerLevels(world).includes(to)) return null
  const facts = { ...requestFacts(request, held), level: to }
  const lower = makePlan({ ruleSet, level: to, engineer, request: facts, installation })
  const keys = new Set(lower.steps.map(({ key }) => key))
  const own = world.steps.filter((step) => step.direction === 'grant' && isClosed(step)).map(({ plan }) => plan)
  // What comes with something that stays cannot go: Argo CD goes with its team.
  const cannotGo = own.filter((plan) => keys.has(plan.key) || (plan.follows !== null && keys.has(plan.follows)))
  const instead = lower.steps
    .filter((plan) => !cannotGo.some((one) => one.key === plan.key))
    // Their account is there already: nothing of it is the engineer's to do.
    .map((plan) => ({ ...plan, engineer: null }))
  // What another request gave of the lower level, and this one took over, stands as what takes the higher one's place.
  const stand = [...cannotGo, ...instead]
  const goes = goesWhole(world).filter(({ key, copyOf, account }) =>
    stand.every((one) => (one.key !== key && one.key !== copyOf) || one.account.id !== account.id),
  )
  const countsAs = cannotGo.flatMap((higher) => {
    const lower = instead.find((one) => isContained(world, one, higher))
    return lower ? [{ higher, lower }] : []
  })
  const stays = cannotGo.filter((plan) => !countsAs.some(({ higher }) => higher === plan))
  const steps = [...stays, ...instead]
  const { id, digest } = ruleSet
  const hash = planHash({ ruleSet: { id, digest }, engineer: engineer.id, level: to, steps })
  return { to, levelName: lower.levelName, goes, stays, instead, countsAs, hash }
}

function isContained({ ruleSet }: World, lower: PlanStep, higher: PlanStep): boolean {
  const isSamePlace = lower.environment === higher.environment && lower.account.id === higher.account.id
  return isSamePlace && ruleSet.grants[lower.grant]?.satisfiedBy === higher.grant
}
