import { type JsonClient, jsonClient } from '../http/json-client.ts'
import type { Limits } from '../http/pace.ts'
import { knownTexts } from './refusals.ts'

/** How Sentry's interface is reached. */
export interface SentryAccess {
  apiUrl: string
  /** Of a user: integrations may not change roles. */
  token: string
}

/** 40 calls a second at these addresses; Sentry says on every answer how many are left. */
const callsASecond: Limits = {
  counts: 'every-call',
  read(headers) {
    const remaining = headers.get('x-sentry-rate-limit-remaining')
    return remaining === null
      ? null
      : { remaining: Number(remaining), resetsAt: headers.get('x-sentry-rate-limit-reset') }
  },
}

export function createSentryClient(access: SentryAccess, now: () => Date, timeOutMs?: number): JsonClient {
  return jsonClient({
    name: 'Sentry',
    baseUrl: access.apiUrl,
    headers: { authorization: () => `Bearer ${access.token}` },
    now,
    limits: callsASecond,
    known: knownTexts,
    ...(timeOutMs ? { timeOutMs } : {}),
  })
}
