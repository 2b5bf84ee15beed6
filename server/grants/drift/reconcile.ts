import type { LevelId, PersonFacts } from '../../rules/types.ts'
import type { Listed, Listing } from '../system.ts'
import type { CannotTell, DriftFinding, DriftKind, Held } from './findings.ts'
import type { Place } from './places.ts'
import type { Whose } from './whose.ts'
import {
  cannotTellWords,
  differentWords,
  extraWords,
  inProgressWords,
  missingWords,
  overAdoptedWords,
  overGrantWords,
  unmanagedWords,
} from './words.ts'

/** Level ids, and what those are called that include the others. */
export interface LevelsOf {
  all: ReadonlySet<LevelId>
  names: string
}

/** What one reconciliation knows, of all systems. */
export interface Known {
  people: Map<string, PersonFacts>
  whose: Whose
  /** By place, then by person. */
  holdings: ReadonlyMap<string, ReadonlyMap<string, Held[]>>
  /** Levels that somebody was granted something of, with all that those include; by person id. */
  levels: ReadonlyMap<string, LevelsOf>
  /** Levels that adopted things are of, as far as adopting gives one: nobody approved them. */
  adopted: ReadonlyMap<string, LevelsOf>
  /** Whether something of this person's is being changed there, or was after a moment. */
  isMoving(personId: string, key: string, since: Date): boolean
  /** Machine accounts that the installation names. */
  isIgnored(name: string): boolean
}

/** A place with what its system says, or why it could not be listed. */
export interface Asked {
  place: Place
  /** When it was asked. */
  at: Date
  answer: Listing | { is: 'failed'; sentence: string }
}

export interface Reconciled {
  findings: DriftFinding[]
  cannotTell: CannotTell[]
  /** Accounts that are as the record says. */
  agree: number
  /** Machine accounts. */
  ignored: number
  /** What could not be judged because of ourselves. */
  broken: unknown[]
}

type Answered = Asked & { answer: Extract<Listing, { is: 'listed' }> }

/**
 * Compares what the places of one system say with the record. Pure; nothing is ever changed by it. One account or person
 * that cannot be judged is *cannot tell*, and the rest goes on.
 */
export function reconcile(known: Known, asked: Asked[]): Reconciled {
  const done: Reconciled = { findings: [], cannotTell: [], agree: 0, ignored: 0, broken: [] }
  const answered = new Map<string, Answered>()
  const [first] = asked
  const down = first ? wholeFailure(asked) : null
  if (first && down !== null) done.cannotTell.push({ system: first.place.system, key: null, sentence: down })
  for (const one of asked) {
    const { place, answer, at } = one
    if (answer.is === 'listed') {
      answered.set(place.key, { place, at, answer })
      if (answer.cannotSee)
        done.cannotTell.push({ system: place.system, key: place.key, sentence: `${place.short}: ${answer.cannotSee}` })
    } else if (down === null) {
      const why = answer.is === 'failed' ? answer.sentence : answer.detail
      done.cannotTell.push({ system: place.system, key: place.key, sentence: `${place.short}: ${why}` })
      notListed(known, one, done)
    }
  }
  const lists = new Map([...answered].map(([key, one]) => [key, peopleIn(known, one)]))
  for (const one of answered.values()) {
    const there = lists.get(one.place.key) ?? nobody
    const above = one.place.within.flatMap((key) => lists.get(key) ?? [])
    for (const listed of one.answer.accounts)
      guarded(done, one.place, listed.account, null, () => judgeListed(known, one, listed, above, done))
    for (const held of heldIn(known, one.place))
      guarded(done, one.place, held.account, held.personId, () => judgeAbsent(known, one, held, there, above, done))
  }
  return done
}

/** Why none of several places could be listed, where all say the same: it is said once. */
function wholeFailure(asked: Asked[]): string | null {
  const said = new Set(asked.map(({ answer }) => (answer.is === 'failed' ? answer.sentence : null)))
  const [only] = said
  return asked.length > 1 && said.size === 1 ? (only ?? null) : null
}

/** Accounts of one list by id in small letters, and whose they are. */
type InList = { ids: Set<string>; people: Map<string, Listed> }
const nobody: InList = { ids: new Set(), people: new Map() }

const heldIn = ({ holdings }: Known, { key }: Place): Held[] => [...(holdings.get(key)?.values() ?? [])].flat()

function peopleIn({ whose }: Known, { answer }: Answered): InList {
  const found: InList = { ids: new Set(), people: new Map() }
  for (const listed of answer.accounts) {
    const { id, name } = listed.account
    found.ids.add((id ?? name).toLowerCase())
    const owner = whose.of(listed.account)
    if (owner !== null && owner !== 'several') found.people.set(owner, listed)
  }
  return found
}

/** Where nothing lists, the daily look at each thing that is held still says what it did not find. */
function notListed(known: Known, { place, at, answer }: Asked, done: Reconciled): void {
  if (answer.is === 'failed' || place.follows !== null) return
  for (const held of heldIn(known, place)) {
    const person = known.people.get(held.personId)
    if (held.missing === null || !person || known.isMoving(held.personId, place.key, at)) continue
    done.findings.push(finding('missing', place, held, missingWords(person, place, held.missing)))
  }
}

function judgeListed(known: Known, one: Answered, listed: Listed, above: InList[], done: Reconciled): void {
  const { place, answer } = one
  const { account, has } = listed
  const owner = known.whose.of(account)
  const about = { personId: null, account, id: null }
  if (owner === 'several') {
    const why = 'More than one person in the register has this name.'
    done.findings.push(lasting(finding('cannot-tell', place, about, cannotTellWords(account.name, place, why), listed)))
    return
  }
  if (owner === null) {
    if (known.isIgnored(account.name)) done.ignored += 1
    // Somebody with less has not got what this is about.
    else if (has !== 'less')
      done.findings.push(finding('unmanaged', place, about, unmanagedWords(place, listed), listed))
    return
  }
  const held = known.holdings
    .get(place.key)
    ?.get(owner)
    ?.find((each) => isSame(each, account))
  const its = { personId: owner, account, id: held?.id ?? null }
  const person = known.people.get(owner) ?? { fullName: account.name }
  if (has === 'unreadable') {
    const words = cannotTellWords(person.fullName, place, listed.detail)
    done.findings.push(lasting(finding('cannot-tell', place, its, words, listed)))
    return
  }
  if (held ? has === 'wanted' : has === 'less') {
    done.agree += held ? 1 : 0
    return
  }
  if (known.isMoving(owner, place.key, answer.asOf ?? one.at)) {
    done.findings.push(finding('in-progress', place, its, inProgressWords(person, place)))
    return
  }
  // The higher value is told where it stands.
  if (isAmong(above, owner)) return
  if (held && has === 'not-yet') {
    done.findings.push(finding('missing', place, its, missingWords(person, place, listed.detail), listed))
    return
  }
  if (held) {
    done.findings.push(finding('different', place, its, differentWords(person, place, listed), listed))
    return
  }
  if (isGrantedAbove(known, place, owner)) return
  done.findings.push(extra(known, place, listed, { ...its, personId: owner }, person))
}

function extra(
  known: Known,
  place: Place,
  listed: Listed,
  its: Pick<DriftFinding, 'account'> & { personId: string; id: string | null },
  person: Pick<PersonFacts, 'fullName'>,
): DriftFinding {
  const granted = known.levels.get(its.personId)
  const adopted = known.adopted.get(its.personId)
  const named = granted ?? adopted
  const isOfTheirs = granted?.all.has(place.level) || adopted?.all.has(place.level)
  if (!named || named.all.size === 0 || isOfTheirs)
    return finding('extra', place, its, extraWords(person, place, listed), listed)
  const words = granted ? overGrantWords : overAdoptedWords
  return { ...finding('extra', place, its, words(person, place, listed, named.names), listed), overGrant: true }
}

/** Whether one of these lists has somebody with no less than it is about. */
function isAmong(lists: InList[], personId: string): boolean {
  return lists.some(({ people }) => {
    const has = people.get(personId)?.has
    return has !== undefined && has !== 'less' && has !== 'not-yet'
  })
}

/** Who was granted a value that contains this one has it by right. */
function isGrantedAbove({ holdings }: Known, { within }: Place, personId: string): boolean {
  return within.some((key) => holdings.get(key)?.has(personId))
}

function judgeAbsent(
  known: Known,
  { place, answer, at }: Answered,
  held: Held,
  there: InList,
  above: InList[],
  done: Reconciled,
): void {
  const id = held.account.id.toLowerCase()
  if (there.ids.has(id) || there.ids.has(held.account.name.toLowerCase())) return
  if (answer.onlyOf && !answer.onlyOf.has(id)) return
  const person = known.people.get(held.personId) ?? { fullName: held.account.name }
  if (isAmong(above, held.personId)) return
  if (known.isMoving(held.personId, place.key, answer.asOf ?? at)) {
    done.findings.push(finding('in-progress', place, held, inProgressWords(person, place)))
    return
  }
  if (answer.asOf && answer.asOf <= held.since) {
    const why = 'What we can read is older than when it was last seen there.'
    done.findings.push(finding('cannot-tell', place, held, cannotTellWords(person.fullName, place, why)))
    return
  }
  const said = answer.unlisted?.(held.account.id) ?? null
  if (answer.nameless > 0 || said?.is === 'cannot-tell') {
    const why = said?.is === 'cannot-tell' ? said.detail : 'The list has entries that name nobody.'
    done.findings.push(finding('cannot-tell', place, held, cannotTellWords(person.fullName, place, why)))
    return
  }
  done.findings.push(finding('missing', place, held, missingWords(person, place, said?.detail ?? null)))
}

function isSame(held: Held, { id, name }: Listed['account']): boolean {
  const mine = id === null ? held.account.name : held.account.id
  return mine.toLowerCase() === (id ?? name).toLowerCase()
}

function finding(
  kind: DriftKind,
  { key, system, level }: Place,
  about: { personId: string | null; account: DriftFinding['account']; id: string | null },
  sentence: string,
  listed: Listed | null = null,
): DriftFinding {
  const { personId, account, id } = about
  const said = listed && { has: listed.has, detail: listed.detail }
  const found = { kind, key, system, level, personId, account, holdingId: id, overGrant: false, sentence }
  return { ...found, listed: said, lasts: false }
}

/** Until somebody puts it right, this account is watched by nobody: so it is said which one it is. */
const lasting = (found: DriftFinding): DriftFinding => ({ ...found, lasts: true })

function guarded(
  done: Reconciled,
  place: Place,
  account: Listed['account'],
  personId: string | null,
  work: () => void,
): void {
  try {
    work()
  } catch (error) {
    done.broken.push(error)
    const sentence = cannotTellWords(account.name, place, 'What we know of this account is not right.')
    done.findings.push(lasting(finding('cannot-tell', place, { personId, account, id: null }, sentence)))
  }
}
