import { type ExpressionBuilder, sql } from 'kysely'
import type { NewEvent } from '../audit/events.ts'
import type { Tx } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Schema } from '../db/schema.ts'
import type { HoldingRow, RequestRow, StepRow } from '../requests/act.ts'
import { newId } from '../requests/ids.ts'
import { approvedStates } from '../requests/life.ts'
import { stepsBeside } from '../requests/records.ts'
import type { PlanStep } from '../rules/types.ts'
import { isClosed } from './steps.ts'

/** Who holds what: made from closed steps, never typed in. */

/** Part of what a holding is: the same thing for two accounts of one person is two holdings. */
const accountId = sql<string>`holding.account->>'id'`

/** Whether this holding is of what the step gives, for the account that it gives it to. */
export function isGivenBy(holding: HoldingRow, step: StepRow): boolean {
  return holding.grant_key === step.key && holding.account.id === step.plan.account.id
}

/** The same for a plan that nobody carries out. */
export function isHeldBy(holding: HoldingRow, plan: PlanStep): boolean {
  return holding.grant_key === plan.key && holding.account.id === plan.account.id
}

const proofOf = { verified: 'verified', seen: 'attested', done: 'done' } as const

/** Writes down what a closed step gave or took. Answers the event to log, if anything changed. */
export async function keepLedger(tx: Tx, request: RequestRow, step: StepRow, now: Date): Promise<NewEvent[]> {
  const about = {
    actor: 'system',
    requestId: request.id,
    personId: request.person_id,
    stepId: step.id,
    boardId: request.board_id,
  }
  if (step.direction === 'revoke') {
    // What was above it went, and the granted value is what stays.
    if (step.plan.wanted.params['keeps'] === step.plan.wanted.value) return []
    const ended = await tx
      .updateTable('holding')
      .set({ ended_at: now, ended_by_step: step.id })
      .where('person_id', '=', request.person_id)
      .where('grant_key', '=', step.key)
      .where(accountId, '=', step.plan.account.id)
      .where('ended_at', 'is', null)
      .returning('id')
      .execute()
    if (ended.length === 0) return []
    await saySameElsewhere(tx, request, step)
    return [{ ...about, type: 'holding-ended', data: { grant: step.key } }]
  }
  const proof =
    step.state === 'verified' || step.state === 'seen' || step.state === 'done' ? proofOf[step.state] : 'done'
  const verified = proof === 'verified' ? now : null
  // Whoever closed it saw it now, so its next look is a whole round away.
  const seen = { last_seen_at: now, seen: null, seen_detail: null, missing_since: null, next_look_at: null }
  const settled = (await settleExtras(tx, request, step, now)).map(
    (finding): NewEvent => ({ ...about, type: 'drift-gone', data: { finding, place: step.key } }),
  )
  const known = await tx
    .selectFrom('holding')
    .innerJoin('request', 'request.id', 'holding.request_id')
    .select(['holding.id', 'request.id as of', 'request.state', 'approval_id'])
    .where('holding.person_id', '=', request.person_id)
    .where('grant_key', '=', step.key)
    .where(accountId, '=', step.plan.account.id)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  if (known) {
    // What stayed of a request that is over, or was only adopted, is this one's from now on.
    const wasAdopted = known.of !== request.id && known.approval_id === null && request.approval_id !== null
    const anew = { request_id: request.id, step_id: step.id, level: request.level, rule_set: request.rule_set }
    await tx
      .updateTable('holding')
      .set({ proof, last_verified_at: verified, ...seen, ...(known.state === 'ended' || wasAdopted ? anew : {}) })
      .where('id', '=', known.id)
      .execute()
    const over = wasAdopted && (await endRecord(tx, known.of, now))
    if (over) settled.push({ ...about, requestId: known.of, stepId: null, type: 'ended', data: { kept: 1, taken: 0 } })
    return settled
  }
  await tx
    .insertInto('holding')
    .values({
      id: newId(),
      person_id: request.person_id,
      grant_key: step.key,
      level: request.level,
      system: step.plan.system,
      environment: step.plan.environment,
      account: json(step.plan.account),
      wanted: json(step.plan.wanted),
      rule_set: request.rule_set,
      request_id: request.id,
      step_id: step.id,
      since: now,
      proof,
      last_verified_at: verified,
      ...seen,
    })
    .execute()
  return [{ ...about, type: 'holding-made', data: { grant: step.key, proof } }, ...settled]
}

/** The record of something that was adopted is over once a request that was approved gives it, and nothing else is of it. */
async function endRecord(tx: Tx, id: string, now: Date): Promise<boolean> {
  const ended = await tx
    .updateTable('request')
    .set((eb) => ({ state: 'ended', state_since: now, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .where('state', '=', 'granted')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb.selectFrom('holding').select('holding.id').where('request_id', '=', id).where('ended_at', 'is', null),
        ),
      ),
    )
    .returning('id')
    .executeTakeFirst()
  return ended !== undefined
}

/** What one request took is gone for the others too that gave it or found it: they say so by the same step. */
async function saySameElsewhere(tx: Tx, request: RequestRow, step: StepRow): Promise<void> {
  const others = await stepsBeside(tx, request)
    // Also of what ended while this one still needed it.
    .where('request.state', 'in', [...approvedStates, 'ended'])
    .where('step.direction', '=', 'grant')
    .where('step.key', '=', step.key)
    .execute()
  for (const other of others) {
    if (!isClosed(other) || other.plan.account.id !== step.plan.account.id) continue
    // Its copy, where there is one, is taken there.
    const { copiedBy: _, copy: __, ...plan } = step.plan
    const same = {
      ...step,
      plan: json(plan),
      doers: json(step.doers),
      evidence: step.evidence && json(step.evidence),
      receipt: null,
    }
    await tx
      .insertInto('step')
      .values({ ...same, id: newId(), request_id: other.request_id })
      .onConflict((known) => known.columns(['request_id', 'direction', 'key']).doNothing())
      .execute()
    // Badges are kept by version.
    await tx
      .updateTable('request')
      .set((eb) => ({ version: eb('version', '+', 1) }))
      .where('id', '=', other.request_id)
      .execute()
  }
}

/** What a comparison called extra stands in the record from now on: nobody removes or adopts it beside its own request. */
async function settleExtras(tx: Tx, request: RequestRow, { plan }: StepRow, now: Date): Promise<string[]> {
  const rows = await tx
    .updateTable('drift_finding')
    .set({ settled_at: now, settled_by: 'system', how: 'granted' })
    .where(isTheExtra(request.person_id, plan))
    // The record of an adopted finding bears its id, and is settled by whoever adopts it.
    .where('id', '!=', request.id)
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** Open findings of what this step would give or take, for its account. */
export function isTheExtra(personId: string, { key, account }: PlanStep) {
  return (eb: ExpressionBuilder<Schema, 'drift_finding'>) =>
    eb.and([
      eb('person_id', '=', personId),
      eb('key', '=', key),
      eb('kind', '=', 'extra'),
      eb('settled_at', 'is', null),
      // A list of names alone knows no id.
      eb.or([
        eb(sql`lower(account->>'id')`, '=', account.id.toLowerCase()),
        eb.and([
          eb(sql`account->>'id'`, 'is', null),
          eb(sql`lower(account->>'name')`, '=', account.name.toLowerCase()),
        ]),
      ]),
    ])
}
