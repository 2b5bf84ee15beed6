import { append } from '../../../server/audit/append.ts'
import type { Clock } from '../../../server/clock.ts'
import type { Database } from '../../../server/db/database.ts'
import { json } from '../../../server/db/json.ts'
import type { DriftReport } from '../../../server/grants/drift/report.ts'
import { compareWhenDue, type DriftParts } from '../../../server/grants/drift/run.ts'
import { heldLevels, holdsLevelForTasks } from '../../../server/grants/held-levels.ts'
import type { Adapters } from '../../../server/grants/steps.ts'
import {
  type Listed,
  type Listing,
  type ListOrder,
  type SystemAdapter,
  SystemFailure,
} from '../../../server/grants/system.ts'
import { createReviewRun } from '../../../server/requests/review-day.ts'
import type { Office } from '../../../server/requests/world.ts'
import type { Account, AccountKind } from '../../../server/rules/types.ts'
import { installation, ruleSet } from '../office.ts'

/** Many people who hold Deploy, by the record and in systems that answer from memory. */

const since = new Date('2026-11-02T09:00:00Z')

export const deployKeys = [
  ['github-production-deploy', 'github', 'github'],
  ['aws-user/staging', 'aws', 'aws'],
  ['aws-user/production', 'aws', 'aws'],
  ['signon-production/production', 'signon', 'email'],
  ['logit', 'logit', 'email'],
] as const

export function accountOf(n: number, kind: AccountKind): Account {
  const email = `holder.${n}@example.gov.uk`
  const id = { github: String(100_000 + n), aws: `arn:aws:iam::000000000000:user/${email}`, email }[kind]
  return { kind, id, name: kind === 'github' ? `holder-${n}` : email }
}

/** Writes them, a few statements for all. */
export async function addHolders(db: Database, count: number): Promise<void> {
  const all = Array.from({ length: count }, (_, n) => n)
  await db.transaction(async (tx) => {
    for (const some of chunks(all, 1_000)) {
      await tx
        .insertInto('person')
        .values(some.map((n) => ({ id: `p-${n}`, full_name: `Holder Number ${n}`, created_at: since })))
        .execute()
      const fact = (n: number, name: 'clearance' | 'apprentice' | 'left' | 'absences', value: unknown) => ({
        person_id: `p-${n}`,
        fact: name,
        value: json(value),
        source: 'register',
        as_of: '2026-11-02',
        recorded_at: since,
        recorded_by: 'import',
      })
      await tx
        .insertInto('person_fact')
        .values(
          some.flatMap((n) => [
            fact(n, 'clearance', true),
            fact(n, 'apprentice', false),
            fact(n, 'left', false),
            fact(n, 'absences', []),
          ]),
        )
        .execute()
      await tx
        .insertInto('person_account')
        .values(
          some.flatMap((n) =>
            (['github', 'aws', 'email'] as const).map((kind) => {
              const { id, name } = accountOf(n, kind)
              return { kind, id, name, person_id: `p-${n}`, state: 'linked' as const, since, set_by: 'import' }
            }),
          ),
        )
        .execute()
      await tx.insertInto('card').values(some.map(cardOf)).execute()
      await tx.insertInto('request').values(some.map(requestOf)).execute()
      await tx.insertInto('step').values(some.map(stepOf)).execute()
      await tx
        .insertInto('holding')
        .values(some.flatMap((n) => deployKeys.map((place) => holdingOf(n, place))))
        .execute()
    }
  })
}

function chunks<T>(all: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size))
}

const cardOf = (n: number) => ({
  id: `card-${n}`,
  short_link: `c${n}`,
  url: '',
  board_id: 'board-1',
  name: '',
  list_name: '',
  kind: 'request' as const,
  level: 'deploy',
  way: 'copy' as const,
  closed: false,
  checklists: json([]),
  members: json([]),
  last_activity: since,
  read_at: since,
})

const requestOf = (n: number) => ({
  id: `r-${n}`,
  card_id: `card-${n}`,
  board_id: 'board-1',
  person_id: `p-${n}`,
  level: 'deploy',
  rule_set: ruleSet.id,
  state: 'granted' as const,
  state_since: since,
  attached_by: `p-${n}`,
  reason: 'Joining Search',
  signon_apps: json({}),
  apprentice: json({ confident: null, wantsSecondary: null, lineManagerAgrees: null }),
  granted_at: since,
  version: 1,
  updated_at: since,
  created_at: since,
})

const stepOf = (n: number) => ({
  id: `s-${n}`,
  request_id: `r-${n}`,
  direction: 'grant' as const,
  ordinal: 0,
  key: 'github-production-deploy',
  plan: json({}),
  method: 'api' as const,
  state: 'verified' as const,
  since,
  turn: 'nobody' as const,
  sentence: '',
  attempts: 1,
  updated_at: since,
})

function holdingOf(n: number, [key, system, kind]: (typeof deployKeys)[number]) {
  return {
    id: `h-${n}-${key}`,
    person_id: `p-${n}`,
    grant_key: key,
    level: 'deploy',
    system,
    environment: key.split('/')[1] ?? null,
    account: json(accountOf(n, kind)),
    wanted: json({ value: '', params: {} }),
    rule_set: ruleSet.id,
    request_id: `r-${n}`,
    step_id: `s-${n}`,
    since,
    proof: 'verified' as const,
  }
}

/** What the systems in memory answer; change it between runs. */
export interface Systems {
  adapters: Adapters
  down: Set<string>
  /** Entries by what is asked for; taken away, changed or added by a test. */
  lists: Map<string, Listed[]>
}

const nameOf = ({ environment, wanted }: ListOrder) => `${wanted.value} ${environment ?? ''}`.trim()

/** Everybody has what Deploy gives. Logit lists nobody. */
export function systemsFor(count: number): Systems {
  const everybody = (kind: AccountKind) => () =>
    Array.from({ length: count }, (_, n): Listed => {
      const account = accountOf(n, kind)
      return { account, has: 'wanted', detail: `${account.name} is in it.` }
    })
  const lists = new Map<string, Listed[]>([
    ['github member', everybody('github')()],
    ['aws role_user_user_arns staging', everybody('aws')()],
    ['aws role_user_user_arns production', everybody('aws')()],
    ['signon Normal production', everybody('email')()],
  ])
  const down = new Set<string>()
  const adapter = (id: string, name: string): SystemAdapter => ({
    id,
    name,
    can: [],
    health: async () => ({ state: 'ok', sentence: '', checkedAt: since }),
    read: async () => ({ is: 'cannot-tell', detail: '' }),
    apply: async () => ({ vendorRequestId: null, link: null, detail: '' }),
    async list(order): Promise<Listing> {
      if (down.has(id)) throw new SystemFailure('transient', `${name} did not answer.`, 'Try again.')
      const { team } = order.wanted.params
      const accounts = team === 'production-admin' ? [] : (lists.get(`${id} ${nameOf(order)}`) ?? [])
      return { is: 'listed', accounts, nameless: 0, onlyOf: null, cannotSee: null }
    },
  })
  const adapters: Adapters = new Map(
    [
      ['github', 'GitHub'],
      ['aws', 'AWS'],
      ['signon', 'Signon'],
      ['gcp', 'Google Cloud'],
      ['fastly', 'Fastly'],
      ['sentry', 'Sentry'],
    ].map(([id = '', name = '']) => [id, adapter(id, name)]),
  )
  return { adapters, down, lists }
}

export interface Running {
  parts: DriftParts
  reported: unknown[]
  /** Lets the time pass, in milliseconds. */
  pass(ms: number): void
  stop(): void
}

/**
 * What a day brings to everybody who holds something, in one run as the server does it: judged for reviews that are due,
 * then judged again and compared with every system.
 */
export async function wholeDay({
  parts,
}: Pick<Running, 'parts'>): Promise<{ reviewed: string[]; report: DriftReport }> {
  const reviewed = await createReviewRun(parts)()
  const report = await compareWhenDue({ ...parts, everyMs: 0 })
  if (!report) throw new Error('the comparison did not run')
  return { reviewed, report }
}

export function running(db: Database, { adapters }: Systems): Running {
  let time = new Date('2026-11-24T04:00:00Z')
  const clock: Clock = { wall: () => time, calendar: () => time }
  const reported: unknown[] = []
  const ended = new AbortController()
  const report = (error: unknown) => void reported.push(error)
  const office: Office = {
    clock,
    installation: installation(),
    heldLevels,
    holdsAdmin: holdsLevelForTasks(ruleSet),
    ruleSet: () => ruleSet,
    report,
  }
  return {
    parts: {
      db,
      office,
      adapters,
      clock,
      machines: ['deploy-bot'],
      files: [],
      everyMs: 24 * 3_600_000,
      append: (tx, events) => append(tx, events, clock),
      report,
      signal: ended.signal,
    },
    reported,
    pass(ms) {
      time = new Date(time.getTime() + ms)
    },
    stop: () => ended.abort(),
  }
}
