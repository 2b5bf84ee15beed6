import { JWT } from 'google-auth-library'
import { z } from 'zod'
import { SECOND } from '../../clock.ts'
import { SystemFailure } from '../../grants/system.ts'
import { outgoing } from '../http/outgoing.ts'
import { type GoogleTokens, noToken, SCOPE, type TokenParts } from './bearer.ts'
import type { GoogleCredentials } from './credentials.ts'
import { createWorkloadTokens } from './workload-tokens.ts'

const TOKEN_ORIGIN = 'https://oauth2.googleapis.com'
const TIME_OUT = 10 * SECOND

/** Tokens for Google’s interfaces, asked for when needed and kept in memory only. */
export function createGoogleTokens(given: GoogleCredentials, parts: TokenParts): GoogleTokens {
  return given.type === 'service_account' ? keyTokens(given, parts) : createWorkloadTokens(given, parts)
}

function keyTokens(
  { client_email, private_key }: Extract<GoogleCredentials, { type: 'service_account' }>,
  { tokensFrom }: TokenParts,
): GoogleTokens {
  const newClient = () =>
    new JWT({
      email: client_email,
      key: private_key,
      scopes: [SCOPE],
      // Asked once: the worker knows when it is worth another try.
      transporterOptions: {
        retryConfig: { retry: 0, noResponseRetries: 0 },
        fetchImplementation: tokenFetch(tokensFrom),
      },
    })
  let client = newClient()
  return {
    async header() {
      try {
        const { token } = await client.getAccessToken()
        if (token) return `Bearer ${token}`
      } catch (error) {
        throw tokenFailure(error)
      }
      throw noToken()
    },
    forget() {
      client = newClient()
    },
  }
}

/** The library’s calls through our own way out. */
function tokenFetch(tokensFrom: string | null): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (url.origin !== TOKEN_ORIGIN) throw new Error('Google gives no tokens at this address.')
    const at = tokensFrom === null ? url : new URL(`${tokensFrom}${url.pathname}`)
    return outgoing(at.origin, TIME_OUT)(at, init)
  }
}

const withStatus = z.object({ response: z.object({ status: z.number() }) })

/** The library’s errors carry the signed request, so they end here. */
function tokenFailure(error: unknown): SystemFailure {
  const read = withStatus.safeParse(error)
  const status = read.success ? read.data.response.status : null
  if (status === 429)
    return new SystemFailure('throttled', 'Google asks us to slow down.', 'This is tried again by itself.')
  if (status !== null && status < 500) return noToken()
  return new SystemFailure(
    'transient',
    'Google could not be reached for a token.',
    'This is tried again. If it stays, look at Google’s status page.',
  )
}
