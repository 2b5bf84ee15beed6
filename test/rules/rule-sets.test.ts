import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { waysOf } from '../../server/rules/instead.ts'
import { loadRuleSets } from '../../server/rules/rule-sets.ts'
import { rulesPath, rulesText, rulesTextWith } from './happy.ts'

/** All rule sets of a folder are loaded, because requests finish under the one that they pinned. */

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rule-sets-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test('every file is one, by its id; other files are none', () => {
  writeFileSync(join(folder, '2024-11.yaml'), rulesText)
  writeFileSync(join(folder, '2026-08.yaml'), rulesTextWith(['id: "2024-11"', 'id: "2026-08"']))
  writeFileSync(join(folder, 'notes.txt'), 'not a rule set')
  expect([...loadRuleSets(folder).keys()]).toEqual(['2024-11', '2026-08'])
})

test('merging is learnt on the page on merging, in every rule set that we ship', () => {
  for (const [id, { entitlements }] of loadRuleSets(dirname(rulesPath))) {
    const merging = Object.values(entitlements).filter(({ name }) => /merge/.test(name))
    expect([id, merging.map(({ guide }) => guide?.url)]).toEqual([
      id,
      ['https://docs.publishing.service.gov.uk/manual/merge-pr.html'],
    ])
  }
})

test('every way of every grant says what it cannot see, in every rule set that we ship', () => {
  const silent = [...loadRuleSets(dirname(rulesPath))].flatMap(([id, { grants }]) =>
    Object.entries(grants).flatMap(([key, grant]) =>
      waysOf(grant)
        .filter(({ words }) => !words.cannotSee)
        .map(() => `${id} ${key}`),
    ),
  )
  expect(silent).toEqual([])
})

test('denies a file that is not named by its id, so that no request pins what cannot be found again', () => {
  writeFileSync(join(folder, 'copy.yaml'), rulesText)
  expect(() => loadRuleSets(folder)).toThrow('copy.yaml, line 1: its id is "2024-11". Name the file 2024-11.yaml.')
})
