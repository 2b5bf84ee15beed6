import type { Call, Reply } from '../frame/call.ts'
import { type Membership, notFound, organisationOf, refusal, type State, type Team } from './model.ts'
import { fullTeam, invitation, publicUser, simpleOrganisation, simpleUser, team } from './whole.ts'

/** Organisations, teams and invitations: an outsider who is added to a team is invited, and joins by accepting. */

/** GitHub lets an invitation run out after a week. */
const INVITATION_DAYS = 7
const DAY = 86_400_000

function pageOf<T>({ query }: Call, all: T[]): T[] {
  const size = Number(query.get('per_page') ?? 30)
  const at = (Number(query.get('page') ?? 1) - 1) * size
  return all.slice(at, at + size)
}

export interface Organisations {
  answer(call: Call): Reply
  userJson(login: string): Record<string, unknown>
  accept(login: string, org?: string): void
  failInvitation(login: string, reason: string): void
  /** What an open look at the clock changes: invitations older than a week are gone. */
  expire(): void
}

export function createOrganisations(
  state: State,
  origin: () => string,
  now: () => Date,
  policy: { onlyOwnersInvite: boolean },
): Organisations {
  const teamOf = (org: string, slug: string) => state.teams.find((one) => one.org === org && one.slug === slug)
  const loginLike = (name: string) => [...state.users.keys()].find((one) => one.toLowerCase() === name.toLowerCase())

  const userJson = (login: string) => simpleUser(origin(), login, state.users.get(login))
  const publicJson = (login: string) => publicUser(origin(), login, state.users.get(login) ?? 0)

  function childrenOf(team: Team): Team[] {
    return state.teams.filter((one) => one.org === team.org && one.parent === team.slug)
  }

  /** The own membership, or the one that a child team brings. */
  function membershipIn(team: Team, login: string): Membership | null {
    const own = team.members[login]
    if (own) return own
    const inherited = childrenOf(team).some((child) => membershipIn(child, login)?.state === 'active')
    return inherited ? { state: 'active', role: 'member' } : null
  }

  const membershipJson = (login: string, { state: is, role }: Membership) => ({
    url: `${origin()}/api/organizations/1/team/1/memberships/${login}`,
    role,
    state: is,
  })

  function teams(call: Call, org: string): Reply {
    const [, , , slug = '', what = '', name = ''] = call.part
    const found = teamOf(org, slug)
    if (!found) return notFound
    if (what === '')
      return { status: 200, data: fullTeam(origin(), org, named(found), Object.keys(found.members).length) }
    if (what === 'teams') return { status: 200, data: pageOf(call, childrenOf(found)).map(teamJson) }
    if (what === 'members')
      return {
        status: 200,
        data: pageOf(
          call,
          [...state.users.keys()].filter((one) => membershipIn(found, one)?.state === 'active'),
        ).map(userJson),
      }
    if (what === 'invitations')
      return {
        status: 200,
        data: pageOf(
          call,
          organisationOf(state, org).invitations.filter(({ login }) => found.members[login]?.state === 'pending'),
        ).map(({ id, login, createdAt }) => invitation(origin(), org, { id, login, created_at: createdAt })),
      }
    if (what !== 'memberships') return notFound
    const login = loginLike(name)
    if (!login) return notFound
    const before = membershipIn(found, login)
    if (call.method === 'GET') return before ? { status: 200, data: membershipJson(login, before) } : notFound
    if (found.synchronised) return refusal(403, 'Team synchronization is enabled, so members cannot be changed here.')
    if (call.method === 'DELETE') {
      delete found.members[login]
      return { status: 204 }
    }
    return add(org, found, login, call.body['role'] === 'maintainer' ? 'maintainer' : 'member')
  }

  function add(org: string, team: Team, login: string, role: Membership['role']): Reply {
    const organisation = organisationOf(state, org)
    const isMember = organisation.members[login] !== undefined
    if (!isMember && policy.onlyOwnersInvite)
      return refusal(422, 'Validation Failed', [
        { resource: 'TeamMember', code: 'custom', message: 'Inviter must be an organization admin' },
      ])
    if (!isMember && !organisation.invitations.some((one) => one.login === login))
      organisation.invitations.push({
        id: 9000 + organisation.invitations.length + organisation.failed.length,
        login,
        createdAt: now().toISOString(),
      })
    // As GitHub does: a maintainer who is put as member is a member from then on.
    const membership: Membership = { state: isMember ? 'active' : 'pending', role }
    team.members[login] = membership
    return { status: 200, data: membershipJson(login, membership) }
  }

  const named = (one: Team) => ({ id: 1 + state.teams.indexOf(one), slug: one.slug, name: one.name })
  const teamJson = (one: Team) => team(origin(), one.org, named(one))

  function memberships(call: Call, org: string): Reply {
    const login = loginLike(call.part[3] ?? '')
    const organisation = organisationOf(state, org)
    if (!login) return notFound
    const role = organisation.members[login]
    const invited = organisation.invitations.some((one) => one.login === login)
    if (!role && !invited) return notFound
    if (call.method === 'DELETE') {
      delete organisation.members[login]
      for (const team of state.teams) if (team.org === org) delete team.members[login]
      return { status: 204 }
    }
    return {
      status: 200,
      data: {
        url: `${origin()}/api/orgs/${org}/memberships/${login}`,
        state: role ? 'active' : 'pending',
        role: role ?? 'member',
        user: userJson(login),
        organization_url: `${origin()}/api/orgs/${org}`,
        organization: simpleOrganisation(origin(), org),
      },
    }
  }

  function invitations(call: Call, org: string): Reply {
    const organisation = organisationOf(state, org)
    const [, , , id, what] = call.part
    if (what === 'teams') {
      const login = organisation.invitations.find((one) => String(one.id) === id)?.login ?? ''
      const teams = state.teams.filter((one) => one.org === org && one.members[login]?.state === 'pending')
      return { status: 200, data: teams.map(teamJson) }
    }
    if (call.method !== 'DELETE')
      return {
        status: 200,
        data: organisation.invitations.map(({ id: number, login, createdAt }) =>
          invitation(origin(), org, { id: number, login, created_at: createdAt }),
        ),
      }
    const found = organisation.invitations.find((one) => String(one.id) === id)
    if (!found) return notFound
    withdraw(org, found.login)
    return { status: 204 }
  }

  function withdraw(org: string, login: string): void {
    const organisation = organisationOf(state, org)
    organisation.invitations = organisation.invitations.filter((one) => one.login !== login)
    for (const team of state.teams)
      if (team.org === org && team.members[login]?.state === 'pending') delete team.members[login]
  }

  function fail(org: string, login: string, reason: string, failedAt: Date): void {
    const organisation = organisationOf(state, org)
    const found = organisation.invitations.find((one) => one.login === login)
    if (found) organisation.failed.push({ ...found, failedAt: failedAt.toISOString(), reason })
    withdraw(org, login)
  }

  return {
    userJson,
    answer(call) {
      const [kind, name = '', what = ''] = call.part
      if (kind === 'users') {
        const login = loginLike(name)
        return login ? { status: 200, data: publicJson(login) } : notFound
      }
      if (kind === 'user') {
        const login = [...state.users].find(([, id]) => String(id) === name)?.[0]
        return login ? { status: 200, data: publicJson(login) } : notFound
      }
      if (kind !== 'orgs') return notFound
      if (what === 'teams') return teams(call, name)
      if (what === 'memberships') return memberships(call, name)
      if (what === 'invitations') return invitations(call, name)
      if (what === 'failed_invitations')
        return {
          status: 200,
          data: organisationOf(state, name).failed.map(({ id, login, createdAt, failedAt, reason }) => ({
            ...invitation(origin(), name, { id, login, created_at: createdAt }),
            failed_at: failedAt,
            failed_reason: reason,
          })),
        }
      return notFound
    },
    accept(login, only) {
      for (const [name, organisation] of state.organisations) {
        if (only !== undefined && name !== only) continue
        if (!organisation.invitations.some((one) => one.login === login)) continue
        organisation.invitations = organisation.invitations.filter((one) => one.login !== login)
        organisation.members[login] = 'member'
        for (const team of state.teams) {
          const own = team.org === name ? team.members[login] : undefined
          if (own) own.state = 'active'
        }
      }
    },
    failInvitation(login, reason) {
      for (const name of state.organisations.keys()) fail(name, login, reason, now())
    },
    expire() {
      for (const [name, organisation] of state.organisations)
        for (const one of [...organisation.invitations]) {
          const end = new Date(new Date(one.createdAt).getTime() + INVITATION_DAYS * DAY)
          if (now() >= end)
            fail(name, one.login, 'Invitation expired. User did not accept this invite for 7 days.', end)
        }
    },
  }
}
