import type { Clock } from '../../clock.ts'
import { createGuard } from '../http/guard.ts'
import { type AwsAccount, createAwsAccount } from './account.ts'
import { adminList, userList } from './rules.ts'

/** How AWS is read here: one role in each account, and the names of the roles that the lists make. */
export interface AwsReadConfig {
  /** ARN of the role that reads the account with the IAM users. */
  base: string
  /** ARN of the role that changes members of groups in that account; left out where no access is given by groups. */
  groupsAs?: string | undefined
  /** By environment. */
  environments: Record<string, RolesThere>
}

interface RolesThere {
  readAs: string
  userRoles: string[]
  adminRoles: string[]
  /** The same by a grant's value, where no list of ours but another one makes them. */
  roles?: Record<string, string[]> | undefined
}

export interface AwsAccess {
  region: string
  iamUrl: string
  stsUrl: string
  credentials: { accessKeyId: string; secretAccessKey: string } | null
}

/** One account with the roles that each list makes there for somebody. */
export interface ReadPlace {
  account: AwsAccount
  /** Whether it is known which roles a list, or a grant's value, makes there. */
  knows(list: string): boolean
  /** @param local what stands before the `@` of the user's name */
  rolesOf(list: string, local: string): string[]
  /** The same the other way: for whom a list makes a role of that name; `null` = none is called so. */
  localOf(list: string, role: string): string | null
}

export interface AwsReading {
  base: AwsAccount
  environments: Map<string, ReadPlace>
  /** The account with the IAM users, through the role that changes groups; `null` = none does. */
  groups: AwsAccount | null
  all: AwsAccount[]
}

/** Builds what reads AWS: every account through a role of its own, so that none can read another. */
export function createAwsReading(
  access: AwsAccess,
  read: AwsReadConfig,
  clock: Pick<Clock, 'wall'>,
  timeOutMs?: number,
): AwsReading {
  const now = () => clock.wall()
  const guard = createGuard({ name: 'AWS', now })
  const own = { ...access, now, guard, ...(timeOutMs ? { timeOutMs } : {}) }
  const account = (name: string, readAs: string) => createAwsAccount({ ...own, name, readAs })
  const base = account('the base account', read.base)
  const environments = new Map(
    Object.entries(read.environments).map(([name, { readAs, userRoles, adminRoles, roles }]): [string, ReadPlace] => {
      const patterns: Record<string, string[]> = { ...roles, [userList]: userRoles, [adminList]: adminRoles }
      const rolesOf = (list: string, local: string) =>
        (patterns[list] ?? []).map((pattern) => pattern.replaceAll('{local}', local))
      const localOf = (list: string, role: string) =>
        (patterns[list] ?? []).flatMap((pattern) => localBy(pattern, role) ?? [])[0] ?? null
      const knows = (list: string) => Object.hasOwn(patterns, list)
      return [name, { account: account(name, readAs), knows, rolesOf, localOf }]
    }),
  )
  const roleWords = { does: 'changes groups in', ours: 'our role for groups' }
  const groups = read.groupsAs
    ? createAwsAccount({ ...own, name: 'the base account', readAs: read.groupsAs, roleWords })
    : null
  return { base, environments, groups, all: [base, ...[...environments.values()].map((place) => place.account)] }
}

/** What stands in the place of `{local}`; IAM compares names of roles without their capitals. */
function localBy(pattern: string, role: string): string | null {
  const [before = '', ...after] = pattern.split('{local}')
  const local = role.slice(before.length, role.length - after.join('').length)
  const isSo = local !== '' && pattern.replaceAll('{local}', local).toLowerCase() === role.toLowerCase()
  return isSo ? local : null
}

/** By what the roles of a step are known: the list of ours that makes them, or the value that another list gives. */
export function rolesBy({ params, value }: { params: Record<string, unknown>; value: string }): string {
  const { list } = params
  return typeof list === 'string' ? list : value
}
