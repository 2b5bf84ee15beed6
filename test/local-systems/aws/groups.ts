import type { ActionCall } from './actions.ts'
import { type Account, element, type Membership, type Reply, refusal, type User, userElements } from './model.ts'

/** Groups of IAM users: the four actions, with what IAM documents of them. */

/** As AWS's quota has it. */
const MOST_GROUPS_OF_A_USER = 10
/** On a page; real ones are larger, and no less pages. */
const PAGE = 2

const noSuch = (what: string) => refusal(404, 'NoSuchEntity', `${what} cannot be found.`)
const isThere = ({ from, until }: Membership, now: number) => from <= now && (until === null || until > now)

/** As IAM finds it, whatever the case. */
function named<T>(all: Record<string, T>, name: string | null): [string, T] | undefined {
  return Object.entries(all).find(([one]) => one.toLowerCase() === name?.toLowerCase())
}

/** @param settleMs how long a change takes until calls see it, in milliseconds */
export function createGroupActions(settleMs: () => number) {
  const groupElements = (account: Account, name: string) =>
    [
      element('Path', '/'),
      element('GroupName', name),
      element('GroupId', 'AGPALOCALLOCALLOCAL2'),
      element('Arn', `arn:aws:iam::${account.id}:group/${name}`),
      element('CreateDate', '2024-05-02T09:00:00Z'),
    ].join('')

  function paged(parts: string[], marker: string | null): { shown: string; rest: string } {
    const from = Number(marker ?? 0)
    const more = from + PAGE < parts.length
    return {
      shown: parts.slice(from, from + PAGE).join(''),
      rest: `${element('IsTruncated', String(more))}${more ? element('Marker', from + PAGE) : ''}`,
    }
  }

  /** Both the group and the user must be there. */
  function both(account: Account, parameters: URLSearchParams) {
    const group = named(account.groups, parameters.get('GroupName'))
    if (!group) return noSuch(`The group with name ${parameters.get('GroupName')}`)
    const user = named(account.users, parameters.get('UserName'))
    return user ? { members: group[1], user: user[1] } : noSuch(`The user with name ${parameters.get('UserName')}`)
  }

  // What was changed counts at once for who changes again; only who reads sees it late.
  const isMember = (members: Membership[], user: User) =>
    members.find(({ id, until }) => id === user.id && until === null)

  const actions: Record<string, (account: Account, call: ActionCall) => Reply> = {
    AddUserToGroup(account, { parameters, now }) {
      const found = both(account, parameters)
      if ('status' in found) return found
      const { members, user } = found
      // Adding once more succeeds.
      if (isMember(members, user)) return { status: 200 }
      const groups = Object.values(account.groups).filter((one) => isMember(one, user))
      if (groups.length >= MOST_GROUPS_OF_A_USER)
        return refusal(409, 'LimitExceeded', `Cannot exceed quota for GroupsPerUser: ${MOST_GROUPS_OF_A_USER}`)
      members.push({ id: user.id, from: now + settleMs(), until: null })
      return { status: 200 }
    },
    RemoveUserFromGroup(account, { parameters, now }) {
      const found = both(account, parameters)
      if ('status' in found) return found
      const member = isMember(found.members, found.user)
      if (!member) return noSuch(`The user with name ${found.user.name} in this group`)
      member.until = now + settleMs()
      return { status: 200 }
    },
    GetGroup(account, { parameters, now }) {
      const group = named(account.groups, parameters.get('GroupName'))
      if (!group) return noSuch(`The group with name ${parameters.get('GroupName')}`)
      const ids = group[1].filter((one) => isThere(one, now)).map(({ id }) => id)
      const users = Object.values(account.users).filter(({ id }) => ids.includes(id))
      const { shown, rest } = paged(
        users.map((user) => `<member>${userElements(user)}</member>`),
        parameters.get('Marker'),
      )
      return {
        status: 200,
        result: `<Group>${groupElements(account, group[0])}</Group><Users>${shown}</Users>${rest}`,
      }
    },
    ListGroupsForUser(account, { parameters, now }) {
      const user = named(account.users, parameters.get('UserName'))?.[1]
      if (!user) return noSuch(`The user with name ${parameters.get('UserName')}`)
      const groups = Object.entries(account.groups).filter(([, members]) =>
        members.some((one) => one.id === user.id && isThere(one, now)),
      )
      const { shown, rest } = paged(
        groups.map(([name]) => `<member>${groupElements(account, name)}</member>`),
        parameters.get('Marker'),
      )
      return { status: 200, result: `<Groups>${shown}</Groups>${rest}` }
    },
  }
  return actions
}
