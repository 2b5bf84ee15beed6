import type { Office } from '../../requests/world.ts'
import type { CannotTell, DriftFinding, Held } from './findings.ts'
import type { HeldUnder } from './ledger.ts'
import { type Place, placesToCompare } from './places.ts'
import type { Known } from './reconcile.ts'
import { cannotTellWords } from './words.ts'

/**
 * What is held by rules that are no longer in force, and of which today's rules know no place: nothing asks a system
 * about it, so that it is told as what nobody watches.
 */
export interface LeftOver {
  systemName: string
  findings: DriftFinding[]
  /** About all of it, for the report. */
  cannotTell: CannotTell
}

type Rules = Pick<Office, 'ruleSet' | 'installation'>

/**
 * @param places all of today's rules, also those that no system lists
 * @param nameOf what a system is called that today's rules do not name
 * @returns by system. What is being changed now is not in it
 */
export function leftOver(
  office: Rules,
  places: Place[],
  known: Known & { held: Held[]; under: HeldUnder },
  how: { at: Date; nameOf(system: string): string },
): Map<string, LeftOver> {
  const today = new Set(places.map(({ key }) => key))
  const before = placesBefore(office)
  const names = new Map(places.map(({ system, systemName }) => [system, systemName]))
  const left = known.held.flatMap((held): DriftFinding[] => {
    const under = known.under.get(held.id ?? '')
    if (!under || today.has(held.key) || known.isMoving(held.personId, held.key, how.at)) return []
    const found = before(under.ruleSet, held.key)
    return found === 'nothing-to-undo' ? [] : [findingOf(known, held, under.system, found?.short ?? held.key)]
  })
  return new Map(
    [...Map.groupBy(left, ({ system }) => system)].map(([system, findings]): [string, LeftOver] => {
      const people = new Set(findings.map(({ personId }) => personId)).size
      const who = people === 1 ? '1 person holds' : `${people} people hold`
      const sentence = `What ${who} by rules that are no longer in force is compared with nothing.`
      const systemName = names.get(system) ?? how.nameOf(system)
      return [system, { systemName, findings, cannotTell: { system, key: null, sentence } }]
    }),
  )
}

function findingOf(known: Known, held: Held, system: string, short: string): DriftFinding {
  const { id, key, level, personId, account } = held
  const name = known.people.get(personId)?.fullName ?? account.name
  const sentence = cannotTellWords(name, { short }, 'The rules that are in force have no place for it any more.')
  const about = { key, system, level, personId, account, holdingId: id, sentence }
  return { kind: 'cannot-tell', ...about, overGrant: false, listed: null, lasts: true }
}

/** Places of rules of before, by their id; `null` where those rules are gone. */
export function placesBefore(office: Rules): (ruleSetId: string, key: string) => Place | 'nothing-to-undo' | null {
  const kept = new Map<string, Map<string, Place> | null>()
  const read = (id: string) => {
    try {
      const places = placesToCompare(office.ruleSet(id), office.installation)
      return new Map(places.map((place) => [place.key, place]))
    } catch {
      return null
    }
  }
  return (id, key) => {
    const places = kept.has(id) ? kept.get(id) : read(id)
    kept.set(id, places ?? null)
    return places ? (places.get(key) ?? 'nothing-to-undo') : null
  }
}
