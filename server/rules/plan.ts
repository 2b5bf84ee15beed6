import { planHash } from './plan-hash.ts'
import { lowerPlacesOf, placesOf } from './plan-places.ts'
import { stepOf } from './plan-step.ts'
import type { RuleSet } from './rule-set.ts'
import { isOnlyTyped } from './typed-account.ts'
import type { AccountKind, Installation, LevelId, PersonFacts, Plan, PlanStep, RequestFacts } from './types.ts'

export interface PlanQuestion {
  ruleSet: RuleSet
  level: LevelId
  engineer: PersonFacts
  request: RequestFacts
  installation: Installation
}

/**
 * The ordered steps that give this engineer this level, prerequisites first. The preview and the execution come from
 * this one object. What is held already stays in: wanted state is what is approved, not the difference.
 * @throws RangeError for a level that the rule set does not have
 */
export function makePlan(question: PlanQuestion): Plan {
  const { ruleSet, level, engineer } = question
  const levels = ruleSet.withIncluded(level)
  const places = placesOf(ruleSet, levels)
  const steps = places.map((place) => stepOf(question, place))
  const plan = {
    ruleSet: { id: ruleSet.id, digest: ruleSet.digest },
    level,
    levelName: ruleSet.levels[level]?.name ?? level,
    engineer: engineer.id,
    steps: ordered(steps),
    willNotChange: ruleSet.levels[level]?.willNotChange ?? [],
    worthKnowing: levels.flatMap((each) => ruleSet.levels[each]?.worthKnowing ?? []),
    missing: missing(question, steps),
  }
  return { ...plan, hash: planHash(plan) }
}

/** The lower values that this level's plan leaves to its higher ones, as steps that could be revoked. */
export function lowerSteps(question: PlanQuestion): PlanStep[] {
  const levels = question.ruleSet.withIncluded(question.level)
  return lowerPlacesOf(question.ruleSet, levels).map((place) => stepOf(question, place))
}

/** Prerequisites first; otherwise the rule set's own order, so that the same inputs give the same plan. */
function ordered(steps: PlanStep[]): PlanStep[] {
  const result: PlanStep[] = []
  const place = (step: PlanStep): void => {
    if (result.includes(step)) return
    for (const key of step.after) {
      const before = steps.find((other) => other.key === key)
      if (before) place(before)
    }
    result.push(step)
  }
  for (const step of steps) place(step)
  return result
}

const missingWords: Record<AccountKind, string> = {
  github: 'Tell us your GitHub username',
  aws: 'Tell us your AWS user name',
  email: 'Tell us your work email',
}

/** What was only typed is enough for people; before the product acts on it by itself, it is looked up. */
function missing({ request }: PlanQuestion, steps: PlanStep[]): Plan['missing'] {
  const open = steps.filter(({ account, method }) => account.id === '' || (isOnlyTyped(account) && method !== 'task'))
  const kinds = [...new Set(open.map(({ account }) => account.kind))]
  const accounts = kinds.map((kind) => ({ what: kind, sentence: missingWords[kind] }))
  return request.reason === null || request.reason.trim() === ''
    ? [...accounts, { what: 'reason' as const, sentence: 'Say why you need access' }]
    : accounts
}
