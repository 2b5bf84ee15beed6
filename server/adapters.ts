import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Adapters } from './grants/steps.ts'
import type { StepOrder, SystemAdapter } from './grants/system.ts'
import { createArgoCd } from './systems/argo-cd/follows.ts'
import { createAws } from './systems/aws/aws.ts'
import { type AwsReadConfig, type AwsReading, createAwsReading } from './systems/aws/reading.ts'
import { createAwsRoleLists } from './systems/aws/role-lists.ts'
import { createGithubClient } from './systems/github/client.ts'
import { createGithubTeams } from './systems/github/teams.ts'

/**
 * The outside systems that the product itself changes or reads. Without GitHub's credentials people do those steps.
 * @param awsRead how AWS is read, as the installation file says it
 * @throws Error in a sentence where the environment and the installation file do not fit
 */
export function createAdapters(
  config: Config,
  clock: Clock,
  awsRead: AwsReadConfig | null,
): { adapters: Adapters; github: SystemAdapter | null } {
  const adapters: Adapters = new Map<string, SystemAdapter>()
  const now = () => clock.wall()
  const { credentials, apiUrl } = config.github
  // The local GitHub of the practice board minds no writes at once.
  const pace = config.practice ? 'at-once' : 'as-github-asks'
  const client = credentials ? createGithubClient({ apiUrl, credentials, pace }) : null
  const github = client ? createGithubTeams(client, now) : null
  if (github) {
    adapters.set('github', github)
    const team = (order: StepOrder) => github.read({ ...order, wanted: { ...order.wanted, value: 'member' } })
    adapters.set('argo-cd', createArgoCd(team, now))
  }
  const iam = awsReading(config, clock, awsRead)
  if (client || iam)
    adapters.set('aws', createAws({ lists: client ? createAwsRoleLists(client, now) : null, iam, now }))
  return { adapters, github }
}

function awsReading({ aws }: Config, clock: Clock, awsRead: AwsReadConfig | null): AwsReading | null {
  if (!aws) return null
  if (!awsRead)
    throw new Error('AWS_READ_REGION is set, and the installation file names no roles: give it the part awsRead.')
  return createAwsReading(aws, awsRead, clock)
}
