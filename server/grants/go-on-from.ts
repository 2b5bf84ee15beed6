import { json } from '../db/json.ts'
import type { Doing, World } from '../requests/act.ts'
import type { Office } from '../requests/world.ts'
import { goesOn } from './again.ts'
import { settleSteps } from './settle-steps.ts'
import { type Adapters, beginning, isClosed } from './steps.ts'
import type { Wake } from './wake.ts'

/**
 * Lets what has not begun of a request begin, each step pinned to the account and the plan as they stand now: what the caller
 * has made sure is approved.
 */
export async function goOnFrom(
  doing: Doing,
  world: World,
  parts: { office: Office; adapters: Adapters; wake: Pick<Wake, 'send'> },
): Promise<void> {
  const now = doing.clock.calendar()
  const closed = new Set(world.steps.filter((one) => one.direction === 'grant' && isClosed(one)).map((one) => one.key))
  for (const { step, plan } of goesOn(world)) {
    const waits = plan.after.some((key) => !closed.has(key))
    const begin = beginning(waits ? plan : { ...plan, after: [] }, 'grant', parts.adapters)
    // What was sent for another account says nothing about the new one.
    const sameAccount = plan.account.id === step.plan.account.id
    await doing.tx
      .updateTable('step')
      .set({
        plan: json(plan),
        method: begin.method,
        state: begin.state,
        since: now,
        turn: begin.turn,
        sentence: begin.sentence,
        remedy: null,
        next_check_at: begin.isLookedAt && begin.state === 'ready' ? doing.clock.wall() : null,
        lease_until: null,
        lease_by: null,
        ...(sameAccount ? {} : { receipt: null, evidence: null, link: null, intent_at: null }),
      })
      .where('id', '=', step.id)
      .execute()
  }
  // What was under way when it was stopped may have closed meanwhile, and may have been the last.
  await settleSteps(doing, parts.office, parts.adapters, world.card.id)
  await parts.wake.send(doing.tx)
}
