import { type Health, SystemFailure } from '../../grants/system.ts'
import type { Installation } from '../../rules/types.ts'
import type { GithubClient } from './client.ts'
import { noSuchTeam, type Team } from './memberships.ts'
import { changesTeams, credentialsIn, lackingWords, leastRightsOf, readsTeams, rightsOf } from './rights.ts'

/** A team that the installation names. */
export interface NamedTeam extends Team {
  /** Kept in a repository, so that we only look. */
  isKeptElsewhere: boolean
}

/** The teams that the installation names. */
export function teamsOf(targets: Installation['targets']): NamedTeam[] {
  return Object.entries(targets).flatMap(([target, { org, team, repository }]) =>
    target.startsWith('github:') && org && team ? [{ org, team, isKeptElsewhere: repository !== undefined }] : [],
  )
}

/** Whether each team is there for us, and whether we may change those that we change. */
export async function teamsHealth(client: GithubClient, teams: NamedTeam[], checkedAt: Date): Promise<Health> {
  const needs = teams.length > 0 && teams.every((team) => team.isKeptElsewhere) ? readsTeams : changesTeams
  try {
    const rights = await rightsOf(client, needs)
    const common = { checkedAt, ...credentialsIn(rights, needs) }
    const seen = await Promise.all(
      teams.map(({ org, team }) => client.call('GET /orgs/{org}/teams/{team_slug}', { org, team_slug: team })),
    )
    const unseen = teams.find((_team, at) => seen[at] === null)
    const wrong = lackingWords(rights) ?? (unseen ? noSuchTeam(unseen).message : null)
    if (wrong) return { state: 'failing', sentence: wrong, ...common }
    const sentence = ['GitHub answers.', rights.cannotSee].filter((one) => one !== null).join(' ')
    return { state: 'ok', sentence, ...common }
  } catch (error) {
    const sentence = error instanceof SystemFailure ? error.message : 'GitHub could not be reached.'
    return { state: 'failing', sentence, checkedAt, leastRights: leastRightsOf(needs) }
  }
}
