import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Plan, PlanStep } from './types.ts'

/**
 * SHA-256 over what an approval is of: rule set, engineer, level, and each step in order with entitlements, environment,
 * account id, wanted value with every parameter, and effective method. Not names, times, health or what is held already.
 */
export function planHash(plan: Pick<Plan, 'ruleSet' | 'level' | 'engineer' | 'steps'>): string {
  const text = canonicalize({
    ruleSet: plan.ruleSet,
    engineer: plan.engineer,
    level: plan.level,
    steps: plan.steps.map((step) => ({
      key: step.key,
      serves: step.serves,
      environment: step.environment,
      account: { kind: step.account.kind, id: step.account.id },
      wanted: { value: step.wanted.value, params: withoutNames(step.wanted.params) },
      method: step.method,
      after: step.after,
    })),
  })
  return createHash('sha256')
    .update(text ?? '')
    .digest('hex')
}

/** `name` is how people call a target; the others say which target it is. */
function withoutNames(params: PlanStep['wanted']['params']): PlanStep['wanted']['params'] {
  return Object.fromEntries(Object.entries(params).filter(([key]) => key !== 'name'))
}
