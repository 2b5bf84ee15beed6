import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { clientBundles } from './bundles.ts'
import { driftFigures } from './drift.ts'
import { httpFigures } from './http.ts'
import { type Journey, journeyFigures } from './journeys.ts'
import { logFigures } from './log.ts'
import { rulesFigures } from './rules.ts'
import type { Compared, Figure } from './sides.ts'
import { startFigures } from './start.ts'

/**
 * `npm run bench`: the figures, and which of them got worse than the committed ones. Ratios are between two sides of one
 * run and bytes are bytes, so both can be compared across machines; milliseconds only roughly.
 * `npm run bench -- --save` makes this run the committed one.
 */

const file = join(import.meta.dirname, 'baseline.json')
const baselineSchema = z.object({ machine: z.string(), figures: z.record(z.string(), z.number()) })

/** How much worse than the committed figure is still noise. */
const noise = { ratio: 1.3, ms: 2, bytes: 1.02 }
type Kind = keyof typeof noise

interface Line {
  name: string
  kind: Kind
  value: number
}

const number = (value: number, kind: Kind) =>
  kind === 'bytes' ? value.toLocaleString('en-GB') : value.toFixed(kind === 'ratio' || value < 10 ? 2 : 0)

function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n')
}

function timesTable(figures: Figure[]): string {
  const rows = figures.map((one) => [one.name, ...[one.median, one.min, one.max].map((value) => number(value, 'ms'))])
  return table([['milliseconds', 'median', 'min', 'max'], ...rows])
}

function journeysTable(journeys: Journey[]): string {
  const seconds = (value: number) => `${value.toFixed(0)} s`
  const rows = journeys.map((one) => [
    one.name,
    String(one.clicks),
    String(one.keys),
    String(one.words),
    seconds(one.machineSeconds),
    seconds(one.personSeconds),
    `${seconds(one.budgetSeconds)}${one.personSeconds > one.budgetSeconds ? ', OVER' : ''}`,
  ])
  return table([['journey', 'clicks', 'keys', 'words', 'machine', 'person, estimated', 'budget'], ...rows])
}

/** Every figure that is worse than the committed one by more than noise, and by how much. */
function worse(lines: Line[], before: Record<string, number>): string[] {
  return lines.flatMap(({ name, kind, value }) => {
    const old = before[name]
    return old !== undefined && value > old * noise[kind]
      ? [`  ${name}: ${number(value, kind)}, was ${number(old, kind)} (${(value / old).toFixed(2)} times)`]
      : []
  })
}

async function main(): Promise<void> {
  const drift = await driftFigures()
  const compared: Compared[] = [
    ...drift.compared,
    ...(await rulesFigures()),
    ...(await logFigures()),
    ...(await httpFigures()),
    await startFigures(),
  ]
  const bundles = await clientBundles()
  const journeys = await journeyFigures()
  const figures = [...new Map(compared.flatMap((one) => one.figures).map((one) => [one.name, one])).values()]
  console.log(timesTable(figures))
  console.log(
    `\n${table([['ratio of medians, the first by the second', ''], ...compared.map(({ ratio }) => [ratio.name, number(ratio.value, 'ratio')])])}`,
  )
  console.log(
    `\n${table([
      ['client, bytes loaded at once', 'whole', 'gzip', 'files'],
      ...bundles.map((one) => [
        one.page,
        number(one.bytes, 'bytes'),
        number(one.gzip, 'bytes'),
        String(one.files.length),
      ]),
    ])}`,
  )
  console.log(`\n${drift.says.join('\n')}`)
  console.log(`\n${journeysTable(journeys)}`)
  const lines: Line[] = [
    ...compared.map(({ ratio }) => ({ ...ratio, kind: 'ratio' as const })),
    ...figures.map(({ name, median }) => ({ name, kind: 'ms' as const, value: median })),
    ...bundles.map(({ page, gzip }) => ({ name: `client ${page}, gzip`, kind: 'bytes' as const, value: gzip })),
  ]
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`
  if (process.argv.includes('--save')) {
    const rounded = Object.fromEntries(lines.map(({ name, value }) => [name, Number(value.toPrecision(4))]))
    writeFileSync(file, `${JSON.stringify({ machine, figures: rounded }, null, 2)}\n`)
    return console.log(`\nKept as the committed figures in ${file}.`)
  }
  if (!existsSync(file)) return console.log('\nThere are no committed figures yet: npm run bench -- --save')
  const before = baselineSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  const found = worse(lines, before.figures)
  console.log(
    found.length === 0
      ? `\nNothing got worse than the committed figures (${before.machine}).`
      : `\nWorse than the committed figures (${before.machine}):\n${found.join('\n')}`,
  )
  const gone = Object.keys(before.figures).filter((name) => !lines.some((line) => line.name === name))
  if (gone.length > 0) console.log(`No longer measured: ${gone.join('; ')}`)
}

await main()
