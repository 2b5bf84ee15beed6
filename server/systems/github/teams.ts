import { z } from 'zod'
import type { Observation, Receipt, StepOrder, SystemAdapter } from '../../grants/system.ts'
import { SystemFailure } from '../../grants/system.ts'
import { type Answer, checked, type GithubClient } from './client.ts'
import { aboutSomebodyElse, GithubFailure } from './failures.ts'
import { type NamedTeam, teamsHealth } from './health.ts'
import { cancelInvitation, failedInvitation, isStillInvited, openInvitation } from './invitations.ts'
import { listTeam } from './listing.ts'
import { inheritedFrom, membershipIn, noSuchTeam, organisationMembership, type Team } from './memberships.ts'

/**
 * GitHub teams. A membership that is `pending` waits for the engineer; only `active` counts: it is what the deploy
 * workflow itself asks. Nobody is ever removed from the organisation, and no maintainer is made a member.
 */

const user = z.object({ id: z.number(), login: z.string() })

/** @param teams those that the installation names, for the health of the connection */
export function createGithubTeams(client: GithubClient, now: () => Date, teams: NamedTeam[] = []): SystemAdapter {
  return {
    id: 'github',
    name: 'GitHub',
    // 'follows': a team that something else fills, such as Terraform from a list. We only look.
    can: ['api', 'follows'],
    health: () => teamsHealth(client, teams, now()),
    async findAccount(name) {
      const username = name.replace(/^@/, '')
      const found = await client.call('GET /users/{username}', { username })
      if (!found) return null
      const { id, login } = checked(user, found)
      if (login.toLowerCase() !== username.toLowerCase()) throw aboutSomebodyElse()
      return { kind: 'github', id: String(id), name: login }
    },
    async list(order) {
      const place = placeOf(order)
      return listTeam(client, place, () => noSuchTeam(place))
    },
    read: (order) => read(client, order),
    // Whatever way somebody left a team, whether they are still in it is read.
    reads: ({ direction }) => direction === 'revoke',
    withdraw: (order) => withdraw(client, order),
    async apply(orders) {
      let receipt: Receipt = { vendorRequestId: null, link: null, detail: 'Nothing was asked for.' }
      for (const order of orders)
        receipt = order.direction === 'grant' ? await add(client, order) : await remove(client, order)
      return receipt
    },
  }
}

interface Place extends Team {
  page: string
  invitation: string
}

function placeOf(order: Pick<StepOrder, 'wanted'>): Place {
  const { org, team, page, invitation } = order.wanted.params
  if (typeof org !== 'string' || typeof team !== 'string')
    throw new SystemFailure(
      'invalid',
      'The GitHub team is not configured.',
      'Name org and team for it in the installation file.',
    )
  return {
    org,
    team,
    page: typeof page === 'string' ? page : `https://github.com/orgs/${org}/teams/${team}`,
    invitation: typeof invitation === 'string' ? invitation : `https://github.com/orgs/${org}/invitation`,
  }
}

/** The login of today: people rename themselves, and names are given anew; the number stays. */
async function loginOf(client: GithubClient, order: StepOrder): Promise<string> {
  const found = await client.call('GET /user/{account_id}', { account_id: order.account.id })
  if (!found)
    throw new SystemFailure(
      'unknown-person',
      `GitHub has no account ${order.account.name} with the number that was approved.`,
      'The engineer gives their GitHub username again, and the sponsor approves again.',
    )
  const { id, login } = checked(user, found)
  if (String(id) !== order.account.id) throw aboutSomebodyElse()
  return login
}

async function read(client: GithubClient, order: StepOrder): Promise<Observation> {
  const place = placeOf(order)
  const login = await loginOf(client, order)
  const found = await membershipIn(client, place, login)
  const { org, team } = place
  if (!found) return notThere(client, order, place, login)
  const evidence = { org, team, account: order.account.id, state: found.state, role: found.role }
  if (found.state === 'pending') {
    if (order.direction === 'revoke') return { is: 'present', detail: `${login} is invited to ${team}.`, evidence }
    const invitationId = await openInvitation(client, org, login)
    return {
      is: 'waiting',
      waitsFor: 'engineer',
      detail: 'Accept the GitHub invitation.',
      link: place.invitation,
      who: login,
      // Once it came to nothing it is known by this among older ones.
      evidence: invitationId === null ? evidence : { ...evidence, invitationId },
    }
  }
  const child = await inheritedFrom(client, place, login)
  if (child === null) return { is: 'present', detail: `${login} is in ${team}.`, evidence }
  if (order.direction === 'revoke' && order.sentTo !== null)
    throw new SystemFailure(
      'managed-elsewhere',
      `${login} is still in ${team}, through its child team ${child}.`,
      `Somebody who owns the team ${child} removes them there, then tries again.`,
    )
  return { is: 'present', detail: `${login} is in ${team}, also through its child team ${child}.`, evidence }
}

/** By what this order's own invitation is known among those that came to nothing. */
function ours({ lastSeen, sentAt }: StepOrder): { id: number | null; since: Date | null } {
  const id = lastSeen?.['invitationId']
  return { id: typeof id === 'number' ? id : null, since: sentAt ?? null }
}

/** Tells apart: never asked, an invitation that ran out or failed, and a team that does not exist. */
async function notThere(client: GithubClient, order: StepOrder, place: Place, login: string): Promise<Observation> {
  const { org, team } = place
  const evidence = { org, team, account: order.account.id, state: 'none' }
  if (!(await client.call('GET /orgs/{org}/teams/{team_slug}', { org, team_slug: team }))) throw noSuchTeam(place)
  if (order.direction === 'grant' && order.sentTo !== null) {
    const failed = await failedInvitation(client, org, login, ours(order))
    if (failed)
      return {
        is: 'refused',
        detail: failed.expired
          ? `The GitHub invitation for ${login} ran out before it was accepted.`
          : `GitHub could not deliver the invitation for ${login}.`,
        link: place.page,
        who: null,
        evidence: { ...evidence, invitation: failed.expired ? 'expired' : 'failed', failedAt: failed.at },
      }
    // It was open when we looked last, and did not run out: somebody in the organisation took it back.
    if (order.lastSeen?.['state'] === 'pending')
      return {
        is: 'refused',
        detail: `The GitHub invitation for ${login} was withdrawn or declined.`,
        link: place.page,
        who: null,
        evidence: { ...evidence, invitation: 'withdrawn' },
      }
  }
  if (order.direction === 'revoke' && (await isStillInvited(client, org, login)))
    return {
      is: 'present',
      detail: `${login} is still invited to ${org}.`,
      evidence: { ...evidence, invitation: 'open' },
    }
  return { is: 'absent', detail: `${login} is not in ${team}.`, evidence }
}

async function add(client: GithubClient, order: StepOrder): Promise<Receipt> {
  const place = placeOf(order)
  const login = await loginOf(client, order)
  const organisation = await organisationMembership(client, place.org, order.account.id, login)
  // Adding a maintainer as member would demote them, so whoever is there already is left as they are.
  const before = await membershipIn(client, place, login)
  if (before) return { vendorRequestId: null, link: place.page, detail: `${login} was there already.` }
  try {
    const done = await client.call('PUT /orgs/{org}/teams/{team_slug}/memberships/{username}', {
      org: place.org,
      team_slug: place.team,
      username: login,
      role: 'member',
    })
    if (!done) throw noSuchTeam(place)
    const detail =
      organisation === 'active'
        ? `Asked GitHub to add ${login} to ${place.team}.`
        : `Asked GitHub to invite ${login} to ${place.org} and ${place.team}.`
    return { vendorRequestId: done.requestId, link: place.page, detail, ...sentAt(done) }
  } catch (error) {
    throw inWords(error, place, login)
  }
}

/** By GitHub's own clock, in whole seconds. */
function sentAt({ header }: Answer): Pick<Receipt, 'at'> {
  const at = new Date(header('date') ?? '')
  return Number.isNaN(at.getTime()) ? {} : { at: at.toISOString() }
}

/** Takes back an invitation that nobody accepted yet. Whoever is in the team already stays: that is for a revocation. */
async function withdraw(client: GithubClient, order: StepOrder): Promise<Receipt> {
  const place = placeOf(order)
  const membership = await membershipIn(client, place, await loginOf(client, order))
  if (membership?.state === 'pending') return remove(client, order)
  return { vendorRequestId: null, link: null, detail: 'No invitation was open.' }
}

async function remove(client: GithubClient, order: StepOrder): Promise<Receipt> {
  const place = placeOf(order)
  const login = await loginOf(client, order)
  const before = await membershipIn(client, place, login)
  try {
    const done = await client.call('DELETE /orgs/{org}/teams/{team_slug}/memberships/{username}', {
      org: place.org,
      team_slug: place.team,
      username: login,
    })
    // The invitation outlives the membership that it was for, and would let them into the organisation later.
    if (before?.state !== 'active') await cancelInvitation(client, place.org, login)
    const detail = `Asked GitHub to remove ${login} from ${place.team}.`
    return { vendorRequestId: done?.requestId ?? null, link: place.page, detail }
  } catch (error) {
    throw inWords(error, place, login)
  }
}

/** Two of GitHub's refusals mean something that somebody else must do. */
function inWords(error: unknown, { org, team }: Team, login: string): unknown {
  if (!(error instanceof GithubFailure)) return error
  if (error.status === 403 && /synchroni[sz]|identity provider|externally managed/i.test(error.said))
    return new SystemFailure(
      'managed-elsewhere',
      `The members of ${team} come from an identity provider, so GitHub refuses changes.`,
      `Somebody who keeps that group changes it there, then tries again.`,
    )
  const notInviter = /inviter must be|organization owner or team maintainer/i.test(error.said)
  if (notInviter && (error.status === 422 || error.status === 403))
    return new SystemFailure(
      'forbidden',
      `${login} is not in ${org} yet, and GitHub lets only its owners invite.`,
      `An owner of ${org} invites ${login}, then tries again.`,
    )
  return error
}
