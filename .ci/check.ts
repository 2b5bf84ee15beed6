import { spawnSync } from 'node:child_process'

/**
 * `npm run check`: types, lint, import rules, unused code. Runs all of them and fails when any does.
 * `npm run check -- 'import rules'` runs only what is named.
 */
const known: [string, string[]][] = [
  ['types of the server', ['tsc', '-p', 'server']],
  ['types of the client', ['tsc', '-p', 'client']],
  ['types of the tests', ['tsc', '-p', 'test']],
  ['lint and format', ['biome', 'check', '--error-on-warnings', '.']],
  ['import rules', ['depcruise', '--config', '.ci/dependency-rules.cjs', '--output-type', 'err', 'server', 'client']],
  ['unused code', ['knip', '--no-progress']],
]

const named = process.argv.slice(2)
const unknown = named.filter((name) => !known.some(([what]) => what === name))
if (unknown.length > 0)
  throw new Error(`There is no check "${unknown.join(', ')}". There are: ${known.map(([what]) => what).join(', ')}.`)
const checks = named.length > 0 ? known.filter(([what]) => named.includes(what)) : known

let failed = 0
for (const [what, command] of checks) {
  const run = spawnSync('node', ['server/pinned-node.mjs', ...command], { encoding: 'utf8' })
  const ok = run.status === 0
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${what}`)
  if (!ok) {
    failed += 1
    console.log(`${run.stdout}${run.stderr}`)
  }
}
console.log(`${checks.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
