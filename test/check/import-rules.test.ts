import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Ran, run } from './run.ts'

/** Every import rule is broken on purpose in a copy, and `npm run check` is seen to name it. */

const root = resolve(import.meta.dirname, '../..')
const paths = z.union([z.string(), z.array(z.string())]).optional()
const rules = z
  .object({ forbidden: z.array(z.object({ name: z.string(), to: z.object({ path: paths }) })) })
  .parse(createRequire(import.meta.url)(join(root, '.ci/dependency-rules.cjs'))).forbidden

/** A file of each room that can be imported. */
const inside: Record<string, string> = {
  rules: 'rules/absence.ts',
  people: 'people/csv.ts',
  requests: 'requests/ids.ts',
  grants: 'grants/failure.ts',
  systems: 'systems/http/outgoing.ts',
  trello: 'trello/rest.ts',
  http: 'http/problem.ts',
  audit: 'audit/chain.ts',
  db: 'db/json.ts',
}

interface Plant {
  rule: string
  file: string
  imports: string
}

/** Each forbidden direction between two rooms, as the rules themselves list them. */
const betweenRooms: Plant[] = rules.flatMap(({ name, to }) =>
  name.endsWith('-stays-inside')
    ? [to.path ?? []].flat().map((path) => {
        const [from, other] = [name.replace('-stays-inside', ''), path.replace(/^\^server\/|\/$/g, '')]
        return { rule: name, file: `server/${from}/planted-${other}.ts`, imports: `../${inside[other] ?? other}` }
      })
    : [],
)

const plants: Plant[] = [
  ...betweenRooms,
  { rule: 'no-circles', file: 'server/rules/planted-circle-a.ts', imports: './planted-circle-b.ts' },
  { rule: 'no-unresolved', file: 'server/people/planted-unresolved.ts', imports: './nowhere.ts' },
  ...['express', '@octokit/core', 'pino', 'helmet', 'prom-client'].map((name) => ({
    rule: 'core-knows-no-sdk',
    file: `server/requests/planted-${name.replace(/\W/g, '')}.ts`,
    imports: name,
  })),
  { rule: 'http-knows-no-vendor', file: 'server/http/planted-vendor.ts', imports: '@octokit/core' },
  {
    rule: 'client-imports-only-types-from-server',
    file: 'client/planted-server.ts',
    imports: '../server/rules/absence.ts',
  },
  { rule: 'product-never-imports-tests', file: 'server/planted-test.ts', imports: '../test/planted-target.ts' },
  { rule: 'product-runs-without-dev-packages', file: 'server/planted-dev.ts', imports: 'fast-check' },
  { rule: 'only-compose-knows-all', file: 'server/planted-compose.ts', imports: './compose.ts' },
]

let copy = ''
let clean: Ran
let planted: Ran

beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), 'import-rules-'))
  for (const one of ['server', 'client', '.ci', 'package.json', 'tsconfig.json'])
    cpSync(join(root, one), join(copy, one), { recursive: true })
  // Packages stay where they are; without this their paths would lead out of the copy and match no rule.
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  const configuration = join(copy, '.ci/dependency-rules.cjs')
  writeFileSync(
    configuration,
    `${readFileSync(configuration, 'utf8')}\nmodule.exports.options.preserveSymlinks = true\n`,
  )
  const check = () => run(['.ci/check.ts', 'import rules'], { cwd: copy })
  clean = await check()
  plant('test/planted-target.ts', 'export const planted = true')
  plant('server/rules/planted-type.ts', `import type { BadRow } from '../people/csv.ts'\nexport type Planted = BadRow`)
  plant('server/rules/planted-circle-b.ts', `export * from './planted-circle-a.ts'`)
  for (const { file, imports } of plants) plant(file, `import * as planted from '${imports}'\nconsole.log(planted)`)
  planted = await check()
}, 120_000)

afterAll(() => rmSync(copy, { recursive: true, force: true }))

function plant(file: string, text: string): void {
  mkdirSync(dirname(join(copy, file)), { recursive: true })
  writeFileSync(join(copy, file), `${text}\n`)
}

test('allows the product as it stands', () => {
  expect(clean.out).toContain('1 passed, 0 failed')
  expect(clean.code).toBe(0)
})

test('has a planted violation for every rule', () => {
  expect([...new Set(plants.map((one) => one.rule))].sort()).toEqual(rules.map((one) => one.name).sort())
})

test.each(plants)('denies $file, by $rule', ({ rule, file }) => {
  expect(planted.out).toContain(`error ${rule}: ${file} → `)
})

test('allows a type to cross where code may not', () => {
  expect(planted.out).not.toContain('planted-type.ts')
})

test('a violation fails the check', () => {
  expect(planted.out).toContain('0 passed, 1 failed')
  expect(planted.code).toBe(1)
})
