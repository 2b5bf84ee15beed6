import type { RuleSet } from '../../rules/rule-set.ts'
import type { Account, LevelId } from '../../rules/types.ts'
import { type Listing, SystemFailure } from '../system.ts'
import type { Held } from './findings.ts'
import type { Place } from './places.ts'
import type { Asked, Known } from './reconcile.ts'

/**
 * Files that other tools go by, such as a list of people with their levels of access: compared with the record like a
 * system. What is in them is changed where they are kept, so that nothing of it is adopted or removed here.
 */
export interface PeopleFile {
  id: string
  /** As people call it: `govuk_tech.yml`. */
  name: string
  /** By which account its people are known. */
  kind: Account['kind']
  /** Levels and places, as in the ledger, that it says something of. */
  means: string[]
  /** By what it means. Throws SystemFailure. */
  read(): Promise<ReadonlyMap<string, Listing>>
}

/** What the record says in the terms of one file. */
interface InItsTerms {
  places: Place[]
  known: Known
}

export async function askFile(
  file: PeopleFile,
  places: Place[],
  now: Date,
  report: (error: unknown) => void,
): Promise<Asked[]> {
  try {
    const read = await file.read()
    const unknown: Listing = { is: 'cannot-see', detail: 'The file says nothing of it.' }
    return places.map((place) => ({ place, at: now, answer: read.get(meaningOf(file, place)) ?? unknown }))
  } catch (error) {
    const known = error instanceof SystemFailure
    if (!known) report(error)
    const sentence = known ? error.message : `${file.name} could not be read.`
    return places.map((place) => ({ place, at: now, answer: { is: 'failed', sentence } }))
  }
}

const keyIn = ({ id }: PeopleFile, meaning: string) => `${id}:${meaning}`
const meaningOf = ({ id }: PeopleFile, { key }: Place) => key.slice(id.length + 1)

/** Places of one file: what each of its meanings stands for. What today's rules do not know is left out. */
export function placesOfFile(file: PeopleFile, ruleSet: RuleSet, systems: Place[]): Place[] {
  const common = { system: file.id, systemName: file.name, follows: null, comesWith: [] }
  return file.means.flatMap((meaning): Place[] => {
    const key = keyIn(file, meaning)
    const level = Object.hasOwn(ruleSet.levels, meaning) ? ruleSet.levels[meaning] : undefined
    const order = { environment: null, wanted: { value: meaning, params: {} }, kind: file.kind }
    if (level) {
      const within = file.means
        .filter((one) => one !== meaning && Object.hasOwn(ruleSet.levels, one))
        .filter((one) => ruleSet.withIncluded(one).includes(meaning))
        .map((one) => keyIn(file, one))
      const short = `${level.name} in ${file.name}`
      return [{ ...common, key, short, level: meaning, levelName: level.name, value: level.name, within, order }]
    }
    const place = systems.find((one) => one.key === meaning)
    if (!place) return []
    const within = place.within.filter((one) => file.means.includes(one)).map((one) => keyIn(file, one))
    const { levelName, value } = place
    return [
      { ...common, key, short: `${place.short} in ${file.name}`, level: place.level, levelName, value, within, order },
    ]
  })
}

/** The record as this file would have to say it. */
export function knownToFile(file: PeopleFile, known: Known, systems: Place[]): InItsTerms['known'] {
  const holdings = new Map<string, Map<string, Held[]>>()
  for (const meaning of file.means) {
    const people = systems.some((one) => one.key === meaning)
      ? [...(known.holdings.get(meaning)?.keys() ?? [])]
      : [...known.levels].flatMap(([id, { all }]) => (all.has(meaning) ? [id] : []))
    const held = people.flatMap((id) => heldBy(file, known, meaning, id))
    holdings.set(keyIn(file, meaning), new Map(held.map((one) => [one.personId, [one]])))
  }
  const placesBehind = (key: string): string[] => {
    const meaning = key.slice(file.id.length + 1)
    return systems.some((one) => one.key === meaning) ? [meaning] : systems.map((one) => one.key)
  }
  return {
    ...known,
    holdings,
    isMoving: (personId, key, since) => placesBehind(key).some((one) => known.isMoving(personId, one, since)),
  }
}

/** Nobody is missing from a file that knows them by an account that they have not got. */
function heldBy(file: PeopleFile, { people }: Known, meaning: LevelId | string, personId: string): Held[] {
  const account = people.get(personId)?.accounts[file.kind]
  if (!account) return []
  const nowhere = { id: null, since: new Date(0), missing: null }
  return [{ ...nowhere, personId, key: keyIn(file, meaning), level: meaning, account }]
}
