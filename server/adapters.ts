import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { PeopleFile } from './grants/drift/files.ts'
import type { Adapters } from './grants/steps.ts'
import type { Exported, ExportedAll, StepOrder, SystemAdapter, Told } from './grants/system.ts'
import type { Installation } from './rules/types.ts'
import { createArgoCd } from './systems/argo-cd/follows.ts'
import { createAws } from './systems/aws/aws.ts'
import { createAwsGroups, groupNamesIn } from './systems/aws/groups.ts'
import { type AwsReadConfig, type AwsReading, createAwsReading } from './systems/aws/reading.ts'
import { createAwsRoleLists } from './systems/aws/role-lists.ts'
import { createFastlyClient } from './systems/fastly/client.ts'
import { createFastly } from './systems/fastly/users.ts'
import { createGithub } from './systems/github/by-proposal.ts'
import { createGithubClient } from './systems/github/client.ts'
import { teamsOf } from './systems/github/health.ts'
import { createGithubTeams } from './systems/github/teams.ts'
import { createGoogleClient } from './systems/google/client.ts'
import { readGoogleCredentials } from './systems/google/credentials.ts'
import { createGoogleGroup } from './systems/google/group.ts'
import { createGoogleTokens } from './systems/google/tokens.ts'
import { createLogit } from './systems/logit/logit.ts'
import { createRepositoryLists } from './systems/repository-lists/adapter.ts'
import { filesOf } from './systems/repository-lists/health.ts'
import { listedPeople } from './systems/repository-lists/listed-people.ts'
import { createPeopleFile, type PeopleFileConfig } from './systems/repository-lists/people-file.ts'
import { createSentryClient } from './systems/sentry/client.ts'
import { createSentry } from './systems/sentry/sentry.ts'
import { createSignon } from './systems/signon/signon.ts'

/** What the installation file says about systems. */
interface Named {
  /** How AWS is read; `null` = it is not. */
  awsRead: AwsReadConfig | null
  targets: Installation['targets']
  /** What the newest export of a system says of one account, and whether there is any. */
  exports: {
    of(system: string, account: string): Promise<Exported | null>
    all(system: string): Promise<ExportedAll | null>
    any(system: string): Promise<boolean>
  }
  /** What a system told us last of one account, and of everybody. */
  told: {
    of(system: string, account: string): Promise<Told | null>
    all(system: string): Promise<ReadonlyMap<string, Told>>
  }
  /** Files that say who has what. */
  peopleFiles?: PeopleFileConfig[]
  /** Systems of the rule sets that are lists in a repository and nothing else: they need no code of their own. */
  listSystems?: { id: string; name: string }[]
}

/**
 * The outside systems that the product itself changes or reads. Without a system's credentials people do its steps.
 * @throws Error in a sentence where the environment and the installation file do not fit
 */
export function createAdapters(
  config: Config,
  clock: Clock,
  named: Named,
): { adapters: Adapters; github: SystemAdapter | null; peopleFiles: PeopleFile[] } {
  const adapters: Adapters = new Map<string, SystemAdapter>()
  const now = () => clock.wall()
  const { credentials, apiUrl } = config.github
  // The local GitHub of the practice board minds no writes at once.
  const pace = config.practice ? 'at-once' : 'as-github-asks'
  const client = credentials ? createGithubClient({ apiUrl, credentials, pace, now }) : null
  const github = client ? createGithubTeams(client, now, teamsOf(named.targets)) : null
  const filesFor = (system: string) => filesOf(named.targets, system)
  if (github && client) {
    adapters.set(
      'github',
      createGithub(
        github,
        createRepositoryLists(listedPeople('github', 'GitHub', false), client, now, filesFor('github')),
      ),
    )
    const team = (order: StepOrder) => github.read({ ...order, wanted: { ...order.wanted, value: 'member' } })
    adapters.set('argo-cd', createArgoCd(team, github.health, named.targets))
  }
  const iam = awsReading(config, clock, named)
  if (client || iam)
    adapters.set(
      'aws',
      createAws({
        lists: client ? createAwsRoleLists(client, now, filesFor('aws')) : null,
        iam,
        groups: iam?.groups ? createAwsGroups(iam.groups, iam.base, groupNamesIn(named.targets)) : null,
        now,
      }),
    )
  adapters.set(
    'signon',
    createSignon({
      exported: (account) => named.exports.of('signon', account),
      newest: () => named.exports.all('signon'),
      hasExports: () => named.exports.any('signon'),
      told: (account) => named.told.of('signon', account),
      toldAll: () => named.told.all('signon'),
      callsWith: config.signonCallsWith,
      calledAs: config.signonCallsAs,
      // Its copies to staging come by the calendar, as its exports do.
      now: () => clock.calendar(),
    }),
  )
  const logit = logitUsers(config, now, named)
  if (logit) adapters.set(logit.id, logit)
  if (config.fastly) {
    const fastly = createFastlyClient(config.fastly, now)
    adapters.set(
      'fastly',
      createFastly({
        client: fastly,
        now,
        today: () => clock.calendar(),
        customers: namesIn(named.targets, 'fastly', 'customer'),
      }),
    )
  }
  if (config.sentry)
    adapters.set(
      'sentry',
      createSentry({
        client: createSentryClient(config.sentry, now),
        now,
        url: config.sentry.apiUrl,
        organisations: namesIn(named.targets, 'sentry', 'organisation'),
      }),
    )
  const google = googleGroup(config, now, named)
  if (google) adapters.set(google.id, google)
  if (client)
    // Of one whose files the installation does not name, people keep the list: nothing is wrong with it.
    for (const { id, name } of named.listSystems ?? [])
      if (!adapters.has(id) && filesFor(id).length > 0)
        adapters.set(id, createRepositoryLists(listedPeople(id, name, true), client, now, filesFor(id)))
  const peopleFiles = client ? (named.peopleFiles ?? []).map((one) => createPeopleFile(one, client)) : []
  return { adapters, github, peopleFiles }
}

/** What the installation's targets of one system name under one parameter, each once. */
function namesIn(targets: Installation['targets'], system: string, parameter: string): string[] {
  const names = Object.entries(targets).flatMap(([target, parameters]) =>
    target.startsWith(`${system}:`) ? (parameters[parameter] ?? []) : [],
  )
  return [...new Set(names)]
}

function googleGroup({ google }: Config, now: () => Date, { targets }: Named): SystemAdapter | null {
  if (!google) return null
  const { credentialsFile, apiUrl, tokensFrom } = google
  const tokens = createGoogleTokens(readGoogleCredentials(credentialsFile), { now, tokensFrom })
  const groups = Object.entries(targets).flatMap(([target, { group }]) =>
    target.startsWith('gcp:') && group ? [group] : [],
  )
  return createGoogleGroup(createGoogleClient({ apiUrl, tokens, now }), groups, now)
}

function logitUsers({ logit }: Config, now: () => Date, { targets }: Named): SystemAdapter | null {
  if (!logit) return null
  const [account] = Object.entries(targets).flatMap(([target, parameters]) =>
    target.startsWith('logit:') && parameters['account'] ? [parameters['account']] : [],
  )
  if (!account) throw new Error('LOGIT_API_KEY is set, and no Logit target of the installation file names its account.')
  return createLogit({ ...logit, account, now })
}

function awsReading({ aws }: Config, clock: Clock, { awsRead }: Named): AwsReading | null {
  if (!aws) return null
  if (!awsRead)
    throw new Error('AWS_READ_REGION is set, and the installation file names no roles: give it the part awsRead.')
  return createAwsReading(aws, awsRead, clock)
}
