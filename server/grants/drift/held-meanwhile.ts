import type { Tx } from '../../db/database.ts'
import type { Refusal } from '../../requests/act.ts'
import type { RuleSet } from '../../rules/rule-set.ts'
import type { PlanStep } from '../../rules/types.ts'
import { neededBy } from '../needed-by.ts'

/**
 * Refuses a decision about something extra that stands in the record since it was found: what somebody granted is
 * neither removed nor adopted beside its own request.
 */
export async function heldMeanwhile(
  tx: Tx,
  ruleSet: RuleSet,
  personId: string,
  plan: PlanStep,
): Promise<Refusal | null> {
  const held = await tx
    .selectFrom('holding')
    .selectAll()
    .where('person_id', '=', personId)
    .where('ended_at', 'is', null)
    .execute()
  const ids = held.map(({ step_id }) => step_id)
  const othersSteps = ids.length === 0 ? [] : await tx.selectFrom('step').selectAll().where('id', 'in', ids).execute()
  return neededBy({ othersSteps, ruleSet }, { key: plan.key, plan }) === null ? null : standsMeanwhile
}

const standsMeanwhile: Refusal = {
  code: 'held-meanwhile',
  sentence:
    'A request of theirs was granted this meanwhile, or needs it. Nothing was changed. Compare again, or revoke that request.',
  status: 409,
}
