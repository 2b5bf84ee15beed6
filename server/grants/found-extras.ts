import type { Kysely } from 'kysely'
import type { Tx } from '../db/database.ts'
import type { Schema } from '../db/schema.ts'
import { loadPerson } from '../people/register.ts'
import { standingStates } from '../requests/access-reviews.ts'
import type { World } from '../requests/act.ts'
import type { Office } from '../requests/world.ts'
import type { LevelId, PersonFacts, PlanStep } from '../rules/types.ts'
import { type Removal, removalOf } from './drift/by-hand.ts'
import type { FindingRow } from './drift/keep.ts'
import { isTheExtra } from './ledger.ts'

/** What a comparison found of somebody that no record has: it goes when all goes that they hold, and is settled by that. */

/**
 * As steps that could be revoked, each with what was found. Of several requests that stand only one answers for it: the
 * first whose level includes its own. What follows something else is left out, because it goes with that alone.
 */
export async function extrasOf(
  db: Kysely<Schema>,
  office: Office,
  { request, engineer }: World,
): Promise<{ plan: PlanStep; sentence: string }[]> {
  if (!request || !engineer) return []
  const found = await removalsOf(db, office, engineer)
  const answers = found.length > 0 ? await whoAnswers(db, office, engineer.id) : () => null
  return found.flatMap(({ finding: { level, sentence }, plan }) =>
    answers(level) === request.id ? [{ plan, sentence }] : [],
  )
}

/** Each open finding of theirs that a step of its own takes away. */
export async function removalsOf(
  db: Kysely<Schema>,
  office: Office,
  engineer: PersonFacts,
): Promise<{ finding: FindingRow; plan: PlanStep }[]> {
  return (await foundOf(db, office, engineer)).flatMap(({ finding, removal }) =>
    removal?.plan && removal.plan.method !== 'follows' ? [{ finding, plan: removal.plan }] : [],
  )
}

/** What no step can take, because today's rules have no place for it or the system names no account; in sentences. */
export async function onlyByHand(db: Kysely<Schema>, office: Office, personId: string): Promise<string[]> {
  const engineer = await loadPerson(db, personId)
  const found = engineer ? await foundOf(db, office, engineer) : []
  return found.flatMap(({ finding, removal }) => (removal === null ? [finding.sentence] : []))
}

async function foundOf(
  db: Kysely<Schema>,
  office: Office,
  engineer: PersonFacts,
): Promise<{ finding: FindingRow; removal: Removal | null }[]> {
  const found: { finding: FindingRow; removal: Removal | null }[] = []
  for (const finding of await openExtras(db, engineer.id))
    found.push({ finding, removal: await removalOf(db, office, finding, engineer) })
  return found
}

/** Whether a request of theirs stands, with which it goes. */
export async function isAnsweredFor(db: Kysely<Schema>, personId: string): Promise<boolean> {
  return (await standing(db, personId).executeTakeFirst()) !== undefined
}

/** What a comparison found of them beyond the record, and nobody decided about. */
export function openExtras(db: Kysely<Schema>, personId: string) {
  return db
    .selectFrom('drift_finding')
    .selectAll()
    .where('person_id', '=', personId)
    .where('kind', '=', 'extra')
    .where('settled_at', 'is', null)
    .orderBy('key')
    .execute()
}

function standing(db: Kysely<Schema>, personId: string) {
  return db
    .selectFrom('request')
    .select(['id', 'level'])
    .where('person_id', '=', personId)
    .where('state', 'in', [...standingStates])
}

async function whoAnswers(db: Kysely<Schema>, office: Office, personId: string) {
  const requests = await standing(db, personId)
    // What is being revoked answers only where nothing else stands, and so does what was adopted, which is no level.
    .orderBy((eb) => eb('state', '=', 'revoking'))
    .orderBy((eb) => eb('approval_id', 'is', null))
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  const rules = office.ruleSet(null)
  const includes = (level: LevelId, other: LevelId) =>
    Object.hasOwn(rules.levels, level) && rules.withIncluded(level).includes(other)
  return (level: LevelId) => (requests.find((one) => includes(one.level, level)) ?? requests[0])?.id ?? null
}

/** What is revoked now waits for nobody's decision any more. Answers the findings. */
export async function settleRemoved(
  tx: Tx,
  what: { personId: string; goes: PlanStep[]; by: string; now: Date },
): Promise<{ finding: string; place: string }[]> {
  const settled: { finding: string; place: string }[] = []
  for (const plan of what.goes) {
    const rows = await tx
      .updateTable('drift_finding')
      .set({ settled_at: what.now, settled_by: what.by, how: 'removing' })
      .where(isTheExtra(what.personId, plan))
      .returning('id')
      .execute()
    settled.push(...rows.map(({ id }) => ({ finding: id, place: plan.key })))
  }
  return settled
}
