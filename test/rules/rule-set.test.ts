import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { plain, ruleSet, rulesText } from './happy.ts'

// The page as it stood in November 2024, with the markup that it lost: lines ran together, so whitespace is not compared.
const page = readFileSync(new URL('./the-page.txt', import.meta.url), 'utf8').replace(/\s+/g, ' ')

/** Every sentence of the rule set with where in the file it stands. */
function sentences(node: unknown, path: string): { path: string; sentence: string; section: unknown }[] {
  if (typeof node !== 'object' || node === null) return []
  const entries = Object.entries(node)
  const own = entries.flatMap(([key, value]) =>
    key === 'sentence' && typeof value === 'string'
      ? [{ path, sentence: value, section: 'section' in node ? node.section : null }]
      : [],
  )
  return [...own, ...entries.flatMap(([key, value]) => sentences(value, `${path}.${key}`))]
}

const { levels, conditions, apprentice, absence, entitlements } = ruleSet
const quoted = sentences({ levels, conditions, apprentice, absence, entitlements }, '')

describe('the rule set 2024-11 is the page, whole', () => {
  test.each(quoted)('$path quotes the page word for word', ({ sentence }) => {
    expect(page).toContain(sentence.replace(/\s+/g, ' ').trim())
  })

  test('every line of the rules has its sentence and a link to its heading', () => {
    expect(quoted.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        '.levels.deploy',
        '.levels.deploy.templateSource',
        '.levels.deploy.sponsorsSource',
        '.levels.admin',
        '.levels.admin.templateSource',
        '.levels.admin.sponsorsSource',
        ...['CD1', 'CD2', 'CD3', 'CD4', 'CD5', 'CA1', 'CA2', 'CA3'].map((id) => `.conditions.${id}`),
        ...['LO1', 'LO2', 'LO3', 'LO4'].map((id) => `.conditions.CA3.objectives.${id}`),
        ...['D1', 'D2', 'D3', 'D4', 'D5', 'D6', 'A1', 'A2', 'A3', 'A4', 'A5', 'A6'].map((id) => `.entitlements.${id}`),
        '.apprentice',
        '.absence',
      ]),
    )
    const headings = [
      'Production Deploy access',
      'When you get Production Deploy access',
      'Production Admin access',
      'When you get Production Admin access',
      'Production Admin learning objectives',
      'Temporarily revoking access',
    ].map((heading) => heading.toLowerCase().replaceAll(' ', '-'))
    for (const { section } of quoted) expect(headings).toContain(section)
    expect(ruleSet.linkTo(absence).url).toBe(
      'https://docs.publishing.service.gov.uk/manual/rules-for-getting-production-access.html#temporarily-revoking-access',
    )
  })

  test.each([
    ['deploy', ['D1', 'D2', 'D3', 'D4', 'D5', 'D6']],
    ['admin', ['A1', 'A2', 'A3', 'A4', 'A5', 'A6']],
  ])('%s gives its six entitlements', (level, ids) => {
    expect(Object.keys(entitlements).filter((id) => entitlements[id]?.level === level)).toEqual(ids)
  })

  test('each level asks for its conditions, and Admin’s review confirms four objectives', () => {
    expect(levels['deploy']?.conditions).toEqual(['CD1', 'CD2', 'CD3', 'CD4', 'CD5'])
    expect(levels['admin']?.conditions).toEqual(['CA1', 'CA2', 'CA3'])
    expect(ruleSet.objectivesOf('admin').map(({ id }) => id)).toEqual(['LO1', 'LO2', 'LO3', 'LO4'])
    expect(ruleSet.objectivesOf('deploy')).toEqual([])
  })

  test('the kinds of evidence are those decided: the register, the sponsor, the review', () => {
    expect(Object.fromEntries(Object.entries(conditions).map(([id, { kind }]) => [id, kind]))).toEqual({
      CD1: 'register',
      CD2: 'attestation',
      CD3: 'attestation',
      CD4: 'attestation',
      CD5: 'attestation',
      CA1: 'register',
      CA2: 'register',
      CA3: 'review',
    })
  })

  test('a civil servant tech lead or Senior Tech sponsors Deploy; only Senior Tech sponsors Admin', () => {
    expect(levels['deploy']?.sponsors).toEqual([
      { relation: 'tech-lead', employment: 'civil-servant' },
      { relation: 'senior-tech' },
    ])
    expect(levels['admin']?.sponsors).toEqual([{ relation: 'senior-tech' }])
  })

  test('apprentices are limited to Deploy, with Admin as the exception; more than 6 weeks is more than 42 days', () => {
    expect(apprentice).toMatchObject({ limit: 'deploy', exception: 'admin' })
    expect(absence.limitDays).toBe(42)
  })

  test('Admin includes Deploy, and the reading has its evidence', () => {
    expect(ruleSet.withIncluded('admin')).toEqual(['deploy', 'admin'])
    expect(ruleSet.withIncluded('deploy')).toEqual(['deploy'])
    expect(levels['admin']?.includesReading?.reading).toContain('members of both GitHub teams')
    expect(levels['admin']?.includesReading?.evidence.length).toBeGreaterThan(0)
  })

  test('a level that is not there is refused', () => {
    expect(() => ruleSet.withIncluded('owner')).toThrow('The rule set 2024-11 has no level "owner".')
    expect(() => ruleSet.withIncluded('constructor')).toThrow('has no level')
  })

  test('the template cards are those of the page, by short link', () => {
    expect(Object.entries(levels).map(([level, { template }]) => [level, template])).toEqual([
      ['deploy', 'S9sex2XU'],
      ['admin', 'GIHPZi2o'],
    ])
  })

  test('only clearance may be recorded by the approver, and only probation may be said not to apply', () => {
    expect(conditions['CD1']).toMatchObject({ fact: 'clearance', whenSilent: 'approver-records' })
    expect(conditions['CA1']).toMatchObject({ fact: 'clearance', whenSilent: 'approver-records' })
    expect(conditions['CA2']).toMatchObject({ fact: 'probation', notApplicableTo: 'contractor' })
    expect(rulesText.match(/notApplicableTo/g)).toHaveLength(1)
  })

  test('no account number, host of ours or organisation stands in the rules', () => {
    expect(plain(rulesText)).not.toMatch(/\d{12}|alphagov:|gov-uk-production|@digital/)
  })
})
