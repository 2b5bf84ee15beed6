import { z } from 'zod'
import {
  type Observation,
  type Receipt,
  type StepOrder,
  type SystemAdapter,
  SystemFailure,
} from '../../grants/system.ts'
import type { GithubClient } from './client.ts'

/**
 * GitHub teams. A membership that is `pending` waits for the engineer; only `active` counts: it is what the deploy
 * workflow itself asks. Membership inherited from a child team is told apart by its missing own membership.
 */

const user = z.object({ id: z.number(), login: z.string() })
const membership = z.object({ state: z.enum(['active', 'pending']), role: z.enum(['member', 'maintainer']) })
const invitations = z.array(z.object({ id: z.number(), login: z.string().nullable().optional() }))

export function createGithubTeams(client: GithubClient, now: () => Date): SystemAdapter {
  return {
    id: 'github',
    name: 'GitHub',
    can: ['api'],
    async health() {
      const checkedAt = now()
      try {
        await client.call('GET /rate_limit', {})
        return { state: 'ok', sentence: 'GitHub answers.', checkedAt }
      } catch (error) {
        return {
          state: 'failing',
          sentence: error instanceof SystemFailure ? error.message : 'GitHub could not be reached.',
          checkedAt,
        }
      }
    },
    async findAccount(name) {
      const found = await client.call('GET /users/{username}', { username: name.replace(/^@/, '') })
      if (!found) return null
      const { id, login } = user.parse(found.data)
      return { kind: 'github', id: String(id), name: login }
    },
    read: (order) => read(client, order),
    apply: (orders) => apply(client, orders),
  }
}

function placeOf(order: StepOrder): { org: string; team: string; page: string | null } {
  const { org, team, page } = order.wanted.params
  if (typeof org !== 'string' || typeof team !== 'string')
    throw new SystemFailure(
      'invalid',
      'The GitHub team is not configured.',
      'Name org and team for it in the installation file.',
    )
  return { org, team, page: typeof page === 'string' ? page : null }
}

/** The login of today: people rename themselves, the number stays. */
async function loginOf(client: GithubClient, order: StepOrder): Promise<string> {
  const found = await client.call('GET /user/{account_id}', { account_id: order.account.id })
  if (!found)
    throw new SystemFailure(
      'unknown-person',
      `GitHub has no account ${order.account.name} any more.`,
      'The engineer gives their GitHub username again, and the sponsor approves again.',
    )
  const { id, login } = user.parse(found.data)
  if (String(id) !== order.account.id)
    throw new SystemFailure(
      'invalid',
      'GitHub answered about somebody else.',
      'Look at the attempts. Nothing was changed.',
    )
  return login
}

async function read(client: GithubClient, order: StepOrder): Promise<Observation> {
  const { org, team } = placeOf(order)
  const login = await loginOf(client, order)
  const found = await client.call('GET /orgs/{org}/teams/{team_slug}/memberships/{username}', {
    org,
    team_slug: team,
    username: login,
  })
  if (!found) {
    const exists = await client.call('GET /orgs/{org}/teams/{team_slug}', { org, team_slug: team })
    if (!exists)
      throw new SystemFailure(
        'invalid',
        `GitHub has no team ${team} in ${org}.`,
        'Put the team’s name right in the installation file.',
      )
    return { is: 'absent', detail: `${login} is not in ${team}.`, evidence: { org, team, state: 'none' } }
  }
  const { state, role } = membership.parse(found.data)
  const evidence = { org, team, state, role }
  if (state === 'active') return { is: 'present', detail: `${login} is in ${team}.`, evidence }
  if (order.direction === 'revoke') return { is: 'present', detail: `${login} is invited to ${team}.`, evidence }
  const link = order.wanted.params['invitation']
  return {
    is: 'waiting',
    waitsFor: 'engineer',
    detail: 'Accept the GitHub invitation.',
    link: typeof link === 'string' ? link : null,
    who: login,
    evidence,
  }
}

async function apply(client: GithubClient, orders: StepOrder[]): Promise<Receipt> {
  let receipt: Receipt = { vendorRequestId: null, link: null, detail: '' }
  for (const order of orders)
    receipt = order.direction === 'grant' ? await add(client, order) : await remove(client, order)
  return receipt
}

async function add(client: GithubClient, order: StepOrder): Promise<Receipt> {
  const { org, team, page } = placeOf(order)
  const login = await loginOf(client, order)
  // Adding a maintainer as member would demote them, so whoever is there already is left as they are.
  const before = await client.call('GET /orgs/{org}/teams/{team_slug}/memberships/{username}', {
    org,
    team_slug: team,
    username: login,
  })
  if (before) return { vendorRequestId: before.requestId, link: page, detail: `${login} was there already.` }
  const done = await client.call('PUT /orgs/{org}/teams/{team_slug}/memberships/{username}', {
    org,
    team_slug: team,
    username: login,
    role: 'member',
  })
  if (!done)
    throw new SystemFailure(
      'invalid',
      `GitHub has no team ${team} in ${org}.`,
      'Put the team’s name right in the installation file.',
    )
  return { vendorRequestId: done.requestId, link: page, detail: `Asked GitHub to add ${login} to ${team}.` }
}

async function remove(client: GithubClient, order: StepOrder): Promise<Receipt> {
  const { org, team, page } = placeOf(order)
  const login = await loginOf(client, order)
  const before = await client.call('GET /orgs/{org}/teams/{team_slug}/memberships/{username}', {
    org,
    team_slug: team,
    username: login,
  })
  const done = await client.call('DELETE /orgs/{org}/teams/{team_slug}/memberships/{username}', {
    org,
    team_slug: team,
    username: login,
  })
  const pending = before && membership.parse(before.data).state === 'pending'
  if (pending) await cancelInvitation(client, org, login)
  return {
    vendorRequestId: done?.requestId ?? null,
    link: page,
    detail: `Asked GitHub to remove ${login} from ${team}.`,
  }
}

/** An invitation to the organisation that was only for this team would let the person in later. */
async function cancelInvitation(client: GithubClient, org: string, login: string): Promise<void> {
  const open = await client.call('GET /orgs/{org}/invitations', { org, per_page: 100 })
  const mine = open ? invitations.parse(open.data).find((one) => one.login === login) : undefined
  if (mine) await client.call('DELETE /orgs/{org}/invitations/{invitation_id}', { org, invitation_id: mine.id })
}
