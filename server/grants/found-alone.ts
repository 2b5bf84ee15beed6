import type { Kysely } from 'kysely'
import { londonDay } from '../clock.ts'
import type { Tx } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Schema } from '../db/schema.ts'
import type { World } from '../requests/act.ts'
import { type RecordOf, type RecordRows, recordOf, writeRecord } from '../requests/record-of.ts'
import { loadShared, type Office } from '../requests/world.ts'
import type { PlanStep } from '../rules/types.ts'
import { isAnsweredFor, openExtras, removalsOf } from './found-extras.ts'

/**
 * What a comparison found of somebody that no request takes: none stands, because they were put there by hand and never asked
 * here, or what they had was revoked before; or another account of theirs has what is held here by one already. It goes with
 * the decision that takes all of theirs, each by a record of its own.
 */

/** Whose word a record stands on. */
type On = Pick<RecordOf, 'by' | 'boardId' | 'reason'>

const nobodyYet: On = { by: '', boardId: '', reason: '' }

/** Of each a world as its record would have it, which nobody has written yet: for the window, and for what is signed. */
export async function foundAlone(
  db: Kysely<Schema>,
  office: Office,
  personId: string,
  on: On = nobodyYet,
): Promise<World[]> {
  if ((await openExtras(db, personId)).length === 0) return []
  const shared = await loadShared(db, office)
  const engineer = shared.people.get(personId)
  if (!engineer) return []
  const now = office.clock.calendar()
  const ruleSet = office.ruleSet(null).id
  const isAlone = await aloneOf(db, personId)
  return (await removalsOf(db, office, engineer)).flatMap(({ finding, plan }) => {
    if (plan.nothingToUndo || !isAlone(plan)) return []
    const record = recordOf(office.clock, { ...on, id: finding.id, level: finding.level, ruleSet, personId })
    const seen = { request_id: finding.id, key: plan.key, plan, found: 'present' as const, at: now }
    return [{ ...bare(office, record), ...shared, engineer, alsoFound: [{ ...seen, detail: finding.sentence }] }]
  })
}

/** A request takes each thing from one account: the same of another one is no part of it. */
async function aloneOf(db: Kysely<Schema>, personId: string): Promise<(plan: PlanStep) => boolean> {
  if (!(await isAnsweredFor(db, personId))) return () => true
  const held = await db
    .selectFrom('holding')
    .select(['grant_key', 'account'])
    .where('person_id', '=', personId)
    .where('ended_at', 'is', null)
    .execute()
  return ({ key, account }) => {
    const same = held.filter((one) => one.grant_key === key)
    return same.length > 0 && same.every((one) => one.account.id !== account.id)
  }
}

/** Writes the records, each with what it is of, as if the systems had been looked at and it was found there. */
export async function recordFoundAlone(tx: Tx, office: Office, personId: string, on: On): Promise<void> {
  for (const { card, request, alsoFound } of await foundAlone(tx, office, personId, on)) {
    if (!request) continue
    await writeRecord(tx, { card, request })
    for (const { plan, ...one } of alsoFound)
      await tx
        .insertInto('also_found')
        .values({ ...one, plan: json(plan) })
        .execute()
  }
}

/** Nothing is known of a record but what it is of. */
function bare({ clock, ruleSet, installation }: Office, record: RecordRows) {
  return {
    ...record,
    now: clock.calendar(),
    today: londonDay(clock.calendar()),
    ruleSet: ruleSet(null),
    installation,
    board: null,
    ticks: [],
    elsewhere: null,
    revoking: false,
    review: null,
    otherReviews: [],
    revokeDue: null,
    returning: null,
    steps: [],
    helps: [],
    holdings: [],
    othersSteps: [],
    othersRevokes: [],
    takenOver: [],
    leftOver: [],
    approval: null,
    expires: null,
    findings: [],
    held: [],
    plan: null,
    sponsors: [],
  }
}
