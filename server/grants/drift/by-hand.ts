import type { Kysely } from 'kysely'
import type { Schema } from '../../db/schema.ts'
import type { Refusal } from '../../requests/act.ts'
import type { Office } from '../../requests/world.ts'
import type { PersonFacts, PlanStep } from '../../rules/types.ts'
import type { FindingRow } from './keep.ts'
import { planOfFinding } from './open-finding.ts'
import { type Place, placesToCompare } from './places.ts'

/**
 * What comes with something else, such as a team that Terraform fills from a list, and was found beyond the record: whoever
 * stands on the list loses it with that alone. Whoever does not was put there by hand, and loses it in the system itself.
 */

/** Who stands where, by the record or as something that a comparison found. */
export interface Standing {
  on(personId: string, key: string): boolean
}

/**
 * Of whoever has something beyond the record: only they are asked about.
 * @param places those that may come with something else; where none does, nothing is read
 */
export async function standingOnLists(
  db: Kysely<Schema>,
  places: Pick<Place, 'comesWith'>[],
  personId?: string,
): Promise<Standing> {
  const keys = [...new Set(places.flatMap(({ comesWith }) => comesWith))]
  if (keys.length === 0) return { on: () => false }
  const extras = db.selectFrom('drift_finding').where('settled_at', 'is', null).where('kind', '=', 'extra')
  const found = extras.select(['person_id', 'key']).where('key', 'in', keys)
  const held = db
    .selectFrom('holding')
    .select(['person_id', 'grant_key as key'])
    .where('ended_at', 'is', null)
    .where('grant_key', 'in', keys)
    .where((eb) =>
      personId === undefined ? eb('person_id', 'in', extras.select('person_id')) : eb('person_id', '=', personId),
    )
  const known = [...(await held.execute()), ...(await found.execute())]
  const pairs = new Set(known.map(({ person_id, key }) => `${person_id} ${key}`))
  return { on: (person, key) => pairs.has(`${person} ${key}`) }
}

/** The first of these that brings a place to somebody; `null` where they have it without any. */
export function broughtBy(place: Pick<Place, 'comesWith'>, personId: string, standing: Standing): string | null {
  return place.comesWith.find((key) => standing.on(personId, key)) ?? null
}

/** How a finding is taken away: by a step of its own, or with what brings it, by name. */
export type Removal = { plan: PlanStep; comesWith: null } | { plan: null; comesWith: string }

/** `null` where today's rules have no such place, or the system names no account that we can act on. */
export async function removalOf(
  db: Kysely<Schema>,
  office: Office,
  finding: Pick<FindingRow, 'key' | 'level' | 'account'>,
  person: PersonFacts,
): Promise<Removal | null> {
  const plan = planOfFinding(office, finding, person)
  if (!plan) return null
  const places = placesToCompare(office.ruleSet(null), office.installation)
  const place = places.find(({ key }) => key === plan.key)
  const brings = place ? broughtBy(place, person.id, await standingOnLists(db, [place], person.id)) : null
  if (brings === null) return { plan: plan.byHand ? inTheSystem(plan, plan.byHand) : plan, comesWith: null }
  return { plan: null, comesWith: places.find(({ key }) => key === brings)?.short ?? brings }
}

function inTheSystem(plan: PlanStep, { method, undo, undoTask }: NonNullable<PlanStep['byHand']>): PlanStep {
  return { ...plan, method, follows: null, after: [], words: { ...plan.words, undo }, undoTask }
}

export function goesWithThat(name: string): Refusal {
  return { code: 'comes-with', sentence: `${comesWithWords(name)} Nothing was changed.`, status: 409 }
}

export function comesWithWords(name: string): string {
  return `This comes with the ${name}, where they stand too. Settle that, and this goes with it.`
}
