import { HOUR } from '../clock.ts'
import type { AlsoFoundRow, World } from '../requests/act.ts'
import type { PlanStep } from '../rules/types.ts'
import { isHeldBy } from './ledger.ts'
import { isClosed } from './steps.ts'

/** A look at the systems holds for so long: older ones are no basis for a signature. */
const HOLDS_FOR = HOUR

/** What the newest look found and no record has: nothing that another request gave, or is giving, is among it. */
export function beside(world: World): PlanStep[] {
  return looked(world)
    .filter(({ found }) => found === 'present')
    .map(({ plan }) => plan)
    .filter(
      (plan) =>
        !world.holdings.some((one) => isHeldBy(one, plan)) &&
        !world.steps.some((one) => one.direction === 'revoke' && one.key === plan.key && !isClosed(one)) &&
        !world.othersSteps.some((one) => one.key === plan.key && one.plan.account.id === plan.account.id),
    )
}

/** Systems that did not answer when they were looked at: what is there beside the record is not known. */
export function notLookedAt(world: World): string[] {
  return [...new Set(looked(world).flatMap(({ found, plan }) => (found === 'unread' ? [plan.systemName] : [])))]
}

function looked({ alsoFound, now }: World): AlsoFoundRow[] {
  return alsoFound.filter(({ at }) => now.getTime() - at.getTime() < HOLDS_FOR)
}
