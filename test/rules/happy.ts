import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type EligibilityQuestion, judgeEligibility } from '../../server/rules/eligibility.ts'
import { makePlan } from '../../server/rules/plan.ts'
import { loadRuleSet, type RuleSet, readRuleSet } from '../../server/rules/rule-set.ts'
import type {
  ApprovalAnswers,
  Finding,
  Installation,
  Known,
  PersonFacts,
  Plan,
  PlanStep,
  PreparednessReview,
  RequestFacts,
} from '../../server/rules/types.ts'

/** The happy world of the rules: everything is known and met. Each test states its deviation. All people are invented. */

export const rulesPath = fileURLToPath(new URL('../../server/rules/rule-sets/2024-11.yaml', import.meta.url))
export const rulesText = readFileSync(rulesPath, 'utf8')
export const ruleSet = loadRuleSet(rulesPath)
export const today = '2026-11-24'

/** The rules' text, changed in places. @throws when a place is not there, so that no test can miss its mark */
export function rulesTextWith(...changes: [from: string, to: string][]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new RangeError(`the rules have no ${from}`)
    return text.replace(from, to)
  }, rulesText)
}

export function rulesWith(...changes: [from: string, to: string][]): RuleSet {
  return readRuleSet(rulesTextWith(...changes), 'changed.yaml')
}

export function known<T>(value: T): Known<T> {
  return { value, source: 'register', date: '2026-03-12' }
}

export function person(id: string, fullName: string, facts: Partial<PersonFacts> = {}): PersonFacts {
  return {
    id,
    fullName,
    firstName: fullName.split(' ')[0] ?? fullName,
    accounts: {},
    employment: known('civil-servant'),
    apprentice: known(false),
    clearance: known(true),
    probation: known('passed'),
    techLead: known('sam'),
    lineManager: known('lina'),
    seniorTech: known(false),
    left: known(false),
    absences: known([]),
    ...facts,
  }
}

const priyasAccounts: PersonFacts['accounts'] = {
  email: { kind: 'email', id: 'priya.shah@example.gov.uk', name: 'priya.shah@example.gov.uk' },
  github: { kind: 'github', id: '1001', name: 'priya-s' },
  aws: {
    kind: 'aws',
    id: 'arn:aws:iam::000000000000:user/priya.shah@example.gov.uk',
    name: 'priya.shah@example.gov.uk',
  },
}

export type People = Record<string, Partial<PersonFacts>>

export function peopleWith(changes: People = {}): Map<string, PersonFacts> {
  const all = [
    person('priya', 'Priya Shah', { accounts: priyasAccounts }),
    person('sam', 'Sam Okoro'),
    person('dan', 'Dan Reyes', { seniorTech: known(true) }),
    person('ines', 'Ines Moreau', { seniorTech: known(true), employment: known('contractor') }),
    person('nia', 'Nia Frost'),
    person('lina', 'Lina Berg'),
  ]
  return new Map(all.map((one) => [one.id, { ...one, ...changes[one.id] }]))
}

export function engineerOf(people: Map<string, PersonFacts>): PersonFacts {
  return people.get('priya') ?? person('priya', 'Priya Shah')
}

export const review: PreparednessReview = {
  reviewer: 'dan',
  reviewerName: 'Dan Reyes',
  date: '2026-11-20',
  reference: 'response 12',
  formVersion: 'Google Form',
  objectives: ['LO1', 'LO2', 'LO3', 'LO4'],
}

export function requestWith(changes: Partial<RequestFacts> = {}): RequestFacts {
  return {
    level: 'deploy',
    reason: 'Joining Search, deploying from 1 December',
    signonApps: {},
    review,
    apprentice: { confident: null, wantsSecondary: null, lineManagerAgrees: null },
    held: [],
    ...changes,
  }
}

export function answersWith(changes: Partial<ApprovalAnswers> = {}): ApprovalAnswers {
  return {
    approver: 'dan',
    approverName: 'Dan Reyes',
    date: today,
    confirmed: ['CD2', 'CD3', 'CD4', 'CD5'],
    clearanceSeen: null,
    notApplicable: {},
    ...changes,
  }
}

export interface Deviation {
  ruleSet?: RuleSet
  level?: string
  /** What is otherwise about the engineer. */
  engineer?: Partial<PersonFacts>
  people?: People
  request?: Partial<RequestFacts>
  /** `null`: before the approval. */
  answers?: Partial<ApprovalAnswers> | null
  today?: string
  unavailable?: string
}

export function questionOf(deviation: Deviation = {}): EligibilityQuestion {
  const people = peopleWith({ ...deviation.people, priya: { ...deviation.people?.['priya'], ...deviation.engineer } })
  const level = deviation.level ?? 'deploy'
  return {
    ruleSet: deviation.ruleSet ?? ruleSet,
    level,
    engineer: engineerOf(people),
    people,
    request: requestWith({ level, ...deviation.request }),
    today: deviation.today ?? today,
    answers: deviation.answers === null ? null : answersWith(deviation.answers),
    ...(deviation.unavailable === undefined ? {} : { unavailable: deviation.unavailable }),
  }
}

export function judged(deviation: Deviation = {}): Finding[] {
  return judgeEligibility(questionOf(deviation))
}

export function finding(id: string, deviation: Deviation = {}): Finding {
  const found = judged(deviation).find((one) => one.id === id)
  if (!found) throw new RangeError(`no finding ${id}`)
  return found
}

/** An installation with every name that the words need; all invented. */
export function installationFor(rules: RuleSet, changes: Partial<Installation> = {}): Installation {
  const parameters = {
    name: 'GOV.UK Production Deploy',
    team: 'GOV.UK Users',
    group: 'production-access@example.gov.uk',
    page: 'https://system.example.gov.uk/',
    repository: 'example-gov/example-aws-data',
    path: 'data/people.yml',
  }
  return {
    methods: {},
    ownedByTerraform: [],
    targets: Object.fromEntries(
      Object.values(rules.grants).flatMap((grant) =>
        (grant.environments ?? ['']).map((environment) => [
          grant.target.replace('{environment}', environment),
          parameters,
        ]),
      ),
    ),
    ...changes,
  }
}

export function planOf(deviation: Deviation & { installation?: Partial<Installation> } = {}): Plan {
  const { ruleSet: rules, level, engineer, request } = questionOf(deviation)
  return makePlan({
    ruleSet: rules,
    level,
    engineer,
    request,
    installation: installationFor(rules, deviation.installation),
  })
}

export function stepOf(plan: Plan, key: string): PlanStep {
  const found = plan.steps.find((step) => step.key === key)
  if (!found) throw new RangeError(`no step ${key}; there are ${plan.steps.map((step) => step.key).join(', ')}`)
  return found
}

/** Straight and curly apostrophes read the same. */
export function plain(text: string): string {
  return text.replaceAll('’', "'")
}
