import type { NewEvent } from '../../audit/events.ts'
import { type Clock, londonDay } from '../../clock.ts'
import type { Database, Tx } from '../../db/database.ts'
import { type Beginning, heldData, mayBegin, removalCeiling } from '../../requests/held-runs.ts'
import type { Office } from '../../requests/world.ts'
import type { HowMany } from '../../rules/removal-ceiling.ts'
import type { Adapters } from '../steps.ts'
import { askSystem } from './ask.ts'
import { beginRun, endRun, renewRun } from './claim.ts'
import { askFile, knownToFile, type PeopleFile, placesOfFile } from './files.ts'
import type { CannotTell } from './findings.ts'
import { judgeHolders } from './judge-holders.ts'
import { keepFindings, type MayRaise } from './keep.ts'
import { loadKnown } from './ledger.ts'
import { type LeftOver, leftOver } from './left-over.ts'
import { isAsked, type Place, placesToCompare, whyNotAsked } from './places.ts'
import { type Asked, type Known, type Reconciled, reconcile } from './reconcile.ts'
import { type DriftReport, emptyReport, reportOf } from './report.ts'

export interface DriftParts {
  db: Database
  office: Office
  adapters: Adapters
  clock: Clock
  /** Machine accounts, by name, that belong to nobody and are right. */
  machines: string[]
  /** Files that say who has what, beside the systems. */
  files: PeopleFile[]
  /** How often, in milliseconds of the wall clock; `Infinity`: only where somebody asked for it. */
  everyMs: number
  append(tx: Tx, events: NewEvent[]): Promise<void>
  report(error: unknown): void
  signal: AbortSignal
}

/**
 * Compares the record with every system, once each time it is due: by one process at a time, each system for itself, and
 * nothing is changed anywhere. A run that is interrupted has kept nothing of the systems that it did not get to.
 * @returns what it said, or `null` where it is not due, another process does it, or it was interrupted
 */
export async function compareWhenDue(parts: DriftParts): Promise<DriftReport | null> {
  const run = await beginRun(parts)
  if (run === null) return null
  try {
    const report = await compare(parts, run)
    await endRun(parts, run, 'finished', report)
    return report
  } catch (error) {
    if (!parts.signal.aborted) parts.report(error)
    await endRun(parts, run, 'interrupted', emptyReport)
    return null
  }
}

async function compare(parts: DriftParts, run: string): Promise<DriftReport> {
  const { db, office, adapters, clock, report, signal } = parts
  const all = placesToCompare(office.ruleSet(null), office.installation)
  const places = all.filter((place) => isAsked(place, adapters))
  const bySystem = Map.groupBy(places, ({ system }) => system)
  const ask = { adapters, now: () => clock.calendar(), report, signal }
  // Asked before the record is read: what changes in between shows there.
  const ofFiles = parts.files.map((file) => ({ file, places: placesOfFile(file, office.ruleSet(null), places) }))
  const [asked, fromFiles] = await Promise.all([
    Promise.all([...bySystem.values()].map((some) => askSystem(ask, some))),
    Promise.all(ofFiles.map(({ file, places }) => askFile(file, places, clock.calendar(), report))),
  ])
  await renewRun(parts, run)
  const known = await loadKnown(db.kysely, office, isMachine(parts.machines))
  const question = { ruleSet: office.ruleSet(null), people: known.people, today: londonDay(clock.calendar()) }
  const judged = judgeHolders(question, known.held, report)
  const done: DriftReport = { systems: {}, notAsked: whyNotAsked(all, adapters), judged }
  const nameOf = (system: string) => adapters.get(system)?.name ?? system
  const left = leftOver(office, all, known, { at: clock.calendar(), nameOf })
  for (const some of asked) {
    signal.throwIfAborted()
    const [first] = some
    if (!first) continue
    done.systems[first.place.system] = await compareSystem(
      parts,
      known,
      some,
      first.place,
      left.get(first.place.system),
    )
    await renewRun(parts, run)
  }
  for (const [at, some] of fromFiles.entries()) {
    signal.throwIfAborted()
    const [first] = some
    const file = parts.files[at]
    if (!first || !file) continue
    done.systems[file.id] = await compareSystem(parts, knownToFile(file, known, places), some, first.place)
    await renewRun(parts, run)
  }
  for (const [system, of] of left) done.systems[system] ??= await compareSystem(parts, known, [], { system, ...of }, of)
  for (const system of await unclearIn(db))
    if (!done.systems[system]) await compareSystem(parts, known, [], { system, systemName: nameOf(system) })
  return done
}

/** Systems of which something could not be told: it is over also where no rules speak of them any more. */
async function unclearIn({ kysely }: Database): Promise<string[]> {
  const open = kysely.selectFrom('drift_finding').where('settled_at', 'is', null).where('kind', '=', 'cannot-tell')
  return (await open.select('system').distinct().execute()).map(({ system }) => system)
}

/** How many people hold anything, also what was only adopted, and how much they hold. */
function howManyHold({ holdings }: Known): HowMany {
  const byPerson = [...holdings.values()].flatMap((some) => [...some])
  return {
    people: new Set(byPerson.map(([person]) => person)).size,
    items: byPerson.reduce((sum, [, held]) => sum + held.length, 0),
  }
}

const isMachine = (machines: string[]) => {
  const names = new Set(machines.map((name) => name.toLowerCase()))
  return (name: string) => names.has(name.toLowerCase())
}

/** One system that cannot be compared because of ourselves holds up no other. */
async function compareSystem(
  parts: DriftParts,
  known: Known,
  asked: Asked[],
  { system, systemName }: Pick<Place, 'system' | 'systemName'>,
  left?: LeftOver,
) {
  try {
    const done = reconcile(known, asked)
    done.findings.push(...(left?.findings ?? []))
    for (const error of done.broken) parts.report(error)
    await parts.db.transaction(async (tx) => {
      const raise: MayRaise = (tx, concerned) =>
        mayRaise(parts, tx, { system, systemName, done, all: howManyHold(known), ...concerned })
      const events = await keepFindings(tx, { system, asked, done, now: parts.clock.calendar(), raise })
      await parts.append(tx, events)
    })
    return reportOf(systemName, { ...done, cannotTell: [...done.cannotTell, ...(left ? [left.cannotTell] : [])] })
  } catch (error) {
    parts.report(error)
    const cannotTell: CannotTell = { system, key: null, sentence: `${systemName} could not be compared.` }
    const nothing: Reconciled = { findings: [], cannotTell: [cannotTell], agree: 0, ignored: 0, broken: [] }
    return reportOf(systemName, nothing)
  }
}

/** Very many at once are more likely a wrong list, or a register that lost accounts: nobody is asked until somebody looked. */
async function mayRaise(
  { office, clock }: DriftParts,
  tx: Tx,
  about: { system: string; systemName: string; done: Reconciled } & Pick<Beginning, 'people' | 'items' | 'all'>,
): Promise<{ may: boolean; events: NewEvent[] }> {
  const { system, systemName, done, people, items, all } = about
  const concerned = { people, items, all }
  // What could not be told says nothing about what waits.
  if (people.length === 0 && done.cannotTell.length > 0) return { may: true, events: [] }
  const { may, isNews } = await mayBegin(tx, {
    run: `differences-${system}`,
    of: systemName,
    ...concerned,
    ceiling: removalCeiling(office.installation),
    today: londonDay(clock.calendar()),
    at: clock.wall(),
  })
  const of = { actor: 'system', requestId: null, personId: null, stepId: null, boardId: null }
  const data = { system, ...heldData(concerned) }
  return { may, events: isNews ? [{ ...of, type: 'differences-held', data }] : [] }
}
