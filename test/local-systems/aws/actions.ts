import { createGroupActions } from './groups.ts'
import { type Account, element, escaped, type Reply, type Role, refusal, type State, userElements } from './model.ts'
import type { Key } from './signatures.ts'

/** What IAM and STS answer: the actions that the product uses, with their documented refusals. */

export interface ActionCall {
  action: string
  parameters: URLSearchParams
  key: Key
  now: number
}

const noSuch = (what: string) => refusal(404, 'NoSuchEntity', `${what} cannot be found.`)

/** Who may call what, on which group: assumed roles by what they are allowed, and everybody `GetCallerIdentity`. */
export type Rights = (key: Key, action: string, group: string | null) => boolean

export function createActions(
  state: State,
  rights: Rights,
  openSession: (roleArn: string, name: string) => Reply,
  settleMs: () => number,
) {
  const accountOf = (key: Key): Account | null =>
    Object.values(state.accounts).find((one) => one.id === key.account) ?? null

  function userArnOf(id: string): string {
    const users = Object.values(state.accounts).flatMap((one) => Object.values(one.users))
    return users.find((one) => one.id === id)?.arn ?? id
  }

  /** Users that are gone are shown by their id, also where another of the same name was made since. */
  function policyOf(role: Role): string {
    const statements = role.trust.map(({ effect, action, principals, condition }) => {
      const shown = principals.map(userArnOf)
      return {
        Effect: effect,
        Principal: { AWS: shown.length === 1 ? shown[0] : shown },
        Action: action,
        ...(condition ? { Condition: condition } : {}),
      }
    })
    return encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: statements }))
  }

  const fieldsOf = (role: Role) =>
    [
      element('Path', '/'),
      element('RoleName', role.name),
      element('RoleId', 'AROALOCALLOCALLOCAL2'),
      element('Arn', role.arn),
      element('CreateDate', '2024-05-02T09:00:00Z'),
      element('AssumeRolePolicyDocument', policyOf(role)),
      element('MaxSessionDuration', role.longestSessionSeconds),
    ].join('')

  const actions: Record<string, (account: Account, call: ActionCall) => Reply> = {
    GetUser(account, { parameters }) {
      const user = account.users[parameters.get('UserName') ?? '']
      if (!user) return noSuch(`The user with name ${parameters.get('UserName')}`)
      return { status: 200, result: `<User>${userElements(user)}</User>` }
    },
    ListMFADevices(account, { parameters }) {
      const user = account.users[parameters.get('UserName') ?? '']
      if (!user) return noSuch(`The user with name ${parameters.get('UserName')}`)
      // One on each page: real pages are larger, and no less pages.
      const from = Number(parameters.get('Marker') ?? 0)
      const serial = `arn:aws:iam::${account.id}:mfa/${user.name}-${from + 1}`
      const member = `<member>${element('UserName', user.name)}${element('SerialNumber', serial)}${element('EnableDate', '2024-05-02T09:00:00Z')}</member>`
      const more = from + 1 < user.mfaDevices
      return {
        status: 200,
        result: `<MFADevices>${from < user.mfaDevices ? member : ''}</MFADevices>${element('IsTruncated', String(more))}${more ? element('Marker', from + 1) : ''}`,
      }
    },
    GetRole(account, { parameters, now }) {
      const name = parameters.get('RoleName') ?? ''
      const role = roleAt(account, name, now)
      if (!role) return noSuch(`The role with name ${name}`)
      return { status: 200, result: `<Role>${fieldsOf(role)}</Role>` }
    },
    ListRoles(account, { parameters, now }) {
      const names = Object.keys(account.roles).sort()
      const roles = names.flatMap((name) => roleAt(account, name, now) ?? [])
      // Three on each page: real pages are larger, and may be shorter than was asked for.
      const from = Number(parameters.get('Marker') ?? 0)
      const members = roles.slice(from, from + 3).map((role) => `<member>${fieldsOf(role)}</member>`)
      const more = from + 3 < roles.length
      return {
        status: 200,
        result: `<Roles>${members.join('')}</Roles>${element('IsTruncated', String(more))}${more ? element('Marker', from + 3) : ''}`,
      }
    },
  }

  const groups = createGroupActions(settleMs)
  return (call: ActionCall): Reply => {
    const { action, key, parameters } = call
    if (action === 'GetCallerIdentity')
      return {
        status: 200,
        result: `${element('Arn', key.arn)}${element('UserId', 'AROALOCALLOCALLOCAL2:session')}${element('Account', key.account)}`,
      }
    if (action === 'AssumeRole')
      return openSession(parameters.get('RoleArn') ?? '', parameters.get('RoleSessionName') ?? '')
    const account = accountOf(key)
    const does = actions[action] ?? groups[action]
    if (!does) return refusal(400, 'InvalidAction', `Could not find operation ${escaped(action)}`)
    if (!account || key.token === null || !rights(key, action, parameters.get('GroupName')))
      return refusal(403, 'AccessDenied', `${key.arn} is not authorized to perform: iam:${action}`)
    return does(account, call)
  }
}

/** The role as calls see it at a moment. */
export function roleAt(account: Account, name: string, now: number): Role | null {
  return (account.roles[name] ?? []).findLast(({ from }) => from <= now)?.role ?? null
}
