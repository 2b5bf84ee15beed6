import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { ConfigError, environmentSchema, readConfig } from '../../server/config.ts'
import { readInstallation } from '../../server/installation.ts'
import { rotaColumns } from '../../server/people/import-rota.ts'
import { columns, readPeople } from '../../server/people/people-file.ts'
import { checkInstallation } from '../../server/rules/installation-check.ts'
import { loadRuleSet } from '../../server/rules/rule-set.ts'

/** README, `.env.example` and the example files say what the product does: no more, no less, and by the same names. */

const root = resolve(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const readme = read('README.md')
const example = read('.env.example')

/** Rows of the table under a heading, cell by cell, without the header. */
function tableUnder(heading: string): string[][] {
  const [, after = ''] = readme.split(`\n${heading}\n`)
  const [section = ''] = after.split(/\n##/)
  const rows = section.split('\n').filter((line) => line.startsWith('|'))
  return rows.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

const unquoted = (cell = '') => cell.replaceAll('`', '')
const variables = Object.entries(environmentSchema.shape)
const needed = (name: string) => variables.some(([one, schema]) => one === name && !schema.safeParse(undefined).success)

test('the table of variables names exactly those that the server reads', () => {
  const names = tableUnder('### Variables').map(([name]) => unquoted(name))
  expect(names.toSorted()).toEqual(variables.map(([name]) => name).sort())
})

test.each(tableUnder('### Variables'))('%s: required %s, default %s', (cell, required, fallback, meaning) => {
  const name = unquoted(cell)
  const [, schema] = variables.find(([one]) => one === name) ?? []
  const unset = schema?.safeParse(undefined)
  expect(required === 'yes').toBe(needed(name))
  expect(unquoted(fallback)).toBe(unset?.success && unset.data !== undefined ? String(unset.data) : '')
  expect(meaning).not.toBe('')
})

test('the database is asked for as one of two, and the three of a GitHub App together', () => {
  const oneOfTwo = tableUnder('### Variables').filter(([, required]) => required === 'one of two')
  for (const [name] of oneOfTwo) expect(problemsWith({}).join('\n')).toContain(unquoted(name))
  expect(problemsWith({ GITHUB_APP_ID: '12' }).join('\n')).toContain('GITHUB_APP_PRIVATE_KEY is missing')
})

test('.env.example has every variable, in a line of its own', () => {
  const names = [...example.matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name)
  expect(names.toSorted()).toEqual(variables.map(([name]) => name).sort())
})

test('.env.example as it stands starts nothing: it leaves open exactly what has to be filled in', () => {
  const problems = problemsWith(parseEnv(example))
  const named = problems.map((problem) => problem.split(' ')[0] ?? '')
  expect(named.toSorted()).toEqual(
    [...variables.map(([name]) => name).filter((name) => needed(name)), 'DATABASE_URL'].sort(),
  )
  expect(problems.filter((problem) => problem.includes('is wrong'))).toEqual([])
})

test('the defaults in .env.example are the real ones', () => {
  const shown = parseEnv(example.replaceAll(/^#([A-Z][A-Z0-9_]*=)/gm, '$1'))
  const defaults = variables.flatMap(([name, schema]) => {
    const { data } = schema.safeParse(undefined)
    return data === undefined ? [] : [[name, String(data)] as const]
  })
  expect(defaults.length).toBeGreaterThan(4)
  for (const [name, value] of defaults) expect(shown[name], name).toBe(value)
})

function problemsWith(environment: NodeJS.Dict<string>): string[] {
  try {
    readConfig(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

const ruleSet = loadRuleSet(join(root, 'server/rules/rule-sets/2024-11.yaml'))
const installationFile = readInstallation(join(root, 'server/installation.example.yaml'))

test('the example installation file fits the rule set', () => {
  expect(() => checkInstallation([ruleSet], installationFile.installation)).not.toThrow()
  expect(Object.keys(installationFile.checklistMap.checklists)).toEqual(['What you know', 'What you get'])
})

/** What the adapters need to know of a target, beside the words. */
const byApi: Record<string, string[]> = { github: ['org', 'team'], fastly: ['customer'], sentry: ['organisation'] }
/** An invitation that comes by email has no page that could be named. */
const byEmail = ['fastly: targets.fastly:account.invitation', 'sentry: targets.sentry:organisation.invitation']

test('the example installation file has every value that the rule set’s words and adapters ask for', () => {
  // The other way of a grant is asked for nothing where no target names what it needs.
  const missing = Object.entries(ruleSet.grants).flatMap(([name, { instead: _instead, ...grant }]) => {
    const words = [...JSON.stringify(grant).matchAll(/\{target\.(\w+)\}/g)].map(([, parameter = '']) => parameter)
    const forAdapter = (grant.methods.includes('api') ? byApi[grant.system] : null) ?? []
    const forLists = grant.methods[0] === 'pull-request' ? ['repository', 'branch', 'path'] : []
    return (grant.environments ?? ['']).flatMap((environment) => {
      const target = grant.target.replace('{environment}', environment)
      return [...new Set([...words, ...forAdapter, ...forLists])]
        .filter((parameter) => !installationFile.installation.targets[target]?.[parameter])
        .map((parameter) => `${name}: targets.${target}.${parameter}`)
        .filter((one) => !byEmail.includes(one))
    })
  })
  expect(missing).toEqual([])
})

test('every grant that the example’s checklists name is in the rule set', () => {
  const named = Object.values(installationFile.checklistMap.checklists).flatMap((items) =>
    Object.values(items).flatMap((item) => (item.is === 'step' ? item.grants : [])),
  )
  expect(named.length).toBeGreaterThan(0)
  expect(named.filter((grant) => !ruleSet.grants[grant])).toEqual([])
})

test('README describes every part of the installation file', () => {
  const parts = tableUnder('### The installation file').map(([part]) => unquoted(part))
  const given = [...read('server/installation.example.yaml').matchAll(/^(\w+):/gm)].map(([, part]) => part)
  expect(parts.toSorted()).toEqual(given.sort())
})

const spreadsheets = [...readme.matchAll(/```csv\n([\s\S]*?)```/g)].map(([, text = '']) => text)

test('the spreadsheets’ headers are those that the importers know', () => {
  expect(spreadsheets.map((text) => text.split('\n')[0])).toEqual([columns.join(','), rotaColumns.join(',')])
})

test('the example of the register can be imported as it stands', () => {
  const rows = readPeople(spreadsheets[0] ?? '', ['example.gov.uk'])
  expect(rows.map(({ row }) => row.name)).toEqual(['Priya Shah', 'Sam Okoro', 'Dan Reyes'])
})

test('every command in README is a script of package.json, and every script is in README', () => {
  const builtIn = ['ci']
  const called = [...readme.matchAll(/\bnpm (?:run )?(?!run\b)([a-z]+)\b(?= |`|\n|&)/g)].map(([, name = '']) => name)
  const known: string[] = Object.keys(packageJson.scripts)
  expect(called.length).toBeGreaterThan(10)
  const prose = ['to', 'registry', 'and']
  expect([...new Set(called)].filter((name) => ![...known, ...builtIn, ...prose].includes(name))).toEqual([])
  expect(known.filter((name) => !called.includes(name))).toEqual([])
})

test('the two commands are alone in their blocks, and what runs on every submission calls the same', () => {
  const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = '']) => text.trim())
  expect(blocks.slice(0, 2)).toEqual(['npm ci && npm run practice', 'npm ci && npm test'])
  const lines = read('.ci/run').split('\n')
  for (const command of ['npm ci', 'npm run check', 'npm test']) expect(lines).toContain(command)
})

test('everything that README links to in this repository is there', () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, path = '']) => path)
  expect(links.length).toBeGreaterThan(3)
  expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('README ticks exactly the capabilities that the connector answers', () => {
  const [, told = ''] = /\*Capabilities\*: tick exactly ([\s\S]*?)\. /.exec(readme) ?? []
  const ticked = [...told.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name)
  const answered = [...read('client/connector.ts').matchAll(/^ {2}'([a-z-]+)':/gm)].map(([, name]) => name)
  expect(ticked.toSorted()).toEqual(answered.sort())
})

test('README’s language is plain', () => {
  expect(readme).not.toMatch(/\b(just|simply|please|obviously|easy|easily)\b/i)
})
