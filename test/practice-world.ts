import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { append } from '../server/audit/append.ts'
import type { Clock } from '../server/clock.ts'
import { compose, type Product } from '../server/compose.ts'
import type { Config } from '../server/config.ts'
import { ensureKeepers } from '../server/people/facts.ts'
import { importPeople } from '../server/people/import-people.ts'
import { importRota } from '../server/people/import-rota.ts'
import { templateChecklists } from '../server/trello/checklist-map.ts'
import { startFrom } from './db/start-from.ts'
import { type LocalGithub, startLocalGithub } from './local-systems/github.ts'
import { type LocalTrello, startLocalTrello } from './local-trello/local-trello.ts'
import { idFor } from './local-trello/model.ts'
import { roles } from './practice-roles.ts'

/** The product on a local Trello and local systems, with invented people. Used by the practice board and by tests. */

export const people = [
  {
    name: 'Priya Shah',
    username: 'priya',
    github: 'priya-s',
    id: 1001,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'passed',
    lead: 'sam',
  },
  {
    name: 'Sam Okoro',
    username: 'sam',
    github: 'sam-o',
    id: 1002,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'passed',
    lead: '',
  },
  {
    name: 'Dan Reyes',
    username: 'dan',
    github: 'dan-r',
    id: 1003,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'passed',
    lead: '',
    senior: true,
  },
  {
    name: 'Ines Moreau',
    username: 'ines',
    github: 'ines-m',
    id: 1011,
    employment: 'contractor',
    clearance: 'yes',
    probation: '',
    lead: '',
    senior: true,
  },
  {
    name: 'Alex Green',
    username: 'alex',
    github: 'alex-g',
    id: 1004,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'passed',
    lead: 'sam',
  },
  {
    name: 'Jo Bell',
    username: 'jo',
    github: 'jo-b',
    id: 1005,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'passed',
    lead: 'sam',
  },
  {
    name: 'Mia Cole',
    username: 'mia',
    github: 'mia-c',
    id: 1006,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'not passed',
    lead: 'sam',
    apprentice: true,
  },
  {
    name: 'Omar Aziz',
    username: 'omar',
    github: 'omar-a',
    id: 1007,
    employment: 'contractor',
    clearance: '',
    probation: '',
    lead: 'sam',
  },
  {
    name: 'Lee Hart',
    username: 'lee',
    github: 'lee-h',
    id: 1008,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'passed',
    lead: 'nia',
  },
  {
    name: 'Nia Frost',
    username: 'nia',
    github: 'nia-f',
    id: 1009,
    employment: 'contractor',
    clearance: 'yes',
    probation: '',
    lead: '',
  },
  {
    name: 'Kit Doyle',
    username: 'kit',
    github: 'kit-d',
    id: 1010,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'passed',
    lead: 'sam',
  },
  {
    name: 'Rae Lund',
    username: 'rae',
    github: '',
    id: 1012,
    employment: 'civil servant',
    clearance: 'yes',
    probation: 'passed',
    lead: '',
    keeper: true,
  },
] as const

/** On the board, but nobody has linked them to a person. */
export const strangers = [
  { name: 'Uma Vale', username: 'uma' },
  { name: 'kitd', username: 'kitd' },
]

export const service = { name: 'Production Access', username: 'production-access' }
export const memberId = (username: string) => idFor(username)
export const powerUpId = idFor('power-up')

const domain = 'example.gov.uk'
export const emailOf = (name: string) => `${name.toLowerCase().replace(' ', '.')}@${domain}`
export const org = 'example-gov'
export const listsRepository = `${org}/example-aws-data`
const account = '000000000000'

export interface PracticeWorld {
  trello: LocalTrello
  github: LocalGithub
  product: Product
  server: Server
  origin: string
  clock: Clock
  boardId: string
  listId(name: string): string
  close(): Promise<void>
}

export interface PracticeOptions {
  /** Where everything is kept; `null` keeps nothing. */
  folder: string | null
  ports?: { page: number; rest: number; product: number; github: number }
  databaseUrl?: string | null
  clock?: Clock
  logLevel?: string
  /** Where the product's log goes, instead of to the console. */
  logTo?: { write(line: string): void }
}

const capabilities = [
  'card-badges',
  'card-detail-badges',
  'card-back-section',
  'card-buttons',
  'board-buttons',
  'list-sorters',
  'show-settings',
]

/** Everything around the product: a Trello, a GitHub and the configuration that names them. */
export type Surroundings = Pick<PracticeWorld, 'trello' | 'github' | 'origin' | 'boardId' | 'listId' | 'close'> & {
  config: Config
}

/** @param origin where the product will be reached */
export async function startSurroundings(options: PracticeOptions, origin: string): Promise<Surroundings> {
  const { folder } = options
  if (folder) mkdirSync(folder, { recursive: true })
  const apiKey = 'local-api-key-0123456789'
  const appSecret = 'local-app-secret-0123456789'
  const stateFile = folder ? join(folder, 'trello.json') : null
  const fresh = stateFile === null || !existsSync(stateFile)
  const trello = await startLocalTrello({
    powerUp: { id: powerUpId, name: 'Production access', capabilities, apiKey, appSecret },
    serviceMember: memberId(service.username),
    stateFile,
    libraryFile: process.env['TRELLO_LIBRARY_FILE'],
    roles: Object.fromEntries(Object.entries(roles).map(([username, role]) => [memberId(username), role])),
    ...(options.ports ? { pagePort: options.ports.page, restPort: options.ports.rest } : {}),
  })
  const githubFile = folder ? join(folder, 'github.json') : null
  let dump = () => {}
  const github = await startLocalGithub({
    ...(options.ports ? { port: options.ports.github } : {}),
    state: githubFile && existsSync(githubFile) ? readFileSync(githubFile, 'utf8') : undefined,
    onChange: () => dump(),
  })
  if (githubFile) dump = () => writeFileSync(githubFile, github.dump())
  seedGithub(github)
  const installationFile = join(folder ?? mkdtemp(), 'installation.yaml')
  writeFileSync(installationFile, stringify(installation(github.origin)))
  const config: Config = {
    practice: true,
    port: 0,
    host: '127.0.0.1',
    origin,
    database: {
      url: options.databaseUrl ?? null,
      dataDir: options.databaseUrl ? null : folder ? join(folder, 'database') : null,
      startFrom,
    },
    trello: {
      powerUpId,
      apiKey,
      appSecret,
      token: trello.token,
      pageOrigin: trello.pageOrigin,
      libraryUrl: trello.libraryUrl,
      restOrigin: trello.restOrigin,
      keysUrl: trello.keysUrl,
    },
    github: { credentials: { kind: 'token', token: github.token }, apiUrl: `${github.origin}/api` },
    keepers: [memberId('rae')],
    emailDomains: [domain],
    installationFile,
    ruleSet: '2024-11',
    logHeadFile: join(folder ?? mkdtemp(), 'log-heads.jsonl'),
    approvalValidDays: 14,
    lookAgainMs: 1_000,
    metricsToken: null,
    logLevel: options.logLevel ?? 'error',
  }
  if (fresh) seedTrello(trello)
  trello.setConnectorUrl(`${origin}/connector.html`)
  const board = trello.model.board('PRACTICE')
  if (!board) throw new Error('the practice board is missing')
  return {
    trello,
    github,
    config,
    origin,
    boardId: board.id,
    listId: (name) => trello.model.lists.find((list) => list.idBoard === board.id && list.name === name)?.id ?? '',
    async close() {
      await trello.close()
      await github.close()
      if (folder === null) rmSync(join(installationFile, '..'), { recursive: true, force: true })
    },
  }
}

export async function startPracticeWorld(options: PracticeOptions): Promise<PracticeWorld> {
  const clock: Clock = options.clock ?? { wall: () => new Date(), calendar: () => new Date() }
  const server = createServer()
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(options.ports?.product ?? 0, '127.0.0.1', done)
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { config, close, ...around } = await startSurroundings(options, origin)
  const product = await compose(config, clock, options.logTo)
  server.on('request', product.app)
  await seedPeople(product, clock)
  await product.start()
  return {
    ...around,
    product,
    server,
    clock,
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      await product.stop()
      await close()
    },
  }
}

let temporary = 0
function mkdtemp(): string {
  const path = join(process.env['TMPDIR'] ?? '/tmp', `practice-${process.pid}-${temporary++}`)
  mkdirSync(path, { recursive: true })
  return path
}

function seedGithub(github: LocalGithub): void {
  for (const person of people) if (person.github) github.addUser(person.github, person.id)
  github.addTeam(org, 'production-deploy', 'GOV.UK Production Deploy')
  github.addTeam(org, 'production-admin', 'GOV.UK Production Admin')
  const list = (names: string[]) => names.map((name) => `  "arn:aws:iam::${account}:user/${emailOf(name)}",`).join('\n')
  const file = (environment: string) =>
    `# Who may assume which role in ${environment}\nrole_admin_user_arns = [\n${list(['Dan Reyes', 'Jo Bell'])}\n]\n\nrole_user_user_arns = [\n${list(['Sam Okoro'])}\n]\n`
  github.addRepo(
    listsRepository,
    Object.fromEntries(
      ['staging', 'production', 'tools'].map((environment) => [
        `data/infra-security/${environment}/common.tfvars`,
        file(environment),
      ]),
    ),
  )
}

/** What an installation writes down: which real names stand behind the rules' symbolic ones. */
export function installation(githubOrigin: string) {
  const team = (slug: string, name: string) => ({
    org,
    team: slug,
    name,
    page: `${githubOrigin}/orgs/${org}/teams/${slug}`,
    invitation: `${githubOrigin}/orgs/${org}/invitation`,
  })
  const lists = (environment: string) => ({
    repository: listsRepository,
    branch: 'main',
    path: `data/infra-security/${environment}/common.tfvars`,
  })
  const page = (name: string) => `https://${name}.example.gov.uk/`
  return {
    awsBaseAccount: account,
    targets: {
      'github:production-deploy': team('production-deploy', 'GOV.UK Production Deploy'),
      'github:production-admin': team('production-admin', 'GOV.UK Production Admin'),
      'aws:base': {},
      'aws:staging': lists('staging'),
      'aws:production': lists('production'),
      'aws:tools': lists('tools'),
      'argo-cd:staging': { page: page('argo.staging') },
      'argo-cd:production': { page: page('argo.production') },
      'signon:production': {
        page: `${page('signon')}users`,
        invite: `${page('signon')}users/invitation/new`,
        twoStep: `${page('signon')}account/two-step`,
      },
      'logit:users': { team: 'GOV.UK Users', page: page('logit'), signIn: page('logit') },
      'gcp:access': { group: 'production-access@example.gov.uk', page: page('groups') },
      'fastly:account': { page: page('fastly') },
      'sentry:organisation': { page: page('sentry') },
    },
  }
}

function seedTrello(trello: LocalTrello): void {
  const { model } = trello
  for (const { name, username } of [...people, ...strangers, service]) model.addMember(name, username)
  const everybody = [...people, ...strangers, service].map(({ username }) => memberId(username))
  // Alex and Jo are 2nd line this week and are not on the Search team's board.
  const search = everybody.filter((id) => id !== memberId('alex') && id !== memberId('jo'))
  const board = model.addBoard('Search team', 'PRACTICE', everybody, ['Templates', 'To do', 'Doing', 'Done'])
  model.addBoard('Publishing team', 'PUBLISH1', search, ['To do', 'Doing', 'Done'])
  const list = model.lists.find((one) => one.idBoard === board.id && one.name === 'Templates')?.id ?? ''
  const sam = memberId('sam')
  model.createCard(sam, list, 'GOV.UK Production Deploy – access for (name)', {
    shortLink: 'S9sex2XU',
    isTemplate: true,
    id: idFor('template deploy'),
    checklists: templateChecklists['deploy'] ?? [],
  })
  model.createCard(sam, list, 'GOV.UK Production Admin – access for (name)', {
    shortLink: 'GIHPZi2o',
    isTemplate: true,
    id: idFor('template admin'),
    checklists: templateChecklists['admin'] ?? [],
  })
}

/** The people and the rota, where nobody is known yet. */
export async function seedPeople(product: Product, clock: Clock): Promise<void> {
  const known = await product.db.kysely.selectFrom('person').select('id').executeTakeFirst()
  if (known) return
  const header =
    'name,email,trello_member_id,github,github_id,aws_arn,employment,apprentice,clearance,clearance_date,probation,tech_lead,line_manager,senior_tech,keeper,left,absences'
  // Priya and Kit give their own names in other systems; the others' are known.
  const gives = new Set(['priya', 'kit', 'mia', 'omar', 'lee'])
  const rows = people.map((person) => {
    const own = gives.has(person.username)
    const flag = (name: 'senior' | 'keeper' | 'apprentice') => (name in person ? 'yes' : 'no')
    return [
      person.name,
      emailOf(person.name),
      person.username === 'kit' ? '' : memberId(person.username),
      own ? '' : person.github,
      own || !person.github ? '' : String(person.id),
      own ? '' : `arn:aws:iam::${account}:user/${emailOf(person.name)}`,
      person.employment,
      flag('apprentice'),
      person.clearance,
      person.clearance ? '2026-03-12' : '',
      person.probation,
      person.lead ? emailOf(people.find((one) => one.username === person.lead)?.name ?? '') : '',
      emailOf('Dan Reyes') === emailOf(person.name) ? '' : emailOf('Dan Reyes'),
      flag('senior'),
      flag('keeper'),
      'no',
      'none',
    ].join(',')
  })
  await product.db.transaction(async (tx) => {
    const done = await importPeople(
      tx,
      [header, ...rows].join('\n'),
      { personId: 'seed', emailDomains: [domain] },
      clock,
    )
    await ensureKeepers(tx, [memberId('rae')], clock)
    const monday = mondayOf(clock.calendar())
    await importRota(
      tx,
      [
        'from,to,primary,secondary',
        `${monday(0)},${monday(1)},${emailOf('Alex Green')},${emailOf('Jo Bell')}`,
        `${monday(1)},${monday(2)},${emailOf('Jo Bell')},`,
      ].join('\n'),
    )
    const at = clock.calendar()
    const board = { id: idFor('board PRACTICE'), name: 'Search team', url: '', connected_by: 'seed', connected_at: at }
    await tx.insertInto('board').values(board).execute()
    await append(
      tx,
      [
        {
          type: 'register-imported',
          actor: 'system',
          requestId: null,
          personId: null,
          stepId: null,
          boardId: null,
          data: done,
        },
      ],
      clock,
    )
  })
}

function mondayOf(now: Date): (weeks: number) => string {
  const monday = new Date(now)
  monday.setUTCDate(monday.getUTCDate() - ((monday.getUTCDay() + 6) % 7))
  return (weeks) => new Date(monday.getTime() + weeks * 7 * 86_400_000).toISOString().slice(0, 10)
}
