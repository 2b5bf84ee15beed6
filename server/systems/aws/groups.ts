import { z } from 'zod'
import {
  type Evidence,
  type Listing,
  type ListOrder,
  type Observation,
  type Receipt,
  type StepOrder,
  SystemFailure,
} from '../../grants/system.ts'
import { entriesOf, listing } from '../listing.ts'
import type { AwsAccount } from './account.ts'
import { SESSION_MS } from './applied.ts'
import { addTo, type Members, membersOf, removeFrom } from './group-calls.ts'
import { readIamUser } from './iam-user.ts'
import { adminList, checkArn, userList, userNameIn } from './rules.ts'

/** AWS access by groups of IAM users, in the account that holds the users, where an installation has no lists for it. */
export interface AwsGroups {
  leastRights: string
  list(order: ListOrder): Promise<Listing>
  read(order: StepOrder): Promise<Observation>
  apply(order: StepOrder): Promise<Receipt>
  /** Throws SystemFailure where a group cannot be read. */
  tryOut(): Promise<void>
}

/** The parameter of a target that names the group which stands for a list. */
const parameterOf: Record<string, string> = { [userList]: 'userGroup', [adminList]: 'adminGroup' }

/** Whether a target names a group for this, so that no list is meant. */
export function isByGroup({ wanted }: Pick<StepOrder, 'wanted'>): boolean {
  return wanted.params['list'] === undefined && groupFor(wanted, wanted.value) !== null
}

function groupFor({ params }: StepOrder['wanted'], value: unknown): string | null {
  const group = params[parameterOf[String(value)] ?? '']
  return typeof group === 'string' ? group : null
}

/** Every group that the targets of an installation name. */
export function groupNamesIn(targets: Record<string, Record<string, string>>): string[] {
  const named = Object.entries(targets).flatMap(([target, parameters]) =>
    target.startsWith('aws:') ? Object.values(parameterOf).flatMap((one) => parameters[one] ?? []) : [],
  )
  return [...new Set(named)]
}

/**
 * @param account the one with the IAM users, through the role that changes groups
 * @param base the same through the reading role
 * @param names of all groups that are changed here, for the health of the connection
 */
export function createAwsGroups(account: AwsAccount, base: AwsAccount, names: string[]): AwsGroups {
  const arns = names.map((name) => `arn:aws:iam::${account.id}:group/${name}`)
  const members = async (group: string) => {
    const found = await membersOf(account, group)
    if (!found) throw noSuchGroup(group)
    return found
  }
  return {
    leastRights: `For groups: a role with iam:GetGroup, iam:AddUserToGroup and iam:RemoveUserFromGroup on ${arns.join(', ')}, and on nothing else.`,
    async list({ wanted }) {
      const group = groupOf(wanted)
      return listMembers(await members(group), group)
    },
    async read(order) {
      const group = groupOf(order.wanted)
      return seenIn(order, group, await members(group))
    },
    async apply(order) {
      const group = groupOf(order.wanted)
      checkArn(order.account.id)
      const isIn = has(await members(group), order.account.id)
      return order.direction === 'grant' ? add(order, group, isIn) : remove(order, group, isIn)
    },
    async tryOut() {
      for (const name of names) await members(name)
    },
  }

  async function add(order: StepOrder, group: string, isIn: boolean): Promise<Receipt> {
    const { name, id } = order.account
    if (isIn) return receipt(order, `${name} was in ${group} already.`)
    await needsMfa(base, order)
    const added = await addTo(account, group, userNameIn(id))
    if (!added) throw noSuchGroup(group)
    return receipt(order, `Asked AWS to add ${name} to ${group}.`, added.requestId)
  }

  /** Whoever loses the higher group and keeps the lower one is put there first: nothing is lost between the two. */
  async function remove(order: StepOrder, group: string, isIn: boolean): Promise<Receipt> {
    const { name, id } = order.account
    const lower = groupFor(order.wanted, order.wanted.params['keeps'])
    if (lower && !has(await members(lower), id) && !(await addTo(account, lower, userNameIn(id))))
      throw noSuchGroup(lower)
    if (!isIn) return receipt(order, `${name} was not in ${group}.`)
    const removed = await removeFrom(account, group, userNameIn(id))
    return removed
      ? receipt(order, `Asked AWS to remove ${name} from ${group}.`, removed.requestId)
      : receipt(order, `${name} was gone from ${group} already.`)
  }
}

const named = z.object({ UserName: z.string(), Arn: z.string() })

function has({ users }: Members, arn: string): boolean {
  return users.some((one) => checkedUser(one).Arn === arn)
}

/** One that we cannot read may be anybody. @throws SystemFailure */
function checkedUser(one: unknown): z.infer<typeof named> {
  const read = named.safeParse(one)
  if (read.success) return read.data
  throw new SystemFailure(
    'invalid',
    'We do not understand what AWS answered.',
    'Look at the attempts, or let people do it by hand.',
  )
}

function seenIn({ account, direction }: StepOrder, group: string, found: Members): Observation {
  const isIn = has(found, account.id)
  const evidence: Evidence = { group, isMember: isIn, awsRequestId: found.requestId }
  if (isIn) return { is: 'present', detail: `${account.name} is in the IAM group ${group}.`, evidence }
  const detail = `${account.name} is not in the IAM group ${group}.`
  return { is: 'absent', detail, evidence, ...(direction === 'revoke' ? { effectiveWithinMs: SESSION_MS } : {}) }
}

function listMembers({ users }: Members, group: string): Listing {
  const entries = entriesOf(users, {
    named,
    account: ({ Arn, UserName }) => ({ kind: 'aws' as const, id: Arn.toLowerCase(), name: UserName }),
    whole: named,
    judge: ({ UserName }) => ({ has: 'wanted', detail: `${UserName} is in the IAM group ${group}.` }),
  })
  return listing(entries)
}

function receipt({ wanted }: StepOrder, detail: string, requestId: string | undefined | null = null): Receipt {
  const { page } = wanted.params
  return { vendorRequestId: requestId ?? null, link: typeof page === 'string' ? page : null, detail }
}

/** A group lets its members in without asking how they signed in: its policy asks for MFA, and the user must have it. */
async function needsMfa(base: AwsAccount, order: StepOrder): Promise<void> {
  const user = await readIamUser(base, order)
  if (user.is === 'present') return
  throw new SystemFailure(
    'unknown-person',
    `${user.detail} So nothing was changed.`,
    `${order.engineerName} sees to that, or gives the right name. Then somebody tries again.`,
  )
}

function groupOf(wanted: StepOrder['wanted']): string {
  const group = groupFor(wanted, wanted.value)
  if (group !== null) return group
  throw new SystemFailure('invalid', 'No IAM group is named.', 'Name the group in the installation file.')
}

function noSuchGroup(group: string): SystemFailure {
  return new SystemFailure(
    'invalid',
    `AWS has no IAM group ${group}, or the user is gone.`,
    'Put the group’s name right in the installation file, or make the group; then try again.',
  )
}
