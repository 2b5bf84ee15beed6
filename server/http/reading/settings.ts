import type { Kysely } from 'kysely'
import { DAY, londonDay } from '../../clock.ts'
import type { Schema } from '../../db/schema.ts'
import { type PersonLine, personLine } from '../../people/missing.ts'
import { loadRegister } from '../../people/register.ts'
import { rolesGivenSince } from '../../people/roles.ts'
import { loadActor } from '../../requests/actor.ts'
import { heldRuns } from '../../requests/held-runs.ts'
import { permissionsOf } from '../../rules/permissions.ts'
import type { SettingsView } from '../api.ts'
import { settingsView, settingsWithoutRecords } from '../views/settings.ts'
import type { Viewer } from '../who.ts'
import { newestComparison } from './drift.ts'
import type { ReadingParts } from './parts.ts'

/** The settings, also while our own records cannot be read. */
export async function readSettings(parts: ReadingParts, viewer: Viewer): Promise<SettingsView> {
  const { db, office } = parts
  if (!(await parts.recordsAnswer())) return settingsWithoutRecords(await parts.connections(), office.clock.calendar())
  const actor = await loadActor(db.kysely, office, viewer)
  const now = office.clock.calendar()
  const today = londonDay(now)
  const ruleSet = office.ruleSet(null)
  const boards = await db.kysely.selectFrom('board').selectAll().orderBy('name').execute()
  const facts = await db.kysely
    .selectFrom('person_fact')
    .select(['person_id', 'fact'])
    .where('fact', 'in', ['clearance', 'absences'])
    .execute()
  const people = await db.kysely.selectFrom('person').select(['id', 'full_name']).execute()
  const linked = await db.kysely
    .selectFrom('person_account')
    .select('person_id')
    .where('kind', '=', 'trello')
    .where('state', '=', 'linked')
    .execute()
  const weeks = await db.kysely
    .selectFrom('rota')
    .selectAll()
    .where('ends', '>', today)
    .orderBy('starts')
    .limit(4)
    .execute()
  const newest = await newestComparison(db.kysely)
  const name = (id: string | null) => people.find((one) => one.id === id)?.full_name
  const known = (fact: string) => facts.filter((row) => row.fact === fact).length
  return settingsView(actor, {
    // Strangers see none of it, so no other system is asked for them.
    connections: actor.person ? await parts.connections() : [],
    boards: boards.map((board) => ({
      id: board.id,
      name: board.name,
      problem: board.problem,
      checkedAt: board.checked_at,
      webhook: board.webhook_id !== null,
    })),
    ruleSet: { id: ruleSet.id, digest: ruleSet.digest, page: ruleSet.page },
    permissions: permissionsOf(ruleSet),
    unmapped: await parts.unmapped(),
    people: {
      all: people.length,
      linked: linked.length,
      withoutClearance: people.length - known('clearance'),
      withoutAbsence: people.length - known('absences'),
    },
    register: actor.roles.keeper ? await everybody(db.kysely, new Set(linked.map((row) => row.person_id))) : [],
    rota: weeks.map((week) => ({
      starts: week.starts,
      ends: week.ends,
      names: [name(week.primary_id), name(week.secondary_id)].filter((one) => one !== undefined),
    })),
    exports: (actor.person ? await parts.exports() : []).map(({ newest, ...one }) => ({
      ...one,
      newest: newest && { ...newest, by: name(newest.by) ?? 'somebody' },
    })),
    comparison: newest && { ...newest, nameOf: name },
    heldRuns: await heldRuns(db.kysely),
    rolesGiven: await rolesGivenSince(db.kysely, new Date(now.getTime() - 30 * DAY)),
    now,
  })
}

async function everybody(db: Kysely<Schema>, linked: Set<string>): Promise<PersonLine[]> {
  return [...(await loadRegister(db)).people.values()].map((person) => personLine(person, linked.has(person.id)))
}
