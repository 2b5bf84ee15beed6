import type { Reply } from '../frame/call.ts'

/** What the local Fastly knows. Plain data, so that it can be kept in a file between runs. */

export interface User {
  id: string
  login: string
  name: string
  role: 'user' | 'billing' | 'engineer' | 'superuser'
  /** Newer accounts have several roles; `role` is then the first. */
  roles?: string[]
  limit_services: boolean
  locked: boolean
  created_at: string
  deleted_at: string | null
}

export interface Invitation {
  id: string
  email: string
  role: User['role']
  limit_services: boolean
  created_at: string
}

export interface Token {
  id: string
  user_id: string
  name: string
  scope: 'global' | 'global:read'
  expires_at: string | null
}

export interface State {
  made: number
  users: User[]
  invitations: Invitation[]
  tokens: Token[]
}

/** As Fastly refuses. */
export const refusal = (status: number, msg: string, detail: string): Reply => ({ status, data: { msg, detail } })

export const notFound = refusal(404, 'Record not found', 'Cannot find the record')

/** Fastly's ids: 22 letters and digits. */
export function idFor(state: State, what: string): string {
  state.made += 1
  return `${what}${state.made}`.padEnd(22, 'x')
}
