import type { Kysely } from 'kysely'
import { DAY } from '../../clock.ts'
import type { Schema } from '../../db/schema.ts'
import { loadRegister } from '../../people/register.ts'
import type { Office } from '../../requests/world.ts'
import type { LevelId } from '../../rules/types.ts'
import type { Held } from './findings.ts'
import type { Known } from './reconcile.ts'
import { indexAccounts } from './whose.ts'

/** By which rules something is held, and in which system; by the holding's id. */
export type HeldUnder = ReadonlyMap<string, { system: string; ruleSet: string }>

/** Reads what a reconciliation compares with: the ledger, the register, and what is being changed now. */
export async function loadKnown(
  db: Kysely<Schema>,
  office: Office,
  isIgnored: (name: string) => boolean,
): Promise<Known & { held: Held[]; under: HeldUnder }> {
  const { people } = await loadRegister(db)
  const rows = await db
    .selectFrom('holding')
    .innerJoin('request', 'request.id', 'holding.request_id')
    .select(['holding.id', 'holding.person_id', 'grant_key', 'holding.level', 'account', 'holding.rule_set', 'since'])
    .select('holding.system')
    .select(['last_seen_at', 'missing_since', 'seen_detail', 'request.approval_id'])
    .where('ended_at', 'is', null)
    // What stays until somebody leaves is of no level any more.
    .where('request.state', '!=', 'ended')
    .orderBy('holding.id')
    .execute()
  const held = rows.map(
    (row): Held => ({
      id: row.id,
      personId: row.person_id,
      key: row.grant_key,
      level: row.level,
      account: row.account,
      since: later(row.since, row.last_seen_at),
      missing: row.missing_since === null ? null : (row.seen_detail ?? 'It was not found.'),
    }),
  )
  // What was adopted is held, and is no level that anybody approved.
  const adopted = new Set<string | null>(rows.flatMap((row) => (row.approval_id === null ? [row.id] : [])))
  const named = await db.selectFrom('other_account').select(['kind', 'account', 'name', 'person_id']).execute()
  const ruleSets = new Map<string | null, string>(rows.map(({ id, rule_set }) => [id, rule_set]))
  return {
    held,
    under: new Map(rows.map(({ id, system, rule_set }) => [id, { system, ruleSet: rule_set }])),
    people,
    whose: indexAccounts(
      people.values(),
      held,
      named.map(({ kind, account, name, person_id }) => ({
        personId: person_id,
        account: { kind, id: account, name },
      })),
    ),
    holdings: new Map(
      [...Map.groupBy(held, ({ key }) => key)].map(([key, some]) => [key, Map.groupBy(some, (one) => one.personId)]),
    ),
    levels: new Map(
      [
        ...Map.groupBy(
          held.filter(({ id }) => !adopted.has(id)),
          ({ personId }) => personId,
        ),
      ].map(([id, some]) => [id, levelsOf(office, ruleSets, some)]),
    ),
    isMoving: await movements(db, office.clock.calendar()),
    isIgnored,
  }
}

const later = (one: Date, other: Date | null) => (other && other > one ? other : one)

function levelsOf(
  office: Office,
  ruleSets: Map<string | null, string>,
  held: Held[],
): { all: ReadonlySet<LevelId>; names: string } {
  const all = new Set<LevelId>()
  const names = new Set<string>()
  const seen = new Set<string>()
  for (const { id, level } of held) {
    const ruleSetId = ruleSets.get(id) ?? ''
    if (seen.has(`${ruleSetId} ${level}`)) continue
    seen.add(`${ruleSetId} ${level}`)
    const { name, included } = levelIn(office, ruleSetId, level)
    names.add(name)
    for (const each of included) all.add(each)
  }
  return { all, names: [...names].join(' and ') }
}

/** The rules of long ago may be gone: then a level is known by its id alone, and holds up nobody. */
function levelIn(office: Office, ruleSetId: string, level: LevelId): { name: string; included: LevelId[] } {
  try {
    const ruleSet = office.ruleSet(ruleSetId)
    return { name: ruleSet.levels[level]?.name ?? level, included: ruleSet.withIncluded(level) }
  } catch {
    return { name: level, included: [level] }
  }
}

/** A copy of a system that is compared with, such as an export, may be so old. */
const OLDEST_COPY = 31 * DAY

/**
 * What is not finished is being changed, also where it is stuck or stopped: whoever must act sees it as such. What closed
 * after a moment was changed since.
 */
async function movements(db: Kysely<Schema>, now: Date): Promise<Known['isMoving']> {
  const steps = await db
    .selectFrom('step')
    .innerJoin('request', 'request.id', 'step.request_id')
    .select(['request.person_id', 'request.state as request_state', 'step.key', 'step.state', 'step.since'])
    .where((eb) =>
      eb.or([
        eb('request.state', 'in', ['granting', 'stopped', 'revoking']),
        eb('step.since', '>', new Date(now.getTime() - OLDEST_COPY)),
      ]),
    )
    .execute()
  const open = new Set<string>()
  const closed = new Map<string, Date>()
  for (const { person_id, request_state, key, state, since } of steps) {
    const name = `${person_id} ${key}`
    const isOver = state === 'verified' || state === 'seen' || request_state === 'granted' || request_state === 'ended'
    if (isOver) closed.set(name, later(since, closed.get(name) ?? null))
    else open.add(name)
  }
  return (personId, key, since) => {
    const name = `${personId} ${key}`
    const at = closed.get(name)
    return open.has(name) || (at !== undefined && at >= since)
  }
}
