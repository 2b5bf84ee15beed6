import type { Kysely } from 'kysely'
import type { Schema } from '../../db/schema.ts'
import { loadPerson } from '../../people/register.ts'
import type { Refusal } from '../../requests/act.ts'
import { canonical, digestOf } from '../../requests/challenge.ts'
import type { Office } from '../../requests/world.ts'
import type { PlanStep } from '../../rules/types.ts'
import type { FindingRow } from './keep.ts'
import { planOfFinding } from './open-finding.ts'

/** What somebody decides about: the finding as it stands, and what carrying out a decision would change, and for whom. */
export interface WhatWasFound {
  finding: string
  kind: FindingRow['kind']
  /** Of the place: the entitlement and its environment. */
  key: string
  system: string
  environment: string | null
  level: string
  overGrant: boolean
  /** With the id that a decision would act on, wherever it can be known. */
  account: { kind: string; id: string | null; name: string }
  sentence: string
  holding: string | null
  /** By today's rules: what is adopted or removed. */
  plan: Planned | null
  /** What the approval gave: what is granted again. */
  given: Planned | null
}

type Planned = Pick<PlanStep, 'key' | 'environment' | 'wanted'> & { account: string }

/** Reads all of it anew. Call it in the transaction of the decision, and when its window opens. */
export async function whatWasFound(db: Kysely<Schema>, office: Office, finding: FindingRow): Promise<WhatWasFound> {
  const { id, kind, key, system, level, over_grant, account, sentence, holding_id, person_id } = finding
  const person = person_id === null ? null : await loadPerson(db, person_id)
  const plan = person ? planOfFinding(office, finding, person) : null
  const held = await db
    .selectFrom('holding')
    .innerJoin('step', 'step.id', 'holding.step_id')
    .select(['holding.account', 'step.plan'])
    .where('holding.id', '=', holding_id ?? '')
    .executeTakeFirst()
  return {
    finding: id,
    kind,
    key,
    system,
    environment: key.split('/')[1] ?? null,
    level,
    overGrant: over_grant,
    account: { ...account, id: account.id ?? held?.account.id ?? plan?.account.id ?? null },
    sentence,
    holding: holding_id,
    plan: plan && planned(plan),
    given: held ? planned(held.plan) : null,
  }
}

const planned = ({ key, environment, wanted, account }: PlanStep): Planned => ({
  key,
  environment,
  wanted,
  account: account.id,
})

/** Stands in the window, so that what is signed is what was looked at. */
export function digestOfFound(found: WhatWasFound): string {
  return digestOf(canonical(found))
}

export const changedSinceLooked: Refusal = {
  code: 'changed',
  sentence: 'This changed since you looked at it. Nothing was changed. Open it again, and look again.',
  status: 409,
}
