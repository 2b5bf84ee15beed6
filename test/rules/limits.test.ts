import { describe, expect, test } from 'vitest'
import { holdingUp } from '../../server/rules/eligibility.ts'
import type { Said } from '../../server/rules/types.ts'
import { type Deviation, finding, judged, known, rulesWith, today } from './happy.ts'
import { oneMoreLevel } from './one-more-level.ts'

const said = (by: string, more: Partial<Said> = {}): Said => ({
  by,
  date: '2026-11-20',
  reference: null,
  recordedBy: null,
  ...more,
})
const own = { confident: said('priya'), wantsSecondary: said('priya'), lineManagerAgrees: said('lina') }
const apprentice = (
  facts: Partial<typeof own> | Record<string, Said | null> = {},
  more: Deviation = {},
): Deviation => ({
  level: 'admin',
  ...more,
  engineer: { apprentice: known(true), ...more.engineer },
  request: { apprentice: { ...own, ...facts }, ...more.request },
})
const route =
  'Technologist apprentices can have Production Deploy. You can ask for Production Admin if you are confident, want a 2nd line shift as Secondary and your line manager agrees.'

describe('an apprentice', () => {
  test.each([
    ['yes', known(true)],
    ['no', known(false)],
    ['not known', null],
  ])('allows Deploy whether or not they are one: %s', (_, value) => {
    expect(holdingUp(judged({ engineer: { apprentice: value } }))).toEqual([])
  })

  test('allows Admin with all three facts and every other condition', () => {
    expect(holdingUp(judged(apprentice()))).toEqual([])
  })

  test('denies Admin where it is not known whether they are one', () => {
    expect(finding('AP', { level: 'admin', engineer: { apprentice: null } })).toMatchObject({
      outcome: 'unknown',
      turn: 'keeper',
      holdsUpReady: true,
      holdsUpApproval: true,
      sentence:
        'We do not know whether you are a technologist apprentice. This is not a no. Ask a register keeper to add it.',
    })
  })

  test('denies Admin without the facts, and says which route there is', () => {
    const none = { confident: null, wantsSecondary: null, lineManagerAgrees: null }
    const findings = holdingUp(judged(apprentice(none)))
    expect(findings.map(({ id, turn }) => [id, turn])).toEqual([
      ['AP-confident', 'engineer'],
      ['AP-secondary', 'engineer'],
      ['AP-line-manager', 'line-manager'],
    ])
    for (const one of findings) expect(one.sentence).toBe(route)
  })

  test.each([
    ['confident missing', { confident: null }, 'AP-confident'],
    ['confident said by the tech lead', { confident: said('sam') }, 'AP-confident'],
    ['confident recorded by somebody else', { confident: said('priya', { recordedBy: 'dan' }) }, 'AP-confident'],
    ['the shift missing', { wantsSecondary: null }, 'AP-secondary'],
    ['the shift said by the line manager', { wantsSecondary: said('lina') }, 'AP-secondary'],
    ['the line manager missing', { lineManagerAgrees: null }, 'AP-line-manager'],
    ['agreement by somebody who is not the line manager', { lineManagerAgrees: said('sam') }, 'AP-line-manager'],
    ['agreement by the engineer', { lineManagerAgrees: said('priya') }, 'AP-line-manager'],
    [
      'agreement recorded by the engineer',
      { lineManagerAgrees: said('lina', { recordedBy: 'priya', reference: 'email of 20 November' }) },
      'AP-line-manager',
    ],
    [
      'agreement recorded without a reference',
      { lineManagerAgrees: said('lina', { recordedBy: 'ines' }) },
      'AP-line-manager',
    ],
    [
      'agreement recorded with an empty reference',
      { lineManagerAgrees: said('lina', { recordedBy: 'ines', reference: ' ' }) },
      'AP-line-manager',
    ],
    [
      'agreement recorded by somebody outside Senior Tech',
      { lineManagerAgrees: said('lina', { recordedBy: 'sam', reference: 'email of 20 November' }) },
      'AP-line-manager',
    ],
    ['agreement of a day to come', { lineManagerAgrees: said('lina', { date: '2026-11-25' }) }, 'AP-line-manager'],
  ])('denies Admin with %s', (_, facts, id) => {
    const left = holdingUp(judged(apprentice(facts)))
    expect(left.map((one) => one.id)).toEqual([id])
    expect(left[0]).toMatchObject({ outcome: 'unknown', holdsUpReady: true, sentence: route })
  })

  test.each([
    [
      'recorded by another Senior Tech member with a reference',
      { recordedBy: 'ines', reference: 'email of 20 November' },
    ],
    ['recorded by the line manager', { recordedBy: 'lina' }],
  ])('allows Admin with the agreement %s', (_, how) => {
    expect(holdingUp(judged(apprentice({ lineManagerAgrees: said('lina', how) })))).toEqual([])
  })

  test('denies Admin where whoever recorded the agreement approves as well: they would be its only source', () => {
    const alone = apprentice({ lineManagerAgrees: said('lina', { recordedBy: 'dan', reference: 'email' }) })
    const [left, ...others] = holdingUp(judged(alone))
    expect(others).toEqual([])
    expect(left).toMatchObject({
      id: 'AP-line-manager',
      outcome: 'unknown',
      turn: 'senior-tech',
      sentence:
        'You recorded what the line manager said, so you cannot be the one who approves as well. Ask another Senior Tech member, or ask the line manager to answer on the card.',
    })
    expect(holdingUp(judged({ ...alone, answers: { approver: 'ines', approverName: 'Ines Moreau' } }))).toEqual([])
  })

  test('allows Admin where that Senior Tech member is the line manager', () => {
    const manager = { engineer: { lineManager: known('dan') } }
    const one = apprentice({ lineManagerAgrees: said('dan', { recordedBy: 'dan' }) }, manager)
    expect(holdingUp(judged(one))).toEqual([])
  })

  test.each([
    ['not known', null],
    ['another since', known('sam')],
    ['the engineer themselves', known('priya')],
  ])('denies Admin where the line manager is %s', (_, lineManager) => {
    const one = apprentice({}, { engineer: { lineManager } })
    expect(holdingUp(judged(one)).map(({ id, turn }) => [id, turn])).toEqual([
      ['AP-line-manager', lineManager === null ? 'keeper' : 'line-manager'],
    ])
  })

  test('denies Admin where the line manager’s record is the engineer under another name', () => {
    const accounts = { email: { kind: 'email' as const, id: 'Priya.Shah@example.gov.uk', name: 'priya' } }
    const one = apprentice({}, { people: { lina: { accounts } } })
    expect(holdingUp(judged(one)).map(({ id }) => id)).toEqual(['AP-line-manager'])
  })

  test('then every Admin condition still applies', () => {
    const one = apprentice({}, { engineer: { probation: known('not-passed') }, answers: { confirmed: [] } })
    expect(holdingUp(judged(one)).map(({ id }) => id)).toEqual(['CD2', 'CD3', 'CD4', 'CD5', 'CA2'])
  })

  test('denies any level beyond the exception', () => {
    const rules = rulesWith(...oneMoreLevel)
    const one = finding('AP', { ruleSet: rules, level: 'platform', engineer: { apprentice: known(true) } })
    expect(one).toMatchObject({
      outcome: 'not-met',
      turn: 'nobody',
      holdsUpApproval: true,
      sentence: 'Technologist apprentices can have Production Deploy.',
    })
  })
})

describe.each(['deploy', 'admin'])('somebody who asks for %s', (level) => {
  test.each([
    ['has left', known(true), 'not-met', 'The register says that you have left.'],
    ['may have left: unknown blocks', null, 'unknown', 'We do not know whether you have left. This is not a no.'],
  ])('is denied: %s', (_, left, outcome, says) => {
    const one = finding('LEFT', { level, engineer: { left } })
    expect(one).toMatchObject({ outcome, turn: 'keeper', holdsUpReady: true, holdsUpApproval: true })
    expect(one.sentence).toContain(says)
  })

  test.each([
    ['no absence', known([]), 'met', 'No absence of more than 6 weeks is recorded.'],
    ['away for 42 days', known([{ start: '2026-10-14', end: '2026-11-25' }]), 'met', 'No absence of more than 6 weeks'],
    ['absence not known', null, 'unknown', 'We do not know whether an absence is recorded. This is not a no.'],
    [
      'planned away for 43 days, on the first day',
      known([{ start: today, end: '2027-01-06' }]),
      'not-met',
      'The register says you are absent more than 6 weeks. If you are back, ask a register keeper to update it.',
    ],
    [
      'away on the 43rd day',
      known([{ start: '2026-10-13', end: null }]),
      'not-met',
      'The register says you are absent more than 6 weeks.',
    ],
  ] as const)('%s: %s', (_, absences, outcome, says) => {
    const fact = absences && { ...absences, value: [...absences.value] }
    const one = finding('AB', { level, engineer: { absences: fact } })
    expect(one.outcome).toBe(outcome)
    expect(one.holdsUpApproval).toBe(outcome !== 'met')
    expect(one.sentence).toContain(says)
  })
})

test('the absence limit is the rule set’s, and its words follow it', () => {
  const rules = rulesWith(['  limitDays: 42\n', '  limitDays: 30\n'])
  const absences = known([{ start: '2026-10-25', end: null }])
  const one = finding('AB', { ruleSet: rules, engineer: { absences } })
  expect(one).toMatchObject({ outcome: 'not-met' })
  expect(one.sentence).toContain('absent more than 30 days')
})
