import { openDatabase } from '../../server/db/database.ts'
import { json } from '../../server/db/json.ts'
import type { DriftReport } from '../../server/grants/drift/report.ts'
import { addHolders, deployKeys, running, systemsFor, wholeDay } from '../grants/drift/crowd.ts'
import { type Compared, compare } from './sides.ts'

const PEOPLE = 10_000
const ROUNDS = 3
/** As many as are asked about without anybody's word. */
const LEFT = 10
const thousands = (number: number) => number.toLocaleString('en-GB')

export interface DriftFigures {
  compared: Compared[]
  /** What it took beside time, and what the runs said, in sentences. */
  says: string[]
}

/**
 * Everybody judged for reviews, judged again and compared with every system in one run: one system down and one account
 * poisoned, against all well. The systems answer from memory, so that the time is ours alone.
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
    // Some left, so that reviews are opened too, in the run that is not counted.
    const left = Array.from({ length: LEFT }, (_, n) => `p-${100 + n}`)
    await db.kysely
      .updateTable('person_fact')
      .set({ value: json(true) })
      .where('fact', '=', 'left')
      .where('person_id', 'in', left)
      .execute()
    const before = process.memoryUsage().rss
    let said: Awaited<ReturnType<typeof wholeDay>> | null = null
    let opened = 0
    const figures = await compare(
      `${thousands(PEOPLE)} people judged, for reviews too, and compared in one run`,
      ROUNDS,
      {
        name: 'one system down, one account poisoned',
        before: () => fact([null]),
        async run() {
          said = await wholeDay(running(db, ill))
          opened += said.reviewed.length
        },
      },
      { name: 'all well', before: () => fact([]), run: () => wholeDay(running(db, well)) },
    )
    return {
      compared: [figures],
      says: [`${opened} access reviews were opened.`, ...sentences(said), memoryWords(before)],
    }
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

function sentences(said: { report: DriftReport } | null): string[] {
  if (!said) throw new Error('the comparison did not run')
  const { report } = said
  const { people, couldNotBeJudged, unjudged = [] } = report.judged
  return [
    `${thousands(people)} judged again, ${couldNotBeJudged} could not be: ${unjudged.join(', ')}.`,
    ...Object.values(report.systems).map(({ name, agree, counts, cannotTell, unclear = [] }) => {
      const untold = cannotTell.length > 0 ? ` Could not be told: ${cannotTell.join(' ')}` : ''
      return `${name}: ${thousands(agree)} as in the record, ${counts['cannot-tell']} not clear${unclear.length > 0 ? ` (${unclear.join(', ')})` : ''}.${untold}`
    }),
  ]
}
