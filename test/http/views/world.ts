import type {
  Actor,
  HelpRow,
  HoldingRow,
  RequestRow,
  SignedActRow,
  StepRow,
  TickRow,
  World,
} from '../../../server/requests/act.ts'
import { seenNow } from '../../../server/requests/seen.ts'
import { emptyFacts, requestFacts } from '../../../server/requests/world.ts'
import { judgeEligibility } from '../../../server/rules/eligibility.ts'
import { makePlan } from '../../../server/rules/plan.ts'
import type { RuleSet } from '../../../server/rules/rule-set.ts'
import { whoCanSponsor } from '../../../server/rules/sponsorship.ts'
import type { Installation, PersonFacts, PlanStep, RequestFacts } from '../../../server/rules/types.ts'
import { known, person, ruleSet, today } from '../../rules/happy.ts'

/** A happy world of one card, Priya's; each test states only its deviation. All people are invented. */

export const now = new Date('2026-11-24T10:42:00Z')
export { known, person, ruleSet }

export function daysAgo(days: number, time = '09:00'): Date {
  const day = new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10)
  return new Date(`${day}T${time}:00Z`)
}

export const priyasAccounts: PersonFacts['accounts'] = {
  email: { kind: 'email', id: 'priya.shah@example.gov.uk', name: 'priya.shah@example.gov.uk' },
  github: { kind: 'github', id: '1001', name: 'priya-s' },
  aws: { kind: 'aws', id: 'arn:aws:iam::000000000000:user/priya.shah', name: 'priya.shah' },
}

const others: PersonFacts[] = [
  person('sam', 'Sam Okoro'),
  person('dan', 'Dan Reyes', { seniorTech: known(true) }),
  person('ines', 'Ines Moreau', { seniorTech: known(true), employment: known('contractor') }),
  person('alex', 'Alex Green'),
  person('jo', 'Jo Bell'),
  person('rae', 'Rae Lund'),
  person('lina', 'Lina Berg'),
  person('lee', 'Lee Hart'),
  person('nia', 'Nia Frost', { employment: known('contractor') }),
]

const listFile = { repository: 'example-gov/example-aws-data', path: 'data/common.tfvars' }

const installation: Installation = {
  methods: {},
  ownedByTerraform: [],
  targets: Object.fromEntries(
    Object.values(ruleSet.grants).flatMap((grant) =>
      (grant.environments ?? ['']).map((environment) => [
        grant.target.replace('{environment}', environment),
        {
          page: 'https://system.example.gov.uk/',
          name: 'GOV.UK Production Deploy',
          org: 'example-gov',
          team: 'production-deploy',
          ...(grant.methods.includes('pull-request') && grant.system === 'aws' ? listFile : {}),
        },
      ]),
    ),
  ),
}

export interface Deviation {
  level?: string
  /** Other rules than those of 2024-11. */
  ruleSet?: RuleSet
  engineer?: Partial<PersonFacts>
  /** Facts about anybody else, by person id. */
  people?: Record<string, Partial<PersonFacts>>
  card?: Partial<World['card']>
  /** `null`: nobody has asked yet. */
  request?: Partial<RequestRow> | null
  /** Nobody is the engineer (a template, or a stranger looks). */
  nobody?: boolean
  steps?(plan: PlanStep[]): StepRow[]
  held?: RequestFacts['held']
  holdings?(steps: StepRow[]): HoldingRow[]
  helps?: Partial<HelpRow>[]
  ticks?: TickRow[]
  elsewhere?: World['elsewhere']
  expires?: World['expires']
  review?: World['review']
  otherReviews?: World['otherReviews']
  othersRevokes?: World['othersRevokes']
  revokeDue?: World['revokeDue']
  now?: Date
}

export function makeWorld(deviation: Deviation = {}): World {
  const level = deviation.level ?? 'deploy'
  const rules = deviation.ruleSet ?? ruleSet
  const priya = person('priya', 'Priya Shah', { accounts: priyasAccounts, ...deviation.engineer })
  const people = new Map(
    [priya, ...others].map((one) => [one.id, { ...one, ...deviation.people?.[one.id] } satisfies PersonFacts]),
  )
  const engineer = deviation.nobody ? null : (people.get('priya') ?? null)
  const request = deviation.request === null ? null : makeRequest(level, deviation.request ?? {})
  const held = deviation.held ?? []
  const facts = request ? requestFacts(request, held) : emptyFacts(level, held)
  const question = engineer ? { ruleSet: rules, level, engineer, request: facts, people, today } : null
  const plan = question ? makePlan({ ...question, installation }) : null
  const steps = deviation.steps?.(plan?.steps ?? []) ?? []
  const world: World = {
    today,
    now: deviation.now ?? now,
    ruleSet: rules,
    installation,
    othersSteps: [],
    othersRevokes: deviation.othersRevokes ?? [],
    takenOver: [],
    alsoFound: [],
    leftOver: [],
    people,
    card: {
      id: 'c'.repeat(24),
      short_link: 'PRIYA001',
      url: 'https://trello.com/c/PRIYA001',
      board_id: 'b'.repeat(24),
      name: 'Production access for Priya Shah',
      list_name: 'Doing',
      kind: request ? 'request' : 'candidate',
      level,
      way: 'copy',
      source_card_id: null,
      created_by_member: null,
      closed: false,
      deleted_at: null,
      checklists: [],
      members: [],
      last_activity: daysAgo(0),
      read_at: daysAgo(0),
      ...deviation.card,
    },
    board: {
      id: 'b'.repeat(24),
      name: 'Search team',
      url: '',
      connected_by: 'rae',
      connected_at: daysAgo(30),
      webhook_id: null,
      last_action_id: null,
      problem: null,
      checked_at: daysAgo(0),
    },
    ticks: deviation.ticks ?? [],
    request,
    elsewhere: deviation.elsewhere ?? null,
    revoking: false,
    review: deviation.review ?? null,
    otherReviews: deviation.otherReviews ?? [],
    revokeDue: deviation.revokeDue ?? null,
    expires: deviation.expires ?? null,
    engineer,
    steps,
    helps: (deviation.helps ?? []).map((help, i) => ({
      id: `help-${i}`,
      request_id: 'request-1',
      asked_by: 'priya',
      asked_at: daysAgo(0),
      system: 'Logit',
      what: 'It shows no stacks',
      answered_by: null,
      answered_at: null,
      answer: null,
      ...help,
    })),
    holdings: deviation.holdings?.(steps) ?? [],
    approval: null,
    findings: question && request ? judgeEligibility({ ...question, answers: null }) : [],
    held,
    plan,
    sponsors: question ? whoCanSponsor(question) : [],
    secondLine: ['alex', 'jo'],
    keepers: ['rae'],
    returning: null,
    members: new Map([...people.keys()].map((id) => [id, `member-${id}`])),
  }
  return request?.approved_at ? { ...world, approval: approvalOf(world) } : world
}

/** What was signed when all was as it is in this world. */
function approvalOf(world: World): SignedActRow {
  return {
    id: 'approval-1',
    act: 'approve',
    subject: 'request-1',
    digest: 'd'.repeat(64),
    statement: JSON.stringify({ basis: seenNow(world) }),
    challenge: '',
    token: '',
    public_key: '',
    member_id: 'member-sam',
    person_id: 'sam',
    at: daysAgo(0, '09:58'),
    answers: null,
  }
}

function makeRequest(level: string, row: Partial<RequestRow>): RequestRow {
  return {
    id: 'request-1',
    card_id: 'c'.repeat(24),
    board_id: 'b'.repeat(24),
    person_id: 'priya',
    level,
    lowered_from: null,
    rule_set: '2024-11',
    state: 'ready',
    state_since: daysAgo(0, '09:30'),
    attached_by: 'priya',
    reason: 'Joining Search, deploying from 1 December',
    signon_apps: { production: ['Release'] },
    review: null,
    apprentice: { confident: null, wantsSecondary: null, lineManagerAgrees: null },
    changes_asked: null,
    closing_reason: null,
    closed_by: null,
    approval_id: null,
    approved_by: null,
    approved_at: null,
    lowering_id: null,
    lowered_by: null,
    lowered_at: null,
    granted_at: null,
    for_cause: false,
    paused_because: null,
    moved_at: null,
    previous_request_id: null,
    version: 1,
    updated_at: daysAgo(0, '09:30'),
    created_at: daysAgo(4),
    ...row,
  }
}

/** A request that Sam approved this morning. */
export const approved: Partial<RequestRow> = {
  state: 'granting',
  approved_by: 'sam',
  approved_at: daysAgo(0, '09:58'),
  state_since: daysAgo(0, '09:58'),
}

/** Steps of a plan, all verified but those that are named by key. */
export function stepsOf(
  plan: PlanStep[],
  but: Record<string, Partial<StepRow>> = {},
  direction: 'grant' | 'revoke' = 'grant',
): StepRow[] {
  const unknown = Object.keys(but).filter((key) => !plan.some((step) => step.key === key))
  if (unknown.length > 0)
    throw new RangeError(`no step ${unknown.join(', ')}; there are ${plan.map((one) => one.key).join(', ')}`)
  return plan.map((step, ordinal) => ({
    id: `${direction}-${step.key.replace(/\W/g, '-')}`,
    request_id: 'request-1',
    direction,
    ordinal,
    key: step.key,
    effective_by: null,
    plan: step,
    method: step.method,
    state: 'verified',
    since: daysAgo(0, '10:05'),
    turn: 'nobody',
    sentence: direction === 'grant' ? step.words.change : step.words.undo,
    remedy: null,
    link: null,
    who: null,
    taken_by: null,
    doers: [],
    taken_at: null,
    done_by: null,
    done_at: null,
    seen_by: null,
    seen_at: null,
    verified_at: daysAgo(0, '10:05'),
    evidence: null,
    receipt: null,
    attempts: 0,
    next_check_at: null,
    lease_until: null,
    lease_by: null,
    intent_at: null,
    updated_at: daysAgo(0, '10:05'),
    ...but[step.key],
  }))
}

export function holdingsOf(steps: StepRow[]): HoldingRow[] {
  return steps
    .filter((step) => step.direction === 'grant')
    .map((step) => ({
      id: `holding-${step.key}`,
      person_id: 'priya',
      grant_key: step.key,
      level: 'deploy',
      system: step.plan.system,
      environment: step.plan.environment,
      account: step.plan.account,
      wanted: step.plan.wanted,
      rule_set: '2024-11',
      request_id: 'request-1',
      step_id: step.id,
      since: daysAgo(0),
      proof: 'verified',
      last_verified_at: daysAgo(0),
      last_seen_at: daysAgo(0),
      seen: null,
      seen_detail: null,
      missing_since: null,
      looked_at: null,
      next_look_at: null,
      ended_at: null,
      ended_by_step: null,
    }))
}

export const viewers = ['priya', 'sam', 'dan', 'alex', 'rae', 'lina', 'lee', 'stranger'] as const
export type ViewerName = (typeof viewers)[number]

/** One of the people of the world, looking at its card. */
export function actorIn(world: World, name: string): Actor {
  const found = world.people.get(name) ?? null
  return {
    memberId: `member-${name}`,
    boardId: world.card.board_id,
    cardId: world.card.id,
    person: found,
    roles: {
      keeper: world.keepers.includes(name),
      seniorTech: found?.seniorTech?.value === true,
      secondLine: world.secondLine.includes(name),
      holdsAdmin: false,
    },
  }
}

export function tick(item: string, made: Partial<TickRow> = {}): TickRow {
  return {
    card_id: 'c'.repeat(24),
    item_id: `item-${item}`,
    checklist_name: 'Access',
    item_name: item,
    complete: true,
    member_id: 'member-priya',
    ticked_at: daysAgo(1),
    came_with_copy: false,
    claimed_by: null,
    ...made,
  }
}
