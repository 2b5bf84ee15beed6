import { SystemFailure } from '../../grants/system.ts'
import { type JsonAnswer, type JsonCall, type JsonClient, jsonClient } from '../http/json-client.ts'
import type { GoogleTokens } from './bearer.ts'

/** Cloud Identity's interface for groups. */
export type GoogleClient = Pick<JsonClient, 'call' | 'failures'>

export interface GoogleParts {
  apiUrl: string
  tokens: GoogleTokens
  now(): Date
  timeOutMs?: number
}

/** Google’s limits are counted per minute and told only by a 429, so nothing is read from headers. */
export function createGoogleClient({ apiUrl, tokens, now, timeOutMs }: GoogleParts): GoogleClient {
  const client = jsonClient({
    name: 'Google',
    baseUrl: apiUrl,
    headers: { authorization: () => tokens.header() },
    now,
    ...(timeOutMs === undefined ? {} : { timeOutMs }),
    known: ({ status }) => (status === 403 ? noConsent() : null),
  })
  return {
    failures: client.failures,
    async call<T>(call: JsonCall<T>): Promise<JsonAnswer<T> | null> {
      try {
        return await client.call(call)
      } catch (error) {
        if (!(error instanceof SystemFailure) || error.kind !== 'unauthorised') throw error
        // A refused token did nothing, so asking once more with a new one is safe, also for a change.
        tokens.forget()
        return client.call(call)
      }
    },
  }
}

/** Google answers the same for a group that is not there and for one that nobody let us see. */
export function noConsent(): SystemFailure {
  return new SystemFailure(
    'forbidden',
    'Google does not let our service account see or change this group.',
    'An owner of the group makes our service account a manager of it, then tries again; or people do this step by hand.',
  )
}
