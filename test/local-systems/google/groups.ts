import { z } from 'zod'
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
  /** Editions below do not answer transitive questions and end no membership by itself. */
  edition(): 'premium' | 'basic'
  settleMs(): number
  pageSize(): number
}

const rolesShape = z.object({
  name: z.string(),
  expiryDetail: z.object({ expireTime: z.iso.datetime() }).optional(),
})
const modification = z.object({
  updateRolesParams: z.array(
    z.object({ fieldMask: z.literal('expiry_detail.expire_time'), membershipRole: rolesShape }),
  ),
})

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
    const given: unknown[] = Array.isArray(body['roles']) ? body['roles'] : []
    const roles = given.map((one) => rolesShape.parse(one))
    if (!/^[^@\s]+@[^@\s]+$/.test(email)) return refusal(400, 'Error(3006): Invalid member key.')
    if (!roles.some(({ name }) => name === 'MEMBER'))
      return refusal(400, 'Error(3003): Every membership has the role MEMBER.')
    const domain = group.email.split('@')[1] ?? ''
    if (!group.takesOutsiders && !email.toLowerCase().endsWith(`@${domain}`))
      return refusal(400, 'Error(4022): The group does not take members of other organisations.')
    const expireTime = roles.find(({ name }) => name === 'MEMBER')?.expiryDetail?.expireTime
    const refused = expireTime === undefined ? null : refusedEnd(expireTime, now)
    if (refused) return refused
    if (group.members.some((member) => sameAddress(member.email, email)))
      return refusal(409, 'Error(4003): The membership exists already.')
    state.made += 1
    const member: Member = {
      id: String(1000 + state.made),
      email,
      roles: [{ name: 'MEMBER', ...(expireTime ? { expireTime } : {}) }],
      from: now + options.settleMs(),
    }
    group.members.push(member)
    const type = 'type.googleapis.com/google.apps.cloudidentity.groups.v1.Membership'
    return { status: 200, data: { done: true, response: { '@type': type, ...shown(group, member) } } }
  }

  /** Only some editions end memberships by themselves, and none ends them in the past. */
  function refusedEnd(expireTime: string, now: number): Reply | null {
    if (options.edition() === 'basic')
      return refusal(400, 'Error(4051): Expiring memberships are not available here.', 'FAILED_PRECONDITION')
    return Date.parse(expireTime) > now ? null : refusal(400, 'Error(3011): The expire time is not in the future.')
  }

  function modify(group: Group, member: Member, { body, now }: GroupCall): Reply {
    const { updateRolesParams } = modification.parse(body)
    for (const { membershipRole } of updateRolesParams) {
      const expireTime = membershipRole.expiryDetail?.expireTime
      const refused = expireTime === undefined ? null : refusedEnd(expireTime, now)
      if (refused) return refused
      member.roles = member.roles.map((role) =>
        role.name === 'MEMBER' ? { name: role.name, ...(expireTime ? { expireTime } : {}) } : role,
      )
    }
    return { status: 200, data: { membership: shown(group, member) } }
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
    const [, id] = /^memberships\/(\w+)(?::modifyMembershipRoles)?$/.exec(rest) ?? []
    const member = seen.find((one) => one.id === id)
    if (!member) return refusal(404, 'Error(4003): The membership does not exist.')
    if (rest.endsWith(':modifyMembershipRoles')) return modify(group, member, call)
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
