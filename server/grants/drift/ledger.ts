import type { Kysely } from 'kysely'
import type { Schema } from '../../db/schema.ts'
import { loadRegister } from '../../people/register.ts'
import type { Office } from '../../requests/world.ts'
import type { RuleSet } from '../../rules/rule-set.ts'
import type { LevelId } from '../../rules/types.ts'
import type { Held } from './findings.ts'
import { loadMovements } from './movements.ts'
import type { Known, LevelsOf } from './reconcile.ts'
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
  const approved = new Set<string | null>(rows.flatMap((row) => (row.approval_id === null ? [] : [row.id])))
  const [granted = [], adopted = []] = [true, false].map((is) => held.filter(({ id }) => approved.has(id) === is))
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
    levels: levelsByPerson(office, ruleSets, granted),
    adopted: levelsByPerson(office, ruleSets, adopted, isAdoptable),
    isMoving: await loadMovements(db, office.clock.calendar()),
    isIgnored,
  }
}

const later = (one: Date, other: Date | null) => (other && other > one ? other : one)

type IsCounted = (ruleSet: RuleSet, level: LevelId) => boolean

/** Nobody is given a level with a review by one person's word, so a thing of it that was adopted is no more than itself. */
const isAdoptable: IsCounted = ({ levels, conditions }, level) =>
  !levels[level]?.conditions.some((condition) => conditions[condition]?.kind === 'review')

function levelsByPerson(
  office: Office,
  ruleSets: Map<string | null, string>,
  held: Held[],
  isCounted: IsCounted = () => true,
): Known['levels'] {
  const byPerson = Map.groupBy(held, ({ personId }) => personId)
  return new Map([...byPerson].map(([id, some]) => [id, levelsOf(office, ruleSets, some, isCounted)]))
}

function levelsOf(office: Office, ruleSets: Map<string | null, string>, held: Held[], isCounted: IsCounted): LevelsOf {
  const all = new Set<LevelId>()
  const names = new Set<string>()
  const seen = new Set<string>()
  for (const { id, level } of held) {
    const ruleSetId = ruleSets.get(id) ?? ''
    if (seen.has(`${ruleSetId} ${level}`)) continue
    seen.add(`${ruleSetId} ${level}`)
    const counted = levelsIn(office, ruleSetId, level, isCounted)
    for (const each of counted) all.add(each.id)
    const highest = counted.at(-1)
    if (highest) names.add(highest.name)
  }
  return { all, names: [...names].join(' and ') }
}

/** The rules of long ago may be gone: then a level is known by its id alone, and holds up nobody. */
function levelsIn(
  office: Office,
  ruleSetId: string,
  level: LevelId,
  isCounted: IsCounted,
): { id: LevelId; name: string }[] {
  try {
    const ruleSet = office.ruleSet(ruleSetId)
    return ruleSet
      .withIncluded(level)
      .filter((id) => isCounted(ruleSet, id))
      .map((id) => ({ id, name: ruleSet.levels[id]?.name ?? id }))
  } catch {
    return [{ id: level, name: level }]
  }
}
