import { createHash, randomInt } from 'node:crypto'

/** What the local AWS knows. Plain data, so that it can be kept in a file between runs. */

export interface User {
  name: string
  arn: string
  /** AIDA…; another one for a user that is made again under the same name. */
  id: string
  mfaDevices: number
}

/** A statement as it was given; users in `principals` are kept by their id, as IAM does. */
export interface Statement {
  effect: 'Allow' | 'Deny'
  action: string | string[]
  principals: string[]
  condition?: Record<string, Record<string, unknown>>
}

export interface Role {
  name: string
  arn: string
  trust: Statement[]
  longestSessionSeconds: number
  /** Made by the apply, and so also deleted by it. */
  applied: boolean
}

/** A role as it was from some moment on: IAM shows changes late. `null` = deleted. */
export interface RoleVersion {
  /** Milliseconds since 1970 from which calls see it. */
  from: number
  role: Role | null
}

/** Of a user in a group; IAM shows changes late. */
export interface Membership {
  /** The user's id: a user of the same name that was made again is not in it. */
  id: string
  /** Milliseconds since 1970 between which calls see it. */
  from: number
  until: number | null
}

export interface Account {
  id: string
  users: Record<string, User>
  roles: Record<string, RoleVersion[]>
  groups: Record<string, Membership[]>
}

export interface State {
  accounts: Record<string, Account>
  /** By environment: what the newest apply said. */
  applies: Record<string, { at: string; problem: string | null }>
}

/** One answer of the API, before it becomes XML. */
export interface Reply {
  status: number
  /** The result's inner XML, or the error. */
  result?: string
  error?: { code: string; message: string }
}

export const refusal = (status: number, code: string, message: string): Reply => ({ status, error: { code, message } })

/** Ids look like AWS's own and are nobody's. */
export function newId(prefix: 'AIDA' | 'ASIA'): string {
  return `${prefix}LOCAL${Array.from({ length: 11 }, () => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[randomInt(32)]).join('')}`
}

export function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex')
}

export const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

export const element = (name: string, value: string | number) => `<${name}>${escaped(String(value))}</${name}>`

/** A user as every answer of IAM has it. */
export function userElements({ name, id, arn }: User): string {
  const values = { Path: '/', UserName: name, UserId: id, Arn: arn, CreateDate: '2024-05-02T09:00:00Z' }
  return Object.entries(values)
    .map(([key, value]) => element(key, value))
    .join('')
}
