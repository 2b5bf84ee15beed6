import type { Kysely } from 'kysely'
import type { Schema } from '../db/schema.ts'
import { accountDigest, grantsAreAsSigned } from './as-signed.ts'

/**
 * Compares the steps in the tables with what was signed and logged: the plan of every approved request, and the account
 * and value of every change since its newest approval. Answers what is wrong, in sentences.
 */
export async function verifySteps(db: Kysely<Schema>): Promise<string[]> {
  const wrong: string[] = []
  const approved = await db
    .selectFrom('request')
    .selectAll()
    .where('approval_id', 'is not', null)
    .orderBy('id')
    .execute()
  for (const request of approved) {
    const steps = await db
      .selectFrom('step')
      .selectAll()
      .where('request_id', '=', request.id)
      .orderBy('ordinal')
      .execute()
    const grants = steps.filter((step) => step.direction === 'grant')
    if (!(await grantsAreAsSigned(db, request, grants)))
      wrong.push(`The steps of request ${request.id} are not those that were approved.`)
    const events = await db
      .selectFrom('event')
      .select(['type', 'step_id', 'data'])
      .where('request_id', '=', request.id)
      .where('type', 'in', ['approved', 'approved-again', 'level-lowered', 'step-intent'])
      .orderBy('seq')
      .execute()
    const since = events.findLastIndex((event) => event.type !== 'step-intent')
    for (const { step_id, data } of events.slice(since + 1)) {
      const step = steps.find((one) => one.id === step_id)
      if (step && data['account'] === accountDigest(step) && data['wanted'] === step.plan.wanted.value) continue
      wrong.push(`Step ${step_id} of request ${request.id} is not the one that was carried out.`)
    }
  }
  return wrong
}
