import type { Call, Reply } from '../frame/call.ts'
import { type Invitation, idFor, notFound, refusal, type State, type Token, type User } from './model.ts'

/** Fastly's users, invitations and tokens, with who may do what. */

export interface ApiParts {
  state: State
  customer: string
  now(): Date
  /** Users come from an identity provider, so that Fastly refuses changes. */
  isProvisioned(): boolean
}

const roles: User['role'][] = ['user', 'billing', 'engineer', 'superuser']
const roleFrom = (value: unknown) => roles.find((role) => role === value)

export function createApi({ state, customer, now, isProvisioned }: ApiParts) {
  const userJson = (user: User) => ({ ...user, customer_id: customer, email_hash: '0', two_factor_auth_enabled: true })
  const invitationJson = ({ id, email, role, limit_services, created_at }: Invitation) => ({
    id,
    type: 'invitation',
    attributes: { email, role, limit_services, status_code: 1, created_at, updated_at: created_at, deleted_at: null },
    relationships: { customer: { data: { id: customer, type: 'customer' } } },
  })
  const tokenJson = (token: Token) => ({
    ...token,
    services: [],
    created_at: '',
    last_used_at: '',
    ip: '',
    user_agent: '',
  })

  /** Only superusers change people; an engineer may invite engineers and users through the API. */
  function mayNot(caller: User, { method, part, body }: Call): boolean {
    if (method === 'GET' || caller.role === 'superuser') return false
    if (method === 'POST' && part[0] === 'invitations' && caller.role === 'engineer') {
      const { role } = attributesOf(body)
      return role !== 'engineer' && role !== 'user'
    }
    return true
  }

  function users(call: Call): Reply {
    const user = state.users.find(({ id }) => id === call.part[1])
    if (!user || user.deleted_at) return notFound
    if (call.method === 'GET') return { status: 200, data: userJson(user) }
    if (isProvisioned()) return refusal(403, 'Forbidden', 'Users of this account are managed by an identity provider')
    if (user.locked) return refusal(400, 'Bad request', 'User is locked')
    if (call.method === 'DELETE') {
      if (state.tokens.some(({ user_id }) => user_id === user.id))
        return refusal(400, 'Bad request', 'User has tokens, delete them first')
      user.deleted_at = now().toISOString()
      return { status: 200, data: { status: 'ok' } }
    }
    const role = call.body['role'] === undefined ? user.role : roleFrom(call.body['role'])
    if (!role) return refusal(400, 'Bad request', 'Unknown role')
    user.role = role
    // A single role is written over all of them.
    if (user.roles && call.body['role'] !== undefined) user.roles = [role]
    if (call.body['limit_services'] !== undefined) user.limit_services = call.body['limit_services'] === 'true'
    return { status: 200, data: userJson(user) }
  }

  function invitations(call: Call): Reply {
    const { method, part, query, body } = call
    if (method === 'GET') {
      const [page, size] = [Number(query.get('page[number]') ?? 1), Number(query.get('page[size]') ?? 20)]
      const some = state.invitations.slice((page - 1) * size, page * size)
      return {
        status: 200,
        data: { data: some.map(invitationJson), meta: { current_page: page, record_count: state.invitations.length } },
      }
    }
    if (method === 'DELETE') {
      const there = state.invitations.some(({ id }) => id === part[1])
      state.invitations = state.invitations.filter(({ id }) => id !== part[1])
      return there ? { status: 204 } : notFound
    }
    if (isProvisioned()) return refusal(403, 'Forbidden', 'Users of this account are managed by an identity provider')
    const { email, role, limit_services } = attributesOf(body)
    const known = roleFrom(role)
    if (typeof email !== 'string' || !email.includes('@') || !known) return jsonApiRefusal('Email or role is not valid')
    if (state.users.some((one) => one.login.toLowerCase() === email.toLowerCase() && !one.deleted_at))
      return jsonApiRefusal('A user with this email already exists')
    if (state.invitations.some((one) => one.email.toLowerCase() === email.toLowerCase()))
      return jsonApiRefusal('This email has already been invited')
    const made: Invitation = {
      id: idFor(state, 'invitation'),
      email,
      role: known,
      limit_services: limit_services === true,
      created_at: now().toISOString(),
    }
    state.invitations.push(made)
    return { status: 200, data: { data: invitationJson(made) } }
  }

  function tokens(call: Call, own: Token): Reply {
    const token = call.part[1] === 'self' ? own : state.tokens.find(({ id }) => id === call.part[1])
    if (!token) return notFound
    if (call.method === 'GET') return { status: 200, data: tokenJson(token) }
    state.tokens = state.tokens.filter((one) => one !== token)
    return { status: 204 }
  }

  return (call: Call, own: Token, caller: User): Reply => {
    if (call.method !== 'GET' && own.scope !== 'global')
      return refusal(403, 'You are not authorized to perform this action', 'Token scope does not allow it')
    if (mayNot(caller, call))
      return refusal(403, 'You are not authorized to perform this action', 'Role does not allow it')
    const [what, id, list] = call.part
    if (what === 'customer') {
      if (id !== customer) return notFound
      if (list === 'users') return { status: 200, data: state.users.map(userJson) }
      return list === 'tokens' ? { status: 200, data: state.tokens.map(tokenJson) } : notFound
    }
    if (what === 'invitations') return invitations(call)
    if (what === 'tokens') return tokens(call, own)
    if (what === 'user') return users(call)
    return notFound
  }
}

const jsonApiRefusal = (detail: string): Reply => ({
  status: 400,
  data: { errors: [{ title: 'Bad request', detail, code: '400' }] },
})

function attributesOf(body: Record<string, unknown>): Record<string, unknown> {
  const { data } = body
  const attributes = typeof data === 'object' && data !== null && 'attributes' in data ? data.attributes : null
  return typeof attributes === 'object' && attributes !== null ? { ...attributes } : {}
}
