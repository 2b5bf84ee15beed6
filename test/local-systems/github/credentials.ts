import { createVerify } from 'node:crypto'
import type { Call, Reply } from '../frame/call.ts'
import { refusal } from './model.ts'
import { installation } from './whole.ts'

/** Tokens with what they may do, and a GitHub App that gets its tokens by signing. */

export type Permission = 'members:read' | 'members:write' | 'contents:write' | 'pull_requests:write'

export const everything: Permission[] = ['members:read', 'members:write', 'contents:write', 'pull_requests:write']

/** The permission that a call needs, or `null`. */
function needed({ method, part }: Call): Permission | null {
  const [kind, , , what] = part
  if (kind === 'orgs') return method === 'GET' ? 'members:read' : 'members:write'
  if (kind !== 'repos' || method === 'GET') return null
  return what === 'pulls' || what === 'issues' ? 'pull_requests:write' : 'contents:write'
}

/** What GitHub says of a token of a person, in headers. */
export interface TokenKind {
  /** A fine-grained token’s answers name no scopes. */
  fineGrained?: boolean
  endsAt?: string
}

export interface Credentials {
  addToken(token: string, may: Permission[], kind?: TokenKind): void
  /** Or what an App may do from now on. */
  addApp(appId: string, installationId: string, publicKey: string, may: Permission[]): void
  suspend(installationId: string): void
  /** A refusal, what an App is told of itself, or `null` when the call may go on. */
  check(authorization: string | string[] | undefined, call: Call, now: Date): Reply | null
  /** What every answer says of whoever asked. */
  headersFor(authorization: string | string[] | undefined): Record<string, string>
}

const scopes: Record<Permission, string> = {
  'members:read': 'read:org',
  'members:write': 'write:org',
  'contents:write': 'repo',
  'pull_requests:write': 'repo',
}

const valueIn = (authorization: string | string[] | undefined) =>
  /^(?:token|bearer) (.+)$/i.exec(String(authorization))?.[1] ?? ''

export function createCredentials(origin: () => string): Credentials {
  const tokens = new Map<string, { may: Permission[]; kind: TokenKind | null }>()
  const apps = new Map<string, { appId: string; publicKey: string; may: Permission[]; suspended: boolean }>()

  function asApp(jwt: string, call: Call, now: Date): Reply {
    const app = apps.get(call.part[2] ?? '')
    const [head = '', claims = '', signature = ''] = jwt.split('.')
    if (!app) return refusal(404, 'Integration not found')
    const signed = createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(app.publicKey, signature, 'base64url')
    const issuer = signed ? JSON.parse(Buffer.from(claims, 'base64url').toString()).iss : null
    if (String(issuer) !== app.appId) return refusal(401, 'A JSON web token could not be decoded')
    const permissions = Object.fromEntries(app.may.map((one) => one.split(':')))
    if (call.method === 'GET')
      return { status: 200, data: installation(origin(), call.part[2] ?? '', { ...app, permissions }) }
    if (app.suspended) return refusal(403, 'This installation has been suspended')
    const token = `ghs_${tokens.size}`
    tokens.set(token, { may: app.may, kind: null })
    return {
      status: 201,
      data: {
        token,
        expires_at: new Date(now.getTime() + 3_600_000).toISOString(),
        permissions,
        repository_selection: 'all',
      },
    }
  }

  return {
    addToken: (token, may, kind = {}) => void tokens.set(token, { may, kind }),
    addApp: (appId, installationId, publicKey, may) =>
      void apps.set(installationId, { appId, publicKey, may, suspended: false }),
    suspend(installationId) {
      const app = apps.get(installationId)
      if (app) app.suspended = true
    },
    headersFor(authorization) {
      const { may = [], kind = null } = tokens.get(valueIn(authorization)) ?? {}
      return {
        ...(kind && !kind.fineGrained
          ? { 'x-oauth-scopes': [...new Set(may.map((one) => scopes[one]))].join(', ') }
          : {}),
        ...(kind?.endsAt ? { 'github-authentication-token-expiration': kind.endsAt } : {}),
      }
    },
    check(authorization = '', call, now) {
      const value = valueIn(authorization)
      if (call.part[0] === 'app') return asApp(value, call, now)
      const { may } = tokens.get(value) ?? {}
      if (!may) return refusal(401, 'Bad credentials')
      const wants = needed(call)
      if (wants === null || may.includes(wants) || (wants === 'members:read' && may.includes('members:write')))
        return null
      return {
        ...refusal(403, 'Resource not accessible by integration'),
        headers: { 'x-accepted-github-permissions': wants.replace(':', '=') },
      }
    },
  }
}
