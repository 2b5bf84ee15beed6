import { SystemFailure } from '../../grants/system.ts'
import type { User } from './accounts.ts'

/** What a rule set asks for in Fastly, and how somebody stands to it: two facts, the role and "all services". */

export interface Wanted {
  role: 'engineer' | 'user'
  allServices: boolean
}

/** Each does all that those before it do. `billing` stands beside them. */
const ladder = ['user', 'engineer', 'superuser']

/**
 * @param value as in the rule set: `engineer, all services`, `engineer` or `user`
 * @throws SystemFailure when it is none of these
 */
export function wantedFrom(value: string): Wanted {
  const [role = '', services] = value.split(',').map((part) => part.trim().toLowerCase())
  if ((role === 'engineer' || role === 'user') && (services === undefined || services === 'all services'))
    return { role, allServices: services !== undefined }
  throw new SystemFailure(
    'invalid',
    'The rule set asks for something in Fastly that we cannot grant.',
    'Whoever keeps the rule set writes “engineer, all services”, “engineer” or “user”.',
  )
}

export type Standing =
  /** They have at least what is wanted. */
  | { is: 'enough' }
  /** What is missing, in words. */
  | { is: 'less'; missing: string }
  /** Fastly does not say enough to tell. */
  | { is: 'unknown' }

const rank = (roles: string[]) => Math.max(-1, ...roles.map((role) => ladder.indexOf(role)))

export function isSuperuser({ roles }: User): boolean {
  return roles.includes('superuser')
}

/** How somebody stands to what is wanted. A superuser reaches every service, whatever the box says. */
export function standing(user: User, wanted: Wanted): Standing {
  if (isSuperuser(user)) return { is: 'enough' }
  if (user.roles.length === 0) return { is: 'unknown' }
  if (rank(user.roles) < ladder.indexOf(wanted.role))
    return { is: 'less', missing: `has the role ${user.roles.join(' and ')}, not ${wanted.role}` }
  if (!wanted.allServices) return { is: 'enough' }
  if (user.allServices === null) return { is: 'unknown' }
  return user.allServices ? { is: 'enough' } : { is: 'less', missing: 'reaches only some services' }
}

/** Whether somebody has no more than what they keep; `null` when Fastly does not say. */
export function isAtMost(user: User, kept: Wanted): boolean | null {
  if (user.roles.length === 0) return null
  if (user.roles.includes('billing') || rank(user.roles) > ladder.indexOf(kept.role)) return false
  if (kept.allServices) return true
  return user.allServices === null ? null : !user.allServices
}

/**
 * Why we do not change this user: a single role written over others would take away what this access never gave.
 * @param name as people know them
 */
export function untouchable(user: User, name: string): SystemFailure | null {
  const others = user.roles.filter((role) => role !== 'user' && role !== 'engineer')
  if (others.length === 0 && user.roles.length < 2) return null
  return new SystemFailure(
    'refused-by-rule',
    `${name} is ${user.roles.join(' and ')} in Fastly, which is more than this access gives, so nothing was changed.`,
    'A Fastly superuser decides about the other roles and changes them in Fastly, then tries again.',
  )
}

/** Whether one offer gives at least what another does. */
export function givesAtLeast(
  one: { role: string | null; allServices: boolean },
  other: { role: string | null; allServices: boolean },
): boolean {
  return ladder.indexOf(one.role ?? '') >= ladder.indexOf(other.role ?? '') && (one.allServices || !other.allServices)
}
