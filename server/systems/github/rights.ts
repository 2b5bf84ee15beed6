import { z } from 'zod'
import type { Health } from '../../grants/system.ts'
import { type Answer, checked, type GithubClient } from './client.ts'
import { GithubFailure } from './failures.ts'

/** What GitHub says of our own credentials: what they lack of what we need, and when they end. */
export interface Rights {
  /** In the words of GitHub’s own pages: “Members: read and write”, “repo”. */
  lacks: string[]
  /** `null` = no end is known. */
  expiresAt: Date | null
  noEnd: string
  /** What GitHub does not say, in a sentence. */
  cannotSee: string | null
}

/** What is needed of an App or a fine-grained token, and which scopes of a classic token bring as much. */
interface Need {
  permission: 'members' | 'contents' | 'pull_requests'
  level: 'read' | 'write'
  scopes: string[]
  words: string
}

const members = { permission: 'members', words: 'Members: read and write', level: 'write' } as const
export const changesTeams: Need[] = [{ ...members, scopes: ['admin:org', 'write:org'] }]
export const readsTeams: Need[] = [
  { ...members, level: 'read', words: 'Members: read', scopes: ['admin:org', 'write:org', 'read:org'] },
]
export const proposesLists: Need[] = [
  { permission: 'contents', level: 'write', scopes: ['repo'], words: 'Contents: read and write' },
  { permission: 'pull_requests', level: 'write', scopes: ['repo'], words: 'Pull requests: read and write' },
]

/** The least that our credentials must be allowed, in a sentence for settings. */
export function leastRightsOf(needs: Need[]): string {
  const scopes = [...new Set(needs.map(({ scopes: [...all] }) => all.at(-1)))].join(' and ')
  return `A GitHub App with ${needs.map(({ words }) => words).join(', ')}; or a machine user’s token with the scope ${scopes}.`
}

const installation = z.object({
  permissions: z.record(z.string(), z.unknown()),
  suspended_at: z.string().nullish(),
})
const levels = ['read', 'write', 'admin']

/** Asks GitHub what our credentials may do. @throws GithubFailure */
export async function rightsOf(client: GithubClient, needs: Need[]): Promise<Rights> {
  const own =
    client.installationId === null
      ? null
      : await client.call('GET /app/installations/{installation_id}', { installation_id: client.installationId })
  if (client.installationId !== null && !own) throw noInstallation()
  const rights = own && rightsOfApp(own, needs)
  // That the App is there says nothing of the tokens that are made for it.
  const answer = await client.call('GET /rate_limit', {})
  return rights ?? rightsOfToken(answer, needs)
}

function rightsOfApp(own: Answer, needs: Need[]): Rights {
  const { permissions, suspended_at } = checked(installation, own)
  if (suspended_at) throw suspended()
  const has = (permission: string) => levels.indexOf(String(permissions[permission] ?? ''))
  return {
    lacks: needs.filter(({ permission, level }) => has(permission) < levels.indexOf(level)).map(({ words }) => words),
    expiresAt: null,
    noEnd:
      'A GitHub App’s key has no end; the tokens made with it end within the hour and are made anew by themselves.',
    cannotSee: null,
  }
}

function rightsOfToken(answer: Answer | null, needs: Need[]): Rights {
  const ends = answer?.header('github-authentication-token-expiration') ?? ''
  const said = answer?.header('x-oauth-scopes') ?? null
  const scopes = (said ?? '').split(',').map((scope) => scope.trim())
  const lacking = needs.filter((need) => !need.scopes.some((scope) => scopes.includes(scope)))
  return {
    lacks: said === null ? [] : [...new Set(lacking.map((need) => need.scopes.at(-1) ?? ''))],
    expiresAt: Number.isNaN(Date.parse(ends)) ? null : new Date(ends),
    noEnd: 'GitHub names no end of this token.',
    cannotSee: said === null ? 'GitHub does not say what a fine-grained token may do.' : null,
  }
}

/** What the health of anything on GitHub says of our credentials beside its own words. */
export function credentialsIn(rights: Rights, needs: Need[]): Pick<Health, 'leastRights' | 'expiresAt' | 'noEnd'> {
  return { leastRights: leastRightsOf(needs), expiresAt: rights.expiresAt, noEnd: rights.noEnd }
}

/** That our credentials lack something, in a sentence; `null` = nothing. */
export function lackingWords({ lacks }: Rights): string | null {
  return lacks.length === 0 ? null : `Our GitHub credentials lack ${lacks.join(' and ')}.`
}

const renew = 'Whoever runs this server puts it right in GitHub or in this server’s configuration, then tries again.'
const noInstallation = () =>
  new GithubFailure('unauthorised', { message: 'GitHub knows no installation of our App.', remedy: renew }, null)
const suspended = () =>
  new GithubFailure('unauthorised', { message: 'Our GitHub App is suspended.', remedy: renew }, null)
