import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { SECOND } from './clock.ts'
import type { Where } from './db/database.ts'
import type { AwsAccess } from './systems/aws/reading.ts'
import type { FastlyAccess } from './systems/fastly/client.ts'
import type { SentryAccess } from './systems/sentry/client.ts'

/**
 * The environment, as one typed object. Every missing or wrong variable is named at once, with what it is for; values
 * never appear in the message, because some of them are secrets.
 */

const secret = (what: string) => z.string({ error: what }).min(16, what)
const httpsUrl = (what: string) =>
  z.url({ protocol: /^https$/, error: `${what}, starting with https://` }).transform((url) => url.replace(/\/$/, ''))
const origin = (what: string) =>
  httpsUrl(what).refine((url) => new URL(url).origin === url, `${what}, without a path behind it`)
/** May be said, for clarity, and then must be Trello's own: a server that trusts other keys trusts anybody. */
const only = (value: string) => z.literal(value, { error: `in production only ${value}; leave it out` }).default(value)
/** The last day of credentials whose system does not tell when they end. */
const lastDay = z.iso.date('the last day of these credentials, such as 2027-03-31').optional()
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )

/** One entry for each variable; README's table and `.env.example` are tested against it. */
export const environmentSchema = z.object({
  PORT: z.coerce.number({ error: 'the port to listen on, a number' }).int().min(1).max(65_535).default(3000),
  HOST: z.string().default('0.0.0.0'),
  PUBLIC_ORIGIN: origin('the public address of this server'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'a PostgreSQL address, postgres://…' }).optional(),
  EMBEDDED_DATABASE_DIR: z.string().min(1, 'a folder for the embedded database').optional(),
  EMBEDDED_DATABASE_ACCEPTS_LOSS: z.literal('on-power-cut', { error: 'exactly "on-power-cut"' }).optional(),
  TRELLO_POWER_UP_ID: z
    .string({ error: 'the id of the Power-Up' })
    .regex(/^[0-9a-f]{24}$/, 'the Power-Up’s id, 24 characters of 0-9 and a-f'),
  TRELLO_API_KEY: secret('the Power-Up’s API key'),
  TRELLO_APP_SECRET: secret('the API key’s secret, with which Trello signs webhooks'),
  TRELLO_TOKEN: secret('the REST token of the service member that reads the boards'),
  TRELLO_PAGE_ORIGIN: only('https://trello.com'),
  TRELLO_LIBRARY_URL: only('https://p.trellocdn.com/power-up.min.js'),
  TRELLO_REST_ORIGIN: only('https://api.trello.com'),
  TRELLO_KEYS_URL: only('https://api.trello.com/1/resource/jwt-public-keys'),
  KEEPERS: list.refine(
    (ids) => ids.length > 0 && ids.every((id) => /^[0-9a-f]{24}$/.test(id)),
    'Trello member ids of the first register keepers, separated by commas',
  ),
  EMAIL_DOMAINS: list.refine((domains) => domains.length > 0, 'domains of work addresses, separated by commas'),
  INSTALLATION_FILE: z
    .string({ error: 'the path of the installation file' })
    .min(1, 'the path of the installation file'),
  RULE_SET: z.string().default('2024-11'),
  LOG_HEAD_FILE: z
    .string({ error: 'a file, on storage that the database’s owner cannot rewrite, for the log’s published head' })
    .min(1),
  GITHUB_TOKEN: secret('a GitHub token').optional(),
  GITHUB_APP_ID: z.string().regex(/^\d+$/, 'the GitHub App’s id, a number').optional(),
  GITHUB_APP_INSTALLATION_ID: z.string().regex(/^\d+$/, 'the GitHub App’s installation id, a number').optional(),
  GITHUB_APP_PRIVATE_KEY: z.string().includes('PRIVATE KEY', { error: 'the GitHub App’s private key, PEM' }).optional(),
  GOOGLE_CREDENTIALS_FILE: z.string().min(1).optional(),
  GOOGLE_CREDENTIALS_EXPIRE: lastDay,
  LOGIT_API_KEY: secret('a key of Logit’s dashboard').optional(),
  LOGIT_API_KEY_EXPIRES: lastDay,
  SIGNON_CALLS_TOKEN: secret('the token that Signon brings when it calls us').optional(),
  SIGNON_CALLS_APPLICATION: z.string().trim().min(1).max(100).optional(),
  FASTLY_TOKEN: secret('a token of a Fastly superuser').optional(),
  SENTRY_TOKEN: secret('a token of a Sentry user who is Manager or Owner').optional(),
  SENTRY_TOKEN_EXPIRES: lastDay,
  SENTRY_URL: origin('the Sentry that keeps your organisation, such as https://de.sentry.io').default(
    'https://sentry.io',
  ),
  AWS_READ_REGION: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'the AWS region whose STS is asked, such as eu-west-2')
    .optional(),
  AWS_CREDENTIALS_EXPIRE: lastDay,
  APPROVAL_VALID_DAYS: z.coerce.number({ error: 'a number of days' }).int().min(1).max(90).default(14),
  METRICS_TOKEN: secret('a token for whoever reads /metrics').optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
})

/** What belongs together; asked even when other variables are wrong, so that everything is named at once. */
function together(given: Record<string, string | undefined>): string[] {
  const problems: string[] = []
  const embedded = given['EMBEDDED_DATABASE_DIR'] && given['EMBEDDED_DATABASE_ACCEPTS_LOSS']
  if (!given['DATABASE_URL'] && !embedded)
    problems.push(
      'DATABASE_URL is missing: a PostgreSQL address; or EMBEDDED_DATABASE_DIR together with EMBEDDED_DATABASE_ACCEPTS_LOSS=on-power-cut, because the embedded database survives a killed process but not a power cut',
    )
  if (given['DATABASE_URL'] && given['EMBEDDED_DATABASE_DIR'])
    problems.push('EMBEDDED_DATABASE_DIR is wrong: DATABASE_URL is set too; leave one of them out')
  const app = ['GITHUB_APP_ID', 'GITHUB_APP_INSTALLATION_ID', 'GITHUB_APP_PRIVATE_KEY']
  const missing = app.filter((name) => !given[name])
  if (missing.length > 0 && missing.length < app.length)
    problems.push(
      ...missing.map(
        (name) => `${name} is missing: it belongs together with ${app.filter((one) => one !== name).join(' and ')}`,
      ),
    )
  return problems
}

const ruleSets = fileURLToPath(new URL('rules/rule-sets', import.meta.url))

/** Files that must be there before anything starts. What stands in them is checked when they are read. */
function files(given: Record<string, string | undefined>): string[] {
  const problems: string[] = []
  const { INSTALLATION_FILE: installation, LOG_HEAD_FILE: heads, RULE_SET: ruleSet } = given
  if (installation && !may(installation, constants.R_OK))
    problems.push('INSTALLATION_FILE is wrong: there is no file at this path that we can read')
  const google = given['GOOGLE_CREDENTIALS_FILE']
  if (google && !may(google, constants.R_OK))
    problems.push('GOOGLE_CREDENTIALS_FILE is wrong: there is no file at this path that we can read')
  if (heads && !may(dirname(heads), constants.W_OK))
    problems.push('LOG_HEAD_FILE is wrong: its folder is not there, or we may not write to it')
  if (ruleSet && !(/^[\w-]+$/.test(ruleSet) && existsSync(join(ruleSets, `${ruleSet}.yaml`))))
    problems.push('RULE_SET is wrong: this rule set is not installed')
  return problems
}

function may(path: string, how: number): boolean {
  try {
    accessSync(path, how)
    return true
  } catch {
    return false
  }
}

const WANTED_NODE = 24

/** `npm start` brings the pinned Node; a container brings its own. */
function node(version: string): string[] {
  return Number(version.split('.')[0]) === WANTED_NODE
    ? []
    : [`Node is wrong: this server runs on Node ${WANTED_NODE}, and this is ${version}`]
}

/** How we authenticate to GitHub; `null` turns its steps into tasks for people. */
export type GithubCredentials =
  | { kind: 'token'; token: string }
  | { kind: 'app'; appId: string; installationId: string; privateKey: string }

/** Where Trello is. In production these are Trello's own and nothing else is accepted. */
export interface TrelloPlaces {
  pageOrigin: string
  libraryUrl: string
  restOrigin: string
  keysUrl: string
}

export interface Config {
  practice: boolean
  port: number
  host: string
  origin: string
  database: Where
  trello: TrelloPlaces & { powerUpId: string; apiKey: string; appSecret: string; token: string }
  github: { credentials: GithubCredentials | null; apiUrl: string }
  /** How AWS is reached for reading; `null` = it is not read, and people look. */
  aws: AwsAccess | null
  /** How Logit's users are read; `null` = nobody knows who has signed in. */
  logit: { apiKey: string; apiUrl: string } | null
  /** What Signon brings when it calls us; `null` = it does not. */
  signonCallsWith: string | null
  /** As which of its applications Signon calls us, where steps ask for that one; `null` = none does. */
  signonCallsAs: string | null
  /** How Google Groups are reached; `null` = their steps are tasks for people. */
  google: { credentialsFile: string; apiUrl: string; tokensFrom: string | null } | null
  /** How Fastly is reached; `null` = its steps are tasks for people. */
  fastly: FastlyAccess | null
  /** How Sentry is reached; `null` = its steps are tasks for people. */
  sentry: SentryAccess | null
  /** By system: when our credentials end, where only whoever runs this server knows. */
  credentialsEnd: ReadonlyMap<string, Date>
  keepers: string[]
  emailDomains: string[]
  installationFile: string
  ruleSet: string
  /** Where the rule sets are. Ours, save in tests. */
  ruleSetFolder: string
  logHeadFile: string
  approvalValidDays: number
  /** How soon waiting steps are looked at again, in milliseconds. */
  lookAgainMs: number
  metricsToken: string | null
  logLevel: string
}

/** Thrown when the server cannot start; the message lists every variable that is missing or wrong. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly problems: string[]
  constructor(problems: string[]) {
    super(
      ['The server cannot start. Put these variables right:', ...problems.map((problem) => `  ${problem}`)].join('\n'),
    )
    this.problems = problems
  }
}

/**
 * Reads the production configuration.
 * @throws ConfigError that names all that is missing or wrong at once
 */
export function readConfig(
  environment: Record<string, string | undefined>,
  nodeVersion: string = process.versions.node,
): Config {
  // An empty variable is a missing one: that is how unset values arrive from most deployment tools.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const read = environmentSchema.safeParse(given)
  const problems = [
    ...(read.success ? [] : problemsOf(read.error.issues, given)),
    ...together(given),
    ...files(given),
    ...node(nodeVersion),
  ].sort()
  if (!read.success || problems.length > 0) throw new ConfigError(problems)
  const env = read.data
  return {
    practice: false,
    port: env.PORT,
    host: env.HOST,
    origin: env.PUBLIC_ORIGIN,
    database: { url: env.DATABASE_URL ?? null, dataDir: env.DATABASE_URL ? null : (env.EMBEDDED_DATABASE_DIR ?? null) },
    trello: {
      pageOrigin: env.TRELLO_PAGE_ORIGIN,
      libraryUrl: env.TRELLO_LIBRARY_URL,
      restOrigin: env.TRELLO_REST_ORIGIN,
      keysUrl: env.TRELLO_KEYS_URL,
      powerUpId: env.TRELLO_POWER_UP_ID,
      apiKey: env.TRELLO_API_KEY,
      appSecret: env.TRELLO_APP_SECRET,
      token: env.TRELLO_TOKEN,
    },
    github: { credentials: githubCredentials(env), apiUrl: 'https://api.github.com' },
    aws: awsAccess(env.AWS_READ_REGION),
    logit: env.LOGIT_API_KEY ? { apiKey: env.LOGIT_API_KEY, apiUrl: 'https://dashboard.logit.io' } : null,
    signonCallsWith: env.SIGNON_CALLS_TOKEN ?? null,
    signonCallsAs: env.SIGNON_CALLS_APPLICATION ?? null,
    google: env.GOOGLE_CREDENTIALS_FILE
      ? {
          credentialsFile: env.GOOGLE_CREDENTIALS_FILE,
          apiUrl: 'https://cloudidentity.googleapis.com',
          tokensFrom: null,
        }
      : null,
    fastly: env.FASTLY_TOKEN ? { apiUrl: 'https://api.fastly.com', token: env.FASTLY_TOKEN } : null,
    sentry: env.SENTRY_TOKEN ? { apiUrl: env.SENTRY_URL, token: env.SENTRY_TOKEN } : null,
    credentialsEnd: new Map(
      Object.entries({
        aws: env.AWS_CREDENTIALS_EXPIRE,
        gcp: env.GOOGLE_CREDENTIALS_EXPIRE,
        logit: env.LOGIT_API_KEY_EXPIRES,
        sentry: env.SENTRY_TOKEN_EXPIRES,
      }).flatMap(([system, day]) => (day === undefined ? [] : [[system, new Date(day)] as const])),
    ),
    keepers: env.KEEPERS,
    emailDomains: env.EMAIL_DOMAINS.map((domain) => domain.toLowerCase()),
    installationFile: env.INSTALLATION_FILE,
    ruleSet: env.RULE_SET,
    ruleSetFolder: ruleSets,
    logHeadFile: env.LOG_HEAD_FILE,
    approvalValidDays: env.APPROVAL_VALID_DAYS,
    // Within a minute of the engineer's click it is seen; often enough for that, and far from any limit.
    lookAgainMs: 20 * SECOND,
    metricsToken: env.METRICS_TOKEN ?? null,
    logLevel: env.LOG_LEVEL,
  }
}

/** Only where it is asked for: credentials that lie about on a machine are never used unasked. */
function awsAccess(region: string | undefined): AwsAccess | null {
  if (region === undefined) return null
  return {
    region,
    iamUrl: 'https://iam.amazonaws.com',
    stsUrl: `https://sts.${region}.amazonaws.com`,
    credentials: null,
  }
}

function githubCredentials(env: z.infer<typeof environmentSchema>): GithubCredentials | null {
  const { GITHUB_APP_ID: appId, GITHUB_APP_INSTALLATION_ID: installationId, GITHUB_APP_PRIVATE_KEY: privateKey } = env
  if (appId && installationId && privateKey) return { kind: 'app', appId, installationId, privateKey }
  return env.GITHUB_TOKEN ? { kind: 'token', token: env.GITHUB_TOKEN } : null
}

function problemsOf(issues: z.core.$ZodIssue[], given: Record<string, string | undefined>): string[] {
  const first = new Map<string, string>()
  for (const issue of issues) {
    const name = String(issue.path[0] ?? 'environment')
    if (!first.has(name)) first.set(name, issue.message)
  }
  return [...first].map(
    ([name, message]) => `${name} ${given[name] === undefined ? 'is missing' : 'is wrong'}: ${message}`,
  )
}
