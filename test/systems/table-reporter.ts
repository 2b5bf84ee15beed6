import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'
import { type Covers, cannotBe, stages, systems } from './covers.ts'

const folder = join(import.meta.dirname, '../../dist')

/**
 * Makes `dist/systems.md` of a whole run: what was shown of each system, by tests that ran and passed. A run of some files
 * shows too little of any, and leaves the table as it is.
 */
export default class SystemsTable implements Reporter {
  /** `vitest run` and nothing more: no file and no name was chosen. */
  readonly #isWhole = process.argv.slice(2).every((one) => one === 'run')

  onTestRunEnd(modules: readonly TestModule[]): void {
    const shown = new Map<Covers['system'], Map<string, number>>()
    for (const module of modules)
      for (const test of module.children.allTests('passed')) {
        const { covers } = test.meta()
        if (!covers) continue
        const counts = shown.get(covers.system) ?? new Map<string, number>()
        shown.set(covers.system, counts)
        for (const one of covers.shows) counts.set(one, (counts.get(one) ?? 0) + 1)
      }
    if (!this.#isWhole) return
    mkdirSync(folder, { recursive: true })
    const table = tableOf(shown)
    writeFileSync(join(folder, 'systems.md'), table)
    // A cell that nothing shows and no reason fills is a test that went missing.
    if (table.includes(`| ${EMPTY} |`)) {
      console.error('\n dist/systems.md has a cell that no test fills, and no reason.')
      process.exitCode = 1
    }
    console.log(`\n Systems: what was shown of ${shown.size} of ${systems.length} stands in dist/systems.md`)
  }
}

const EMPTY = '–'

const testsOf = (count: number) => (count === 1 ? '1 test' : `${count} tests`)

function tableOf(shown: Map<Covers['system'], Map<string, number>>): string {
  const lists = ['error', 'fault', 'trouble', 'description', 'client', 'receipt'] as const
  const heads = [
    'System',
    ...stages,
    'error kinds',
    'faults survived',
    'in trouble while all were granted and revoked',
    'description used',
    'vendor’s client used',
    'its request id in receipts',
  ]
  const rows = systems.map((system) => {
    const counts = shown.get(system) ?? new Map<string, number>()
    const named = (kind: string) =>
      [...counts.keys()].filter((one) => one.startsWith(`${kind}: `)).map((one) => one.slice(kind.length + 2))
    const why = (column: (typeof stages)[number] | (typeof lists)[number]) => cannotBe[system]?.[column]
    return [
      system,
      ...stages.map((stage) => (counts.has(stage) ? testsOf(counts.get(stage) ?? 0) : (why(stage) ?? EMPTY))),
      ...lists.map((kind) => {
        const shown = named(kind).sort().join(', ')
        return [shown, why(kind) ?? ''].filter((one) => one !== '').join('; ') || EMPTY
      }),
    ]
  })
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    'Made by the test run: each cell names what tests showed that ran and passed. Where one cannot be, it says why; – means that no test showed it.',
    '',
    line(heads),
    line(heads.map(() => '---')),
    ...rows.map(line),
    '',
  ].join('\n')
}
