import { openDatabase } from '../../server/db/database.ts'
import { json } from '../../server/db/json.ts'
import type { DriftReport } from '../../server/grants/drift/report.ts'
import { compareWhenDue } from '../../server/grants/drift/run.ts'
import { addHolders, deployKeys, running, type Systems, systemsFor } from '../grants/drift/crowd.ts'
import { type Compared, compare } from './sides.ts'

const PEOPLE = 10_000
const ROUNDS = 3
const thousands = (number: number) => number.toLocaleString('en-GB')

export interface DriftFigures {
  compared: Compared[]
  /** What it took beside time, and what the runs said, in sentences. */
  says: string[]
}

/**
 * Everybody judged again and compared with every system in one run: one system down and one account poisoned, against all
 * well. The systems answer from memory, so that the time is ours alone.
 */
export async function driftFigures(): Promise<DriftFigures> {
  const db = await openDatabase({ url: null, dataDir: null })
  try {
    await addHolders(db, PEOPLE)
    const well = systemsFor(PEOPLE)
    const ill = systemsFor(PEOPLE)
    ill.down.add('aws')
    const poisoned = ill.lists.get('github member')?.[13]
    if (poisoned) Object.assign(poisoned, { has: 'unreadable', detail: 'What stands there is not what we know.' })
    const fact = (value: unknown) =>
      db.kysely
        .updateTable('person_fact')
        .set({ value: json(value) })
        .where('person_id', '=', 'p-13')
        .where('fact', '=', 'absences')
        .execute()
    const once = async (systems: Systems): Promise<DriftReport> => {
      const { parts } = running(db, systems)
      const report = await compareWhenDue({ ...parts, everyMs: 0 })
      if (!report) throw new Error('the comparison did not run')
      return report
    }
    const before = process.memoryUsage().rss
    let report: DriftReport | null = null
    const figures = await compare(
      `${thousands(PEOPLE)} people judged again and compared`,
      ROUNDS,
      {
        name: 'one system down, one account poisoned',
        before: () => fact([null]),
        async run() {
          report = await once(ill)
        },
      },
      { name: 'all well', before: () => fact([]), run: () => once(well) },
    )
    return { compared: [figures], says: [...sentences(report), memoryWords(before)] }
  } finally {
    await db.close()
  }
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1_000_000)} MB`

function memoryWords(before: number): string {
  const holdings = thousands(PEOPLE * deployKeys.length)
  // Counted in kilobytes, from the beginning of the process.
  const most = process.resourceUsage().maxRSS * 1024
  return `Memory of the process with the embedded database and ${holdings} holdings: ${megabytes(before)} before, ${megabytes(most)} at most.`
}

function sentences(report: DriftReport | null): string[] {
  if (!report) throw new Error('the comparison did not run')
  const { people, couldNotBeJudged } = report.judged
  return [
    `${thousands(people)} judged again, ${couldNotBeJudged} could not be.`,
    ...Object.values(report.systems).map(({ name, agree, counts, cannotTell }) => {
      const unclear = counts['cannot-tell']
      const untold = cannotTell.length > 0 ? ` Could not be told: ${cannotTell.join(' ')}` : ''
      return `${name}: ${thousands(agree)} as in the record, ${unclear} not clear.${untold}`
    }),
  ]
}
