import { parse } from 'csv-parse/sync'
import { z } from 'zod'

/** One thing that is wrong with a file, by the line where its row ends. */
export interface BadRow {
  line: number
  reason: string
}

/** Thrown with every bad row at once; nothing of the file is then imported. */
export class ImportRefused extends Error {
  override name = 'ImportRefused'
  readonly rows: BadRow[]
  constructor(rows: BadRow[]) {
    const shown = rows.slice(0, MOST_SHOWN).map((row) => `line ${row.line}: ${row.reason}`)
    const more = rows.length > MOST_SHOWN ? [`and ${rows.length - MOST_SHOWN} more`] : []
    const what = rows.length === 1 ? '1 thing is' : `${rows.length} things are`
    super([`Nothing was imported. ${what} not right:`, ...shown, ...more].join('\n'))
    this.rows = rows
  }
}

const MOST_SHOWN = 50

export interface CsvRow {
  line: number
  cells: Record<string, string>
}

/**
 * Reads a spreadsheet saved as CSV. Columns may come in any order; optional ones may be missing.
 * @throws ImportRefused for a header that we do not know, or with every row whose cells do not fit the header
 */
export function readCsv(text: string, known: { columns: readonly string[]; required: readonly string[] }): CsvRow[] {
  const [header, ...records] = tableOf(text)
  if (!header || records.length === 0)
    throw new ImportRefused([{ line: 1, reason: `there are no rows under the header ${known.columns.join(',')}` }])
  const names = header.cells.map((name) => name.toLowerCase())
  const problems = headerProblems(names, known)
  if (problems.length > 0) throw new ImportRefused(problems.map((reason) => ({ line: header.line, reason })))
  const uneven = records.filter(({ cells }) => cells.length !== names.length)
  if (uneven.length > 0)
    throw new ImportRefused(
      uneven.map(({ line, cells }) => ({
        line,
        reason: `there are ${cells.length} cells, and ${names.length} columns; is a comma missing, or are quotes?`,
      })),
    )
  return records.map(({ line, cells }) => ({
    line,
    cells: Object.fromEntries(names.map((name, place) => [name, cells[place] ?? ''])),
  }))
}

/**
 * Any spreadsheet saved as CSV, with its header as it stands.
 * @throws ImportRefused where it is not CSV, or has no rows
 */
export function readTable(text: string): { header: string[]; rows: { line: number; cells: string[] }[] } {
  const [header, ...rows] = tableOf(text)
  if (!header || rows.length === 0) throw new ImportRefused([{ line: 1, reason: 'there are no rows under the header' }])
  return { header: header.cells, rows }
}

function headerProblems(names: string[], known: { columns: readonly string[]; required: readonly string[] }): string[] {
  const unknown = names.filter((name) => !known.columns.includes(name))
  const missing = known.required.filter((name) => !names.includes(name))
  const twice = names.filter((name, place) => names.indexOf(name) !== place)
  return [
    ...(unknown.length > 0
      ? [`we do not know the columns ${unknown.join(', ')}; use ${known.columns.join(', ')}`]
      : []),
    ...(missing.length > 0 ? [`the columns ${missing.join(', ')} are missing`] : []),
    ...(twice.length > 0 ? [`the columns ${twice.join(', ')} are there twice`] : []),
  ]
}

const recordsSchema = z.array(z.object({ info: z.object({ lines: z.number() }), record: z.array(z.string()) }))

function tableOf(text: string): { line: number; cells: string[] }[] {
  try {
    const records: unknown = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      trim: true,
    })
    return recordsSchema.parse(records).map(({ info, record }) => ({ line: info.lines, cells: record }))
  } catch (error) {
    const line =
      error instanceof Error && 'lines' in error && typeof error.lines === 'number' ? Math.max(error.lines, 1) : 1
    throw new ImportRefused([{ line, reason: 'this is not CSV: check the quotes' }])
  }
}

/** One line of a CSV, without its end. */
export function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')
}

/** The same for a file that nobody imports again: what a spreadsheet would carry out as a formula stays text. */
export function safeCsvLine(cells: readonly string[]): string {
  return csvLine(cells.map(safeCell))
}

export function safeCell(cell: string): string {
  return isFormula(cell) ? `'${cell}` : cell
}

/** Whether a spreadsheet would carry it out. */
export function isFormula(cell: string): boolean {
  return /^[=+\-@\t\r]/.test(cell)
}
