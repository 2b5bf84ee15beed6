import { createVerify } from 'node:crypto'
import type { Call, Reply } from '../frame/call.ts'
import { refusal } from './model.ts'

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

export interface Credentials {
  addToken(token: string, may: Permission[]): void
  addApp(appId: string, installationId: string, publicKey: string, may: Permission[]): void
  /** A refusal, a token for an App, or `null` when the call may go on. */
  check(authorization: string | string[] | undefined, call: Call, now: Date): Reply | null
}

export function createCredentials(): Credentials {
  const tokens = new Map<string, Permission[]>()
  const apps = new Map<string, { appId: string; publicKey: string; may: Permission[] }>()

  function installationToken(jwt: string, call: Call, now: Date): Reply {
    const app = apps.get(call.part[2] ?? '')
    const [head = '', claims = '', signature = ''] = jwt.split('.')
    if (!app) return refusal(404, 'Integration not found')
    const signed = createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(app.publicKey, signature, 'base64url')
    const issuer = signed ? JSON.parse(Buffer.from(claims, 'base64url').toString()).iss : null
    if (String(issuer) !== app.appId) return refusal(401, 'A JSON web token could not be decoded')
    const token = `ghs_${tokens.size}`
    tokens.set(token, app.may)
    const permissions = Object.fromEntries(app.may.map((one) => one.split(':')))
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
    addToken: (token, may) => void tokens.set(token, may),
    addApp: (appId, installationId, publicKey, may) => void apps.set(installationId, { appId, publicKey, may }),
    check(authorization = '', call, now) {
      const [, value = ''] = /^(?:token|bearer) (.+)$/i.exec(String(authorization)) ?? []
      if (call.part[0] === 'app') return installationToken(value, call, now)
      const may = tokens.get(value)
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
