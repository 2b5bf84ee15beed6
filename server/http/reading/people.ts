import type { Kysely } from 'kysely'
import { londonDay } from '../../clock.ts'
import type { Schema } from '../../db/schema.ts'
import { notMetToday } from '../../grants/drift/judge-holders.ts'
import { removalsOf } from '../../grants/found-extras.ts'
import { everyHolding, type LedgerLine, ledgerCsv } from '../../grants/who-holds-what.ts'
import { loadRegister } from '../../people/register.ts'
import { openReviewsOf } from '../../requests/access-reviews.ts'
import type { Actor } from '../../requests/act.ts'
import { loadActor } from '../../requests/actor.ts'
import { approvedStates } from '../../requests/life.ts'
import { type Relation, relationsOf } from '../../requests/relations.ts'
import { upcomingReviews } from '../../requests/upcoming-reviews.ts'
import { loadShared, loadWorld, type Shared } from '../../requests/world.ts'
import { whoCanSponsor } from '../../rules/sponsorship.ts'
import type { Finding, PersonFacts } from '../../rules/types.ts'
import type { PageView, PeopleView } from '../api.ts'
import { HttpProblem } from '../problem.ts'
import { peopleView, personView } from '../views/people.ts'
import type { Standing } from '../views/person-holdings.ts'
import { viewerOn } from '../views/viewer.ts'
import type { Viewer } from '../who.ts'
import type { ReadingParts } from './parts.ts'

/** Who holds what, for those who may know: everybody their own, tech leads their engineers’, the office everybody’s. */

type RegisterParts = Pick<ReadingParts, 'db' | 'office'>

/** More than this is what the search and the export are for. */
const MOST_SHOWN = 200

export async function readPeople(parts: RegisterParts, viewer: Viewer, find: string): Promise<PeopleView> {
  const { db, office } = parts
  const actor = await loadActor(db.kysely, office, viewer)
  const shared = await loadShared(db.kysely, office)
  const visible = [...shared.people.values()].filter((person) => mayLookUp(actor, person))
  const wanted = find.trim().toLocaleLowerCase('en-GB')
  const found = visible.filter(({ fullName }) => fullName.toLocaleLowerCase('en-GB').includes(wanted))
  const held = (await everyHolding(db.kysely)).filter(({ untilLeaving }) => !untilLeaving)
  const lines = Map.groupBy(held, ({ personId }) => personId)
  // Without a name to look for, those who hold something are what is asked about.
  const shown = wanted === '' ? found.filter(({ id }) => lines.has(id) || id === actor.person?.id) : found
  return peopleView(actor, {
    find,
    people: shown
      .toSorted((one, other) => one.fullName.localeCompare(other.fullName, 'en-GB'))
      .slice(0, MOST_SHOWN)
      .map((person) => ({ person, holds: lines.get(person.id) ?? [] })),
    left: Math.max(0, shown.length - MOST_SHOWN),
    levelName: levelNames(parts),
    mayExport: readsAll(actor),
    now: office.clock.calendar(),
  })
}

/** @throws HttpProblem 403 for somebody else’s page, also where nobody of that id is known: strangers learn no ids */
export async function readPerson(parts: RegisterParts, viewer: Viewer, personId: string): Promise<PageView> {
  const { db, office } = parts
  const actor = await loadActor(db.kysely, office, viewer)
  const shared = await loadShared(db.kysely, office)
  const person = shared.people.get(personId === 'me' ? (actor.person?.id ?? '') : personId)
  if (!person || !mayLookUp(actor, person)) throw notYours()
  const requests = await db.kysely
    .selectFrom('request')
    .innerJoin('card', 'card.id', 'request.card_id')
    .select(['request.id', 'request.level', 'request.rule_set', 'request.state', 'request.state_since'])
    .select((eb) => eb.case().when('card.deleted_at', 'is', null).then(eb.ref('card.url')).end().as('url'))
    .where('request.person_id', '=', person.id)
    // A record of what was found outside is nobody's request.
    .where('card.way', '!=', 'record')
    .orderBy('request.created_at', 'desc')
    .execute()
  const holdings = await everyHolding(db.kysely, { personId: person.id, ended: true })
  return personView(person, {
    relations: relationsTo(parts, actor, person, shared),
    holdings,
    notMet: notMetOf(parts, person, shared, holdings),
    requests,
    templates: await templatesIn(db.kysely),
    hasFound: (await removalsOf(db.kysely, office, person)).length > 0,
    standing: await standingOf(parts, actor, person.id, shared),
    people: shared.people,
    keeper: actor.roles.keeper ? actor.person?.id : undefined,
    levelName: levelNames(parts),
    ruleSet: office.ruleSet(null),
    reviews: await openReviewsOf(db.kysely, person.id),
    upcoming: (await upcomingReviews(db.kysely, office, person.id))[0] ?? null,
    readsLog: readsAll(actor) || actor.person?.id === person.id,
    now: office.clock.calendar(),
  })
}

/** By level, the address of a template card that we know. */
async function templatesIn(db: Kysely<Schema>): Promise<Map<string, string>> {
  const cards = await db
    .selectFrom('card')
    .select(['level', 'url'])
    .where('kind', '=', 'template')
    .where('deleted_at', 'is', null)
    .execute()
  return new Map(cards.map(({ level, url }) => [level, url]))
}

/** Nothing of whoever cannot be judged: the comparison of every day tells those who can put it right. */
function notMetOf(
  { office }: RegisterParts,
  person: PersonFacts,
  { people }: Shared,
  holdings: LedgerLine[],
): Finding[] {
  const held = holdings.filter(({ endedAt, untilLeaving }) => endedAt === null && !untilLeaving)
  const levels = [...new Set(held.map(({ level }) => level))]
  try {
    const today = londonDay(office.clock.calendar())
    return notMetToday({ ruleSet: office.ruleSet(null), people, today }, person, levels)
  } catch {
    return []
  }
}

/** What may be revoked or given back, as this viewer stands to it. */
async function standingOf(
  { db, office }: RegisterParts,
  actor: Actor,
  personId: string,
  shared: Shared,
): Promise<Standing[]> {
  const rows = await db.kysely
    .selectFrom('request')
    .select('card_id')
    .where('person_id', '=', personId)
    .where('state', 'in', [...approvedStates])
    .execute()
  const worlds = await Promise.all(rows.map((one) => loadWorld(db.kysely, office, one.card_id, null, shared)))
  return worlds.flatMap((world) => (world ? [{ world, viewer: viewerOn(world, actor) }] : []))
}

/** The whole ledger as CSV. @throws HttpProblem 403 for anybody who may not read everything */
export async function exportLedger(db: Kysely<Schema>, actor: Actor, note: () => Promise<void>): Promise<string> {
  if (!readsAll(actor))
    throw new HttpProblem(403, 'not-yours', 'Senior Tech and register keepers can export who holds what.')
  await note()
  const { people } = await loadRegister(db)
  const emails = [...people.values()].flatMap(({ id, accounts }) =>
    accounts.email ? [[id, accounts.email.name] as const] : [],
  )
  return ledgerCsv(await everyHolding(db, { ended: true }), new Map(emails))
}

function mayLookUp({ person, roles }: Actor, other: PersonFacts): boolean {
  if (!person) return false
  const office = roles.keeper || roles.seniorTech || roles.secondLine || roles.holdsAdmin
  return office || person.id === other.id || other.techLead?.value === person.id
}

function readsAll({ roles }: Actor): boolean {
  return roles.keeper || roles.seniorTech
}

function notYours(): HttpProblem {
  return new HttpProblem(
    403,
    'not-yours',
    'You can see your own page and those of engineers whose tech lead you are. Senior Tech, register keepers and 2nd line see everybody’s.',
  )
}

/** As a sponsor somebody counts who may sponsor any level of today’s rules. */
function relationsTo({ office }: RegisterParts, actor: Actor, engineer: PersonFacts, shared: Shared): Set<Relation> {
  const ruleSet = office.ruleSet(null)
  const { people, today } = { people: shared.people, today: londonDay(office.clock.calendar()) }
  const sponsors = Object.keys(ruleSet.levels).flatMap((level) =>
    whoCanSponsor({ ruleSet, level, engineer, people, today }),
  )
  return relationsOf(actor, engineer, sponsors)
}

/** Old rule sets may be gone: then the level’s own id says it. */
function levelNames({ office }: RegisterParts): (line: Pick<LedgerLine, 'ruleSet' | 'level'>) => string {
  return ({ ruleSet, level }) => {
    try {
      return office.ruleSet(ruleSet).levels[level]?.name ?? level
    } catch {
      return level
    }
  }
}
