import { parse } from 'yaml'
import type { Account, Role, Statement } from './model.ts'

/**
 * The project that makes roles from the lists, as its public source tells: for each ARN of the privileged list an
 * `-admin` and a `-poweruser` role, for each of both lists a `-user` role, named after what stands before the `@`. One
 * wrong ARN fails the apply for everybody.
 */

const adminList = 'role_admin_user_arns'
const userList = 'role_user_user_arns'

interface Lists {
  admin: string[]
  user: string[]
}

/** Read without the product's own parser, so that both cannot be wrong together. */
export function listsIn(path: string, text: string): Lists {
  if (!path.endsWith('.tfvars')) {
    const all: Record<string, unknown> = parse(text) ?? {}
    const listed = (name: string) => (Array.isArray(all[name]) ? all[name].map(String) : [])
    return { admin: listed(adminList), user: listed(userList) }
  }
  const plain = text.replaceAll(/(#|\/\/).*$/gm, '')
  const listed = (name: string) => {
    const [, inner = ''] = new RegExp(`^\\s*${name}\\s*=\\s*\\[([^\\]]*)\\]`, 'm').exec(plain) ?? []
    return [...inner.matchAll(/"([^"]*)"/g)].map(([, arn = '']) => arn)
  }
  return { admin: listed(adminList), user: listed(userList) }
}

/** The roles that should be, by name. @throws Error with the words that stop it, for everybody */
export function planned(lists: Lists): Map<string, string> {
  const wanted = new Map<string, string>()
  const make = (arn: string, suffix: string) => {
    const [, local] = /\/(.+)@/.exec(arn) ?? []
    if (local === undefined)
      throw new Error(`Error: Error in function call: regex failed: pattern did not match any part of "${arn}"`)
    const name = `${local}-${suffix}`
    const other = wanted.get(name)
    if (other !== undefined && other !== arn)
      throw new Error(`Error: Duplicate object key: two different items produced the key "${local}"`)
    wanted.set(name, arn)
  }
  for (const arn of new Set(lists.admin)) for (const suffix of ['admin', 'poweruser']) make(arn, suffix)
  for (const arn of new Set([...lists.user, ...lists.admin])) make(arn, 'user')
  return wanted
}

/** @throws Error where a principal does not exist: AWS refuses the policy, and nothing is applied */
export function rolesFor(lists: Lists, account: Account, base: Account): Role[] {
  return [...planned(lists)].map(([name, arn]) => {
    const user = Object.values(base.users).find((one) => one.arn === arn)
    if (!user)
      throw new Error(
        `Error: updating IAM Role (${name}): MalformedPolicyDocument: Invalid principal in policy: "AWS":"${arn}"`,
      )
    const trust: Statement[] = [
      {
        effect: 'Allow',
        action: 'sts:AssumeRole',
        principals: [user.id],
        condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
      },
    ]
    return { name, arn: `arn:aws:iam::${account.id}:role/${name}`, trust, longestSessionSeconds: 28_800, applied: true }
  })
}
