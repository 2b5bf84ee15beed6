import type { Reply } from '../frame/call.ts'
import { type Group, isInside, type Member, refusal, type State, sameAddress } from './model.ts'

/** Cloud Identity's interface for groups and memberships, with its documented refusals. */

export interface GroupCall {
  method: string
  path: string
  query: URLSearchParams
  body: Record<string, unknown>
  /** Who calls. */
  caller: string
  now: number
}

export interface GroupsOptions {
  /** Editions below do not answer transitive questions. */
  edition(): 'premium' | 'basic'
  settleMs(): number
  pageSize(): number
}

/** What is not there and what may not be seen are answered alike. */
const hidden = () => refusal(403, 'Error(2028): Permission denied for resource (or it may not exist).')

export function createGroups(state: State, options: GroupsOptions) {
  const nameOf = (group: Group) => `groups/${group.id}`
  const shown = (group: Group, member: Member) => ({
    name: `${nameOf(group)}/memberships/${member.id}`,
    preferredMemberKey: { id: member.email },
    createTime: '2024-05-02T09:00:00Z',
    updateTime: '2024-05-02T09:00:00Z',
    type: member.email.endsWith('.iam.gserviceaccount.com') ? 'SERVICE_ACCOUNT' : 'USER',
    roles: member.roles.map(({ name, expireTime }) => ({
      name,
      ...(expireTime ? { expiryDetail: { expireTime } } : {}),
    })),
    deliverySetting: 'ALL_MAIL',
  })

  function expire(now: number): void {
    for (const group of state.groups)
      group.members = group.members.filter(({ roles }) =>
        roles.every(({ expireTime }) => expireTime === undefined || Date.parse(expireTime) > now),
      )
  }

  /** Whoever calls sees and changes only groups that they manage. */
  function managed(group: Group | undefined, caller: string): group is Group {
    const roles = group?.members.find((member) => sameAddress(member.email, caller))?.roles ?? []
    return roles.some(({ name }) => name !== 'MEMBER')
  }

  function create(group: Group, { body, now }: GroupCall): Reply {
    const key = body['preferredMemberKey']
    const email = typeof key === 'object' && key !== null && 'id' in key ? String(key.id) : ''
    const roles = Array.isArray(body['roles']) ? body['roles'].map((one: { name?: unknown }) => one.name) : []
    if (!/^[^@\s]+@[^@\s]+$/.test(email)) return refusal(400, 'Error(3006): Invalid member key.')
    if (!roles.includes('MEMBER')) return refusal(400, 'Error(3003): Every membership has the role MEMBER.')
    const domain = group.email.split('@')[1] ?? ''
    if (!group.takesOutsiders && !email.toLowerCase().endsWith(`@${domain}`))
      return refusal(400, 'Error(4022): The group does not take members of other organisations.')
    if (group.members.some((member) => sameAddress(member.email, email)))
      return refusal(409, 'Error(4003): The membership exists already.')
    state.made += 1
    const member: Member = {
      id: String(1000 + state.made),
      email,
      roles: [{ name: 'MEMBER' }],
      from: now + options.settleMs(),
    }
    group.members.push(member)
    const type = 'type.googleapis.com/google.apps.cloudidentity.groups.v1.Membership'
    return { status: 200, data: { done: true, response: { '@type': type, ...shown(group, member) } } }
  }

  function inGroup(group: Group, rest: string, call: GroupCall): Reply {
    const { method, query, now } = call
    const seen = group.members.filter((member) => member.from <= now)
    if (rest === 'memberships' && method === 'POST') return create(group, call)
    if (rest === 'memberships') {
      const from = Number(query.get('pageToken') ?? 0)
      const to = from + options.pageSize()
      const more = to < seen.length ? { nextPageToken: String(to) } : {}
      return { status: 200, data: { memberships: seen.slice(from, to).map((one) => shown(group, one)), ...more } }
    }
    if (rest === 'memberships:lookup') {
      const member = seen.find((one) => sameAddress(one.email, query.get('memberKey.id') ?? ''))
      return member
        ? { status: 200, data: { name: `${nameOf(group)}/memberships/${member.id}` } }
        : refusal(404, 'Error(4003): The membership does not exist.')
    }
    if (rest === 'memberships:checkTransitiveMembership') {
      if (options.edition() === 'basic') return refusal(403, 'Error(4013): Insufficient permissions for this edition.')
      const [, email = ''] = /^member_key_id == '(.+)'$/.exec(query.get('query') ?? '') ?? []
      return { status: 200, data: { hasMembership: isInside(state, group, email) } }
    }
    const [, id] = /^memberships\/(\w+)$/.exec(rest) ?? []
    const member = seen.find((one) => one.id === id)
    if (!member) return refusal(404, 'Error(4003): The membership does not exist.')
    if (method === 'GET') return { status: 200, data: shown(group, member) }
    if (method !== 'DELETE') return refusal(404, 'Not found')
    group.members = group.members.filter((one) => one !== member)
    return { status: 200, data: { done: true, response: { '@type': 'type.googleapis.com/google.protobuf.Empty' } } }
  }

  return {
    expire,
    answer(call: GroupCall): Reply {
      expire(call.now)
      if (call.path === '/groups:lookup') {
        const group = state.groups.find((one) => sameAddress(one.email, call.query.get('groupKey.id') ?? ''))
        return managed(group, call.caller) ? { status: 200, data: { name: nameOf(group) } } : hidden()
      }
      const [, id, rest = ''] = /^\/groups\/([\w-]+)\/(.+)$/.exec(call.path) ?? []
      const group = state.groups.find((one) => one.id === id)
      return managed(group, call.caller) ? inGroup(group, rest, call) : hidden()
    },
  }
}
