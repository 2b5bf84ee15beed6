import type { Reply } from '../frame/call.ts'

/** What the local Google knows: groups with members, roles that may end by themselves, nested groups. */

export interface Member {
  id: string
  email: string
  roles: { name: 'MEMBER' | 'MANAGER' | 'OWNER'; expireTime?: string }[]
  /** Milliseconds since 1970 from which calls see them. */
  from: number
}

export interface Group {
  id: string
  email: string
  name: string
  /** Whether addresses of other domains may be members. */
  takesOutsiders: boolean
  members: Member[]
}

export interface State {
  groups: Group[]
  /** Counts up: names of memberships are never used again. */
  made: number
}

const statusWords: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
}

/** Google's own form of an error. */
export function refusal(code: number, message: string, status = statusWords[code] ?? 'UNKNOWN'): Reply {
  return { status: code, data: { error: { code, message, status } } }
}

export const sameAddress = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()

/** Whether somebody is in a group, by themselves or through another group. */
export function isInside(state: State, group: Group, email: string, seen: string[] = []): boolean {
  return group.members.some((member) => {
    if (sameAddress(member.email, email)) return true
    const nested = state.groups.find((one) => sameAddress(one.email, member.email))
    return nested !== undefined && !seen.includes(nested.id) && isInside(state, nested, email, [...seen, group.id])
  })
}
