import type { Call, Reply } from '../frame/call.ts'

/** Sentry's members of one organisation, with who may do what. Written from its documentation, not from its code. */

export type Role = 'billing' | 'member' | 'admin' | 'manager' | 'owner'

export interface Member {
  id: string
  email: string
  orgRole: Role
  pending: boolean
  inviteStatus: 'approved' | 'requested_to_join'
  invitedAt: string
  teamRoles: { teamSlug: string; role: string | null }[]
  flags: Record<string, boolean>
  /** All addresses of the account, where there is more to say than that its first one is verified. */
  emails?: { email: string; is_verified: boolean }[]
}

export interface State {
  made: number
  members: Member[]
}

export interface Token {
  kind: 'user' | 'integration'
  scopes: string[]
}

export interface Policy {
  /** Business and Enterprise plans assign the organisation's role Admin no more. */
  adminRetired: boolean
  /** Invitations that may still be sent. */
  invitationsLeft: number
}

export interface ApiParts {
  state: State
  organisation: string
  teams: string[]
  policy: Policy
  now(): Date
}

const INVITATION_LASTS_MS = 30 * 86_400_000
const ladder: Role[] = ['billing', 'member', 'admin', 'manager', 'owner']

export const refusal = (status: number, detail: unknown): Reply => ({ status, data: { detail } })
const notFound = refusal(404, 'The requested resource does not exist')

export function createApi({ state, organisation, teams, policy, now }: ApiParts) {
  const expired = (one: Member) => one.pending && now().getTime() - Date.parse(one.invitedAt) >= INVITATION_LASTS_MS

  const addressesOf = (one: Member) => one.emails ?? [{ email: one.email, is_verified: true }]
  /** Further addresses too, verified or not. */
  const hasAddress = (one: Member, email: string) =>
    [one, ...addressesOf(one)].some((other) => other.email.toLowerCase() === email.toLowerCase())

  const short = (one: Member) => ({
    id: one.id,
    email: one.email,
    orgRole: one.orgRole,
    pending: one.pending,
    expired: expired(one),
    inviteStatus: one.inviteStatus,
    dateCreated: one.invitedAt,
    flags: one.flags,
    user: one.pending ? null : { id: `9${one.id}`, email: one.email, emails: addressesOf(one) },
  })
  const whole = (one: Member) => ({
    ...short(one),
    teamRoles: one.teamRoles,
    teams: one.teamRoles.map((t) => t.teamSlug),
  })

  function assignable(role: unknown): Role | Reply {
    const known = ladder.find((one) => one === role)
    if (!known) return { status: 400, data: { orgRole: ['Not a role'] } }
    if (known === 'admin' && policy.adminRetired)
      return {
        status: 400,
        data: { orgRole: ["The role 'admin' is deprecated and may no longer be assigned."] },
      }
    return known
  }

  function invite(call: Call): Reply {
    const { email, orgRole } = call.body
    if (typeof email !== 'string' || email.length > 75) return { status: 400, data: { email: ['Not an address'] } }
    const known = state.members.find((one) => hasAddress(one, email))
    if (known)
      return {
        status: 400,
        data: {
          email: [`The user ${email} ${known.pending ? 'has already been invited' : 'is already a member'}`],
        },
      }
    const role = assignable(orgRole)
    if (typeof role !== 'string') return role
    if (policy.invitationsLeft <= 0) return refusal(429, 'You are being rate limited for too many invitations.')
    policy.invitationsLeft -= 1
    state.made += 1
    const member: Member = {
      id: String(100 + state.made),
      email,
      orgRole: role,
      pending: true,
      inviteStatus: 'approved',
      invitedAt: now().toISOString(),
      // Roles in teams are not kept with an invitation.
      teamRoles: teamRolesFrom(call).map(({ teamSlug }) => ({ teamSlug, role: null })),
      flags: {},
    }
    state.members.push(member)
    return { status: 201, data: whole(member) }
  }

  function teamRolesFrom({ body }: Call): Member['teamRoles'] {
    const given = Array.isArray(body['teamRoles']) ? body['teamRoles'] : []
    return given.map(({ teamSlug, role }) => ({ teamSlug: String(teamSlug), role: role ?? null }))
  }

  function change(one: Member, call: Call, token: Token): Reply {
    const { body } = call
    if (body['reinvite'] === true) {
      if (!one.pending) return refusal(400, 'This member is no invitation')
      if (expired(one) && body['regenerate'] !== true) return refusal(400, 'The invitation has expired')
      one.invitedAt = now().toISOString()
      return { status: 200, data: whole(one) }
    }
    const limits = one.flags['idp:role-restricted'] || one.flags['partnership:restricted']
    if (limits) return refusal(403, "This user's role is managed through your organization's identity provider.")
    if (token.kind !== 'user') return refusal(400, 'Changing roles is restricted to user auth tokens.')
    const role = body['orgRole'] === undefined ? one.orgRole : assignable(body['orgRole'])
    if (typeof role !== 'string') return role
    const teamRoles = body['teamRoles'] === undefined ? one.teamRoles : teamRolesFrom(call)
    if (teamRoles.some(({ teamSlug }) => !teams.includes(teamSlug)))
      return { status: 400, data: { teamRoles: ['Invalid team slugs'] } }
    if (one.orgRole === 'owner' && role !== 'owner' && owners().length === 1)
      return refusal(403, 'You cannot remove the only remaining owner of the organization.')
    Object.assign(one, { orgRole: role, teamRoles })
    return { status: 200, data: whole(one) }
  }

  const owners = () => state.members.filter(({ orgRole, pending }) => orgRole === 'owner' && !pending)

  return (call: Call, token: Token): Reply => {
    const [, org, slug, list, id] = call.part
    if (org === '' || org === undefined)
      return {
        status: 200,
        data: { version: '0', auth: { scopes: token.scopes }, user: token.kind === 'user' ? { id: '1' } : null },
      }
    if (org !== 'organizations' || slug !== organisation || list !== 'members') return notFound
    const needs = call.method === 'GET' ? ['member:read', 'member:admin'] : ['member:admin']
    if (!needs.some((scope) => token.scopes.includes(scope)))
      return refusal(403, 'You do not have permission to perform this action.')
    if (!id) {
      if (call.method === 'POST') return invite(call)
      const [, email = ''] = /^email:(.+)$/.exec(call.query.get('query') ?? '') ?? []
      const some = state.members.filter((one) => email === '' || hasAddress(one, email))
      return { status: 200, data: some.map(short) }
    }
    const one = state.members.find((member) => member.id === id)
    if (!one) return notFound
    if (call.method === 'GET') return { status: 200, data: whole(one) }
    if (call.method === 'PUT') return change(one, call, token)
    if (one.orgRole === 'owner' && owners().length === 1)
      return refusal(403, 'You cannot remove the only remaining owner of the organization.')
    state.members = state.members.filter((member) => member !== one)
    return { status: 204 }
  }
}
