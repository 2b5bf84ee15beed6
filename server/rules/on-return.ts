import type { RuleSet } from './rule-set.ts'
import { targetIn } from './targets.ts'
import type { Installation, PersonFacts, PlanStep } from './types.ts'
import { filler } from './words.ts'

/**
 * What whoever comes back must know of one step that was revoked: as it was approved, or as the rules in force say of it.
 * Steps that were approved before rule sets said this hold nothing about it, and what returns by itself returns all the same.
 * @returns `null` where neither says anything
 */
export function onReturnOf(
  step: PlanStep,
  rules: { ruleSet: RuleSet; engineer: PersonFacts; installation: Pick<Installation, 'targets'> },
): string | null {
  if (step.onReturn !== undefined) return step.onReturn
  const { ruleSet, engineer, installation } = rules
  const grant = Object.hasOwn(ruleSet.grants, step.grant) ? ruleSet.grants[step.grant] : undefined
  if (!grant?.onReturn) return null
  const { apps } = step.wanted.params
  const fill = filler({
    account: step.account,
    engineer,
    environment: step.environment,
    parameters: installation.targets[targetIn(grant, step.environment)] ?? {},
    apps: Array.isArray(apps) ? apps : [],
  })
  return fill(grant.onReturn)
}
