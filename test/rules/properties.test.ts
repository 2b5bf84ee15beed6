import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { holdingUp, judgeEligibility } from '../../server/rules/eligibility.ts'
import { planHash } from '../../server/rules/plan-hash.ts'
import { judgeSponsorship, whoCanSponsor } from '../../server/rules/sponsorship.ts'
import type { Absence, ApprovalAnswers, Known, PersonFacts, RequestFacts, Said } from '../../server/rules/types.ts'
import { answersWith, engineerOf, known, peopleWith, planOf, review, ruleSet, today } from './happy.ts'

// The same worlds in every run: a failure is found again by whoever looks at it.
fc.configureGlobal({ seed: 202_411 })

/** Every combination of facts that the register and a card can hold, unknown ones among them. */

const maybe = <T>(...values: T[]): fc.Arbitrary<Known<T> | null> =>
  fc.option(
    fc.constantFrom(...values).map((value) => known(value)),
    { nil: null },
  )

const absences = maybe<Absence[]>(
  [],
  [{ start: '2026-11-01', end: '2026-11-30' }],
  [{ start: '2026-11-01', end: '2027-02-01' }],
  [{ start: '2026-01-01', end: null }],
)

const facts = fc.record({
  employment: maybe<'civil-servant' | 'contractor'>('civil-servant', 'contractor'),
  apprentice: maybe(true, false),
  clearance: maybe(true, false),
  probation: maybe<'passed' | 'not-passed'>('passed', 'not-passed'),
  techLead: maybe('sam', 'nia', 'dan', 'priya'),
  lineManager: maybe('lina', 'dan', 'priya'),
  seniorTech: maybe(true, false),
  left: maybe(true, false),
  absences,
})
type Facts = typeof facts extends fc.Arbitrary<infer T> ? T : never
type FactName = keyof Facts
const factNames: FactName[] = [
  'employment',
  'apprentice',
  'clearance',
  'probation',
  'techLead',
  'lineManager',
  'seniorTech',
  'left',
  'absences',
]

const said = (by: string): fc.Arbitrary<Said | null> =>
  fc.option(
    fc.record({
      by: fc.constantFrom(by, 'priya', 'sam'),
      date: fc.constant(today),
      reference: fc.constantFrom(null, '', 'email'),
      recordedBy: fc.constantFrom(null, 'dan', 'ines', 'priya'),
    }),
    { nil: null },
  )

const request = fc.record<Pick<RequestFacts, 'review' | 'apprentice' | 'held'>>({
  review: fc.option(
    fc
      .record({
        objectives: fc.subarray(review.objectives),
        reviewer: fc.constantFrom('dan', 'ines', 'sam', 'priya'),
      })
      .map((changes) => ({ ...review, ...changes })),
    { nil: null },
  ),
  apprentice: fc.record({ confident: said('priya'), wantsSecondary: said('priya'), lineManagerAgrees: said('lina') }),
  held: fc.constantFrom([], [{ level: 'deploy', since: '2026-01-05' }]),
})

const answers = fc.record<Pick<ApprovalAnswers, 'approver' | 'confirmed' | 'clearanceSeen' | 'notApplicable'>>({
  approver: fc.constantFrom('dan', 'ines', 'sam', 'priya'),
  confirmed: fc.subarray(['CD2', 'CD3', 'CD4', 'CD5']),
  clearanceSeen: fc.constantFrom(null, { where: 'blue pass', date: today }),
  notApplicable: fc.constantFrom({}, { CA2: 'In the contract.' }),
})

interface World {
  level: string
  people: Record<string, Facts>
  request: Pick<RequestFacts, 'review' | 'apprentice' | 'held'>
  answers: Pick<ApprovalAnswers, 'approver' | 'confirmed' | 'clearanceSeen' | 'notApplicable'>
}

const world: fc.Arbitrary<World> = fc.record({
  level: fc.constantFrom('deploy', 'admin'),
  people: fc.record({ priya: facts, sam: facts, dan: facts, ines: facts, lina: facts }),
  request,
  answers,
})

/** Worlds that are likely to allow: random ones hardly ever do, and then a property shows nothing. */
const likely: fc.Arbitrary<World> = fc.tuple(world, fc.subarray(factNames)).map(([one, changed]) => {
  const good = engineerOf(peopleWith())
  const priya = Object.assign(
    { ...pick(good) },
    Object.fromEntries(changed.map((name) => [name, one.people['priya']?.[name] ?? null])),
  )
  const people = peopleWith()
  const others = Object.fromEntries([...people.values()].map((person) => [person.id, pick(person)]))
  const confirmed = ['CD2', 'CD3', 'CD4', 'CD5']
  return {
    ...one,
    people: { ...others, priya },
    request: { ...one.request, review },
    answers: { ...one.answers, approver: 'dan', confirmed },
  }
})

function pick({ employment, apprentice, clearance, probation, techLead, lineManager, ...rest }: PersonFacts): Facts {
  const { seniorTech, left, absences: away } = rest
  return { employment, apprentice, clearance, probation, techLead, lineManager, seniorTech, left, absences: away }
}

function eligible({ level, people: changes, ...one }: World): boolean {
  return findingsOf({ level, people: changes, ...one }).length === 0
}

function findingsOf(one: World) {
  return holdingUp(judgedIn(one))
}

function judgedIn({ level, people: changes, request: changed, answers: said }: World) {
  const people = peopleWith(changes)
  return judgeEligibility({
    ruleSet,
    level,
    engineer: engineerOf(people),
    people,
    today,
    request: { level, reason: 'Joining Search', signonApps: {}, ...changed },
    answers: answersWith(said),
  })
}

function sponsorsOf({ level, people: changes }: World): string[] {
  const people = peopleWith(changes)
  const question = { ruleSet, level, engineer: engineerOf(people), people, today }
  const able = [...people.values()].filter((viewer) => judgeSponsorship({ ...question, viewer }).may)
  expect(whoCanSponsor(question).toSorted()).toEqual(able.map(({ id }) => id).toSorted())
  return able.map(({ id }) => id)
}

function forgetting(one: World, person: string, fact: FactName): World {
  const before = one.people[person]
  if (!before) throw new RangeError(person)
  return { ...one, people: { ...one.people, [person]: { ...before, [fact]: null } } }
}

const somebody = fc.constantFrom('priya', 'sam', 'dan', 'ines', 'lina')
const someFact = fc.constantFrom(...factNames)

describe('unknown never grants', () => {
  test('whatever is unknown holds up the approval, and never looks like no', () => {
    fc.assert(
      fc.property(fc.oneof(world, likely), (one) => {
        for (const found of judgedIn(one)) {
          expect(found.holdsUpApproval).toBe(found.outcome !== 'met')
          if (found.outcome !== 'unknown') continue
          expect(found.turn).not.toBe('nobody')
          expect(found.sentence).not.toMatch(/^The register says/)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('with every fact about the engineer unknown, nothing that anybody says makes them eligible for Admin', () => {
    fc.assert(
      fc.property(world, (one) => {
        const blank = factNames.reduce((changed, fact) => forgetting(changed, 'priya', fact), one)
        expect(eligible({ ...blank, level: 'admin' })).toBe(false)
        expect(eligible({ ...blank, level: 'deploy' })).toBe(false)
      }),
    )
  })

  test('forgetting a fact never makes anybody eligible who was not', () => {
    let allowed = 0
    fc.assert(
      fc.property(fc.oneof(world, likely), somebody, someFact, (one, person, fact) => {
        // What the approver records in the register's place is a fact of its own: the two cases are tables elsewhere.
        const plain = { ...one, answers: { ...one.answers, clearanceSeen: null, notApplicable: {} } }
        const after = eligible(forgetting(plain, person, fact))
        if (after) allowed += 1
        if (after) expect(eligible(plain)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
    expect(allowed).toBeGreaterThan(20)
  })

  test('what an approver may record in the register’s place is clearance, and a contractor’s probation, and no more', () => {
    fc.assert(
      fc.property(fc.oneof(world, likely), somebody, someFact, (one, person, fact) => {
        if (eligible(one) || !eligible(forgetting(one, person, fact))) return
        const clearanceSeen = fact === 'clearance' && one.answers.clearanceSeen !== null
        const contractors = fact === 'probation' && 'CA2' in one.answers.notApplicable
        expect(person).toBe('priya')
        expect(clearanceSeen || contractors).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test('forgetting a fact never makes anybody a sponsor, about whomever it is', () => {
    let sponsors = 0
    fc.assert(
      fc.property(fc.oneof(world, likely), somebody, someFact, (one, person, fact) => {
        const before = sponsorsOf(one)
        const after = sponsorsOf(forgetting(one, person, fact))
        sponsors += after.length
        expect(before).toEqual(expect.arrayContaining(after))
      }),
      { numRuns: 1_000 },
    )
    expect(sponsors).toBeGreaterThan(100)
  })

  test('nobody ever sponsors themselves', () => {
    fc.assert(
      fc.property(fc.oneof(world, likely), (one) => {
        expect(sponsorsOf(one)).not.toContain('priya')
      }),
    )
  })

  test('a recorded no is never overridden by what anybody says', () => {
    fc.assert(
      fc.property(likely, (one) => {
        const priya = one.people['priya']
        if (!priya) return
        const no = (changed: Partial<Facts>) => ({ ...one, people: { ...one.people, priya: { ...priya, ...changed } } })
        expect(eligible(no({ clearance: known(false) }))).toBe(false)
        expect(eligible(no({ left: known(true) }))).toBe(false)
        expect(eligible({ ...no({ probation: known('not-passed') }), level: 'admin' })).toBe(false)
      }),
    )
  })
})

describe('the plan’s hash', () => {
  const apps = fc.array(fc.constantFrom('Release', 'Whitehall', 'Publisher', 'Content Data'), { maxLength: 4 })
  const level = fc.constantFrom('deploy', 'admin')

  test('is the same for the same wishes, in whatever order they were typed', () => {
    fc.assert(
      fc.property(level, apps, (wanted, asked) => {
        const one = planOf({ level: wanted, request: { signonApps: { production: asked } } })
        const other = planOf({ level: wanted, request: { signonApps: { production: [...asked, ...asked].reverse() } } })
        expect(other).toEqual(one)
      }),
    )
  })

  test('is the same whatever the order of keys in which the plan comes back from the database', () => {
    const turned = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(turned)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, inner]) => [key, turned(inner)]),
      )
    }
    for (const wanted of ['deploy', 'admin']) {
      const plan = planOf({ level: wanted })
      const back: typeof plan = Object.assign(structuredClone(plan), turned(plan))
      expect(Object.keys(back.steps[0] ?? {})).not.toEqual(Object.keys(plan.steps[0] ?? {}))
      expect(planHash(back)).toBe(plan.hash)
    }
  })

  const plan = planOf({ level: 'admin' })
  const [first] = plan.steps
  if (!first) throw new RangeError('an empty plan')
  const step = (changes: Partial<typeof first>) => ({ steps: [{ ...first, ...changes }, ...plan.steps.slice(1)] })

  test.each<[string, Partial<typeof plan>]>([
    ['the rule set’s version', { ruleSet: { ...plan.ruleSet, id: '2024-12' } }],
    ['the rule set’s content', { ruleSet: { ...plan.ruleSet, digest: '0'.repeat(64) } }],
    ['the engineer', { engineer: 'nia' }],
    ['the level', { level: 'deploy' }],
    ['the order of steps', { steps: plan.steps.toReversed() }],
    ['one step fewer', { steps: plan.steps.slice(1) }],
    ['an entitlement', step({ serves: ['D1'] })],
    ['an environment', step({ environment: 'staging' })],
    ['an account id', step({ account: { ...first.account, id: '1002' } })],
    ['the kind of an account', step({ account: { ...first.account, kind: 'email' } })],
    ['the wanted value', step({ wanted: { ...first.wanted, value: 'maintainer' } })],
    ['a parameter', step({ wanted: { ...first.wanted, params: { ...first.wanted.params, team: 'another' } } })],
    ['the method', step({ method: 'task' })],
    ['a prerequisite', step({ after: ['logit'] })],
  ])('changes with %s', (_, changes) => {
    expect(planHash({ ...plan, ...changes })).not.toBe(plan.hash)
  })

  test.each<[string, Partial<typeof plan>]>([
    ['the name of an account', step({ account: { ...first.account, name: 'renamed' } })],
    ['the level’s name', { levelName: 'Renamed' }],
    [
      'the name of a target',
      step({ wanted: { ...first.wanted, params: { ...first.wanted.params, name: 'Renamed' } } }),
    ],
    ['the words of a step', step({ words: { ...first.words, change: 'Other words' }, systemName: 'Other' })],
    ['what is missing, or worth knowing', { missing: [{ what: 'reason', sentence: 'Say why' }], worthKnowing: ['So'] }],
  ])('does not change with %s', (_, changes) => {
    expect(planHash({ ...plan, ...changes })).toBe(plan.hash)
  })

  test('does not change with the engineer’s name, their facts, the reason, or what they hold already', () => {
    const other = planOf({
      level: 'admin',
      engineer: { fullName: 'Priya Rao', firstName: 'Priya', clearance: null, left: known(true) },
      request: { reason: 'Another', held: [{ level: 'deploy', since: '2026-01-05' }], review: null },
    })
    expect(other.hash).toBe(plan.hash)
  })

  test.each([
    ['the GitHub account', { github: { kind: 'github' as const, id: '9', name: 'priya-s' } }],
    [
      'the AWS account',
      { aws: { kind: 'aws' as const, id: 'arn:aws:iam::000000000000:user/p.s@example.gov.uk', name: 'p' } },
    ],
    ['the work address', { email: { kind: 'email' as const, id: 'p.s@example.gov.uk', name: 'p' } }],
  ])('changes when %s was swapped', (_, changed) => {
    const accounts = { ...engineerOf(peopleWith()).accounts, ...changed }
    expect(planOf({ level: 'admin', engineer: { accounts } }).hash).not.toBe(plan.hash)
  })

  test('changes with one more application, and with another method of the installation', () => {
    const hashes = [
      plan.hash,
      planOf({ level: 'admin', request: { signonApps: { production: ['Whitehall'] } } }).hash,
      planOf({ level: 'admin', installation: { methods: { 'aws-admin': 'task' } } }).hash,
      planOf({ level: 'deploy' }).hash,
    ]
    expect(new Set(hashes).size).toBe(4)
  })

  test('is a SHA-256 in hex, and the plan that is shown is the one that is hashed', () => {
    expect(plan.hash).toMatch(/^[0-9a-f]{64}$/)
    expect(planHash(plan)).toBe(plan.hash)
    expect(planOf({ level: 'admin' })).toEqual(plan)
  })
})
