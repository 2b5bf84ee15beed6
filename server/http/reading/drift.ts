import type { Kysely } from 'kysely'
import { londonDay } from '../../clock.ts'
import type { Schema } from '../../db/schema.ts'
import { broughtBy, type Standing, standingOnLists } from '../../grants/drift/by-hand.ts'
import type { FindingRow } from '../../grants/drift/keep.ts'
import { placesBefore } from '../../grants/drift/left-over.ts'
import { openFinding } from '../../grants/drift/open-finding.ts'
import { type Place, placesToCompare } from '../../grants/drift/places.ts'
import type { DriftReport } from '../../grants/drift/report.ts'
import { digestOfFound, whatWasFound } from '../../grants/drift/what-was-found.ts'
import { loadRegister } from '../../people/register.ts'
import type { Actor } from '../../requests/act.ts'
import { loadActor } from '../../requests/actor.ts'
import { daysKept, daysLeftAlone } from '../../requests/letting-stand.ts'
import { judgeSponsorship } from '../../rules/sponsorship.ts'
import type { PersonFacts } from '../../rules/types.ts'
import { linkOrNull } from '../../rules/words.ts'
import type { WindowView } from '../api.ts'
import { driftItem, seesDrift } from '../views/drift.ts'
import type { Drift } from '../views/drift-ways.ts'
import type { Item } from '../views/queue-items.ts'
import { driftWindow } from '../views/windows/drift.ts'
import { emptyWindow } from '../views/windows.ts'
import type { Viewer } from '../who.ts'
import type { ReadingParts } from './parts.ts'

/** Every open finding that this viewer may see, as items of the queue: over-grants first, then the oldest. */
export async function driftFor(parts: Pick<ReadingParts, 'db' | 'office'>, actor: Actor): Promise<Item[]> {
  if (!actor.person) return []
  const { db, office } = parts
  const rows = await db.kysely
    .selectFrom('drift_finding')
    .selectAll()
    .where('settled_at', 'is', null)
    .orderBy('over_grant', 'desc')
    .orderBy('first_seen_at')
    .orderBy('id')
    .execute()
  if (rows.length === 0) return []
  const { people } = await loadRegister(db.kysely)
  const seen = rows.filter((row) => seesDrift(actor, people.get(row.person_id ?? '') ?? null))
  const standing = await standingFor(parts, rows)
  const describe = describing(parts, { people, standing }, actor, await placesUnderRulesOfBefore(parts, rows))
  const now = office.clock.calendar()
  return seen.map((row) => driftItem(describe(row), actor, now))
}

/** Whether what was found beyond the record comes with something that they have too. */
function standingFor({ db, office }: Pick<ReadingParts, 'db' | 'office'>, findings: FindingRow[]): Promise<Standing> {
  const keys = new Set(findings.flatMap(({ kind, key }) => (kind === 'extra' ? [key] : [])))
  const places = placesToCompare(office.ruleSet(null), office.installation).filter(({ key }) => keys.has(key))
  return standingOnLists(db.kysely, places)
}

function describing(
  { office }: Pick<ReadingParts, 'office'>,
  { people, standing }: { people: Map<string, PersonFacts>; standing: Standing },
  actor: Actor,
  before: ReadonlyMap<string, Place> = new Map(),
): (finding: FindingRow) => Drift {
  const ruleSet = office.ruleSet(null)
  const places = new Map(placesToCompare(ruleSet, office.installation).map((place) => [place.key, place]))
  const today = londonDay(office.clock.calendar())
  const judged = new Map<string, boolean>()
  const maySponsor = (engineer: PersonFacts, level: string) => {
    const key = `${engineer.id} ${level}`
    const before = judged.get(key)
    if (before !== undefined) return before
    const may =
      actor.person !== null &&
      Object.hasOwn(ruleSet.levels, level) &&
      judgeSponsorship({ ruleSet, level, engineer, people, today, viewer: actor.person }).may
    judged.set(key, may)
    return may
  }
  return (finding) => {
    const place = places.get(finding.key) ?? before.get(finding.id)
    const person = people.get(finding.person_id ?? '') ?? null
    const brings = place && person ? broughtBy(place, person.id, standing) : null
    return {
      finding,
      person,
      short: place?.short ?? finding.key.slice(finding.key.indexOf(':') + 1),
      systemName: place?.systemName ?? finding.system,
      isOurs: place !== undefined,
      comesWith: brings === null ? null : (places.get(brings)?.short ?? brings),
      page: pageOf(place),
      maySponsor: person !== null && maySponsor(person, finding.level),
      leftFor: person ? daysKept(person) : daysLeftAlone(ruleSet, finding.level),
      ruledBy: people.get(finding.ruled_by ?? '')?.fullName ?? null,
    }
  }
}

/** What cannot be told because today's rules have no place for it is called as in those by which it is held; by finding. */
async function placesUnderRulesOfBefore(
  { db, office }: Pick<ReadingParts, 'db' | 'office'>,
  findings: FindingRow[],
): Promise<Map<string, Place>> {
  const unclear = db.kysely.selectFrom('drift_finding').select('holding_id').where('kind', '=', 'cannot-tell')
  const open = unclear.where('settled_at', 'is', null)
  const held = await db.kysely.selectFrom('holding').select(['id', 'rule_set']).where('id', 'in', open).execute()
  const ruleSets = new Map(held.map(({ id, rule_set }) => [id, rule_set]))
  const before = placesBefore(office)
  return new Map(
    findings.flatMap(({ id, key, holding_id }) => {
      const ruleSet = ruleSets.get(holding_id ?? '')
      const place = ruleSet === undefined ? null : before(ruleSet, key)
      return place && place !== 'nothing-to-undo' ? [[id, place] as const] : []
    }),
  )
}

function pageOf(place: Place | undefined): string | null {
  const page = place?.order.wanted.params['page']
  return typeof page === 'string' ? linkOrNull(page) : null
}

/** The window of one decision about one finding; `subject` is the finding. */
export async function readDriftWindow(
  parts: Pick<ReadingParts, 'db' | 'office'>,
  viewer: Viewer,
  name: Parameters<typeof driftWindow>[0],
  subject: string,
): Promise<WindowView | null> {
  const { db, office } = parts
  const actor = await loadActor(db.kysely, office, viewer)
  const finding = await openFinding(db.kysely, subject)
  const { people } = await loadRegister(db.kysely)
  const { person } = actor
  if (!person || (finding && !seesDrift(actor, people.get(finding.person_id ?? '') ?? null))) return null
  if (!finding)
    return {
      ...emptyWindow(name, ''),
      title: 'This is settled',
      refusal: 'This was settled already, or is gone by itself.',
    }
  const seen = digestOfFound(await whatWasFound(db.kysely, office, finding))
  const standing = await standingFor(parts, [finding])
  return driftWindow(name, { ...describing(parts, { people, standing }, actor)(finding), seen }, { ...actor, person })
}

/** What the newest comparison said of itself, or `null` before the first one. */
export async function newestComparison(db: Kysely<Schema>): Promise<{ at: Date; report: DriftReport } | null> {
  const row = await db
    .selectFrom('drift_run')
    .select(['finished_at', 'report'])
    .where('state', '=', 'finished')
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.finished_at ? { at: row.finished_at, report: row.report } : null
}
