import type { Kysely } from 'kysely'
import { DAY, londonDay } from '../../clock.ts'
import type { Schema } from '../../db/schema.ts'
import { type Changed, nothingChanged } from '../views/handover.ts'

/** The Monday on which the pair of today took over; on a Monday the one before, because that is the week handed over. */
export function handedOverOn(now: Date): Date {
  const day = new Date(`${londonDay(now)}T00:00:00Z`)
  const daysSinceMonday = (day.getUTCDay() + 6) % 7
  return new Date(day.getTime() - (daysSinceMonday === 0 ? 7 : daysSinceMonday) * DAY)
}

/**
 * What happened on these boards since a moment.
 * @param levelName how a level of a rule set is called in lists, such as "Deploy"
 */
export async function changedSince(
  db: Kysely<Schema>,
  since: Date,
  boards: string[],
  levelName: (ruleSet: string, level: string) => string,
): Promise<Changed> {
  if (boards.length === 0) return nothingChanged(since)
  const requests = await db
    .selectFrom('request')
    .innerJoin('person', 'person.id', 'request.person_id')
    .innerJoin('card', 'card.id', 'request.card_id')
    .select([
      'request.id',
      'full_name',
      'request.level',
      'rule_set',
      'state',
      'state_since',
      'granted_at',
      'lowered_at',
    ])
    .where('request.board_id', 'in', boards)
    // What a comparison found and somebody removed was never anybody's level.
    .where('card.way', '!=', 'record')
    .where((eb) =>
      eb.or([
        eb('granted_at', '>=', since),
        eb('state_since', '>=', since),
        eb('lowered_at', '>=', since),
        eb('request.id', 'in', eb.selectFrom('holding').select('request_id').where('ended_at', '>=', since)),
      ]),
    )
    .orderBy('state_since')
    .execute()
  const { steps } = await db
    .selectFrom('step')
    .innerJoin('request', 'request.id', 'step.request_id')
    .select((eb) => eb.fn.countAll<number>().as('steps'))
    .where('board_id', 'in', boards)
    .where((eb) => eb.or([eb('verified_at', '>=', since), eb('seen_at', '>=', since)]))
    .executeTakeFirstOrThrow()
  const parts = await db.selectFrom('holding').select('request_id').where('ended_at', '>=', since).distinct().execute()
  const lost = new Set(parts.map(({ request_id }) => request_id))
  const takers = await db
    .selectFrom('step')
    .innerJoin('request', 'request.id', 'step.request_id')
    .select('request_id')
    .where('board_id', 'in', boards)
    .where('direction', '=', 'revoke')
    .where('request.state_since', '>=', since)
    .distinct()
    .execute()
  const took = new Set(takers.map(({ request_id }) => request_id))
  const isNew = (at: Date | null) => at !== null && at >= since
  const named = (some: typeof requests) => some.map((one) => `${one.full_name} (${levelName(one.rule_set, one.level)})`)
  const became = (...states: string[]) =>
    named(requests.filter((one) => states.includes(one.state) && one.state_since >= since))
  return {
    since,
    granted: named(requests.filter(({ granted_at }) => isNew(granted_at))),
    // Where another request needed all of it, nothing was revoked.
    revoked: named(
      requests.filter(({ id, state, state_since }) => state === 'ended' && state_since >= since && took.has(id)),
    ),
    lowered: named(requests.filter(({ lowered_at }) => isNew(lowered_at))),
    partlyRevoked: named(
      requests.filter(({ id, state, lowered_at }) => state === 'granted' && lost.has(id) && !isNew(lowered_at)),
    ),
    closed: became('declined', 'withdrawn', 'expired'),
    steps: Number(steps),
  }
}
