import { describe, expect, test } from 'vitest'
import { judgeSponsorship, whoCanSponsor } from '../../server/rules/sponsorship.ts'
import { type Deviation, known, type People, person, plain, questionOf, today } from './happy.ts'

const away = known([{ start: '2026-09-01', end: null }])
const shortlyAway = known([{ start: '2026-11-20', end: '2026-12-01' }])

function ask(viewer: string, deviation: Deviation = {}) {
  const question = questionOf(deviation)
  const found = question.people.get(viewer)
  if (!found) throw new RangeError(viewer)
  return judgeSponsorship({ ...question, viewer: found })
}

function whoCan(deviation: Deviation = {}): string[] {
  return whoCanSponsor(questionOf(deviation))
}

interface Allows {
  who: string
  viewer: string
  level: string
  people?: People
  relation: 'tech-lead' | 'senior-tech'
}

test.each<Allows>([
  { who: 'the engineer’s own civil servant tech lead', viewer: 'sam', level: 'deploy', relation: 'tech-lead' },
  { who: 'a Senior Tech member', viewer: 'dan', level: 'deploy', relation: 'senior-tech' },
  { who: 'a contractor in Senior Tech', viewer: 'ines', level: 'deploy', relation: 'senior-tech' },
  { who: 'a Senior Tech member', viewer: 'dan', level: 'admin', relation: 'senior-tech' },
  { who: 'a contractor in Senior Tech', viewer: 'ines', level: 'admin', relation: 'senior-tech' },
  {
    who: 'a tech lead who is in Senior Tech and a contractor',
    viewer: 'sam',
    level: 'deploy',
    people: { sam: { seniorTech: known(true), employment: known('contractor') } },
    relation: 'senior-tech',
  },
  {
    who: 'a Senior Tech member whose employment nobody knows',
    viewer: 'dan',
    level: 'deploy',
    people: { dan: { seniorTech: known(true), employment: null } },
    relation: 'senior-tech',
  },
  {
    who: 'a tech lead of whom nobody knows whether they are in Senior Tech',
    viewer: 'sam',
    level: 'deploy',
    people: { sam: { seniorTech: null } },
    relation: 'tech-lead',
  },
  {
    who: 'a tech lead who is away for less than 6 weeks',
    viewer: 'sam',
    level: 'deploy',
    people: { sam: { absences: shortlyAway } },
    relation: 'tech-lead',
  },
])('allows $who to sponsor $level', ({ viewer, level, people = {}, relation }) => {
  expect(ask(viewer, { level, people })).toMatchObject({ may: true, relation })
  expect(whoCan({ level, people })).toContain(viewer)
})

interface Denies {
  who: string
  viewer: string
  level: string
  people?: People
  engineer?: Deviation['engineer']
  reason: string
  says: string
}

const notLead = (rest: string) =>
  `You cannot approve this because you are not recorded as Priya's tech lead. ${rest} If that has changed, ask a register keeper to update it.`

test.each<Denies>([
  {
    who: 'the engineer',
    viewer: 'priya',
    level: 'deploy',
    reason: 'self',
    says: 'You cannot approve your own request. Sam Okoro, your tech lead, or any Senior Tech member can.',
  },
  {
    who: 'the engineer, who is in Senior Tech and is asking for Admin',
    viewer: 'priya',
    level: 'admin',
    engineer: { seniorTech: known(true) },
    reason: 'self',
    says: 'You cannot approve your own request. Dan Reyes and 1 other can.',
  },
  {
    who: 'the engineer, recorded as their own tech lead',
    viewer: 'priya',
    level: 'deploy',
    engineer: { techLead: known('priya') },
    reason: 'self',
    says: 'You cannot approve your own request. Dan Reyes and 1 other can.',
  },
  ...(['github', 'aws', 'email'] as const).map(
    (kind): Denies => ({
      who: `the engineer under a second record with the same ${kind} account`,
      viewer: 'dan',
      level: 'deploy',
      people: {
        priya: { accounts: { [kind]: { kind, id: 'same-account', name: 'priya' } } },
        dan: { seniorTech: known(true), accounts: { [kind]: { kind, id: 'Same-Account', name: 'dan' } } },
      },
      reason: 'self',
      says: 'You cannot approve your own request. Sam Okoro, your tech lead, or any Senior Tech member can.',
    }),
  ),
  {
    who: 'another’s tech lead',
    viewer: 'nia',
    level: 'deploy',
    reason: 'not-recorded-tech-lead',
    says: notLead('Sam Okoro is.'),
  },
  {
    who: 'a former tech lead',
    viewer: 'sam',
    level: 'deploy',
    engineer: { techLead: known('nia') },
    reason: 'not-recorded-tech-lead',
    says: notLead('Nia Frost is.'),
  },
  {
    who: 'anybody, where nobody knows the tech lead: unknown does not look like no',
    viewer: 'sam',
    level: 'deploy',
    engineer: { techLead: null },
    reason: 'not-recorded-tech-lead',
    says: notLead('We do not know who is.'),
  },
  {
    who: 'a contractor tech lead',
    viewer: 'sam',
    level: 'deploy',
    people: { sam: { employment: known('contractor') } },
    reason: 'tech-lead-not-civil-servant',
    says: 'You cannot approve this because a tech lead who sponsors must be a civil servant. Any Senior Tech member can approve it.',
  },
  {
    who: 'a tech lead whose employment nobody knows',
    viewer: 'sam',
    level: 'deploy',
    people: { sam: { employment: null } },
    reason: 'tech-lead-employment-unknown',
    says: 'You cannot approve this yet because we do not know whether you are a civil servant, which a tech lead who sponsors must be. Ask a register keeper to add it. Any Senior Tech member can approve it.',
  },
  {
    who: 'the tech lead',
    viewer: 'sam',
    level: 'admin',
    reason: 'admin-needs-senior-tech',
    says: 'Only Senior Tech can approve Production Admin. Dan Reyes and 1 other can.',
  },
  {
    who: 'the line manager',
    viewer: 'lina',
    level: 'admin',
    reason: 'admin-needs-senior-tech',
    says: 'Only Senior Tech can approve Production Admin. Dan Reyes and 1 other can.',
  },
  {
    who: 'somebody of whom nobody knows whether they are in Senior Tech',
    viewer: 'dan',
    level: 'admin',
    people: { dan: { seniorTech: null } },
    reason: 'admin-needs-senior-tech',
    says: 'Only Senior Tech can approve Production Admin. Ines Moreau can. If you are in Senior Tech, ask a register keeper to record it.',
  },
  {
    who: 'the tech lead, where nobody can',
    viewer: 'sam',
    level: 'admin',
    people: { dan: { seniorTech: known(false) }, ines: { seniorTech: null } },
    reason: 'admin-needs-senior-tech',
    says: 'Only Senior Tech can approve Production Admin. Nobody in the register can at the moment. Ask a register keeper.',
  },
  ...(
    [
      ['sam', 'deploy', 'tech lead'],
      ['dan', 'deploy', 'Senior Tech member'],
      ['dan', 'admin', 'Senior Tech member'],
    ] as const
  ).flatMap(([viewer, level, what]): Denies[] => {
    const senior = viewer === 'dan' ? { seniorTech: known(true) } : {}
    return [
      {
        who: `a ${what} who has left`,
        viewer,
        level,
        people: { [viewer]: { ...senior, left: known(true) } },
        reason: 'sponsor-left',
        says: 'You cannot approve this because the register says that you have left.',
      },
      {
        who: `a ${what} who may have left`,
        viewer,
        level,
        people: { [viewer]: { ...senior, left: null } },
        reason: 'sponsor-presence-unknown',
        says: 'You cannot approve this yet because the register does not say whether you have left. Ask a register keeper to add it.',
      },
      {
        who: `a ${what} who is away over the limit`,
        viewer,
        level,
        people: { [viewer]: { ...senior, absences: away } },
        reason: 'sponsor-absent',
        says: 'You cannot approve this while the register says that you are away. If you are back, ask a register keeper to update it.',
      },
      {
        who: `a ${what} of whom nobody knows whether they are away`,
        viewer,
        level,
        people: { [viewer]: { ...senior, absences: null } },
        reason: 'sponsor-presence-unknown',
        says: 'You cannot approve this yet because the register does not say whether you are away. Ask a register keeper to add it.',
      },
    ]
  }),
])('denies $who to sponsor $level', ({ viewer, level, people = {}, engineer = {}, reason, says }) => {
  const answer = ask(viewer, { level, people, engineer })
  expect(answer).toMatchObject({ may: false, reason })
  expect(plain(answer.sentence)).toBe(says)
  expect(whoCan({ level, people, engineer })).not.toContain(viewer)
})

describe('who can instead', () => {
  test('the tech lead first, then Senior Tech by name', () => {
    expect(whoCan()).toEqual(['sam', 'dan', 'ines'])
    expect(whoCan({ level: 'admin' })).toEqual(['dan', 'ines'])
  })

  test('every refusal names them', () => {
    const answer = ask('nia')
    expect(answer.may === false && answer.whoCan).toEqual(['sam', 'dan', 'ines'])
  })

  test('somebody who is not in the register at all cannot', () => {
    const viewer = person('out', 'Oscar Utley')
    expect(judgeSponsorship({ ...questionOf(), viewer })).toMatchObject({
      may: false,
      reason: 'not-recorded-tech-lead',
    })
  })

  test('a sponsor is away from the first day of a planned absence, and back on the day of return', () => {
    const planned = { sam: { absences: known([{ start: today, end: '2027-02-01' }]) } }
    expect(ask('sam', { people: planned }).may).toBe(false)
    expect(ask('sam', { people: planned, today: '2026-11-23' }).may).toBe(true)
    expect(ask('sam', { people: planned, today: '2027-02-01' }).may).toBe(true)
  })
})
