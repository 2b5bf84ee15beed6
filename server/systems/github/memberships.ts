import { z } from 'zod'
import { SystemFailure } from '../../grants/system.ts'
import { checked, type GithubClient } from './client.ts'
import { aboutSomebodyElse } from './failures.ts'

/** Who is in a team and in an organisation, for exactly the account that was asked about. */

export interface Team {
  org: string
  team: string
}

const teamMembership = z.object({
  url: z.string().optional(),
  state: z.enum(['active', 'pending']),
  role: z.enum(['member', 'maintainer']),
})
const orgMembership = z.object({
  state: z.enum(['active', 'pending']),
  user: z.object({ id: z.number(), login: z.string() }).optional(),
})
const children = z.array(z.object({ slug: z.string() }))

/** How many child teams are looked through; more than that is not worth a technician's wait. */
const MOST_CHILDREN = 20

/** A membership, inherited ones included, as GitHub answers it; `null` when there is none. */
export async function membershipIn(client: GithubClient, { org, team }: Team, login: string) {
  const found = await client.call('GET /orgs/{org}/teams/{team_slug}/memberships/{username}', {
    org,
    team_slug: team,
    username: login,
  })
  if (!found) return null
  const membership = checked(teamMembership, found)
  // The answer names its person only at the end of its own address.
  const named = membership.url ? decodeURIComponent(membership.url.split('/').at(-1) ?? '') : ''
  if (named !== '' && named.toLowerCase() !== login.toLowerCase()) throw aboutSomebodyElse()
  return membership
}

/** Where the account stands in the organisation: outsiders are invited, members are added. */
export async function organisationMembership(
  client: GithubClient,
  org: string,
  accountId: string,
  login: string,
): Promise<'active' | 'pending' | 'none'> {
  const found = await client.call('GET /orgs/{org}/memberships/{username}', { org, username: login })
  if (!found) return 'none'
  const { state, user } = checked(orgMembership, found)
  if (user && String(user.id) !== accountId) throw aboutSomebodyElse()
  return state
}

/** The child team through which somebody is in a team, or `null`. Removing them from the parent does not end that. */
export async function inheritedFrom(client: GithubClient, { org, team }: Team, login: string): Promise<string | null> {
  const found = await client.call('GET /orgs/{org}/teams/{team_slug}/teams', { org, team_slug: team, per_page: 100 })
  if (!found) return null
  for (const { slug } of checked(children, found).slice(0, MOST_CHILDREN)) {
    const membership = await membershipIn(client, { org, team: slug }, login)
    if (membership?.state === 'active') return slug
  }
  return null
}

export function noSuchTeam({ org, team }: Team): SystemFailure {
  return new SystemFailure(
    'invalid',
    `GitHub has no team ${team} in ${org}.`,
    'Put the team’s name right in the installation file, or let our GitHub App see it.',
  )
}
