import { type Kysely, sql } from 'kysely'
import { londonDay } from '../clock.ts'
import type { Schema } from '../db/schema.ts'
import type { RuleSet } from '../rules/rule-set.ts'
import type { RequestFacts } from '../rules/types.ts'

/** Which levels somebody holds, by the ledger: what rules ask of whoever asks for more, or does a task for others. */

/** Levels that somebody holds whole, with the day since when: granted, and nothing of it ended. */
export async function heldLevels(db: Kysely<Schema>, personId: string): Promise<RequestFacts['held']> {
  const granted = await db
    .selectFrom('request')
    .select(['id', 'level', 'lowered_from', 'granted_at'])
    .where('person_id', '=', personId)
    .where('state', '=', 'granted')
    // What was only adopted is no level that somebody approved.
    .where('approval_id', 'is not', null)
    .orderBy('granted_at')
    .execute()
  const held: RequestFacts['held'] = []
  for (const { id, level, lowered_from, granted_at } of granted) {
    if (!granted_at || held.some((one) => one.level === level)) continue
    const ended = await db
      .selectFrom('holding')
      .select('id')
      .where('request_id', '=', id)
      .where('ended_at', 'is not', null)
      .$if(lowered_from !== null, (query) => query.where('level', '!=', lowered_from ?? ''))
      .executeTakeFirst()
    if (!ended && !(lowered_from === null && (await isPartGone(db, personId, id))))
      held.push({ level, since: londonDay(granted_at) })
  }
  return held
}

/** Whether something of what a request gave or found is not held any more, whichever request has it. */
async function isPartGone(db: Kysely<Schema>, personId: string, requestId: string): Promise<boolean> {
  const gone = await db
    .selectFrom('step')
    .select('step.id')
    .where('request_id', '=', requestId)
    .where('direction', '=', 'grant')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('holding')
            .select('holding.id')
            .where('person_id', '=', personId)
            .where('ended_at', 'is', null)
            .whereRef('grant_key', '=', 'step.key')
            .where(sql<boolean>`holding.account->>'id' = step.plan->'account'->>'id'`),
        ),
      ),
    )
    .executeTakeFirst()
  return gone !== undefined
}

/** Whether somebody holds a level whose holders, as the rule set says, may carry out tasks for others. */
export function holdsLevelForTasks(ruleSet: RuleSet): (db: Kysely<Schema>, personId: string) => Promise<boolean> {
  const mayDoTasks = (level: string) =>
    Object.hasOwn(ruleSet.levels, level) &&
    ruleSet.withIncluded(level).some((each) => ruleSet.levels[each]?.holdersMayDoTasks === true)
  return async (db, personId) => (await heldLevels(db, personId)).some((one) => mayDoTasks(one.level))
}
