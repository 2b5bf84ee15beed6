import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Adapters } from './grants/steps.ts'
import type { StepOrder, SystemAdapter } from './grants/system.ts'
import { createArgoCd } from './systems/argo-cd/follows.ts'
import { createAwsRoleLists } from './systems/aws/role-lists.ts'
import { createGithubClient } from './systems/github/client.ts'
import { createGithubTeams } from './systems/github/teams.ts'

/** The outside systems that the product itself changes or reads. Without GitHub's credentials people do those steps. */
export function createAdapters(config: Config, clock: Clock): { adapters: Adapters; github: SystemAdapter | null } {
  const adapters: Adapters = new Map<string, SystemAdapter>()
  const { credentials, apiUrl } = config.github
  if (!credentials) return { adapters, github: null }
  const now = () => clock.wall()
  // The local GitHub of the practice board minds no writes at once.
  const client = createGithubClient({ apiUrl, credentials, pace: config.practice ? 'at-once' : 'as-github-asks' })
  const github = createGithubTeams(client, now)
  adapters.set('github', github)
  adapters.set('aws', createAwsRoleLists(client, now))
  const team = (order: StepOrder) => github.read({ ...order, wanted: { ...order.wanted, value: 'member' } })
  adapters.set('argo-cd', createArgoCd(team, now))
  return { adapters, github }
}
