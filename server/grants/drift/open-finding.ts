import type { Kysely } from 'kysely'
import type { Schema } from '../../db/schema.ts'
import type { Refusal } from '../../requests/act.ts'
import { emptyFacts, type Office } from '../../requests/world.ts'
import { lowerSteps, makePlan } from '../../rules/plan.ts'
import type { PersonFacts, PlanStep } from '../../rules/types.ts'
import type { FindingRow } from './keep.ts'

/** A finding that nobody has settled yet, or `null`. */
export async function openFinding(db: Kysely<Schema>, id: string): Promise<FindingRow | null> {
  const row = await db
    .selectFrom('drift_finding')
    .selectAll()
    .where('id', '=', id)
    .where('settled_at', 'is', null)
    .executeTakeFirst()
  return row ?? null
}

export const settledAlready: Refusal = {
  code: 'settled',
  sentence: 'This was settled already, or is gone by itself. Nothing was changed.',
  status: 409,
}

/**
 * What was found, as the step that would have given it: with the account that the system names, by today's rules.
 * `null` where today's rules have no such place, or the system names no account that we can act on.
 */
export function planOfFinding(
  { installation, ruleSet }: Office,
  { key, level, account }: Pick<FindingRow, 'key' | 'level' | 'account'>,
  person: PersonFacts,
): PlanStep | null {
  const rules = ruleSet(null)
  if (!Object.hasOwn(rules.levels, level)) return null
  const known = person.accounts[account.kind]
  const own = known && known.name.toLowerCase() === account.name.toLowerCase() ? known.id : null
  const id = account.id ?? own
  if (id === null) return null
  const engineer = { ...person, accounts: { ...person.accounts, [account.kind]: { ...account, id } } }
  const question = { ruleSet: rules, level, engineer, request: emptyFacts(level, []), installation }
  return [...makePlan(question).steps, ...lowerSteps(question)].find((step) => step.key === key) ?? null
}
