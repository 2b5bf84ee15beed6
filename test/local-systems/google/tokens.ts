import { createVerify, generateKeyPairSync, randomBytes } from 'node:crypto'
import type { GoogleCredentials } from '../../../server/systems/google/credentials.ts'
import type { Reply } from '../frame/call.ts'
import { refusal } from './model.ts'

/** Where Google gives tokens: for a service account's signature, and for a workload's proof in two steps. */

const SCOPE = 'https://www.googleapis.com/auth/cloud-identity.groups'
const AUDIENCE = 'https://oauth2.googleapis.com/token'
const TOKEN_MS = 3_600_000

export interface Tokens {
  /** The key of the service account, as Google lets one download it. */
  key: Extract<GoogleCredentials, { type: 'service_account' }>
  /** Proof that a workload's own platform gave it. */
  proof: string
  /** The service account's address, where the call carries a token of it that holds. */
  callerOf(authorization: string, now: number): string | null
  answer(path: string, form: Record<string, unknown>, authorization: string, now: number): Reply
  /** All tokens end now, whatever they were promised. */
  end(): void
  /** The key was deleted. */
  deleteKey(): void
}

/** @param wall what our callers' clocks say, in milliseconds since 1970 */
export function createTokens(email: string, wall: () => number): Tokens {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const proof = randomBytes(16).toString('hex')
  const tokens = new Map<string, { email: string; endsAt: number }>()
  let holds = true

  function give(now: number, to: string): { token: string } {
    const token = `local-${randomBytes(16).toString('hex')}`
    tokens.set(token, { email: to, endsAt: now + TOKEN_MS })
    return { token }
  }

  function forKey(form: Record<string, unknown>, now: number): Reply {
    const bad = { status: 400, data: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } }
    const [head = '', claims = '', signature = ''] = String(form['assertion']).split('.')
    const signed = createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(publicKey, signature, 'base64url')
    if (!signed || !holds) return bad
    const { iss, aud, scope }: Record<string, unknown> = JSON.parse(Buffer.from(claims, 'base64url').toString())
    if (iss !== email || aud !== AUDIENCE || scope !== SCOPE) return bad
    const { token } = give(now, email)
    return { status: 200, data: { access_token: token, expires_in: TOKEN_MS / 1000, token_type: 'Bearer' } }
  }

  return {
    key: { type: 'service_account', client_email: email, private_key: privateKey },
    proof,
    callerOf(authorization, now) {
      const [, token = ''] = /^Bearer (.+)$/.exec(authorization) ?? []
      const known = tokens.get(token)
      return known && known.endsAt > now ? known.email : null
    },
    answer(path, form, authorization, now) {
      if (path === '/tokens/token') return forKey(form, now)
      if (path === '/tokens/v1/token') {
        if (form['subject_token'] !== proof)
          return { status: 400, data: { error: 'invalid_grant', error_description: 'The subject token is not valid.' } }
        const { token } = give(now, 'workload')
        return {
          status: 200,
          data: {
            access_token: token,
            issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
            token_type: 'Bearer',
            expires_in: TOKEN_MS / 1000,
          },
        }
      }
      const [, impersonated] =
        /^\/tokens\/v1\/projects\/-\/serviceAccounts\/([^/]+):generateAccessToken$/.exec(path) ?? []
      if (impersonated === undefined) return refusal(404, 'Not found')
      if (this.callerOf(authorization, now) !== 'workload' || decodeURIComponent(impersonated) !== email)
        return refusal(403, 'Permission iam.serviceAccounts.getAccessToken denied')
      const { token } = give(now, email)
      const expireTime = new Date(wall() + TOKEN_MS).toISOString()
      return { status: 200, data: { accessToken: token, expireTime } }
    },
    end: () => tokens.clear(),
    deleteKey() {
      holds = false
    },
  }
}
