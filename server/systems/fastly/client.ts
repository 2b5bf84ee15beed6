import { type JsonClient, jsonClient } from '../http/json-client.ts'
import type { Limits } from '../http/pace.ts'
import { provisioned } from './refusals.ts'

/** How Fastly's interface is reached. */
export interface FastlyAccess {
  apiUrl: string
  token: string
}

/** 1,000 changes an hour for each token; reads are not counted. Fastly says on every answer how many are left. */
const changesAnHour: Limits = {
  counts: 'changes',
  read(headers) {
    const remaining = headers.get('fastly-ratelimit-remaining')
    return remaining === null ? null : { remaining: Number(remaining), resetsAt: headers.get('fastly-ratelimit-reset') }
  },
}

export function createFastlyClient(access: FastlyAccess, now: () => Date, timeOutMs?: number): JsonClient {
  return jsonClient({
    name: 'Fastly',
    baseUrl: access.apiUrl,
    headers: { 'Fastly-Key': () => access.token },
    now,
    limits: changesAnHour,
    known: ({ status, said }) => (status < 500 && /identity provider|okta|scim/i.test(said) ? provisioned(null) : null),
    ...(timeOutMs ? { timeOutMs } : {}),
  })
}
