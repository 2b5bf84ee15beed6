import { fileURLToPath } from 'node:url'
import { append } from '../../server/audit/append.ts'
import { verifyLog } from '../../server/audit/verify.ts'
import type { Clock } from '../../server/clock.ts'
import type { Database } from '../../server/db/database.ts'
import { grantActs } from '../../server/grants/acts/index.ts'
import type { WorkerParts } from '../../server/grants/hand.ts'
import { heldLevels, holdsLevelForTasks } from '../../server/grants/held-levels.ts'
import { orderOf } from '../../server/grants/order.ts'
import { digestOfWhole, wholeRevocation } from '../../server/grants/revoke-person.ts'
import type { Adapters } from '../../server/grants/steps.ts'
import type { StepOrder } from '../../server/grants/system.ts'
import { createWorker, type Worker } from '../../server/grants/worker.ts'
import type { Viewer } from '../../server/http/who.ts'
import { importPeople } from '../../server/people/import-people.ts'
import { importRota } from '../../server/people/import-rota.ts'
import type { StepRow } from '../../server/requests/act.ts'
import { requestActs } from '../../server/requests/acts/index.ts'
import { createPerforming } from '../../server/requests/performing.ts'
import { loadWorld, type Office } from '../../server/requests/world.ts'
import { loadRuleSet } from '../../server/rules/rule-set.ts'
import type { Installation } from '../../server/rules/types.ts'
import { createArgoCd } from '../../server/systems/argo-cd/follows.ts'
import { createAwsRoleLists } from '../../server/systems/aws/role-lists.ts'
import { createGithubClient } from '../../server/systems/github/client.ts'
import { createGithubTeams } from '../../server/systems/github/teams.ts'
import { addCard } from '../db/rows.ts'
import { seedOnce } from '../db/seed-once.ts'
import { confirmations } from '../http/as.ts'
import { type LocalGithub, startLocalGithub } from '../local-systems/github.ts'

/** The core on a real database with a local GitHub: acts of people without HTTP, and a worker that runs when told. */

export const ruleSet = loadRuleSet(fileURLToPath(new URL('../../server/rules/rule-sets/2024-11.yaml', import.meta.url)))
export const org = 'example-gov'
export const lists = `${org}/example-aws-data`
export const pathOf = (environment: string) => `data/infra-security/${environment}/common.tfvars`
export const arnOf = (name: string) => `arn:aws:iam::000000000000:user/${name}@example.gov.uk`
const MINUTES = 60_000
export const DAYS = 24 * 60 * MINUTES

/** name, GitHub number, senior tech, keeper; Sam is everybody's tech lead. */
const people = [
  ['Priya Shah', 1001, 'no', 'no'],
  ['Sam Okoro', 1002, 'no', 'no'],
  ['Dan Reyes', 1003, 'yes', 'no'],
  ['Alex Green', 1004, 'no', 'no'],
  ['Jo Bell', 1005, 'no', 'no'],
  ['Lee Hart', 1008, 'no', 'no'],
  ['Rae Lund', 1012, 'no', 'yes'],
] as const

const memberOf = (first: string) => first.padEnd(24, '0').replace(/[^0-9a-f]/g, '1')
const emailOf = (name: string) => `${name.toLowerCase().replace(' ', '.')}@example.gov.uk`
export const loginOf = (name: string) =>
  `${name.split(' ')[0]?.toLowerCase()}-${name.split(' ')[1]?.[0]?.toLowerCase()}`

export interface TestOffice {
  db: Database
  github: LocalGithub
  worker: Worker
  office: Office
  adapters: Adapters
  /** What an adapter would be asked about a step now. */
  orderFor(request: string, key: string): Promise<StepOrder>
  /** Another worker on the same database, as another process would have. */
  secondWorker(change?: Partial<WorkerParts>): Worker
  act(who: string, act: string, subject: string, input?: unknown): Promise<string>
  /** Lets time pass and carries out what is due, a number of times. */
  run(times?: number): Promise<void>
  pass(ms: number): void
  /** A request of somebody, approved. Answers its id. */
  approved(who?: string, level?: string): Promise<string>
  request(id: string): Promise<{ state: string }>
  steps(request: string, direction?: 'grant' | 'revoke'): Promise<StepRow[]>
  step(request: string, key: string, direction?: 'grant' | 'revoke'): Promise<StepRow>
  /** Says that a task is done, and a second person sees it. */
  attest(request: string, key: string, direction?: 'grant' | 'revoke'): Promise<void>
  personId(name: string): Promise<string>
  /** What a window about everything that somebody holds would be signed with. */
  wholeDigest(name: string): Promise<string>
  /** Somebody who looks, as their session would have it. */
  viewerOf(name: string): Promise<Viewer>
  events(type: string): Promise<{ step_id: string | null; data: Record<string, unknown> }[]>
  reported: unknown[]
  intact(): Promise<boolean>
}

/** Both teams may do everything, so that Deploy's, which the office's Argo CD follows, has what Admin wants too. */
const argoPolicy = `g, ${org}:production-deploy, role:admin\ng, ${org}:production-admin, role:admin\n`

export function installation(): Installation {
  const lists = (environment: string) => ({
    repository: `${org}/example-aws-data`,
    branch: 'main',
    path: pathOf(environment),
  })
  const team = (slug: string) => ({ org, team: slug, name: slug })
  const named: Installation['targets'] = {
    'github:production-deploy': team('production-deploy'),
    'github:production-admin': team('production-admin'),
    'aws:staging': lists('staging'),
    'aws:production': lists('production'),
    'aws:tools': lists('tools'),
    'argo-cd:staging': { 'policy.csv': argoPolicy },
    'argo-cd:production': { 'policy.csv': argoPolicy },
  }
  const all = Object.values(ruleSet.grants).flatMap((grant) =>
    (grant.environments ?? ['']).map((environment) => grant.target.replace('{environment}', environment)),
  )
  return {
    methods: {},
    ownedByTerraform: [],
    targets: Object.fromEntries(all.map((target) => [target, named[target] ?? {}])),
  }
}

export async function seededGithub(now?: () => Date): Promise<LocalGithub> {
  const github = await startLocalGithub(now ? { now } : {})
  for (const [name, id] of people) github.addUser(loginOf(name), id)
  for (const slug of ['production-deploy', 'production-admin']) github.addTeam(org, slug, slug)
  const text = `role_admin_user_arns = [\n  "${arnOf('dan.reyes')}",\n]\n\nrole_user_user_arns = [\n  "${arnOf('sam.okoro')}",\n]\n`
  github.addRepo(
    lists,
    Object.fromEntries(['staging', 'production', 'tools'].map((environment) => [pathOf(environment), text])),
  )
  return github
}

export function adaptersFor(github: LocalGithub, timeOutMs = 10_000, now = () => new Date()): Adapters {
  const client = createGithubClient({
    apiUrl: `${github.origin}/api`,
    credentials: { kind: 'token', token: github.token },
    pace: 'at-once',
    timeOutMs,
    now,
  })
  const teams = createGithubTeams(client, now)
  const followed = { org, team: 'production-deploy' }
  const argo = createArgoCd(
    (order) => teams.read({ ...order, wanted: { value: 'member', params: followed } }),
    teams.health,
  )
  return new Map([teams, createAwsRoleLists(client, now), argo].map((adapter) => [adapter.id, adapter]))
}

export async function startTestOffice(
  db: Database,
  timeOutMs?: number,
): Promise<TestOffice & { close(): Promise<void> }> {
  let time = new Date('2026-11-24T10:00:00Z')
  const clock: Clock = { wall: () => time, calendar: () => time }
  const github = await seededGithub(() => time)
  const office: Office = {
    clock,
    installation: installation(),
    heldLevels,
    holdsAdmin: holdsLevelForTasks(ruleSet),
    ruleSet: () => ruleSet,
    report: () => {},
  }
  const adapters = adaptersFor(github, timeOutMs, () => time)
  const reported: unknown[] = []
  const parts: WorkerParts = {
    db,
    office,
    adapters,
    clock,
    approvalValidDays: 14,
    lookAgainMs: 20_000,
    changed() {},
    report: (error) => reported.push(error),
  }
  const worker = createWorker(parts)
  const wake = { send: async () => {} }
  const performing = createPerforming({
    db,
    office,
    acts: [
      ...requestActs({
        boards: { readBoard: async () => ({ id: 'board-1', name: 'Search', url: '' }), async disconnect() {} },
        emailDomains: ['example.gov.uk'],
      }),
      ...grantActs({ office, adapters, wake, approvalValidDays: 14 }),
    ],
    // Whoever gives another GitHub username is number 1099 there.
    accounts: {
      find: async (kind, name) => ({ kind, name, id: { github: '1099', aws: arnOf(name), email: name }[kind] }),
    },
    cards: { async refresh() {}, async adopt() {} },
    append: (tx, events) => append(tx, events, clock),
    changed() {},
  })
  await seedOnce(db, 'grants', () =>
    db.transaction(async (tx) => {
      const rows = people.map(([name, id, senior, keeper]) =>
        [
          name,
          emailOf(name),
          memberOf(name.split(' ')[0]?.toLowerCase() ?? ''),
          loginOf(name),
          id,
          arnOf(name.toLowerCase().replace(' ', '.')),
          'civil servant',
          'no',
          'yes',
          '2026-03-12',
          'passed',
          name === 'Sam Okoro' ? '' : emailOf('Sam Okoro'),
          '',
          senior,
          keeper,
          'no',
          'none',
        ].join(','),
      )
      const header =
        'name,email,trello_member_id,github,github_id,aws_arn,employment,apprentice,clearance,clearance_date,probation,tech_lead,line_manager,senior_tech,keeper,left,absences'
      await importPeople(
        tx,
        [header, ...rows].join('\n'),
        { personId: 'seed', emailDomains: ['example.gov.uk'] },
        clock,
      )
      await importRota(
        tx,
        `from,to,primary,secondary\n2026-11-23,2026-11-30,${emailOf('Alex Green')},${emailOf('Jo Bell')}`,
      )
      await tx
        .insertInto('board')
        .values({ id: 'board-1', name: 'Search', url: '', connected_by: 'seed', connected_at: time })
        .execute()
    }),
  )
  let cards = 0

  const me: TestOffice & { close(): Promise<void> } = {
    db,
    github,
    worker,
    office,
    adapters,
    reported,
    async orderFor(request, key) {
      const step = await me.step(request, key)
      const { card_id } = await db.kysely
        .selectFrom('request')
        .select('card_id')
        .where('id', '=', request)
        .executeTakeFirstOrThrow()
      const world = await loadWorld(db.kysely, office, card_id)
      if (!world) throw new Error('no world')
      return orderOf(step, world)
    },
    secondWorker: (change = {}) => createWorker({ ...parts, ...change }),
    async act(who, act, subject, input = {}) {
      const presented = {
        memberId: memberOf(who),
        boardId: 'board-1',
        cardId: null,
        state: null,
        token: 'token',
        publicKey: 'key',
      }
      const { challenge } = await performing.prepare(presented, { act, subject, input, seen: '' })
      return (await performing.carryOut({ ...presented, state: challenge })).said
    },
    async run(times = 4) {
      for (let i = 0; i < times; i++) {
        while ((await worker.runDue()) > 0);
        time = new Date(time.getTime() + 20_000)
      }
    },
    pass(ms) {
      time = new Date(time.getTime() + ms)
    },
    async approved(who = 'priya', level = 'deploy') {
      const card = `card-${cards++}`
      await addCard(db.kysely, card)
      await db.kysely.updateTable('card').set({ level, kind: 'candidate' }).where('id', '=', card).execute()
      await me.act(who, 'ask', card, { reason: 'Joining Search' })
      const { id } = await db.kysely
        .selectFrom('request')
        .select('id')
        .where('card_id', '=', card)
        .executeTakeFirstOrThrow()
      const objectives = Object.fromEntries(ruleSet.objectivesOf('admin').map((one) => [`objective-${one.id}`, true]))
      const review = { reference: 'form/17', formVersion: '3', date: '2026-11-20', ...objectives }
      await me.act(level === 'admin' ? 'dan' : 'sam', 'approve', id, {
        ...confirmations,
        ...(level === 'admin' ? review : {}),
      })
      return id
    },
    request: (id) => db.kysely.selectFrom('request').select('state').where('id', '=', id).executeTakeFirstOrThrow(),
    steps: (request, direction = 'grant') =>
      db.kysely
        .selectFrom('step')
        .selectAll()
        .where('request_id', '=', request)
        .where('direction', '=', direction)
        .orderBy('ordinal')
        .execute(),
    async step(request, key, direction = 'grant') {
      const found = (await me.steps(request, direction)).find((step) => step.key === key)
      if (!found) throw new Error(`there is no step ${key}`)
      return found
    },
    async attest(request, key, direction = 'grant') {
      const { id, turn } = await me.step(request, key, direction)
      if (turn === 'engineer') await me.act('priya', 'do-own-part', id)
      await me.act('alex', 'done-step', id)
      // Where we can look, we do that first.
      if ((await me.step(request, key, direction)).turn === 'us') await me.run(1)
      await me.act('jo', 'seen-step', id)
    },
    async personId(name) {
      return (await db.kysely.selectFrom('person').select('id').where('full_name', '=', name).executeTakeFirstOrThrow())
        .id
    },
    async wholeDigest(name) {
      return digestOfWhole(await wholeRevocation(db.kysely, office, await me.personId(name)))
    },
    async viewerOf(name) {
      const { id: memberId } = await db.kysely
        .selectFrom('person_account')
        .select('id')
        .where('kind', '=', 'trello')
        .where('person_id', '=', await me.personId(name))
        .executeTakeFirstOrThrow()
      const token = { state: null, token: '', publicKey: '', until: office.clock.wall() }
      return { memberId, boardId: 'board-1', cardId: null, ...token }
    },
    events: (type) =>
      db.kysely.selectFrom('event').select(['step_id', 'data']).where('type', '=', type).orderBy('seq').execute(),
    async intact() {
      // Tokens are not real here; the chain itself is.
      return !(await verifyLog(db.kysely, [])).lines.some((line) => line.includes('is broken'))
    },
    close: () => github.close(),
  }
  return me
}
