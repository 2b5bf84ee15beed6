import { describe, expect, test } from 'vitest'
import { holdingUp } from '../../server/rules/eligibility.ts'
import type { Outcome, TurnRole } from '../../server/rules/types.ts'
import { type Deviation, finding, judged, known, plain, review, ruleSet, rulesWith, today } from './happy.ts'

interface Row {
  when: string
  deviation: Deviation
  outcome: Outcome
  says: string
  turn: TurnRole
  /** Whether the request may become ready, and be approved, as far as this condition goes. */
  ready: boolean
  approval: boolean
}

function table(id: string, rows: Row[]): void {
  test.each(rows)(`${id} $outcome: $when`, ({ deviation, outcome, says, turn, ready, approval }) => {
    const one = finding(id, deviation)
    expect(one).toMatchObject({ outcome, turn, holdsUpReady: !ready, holdsUpApproval: !approval })
    expect(plain(one.sentence)).toContain(says)
  })
}

const holdsUpApproval = { ready: true, approval: false }
const holdsUpAll = { ready: false, approval: false }
const fine = { turn: 'nobody' as const, ready: true, approval: true }

test('allows Deploy when everything is known and met, in the order of the page', () => {
  const findings = judged()
  expect(findings.map(({ id }) => id)).toEqual(['CD1', 'CD2', 'CD3', 'CD4', 'CD5', 'AB'])
  expect(holdingUp(findings)).toEqual([])
})

test('allows Admin when everything is known and met: CD2 to CD5 with CA1 to CA3, clearance asked once', () => {
  const findings = judged({ level: 'admin' })
  expect(findings.map(({ id }) => id)).toEqual(['CD2', 'CD3', 'CD4', 'CD5', 'CA1', 'CA2', 'CA3', 'AB'])
  expect(holdingUp(findings)).toEqual([])
})

describe.each([
  ['deploy', 'CD1'],
  ['admin', 'CA1'],
])('clearance for %s', (level, id) => {
  const seen = { where: 'blue pass, at the front desk', date: '2026-11-23' }
  table(id, [
    {
      when: 'the register says yes',
      deviation: { level },
      outcome: 'met',
      says: 'Priya Shah has BPSS clearance.',
      ...fine,
    },
    {
      when: 'the register says no',
      deviation: { level, engineer: { clearance: known(false) } },
      outcome: 'not-met',
      says: 'The register says that BPSS clearance has not been given.',
      turn: 'keeper',
      ...holdsUpAll,
    },
    {
      when: 'the register says no and the approver has seen it: a no is never overridden',
      deviation: { level, engineer: { clearance: known(false) }, answers: { clearanceSeen: seen } },
      outcome: 'not-met',
      says: 'If that is wrong, ask a register keeper.',
      turn: 'keeper',
      ...holdsUpAll,
    },
    {
      when: 'the register is silent, before the approval',
      deviation: { level, engineer: { clearance: null }, answers: null },
      outcome: 'unknown',
      says: 'We do not know yet whether BPSS clearance has been given. This is not a no.',
      turn: 'sponsor',
      ...holdsUpApproval,
    },
    {
      when: 'the register is silent and the approver has seen it',
      deviation: { level, engineer: { clearance: null }, answers: { clearanceSeen: seen } },
      outcome: 'met',
      says: 'Seen by Dan Reyes: blue pass, at the front desk.',
      ...fine,
    },
    {
      when: 'the register is silent and the approver says no place',
      deviation: { level, engineer: { clearance: null }, answers: { clearanceSeen: { where: ' ', date: today } } },
      outcome: 'unknown',
      says: 'Your sponsor says what they have seen',
      turn: 'sponsor',
      ...holdsUpApproval,
    },
    {
      when: 'the register is silent and the approver gives a day to come',
      deviation: {
        level,
        engineer: { clearance: null },
        answers: { clearanceSeen: { ...seen, date: '2026-11-25' } },
      },
      outcome: 'unknown',
      says: 'Your sponsor says what they have seen',
      turn: 'sponsor',
      ...holdsUpApproval,
    },
  ])

  test('carries the source and the day of the register, or of who has seen it', () => {
    expect(finding(id, { level })).toMatchObject({ source: 'register', date: '2026-03-12' })
    const recorded = finding(id, { level, engineer: { clearance: null }, answers: { clearanceSeen: seen } })
    expect(recorded).toMatchObject({ source: 'Dan Reyes', date: '2026-11-23' })
  })
})

test('where a rule set does not let the approver record it, silence on clearance waits for a keeper', () => {
  const rules = rulesWith(['    whenSilent: approver-records\n', '    whenSilent: unknown\n'])
  const seen = { clearanceSeen: { where: 'blue pass', date: today } }
  const one = finding('CD1', { ruleSet: rules, engineer: { clearance: null }, answers: seen })
  expect(one).toMatchObject({ outcome: 'unknown', turn: 'keeper', holdsUpReady: true, holdsUpApproval: true })
})

describe.each(['CD2', 'CD3', 'CD4', 'CD5'])('what the sponsor confirms, %s', (id) => {
  const others = ['CD2', 'CD3', 'CD4', 'CD5'].filter((other) => other !== id)
  table(id, [
    {
      when: 'before the approval: later, and nothing holds up ready',
      deviation: { answers: null },
      outcome: 'unknown',
      says: 'Your sponsor confirms this when approving.',
      turn: 'sponsor',
      ...holdsUpApproval,
    },
    { when: 'confirmed', deviation: {}, outcome: 'met', says: 'Confirmed by Dan Reyes.', ...fine },
    {
      when: 'all others confirmed, this one not',
      deviation: { answers: { confirmed: others } },
      outcome: 'unknown',
      says: 'Your sponsor confirms this when approving.',
      turn: 'sponsor',
      ...holdsUpApproval,
    },
    {
      when: 'Admin asks it as well',
      deviation: { level: 'admin', answers: { confirmed: others } },
      outcome: 'unknown',
      says: 'Your sponsor confirms this when approving.',
      turn: 'sponsor',
      ...holdsUpApproval,
    },
    {
      when: 'Deploy is held already, for Admin',
      deviation: { level: 'admin', request: { held: [{ level: 'deploy', since: '2026-05-04' }] }, answers: null },
      outcome: 'met',
      says: 'Confirmed when Production Deploy was granted.',
      ...fine,
    },
    {
      when: 'confirmed by the engineer themselves',
      deviation: { answers: { approver: 'priya', approverName: 'Priya Shah' } },
      outcome: 'unknown',
      says: 'Your sponsor confirms this when approving.',
      turn: 'sponsor',
      ...holdsUpApproval,
    },
  ])

  test('what was confirmed with Deploy carries the day since when it is held', () => {
    const held = [{ level: 'deploy', since: '2026-05-04' }]
    expect(finding(id, { level: 'admin', request: { held }, answers: null }).date).toBe('2026-05-04')
  })

  test('holding Admin’s own level confirms nothing again', () => {
    const held = [{ level: 'deploy', since: '2026-05-04' }]
    expect(finding(id, { request: { held }, answers: null }).outcome).toBe('unknown')
  })
})

describe('probation, CA2', () => {
  const contractor = { employment: known('contractor' as const), probation: null }
  const reason = { notApplicable: { CA2: 'Six months with the managed service, seen in the contract.' } }
  table('CA2', [
    {
      when: 'passed',
      deviation: { level: 'admin' },
      outcome: 'met',
      says: 'Priya Shah has passed probation.',
      ...fine,
    },
    {
      when: 'not passed',
      deviation: { level: 'admin', engineer: { probation: known('not-passed') } },
      outcome: 'not-met',
      says: 'The register says that probation has not been passed yet.',
      turn: 'keeper',
      ...holdsUpAll,
    },
    {
      when: 'not known',
      deviation: { level: 'admin', engineer: { probation: null } },
      outcome: 'unknown',
      says: 'We do not know yet whether you have passed probation. This is not a no. Ask your line manager to tell a register keeper.',
      turn: 'keeper',
      ...holdsUpAll,
    },
    {
      when: 'a civil servant’s unknown probation with a written reason: no waivers',
      deviation: { level: 'admin', engineer: { probation: null }, answers: reason },
      outcome: 'unknown',
      says: 'This is not a no.',
      turn: 'keeper',
      ...holdsUpAll,
    },
    {
      when: 'a contractor, nothing written',
      deviation: { level: 'admin', engineer: contractor },
      outcome: 'unknown',
      says: 'Your sponsor says in writing how this is met.',
      turn: 'sponsor',
      ...holdsUpApproval,
    },
    {
      when: 'a contractor, nothing but spaces written',
      deviation: { level: 'admin', engineer: contractor, answers: { notApplicable: { CA2: '   ' } } },
      outcome: 'unknown',
      says: 'Your sponsor says in writing how this is met.',
      turn: 'sponsor',
      ...holdsUpApproval,
    },
    {
      when: 'a contractor, a reason written for another condition',
      deviation: { level: 'admin', engineer: contractor, answers: { notApplicable: { CD2: 'A reason.' } } },
      outcome: 'unknown',
      says: 'Your sponsor says in writing how this is met.',
      turn: 'sponsor',
      ...holdsUpApproval,
    },
    {
      when: 'a contractor, with the reason in writing',
      deviation: { level: 'admin', engineer: contractor, answers: reason },
      outcome: 'met',
      says: 'Does not apply to a contractor: Six months with the managed service, seen in the contract.',
      ...fine,
    },
    {
      when: 'a contractor’s recorded no, with a reason in writing: a no is never overridden',
      deviation: {
        level: 'admin',
        engineer: { employment: known('contractor'), probation: known('not-passed') },
        answers: reason,
      },
      outcome: 'not-met',
      says: 'The register says that probation has not been passed yet.',
      turn: 'keeper',
      ...holdsUpAll,
    },
    {
      when: 'employment not known, with a reason in writing',
      deviation: { level: 'admin', engineer: { employment: null, probation: null }, answers: reason },
      outcome: 'unknown',
      says: 'This is not a no.',
      turn: 'keeper',
      ...holdsUpAll,
    },
  ])

  test('a written reason waives nothing else', () => {
    const everything = Object.fromEntries(Object.keys(ruleSet.conditions).map((id) => [id, 'Known to me.']))
    const findings = judged({
      level: 'admin',
      engineer: { clearance: null },
      request: { review: null },
      answers: { confirmed: [], notApplicable: everything },
    })
    expect(holdingUp(findings).map(({ id }) => id)).toEqual(['CD2', 'CD3', 'CD4', 'CD5', 'CA1', 'CA3'])
  })

  test('where the rule set does not allow it, a contractor’s probation is not waived', () => {
    const rules = rulesWith(['    notApplicableTo: contractor\n', ''])
    const one = finding('CA2', { ruleSet: rules, level: 'admin', engineer: contractor, answers: reason })
    expect(one).toMatchObject({ outcome: 'unknown', turn: 'keeper', holdsUpReady: true })
  })
})

describe('the preparedness review, CA3', () => {
  const by = (changes: Partial<typeof review>): Deviation => ({
    level: 'admin',
    request: { review: { ...review, ...changes } },
  })
  const waits = { turn: 'senior-tech' as const, ...holdsUpApproval }
  table('CA3', [
    {
      when: 'whole',
      deviation: by({}),
      outcome: 'met',
      says: 'Reviewed by Dan Reyes, form version Google Form.',
      ...fine,
    },
    {
      when: 'not done',
      deviation: { level: 'admin', request: { review: null } },
      outcome: 'unknown',
      says: 'confirms each of the four objectives',
      ...waits,
    },
    ...['LO1', 'LO2', 'LO3', 'LO4'].map(
      (left): Row => ({
        when: `${left} not confirmed`,
        deviation: by({ objectives: review.objectives.filter((id) => id !== left) }),
        outcome: 'unknown',
        says: 'Dan Reyes has not confirmed:',
        ...waits,
      }),
    ),
    {
      when: 'by the engineer themselves, who is in Senior Tech',
      deviation: { ...by({ reviewer: 'priya', reviewerName: 'Priya Shah' }), engineer: { seniorTech: known(true) } },
      outcome: 'unknown',
      says: 'Nobody reviews their own form response.',
      ...waits,
    },
    {
      when: 'by the engineer under a second record with the same account',
      deviation: {
        ...by({}),
        people: {
          dan: { seniorTech: known(true), accounts: { github: { kind: 'github', id: '1001', name: 'priya-s' } } },
        },
      },
      outcome: 'unknown',
      says: 'Nobody reviews their own form response.',
      ...waits,
    },
    {
      when: 'by the tech lead',
      deviation: by({ reviewer: 'sam', reviewerName: 'Sam Okoro' }),
      outcome: 'unknown',
      says: 'We do not know Sam Okoro as somebody in Senior Tech',
      ...waits,
    },
    {
      when: 'by somebody of whom we do not know whether they are in Senior Tech',
      deviation: { ...by({}), people: { dan: { seniorTech: null } } },
      outcome: 'unknown',
      says: 'We do not know Dan Reyes as somebody in Senior Tech',
      ...waits,
    },
    {
      when: 'by somebody who is not in the register',
      deviation: by({ reviewer: 'nobody', reviewerName: 'Nobody' }),
      outcome: 'unknown',
      says: 'We do not know Nobody as somebody in Senior Tech',
      ...waits,
    },
    ...([{ reference: '' }, { formVersion: ' ' }, { date: '2026-11-25' }] as const).map(
      (left): Row => ({
        when: `with ${JSON.stringify(left)}`,
        deviation: by(left),
        outcome: 'unknown',
        says: 'The review needs the reference of the form response, its version and a date',
        ...waits,
      }),
    ),
  ])

  test('names the objectives that are not confirmed', () => {
    const one = finding('CA3', by({ objectives: ['LO1', 'LO4'] }))
    expect(one.sentence).toContain('has not confirmed: The deployment pipeline; Incident management.')
  })

  test('a contractor in Senior Tech may review: civil servant is asked of tech leads only', () => {
    expect(finding('CA3', by({ reviewer: 'ines', reviewerName: 'Ines Moreau' })).outcome).toBe('met')
  })
})

describe('what every finding tells', () => {
  test.each(['deploy', 'admin'])('for %s: the rules’ own sentence and a link to where it stands', (level) => {
    for (const one of judged({ level, engineer: { apprentice: known(level === 'admin') } })) {
      expect(one.rule.length).toBeGreaterThan(20)
      expect(one.link?.url).toMatch(/^https:\/\/docs\.publishing\.service\.gov\.uk\/manual\/.*#[a-z-]+$/)
    }
  })

  test('clearance, probation, apprenticeship, absence and leaving are private; what a sponsor confirms is not', () => {
    const findings = judged({ level: 'admin', engineer: { apprentice: known(true), left: known(true) } })
    const open = findings.filter(({ confidential }) => !confidential).map(({ id }) => id)
    expect(open).toEqual(['CD2', 'CD3', 'CD4', 'CD5', 'CA3'])
  })
})

test('when facts could not be read, nothing is met, nothing is not met, and nothing is approved', () => {
  const why = 'We cannot reach the register. Nothing is lost. This updates by itself.'
  const findings = judged({
    level: 'admin',
    engineer: { clearance: known(false), apprentice: known(true), left: known(true) },
    unavailable: why,
  })
  expect(findings.length).toBeGreaterThan(8)
  for (const one of findings)
    expect(one).toMatchObject({
      outcome: 'could-not-check',
      sentence: why,
      turn: 'us',
      source: null,
      holdsUpReady: true,
      holdsUpApproval: true,
    })
})
