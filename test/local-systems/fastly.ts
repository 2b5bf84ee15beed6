import { createApi } from './fastly/api.ts'
import { type Invitation, idFor, refusal, type State, type Token, type User } from './fastly/model.ts'
import { createPages } from './fastly/pages.ts'
import type { Call, Reply } from './frame/call.ts'
import { aboutSomebodyElse, type CommonFault, createFaults, type Faults } from './frame/faults.ts'
import { type Recorded, startStandIn } from './frame/stand-in.ts'

/** A stateful Fastly on loopback: users with roles and services, invitations that people accept, tokens, and its limit. */

export interface LocalFastly {
  origin: string
  customer: string
  token: string
  faults: Faults
  requests: Recorded[]
  /** Changing calls as they came in, for tests that count. */
  writes: string[]
  policy: {
    /** Users come from an identity provider, so that Fastly refuses changes. */
    provisioned: boolean
    /** Changes that one token may make in an hour. */
    changesAnHour: number
  }
  addToken(value: string, token: Partial<Omit<Token, 'id'>>): void
  addUser(login: string, change?: Partial<User>): User
  /** What somebody's own tools use. */
  addTokenOf(user: User): void
  user(login: string): User | null
  invitations(): Invitation[]
  tokensOf(user: User): Token[]
  accept(email: string): void
  dump(): string
  close(): Promise<void>
}

export interface LocalFastlyOptions {
  port?: number | undefined
  /** What `dump` gave in an earlier run. */
  state?: string | undefined
  onChange?: () => void
  /** A clock that tests can move: invitations run out by it. */
  now?: () => Date
}

const INVITATION_LASTS_MS = 7 * 86_400_000
const HOUR_MS = 3_600_000

export async function startLocalFastly(options: LocalFastlyOptions = {}): Promise<LocalFastly> {
  const now = options.now ?? (() => new Date())
  const customer = 'examplecustomer0000001'
  const token = 'local-fastly-token-0123456789'
  const state: State = options.state ? JSON.parse(options.state) : { made: 0, users: [], invitations: [], tokens: [] }
  const policy = { provisioned: false, changesAnHour: 1000 }
  const faults = createFaults<CommonFault>('too-many')
  /** Values of tokens are never in the state: they are secrets. */
  const values = new Map<string, Token>()
  let hour = { began: 0, changes: 0 }
  const changed = () => options.onChange?.()
  const api = createApi({ state, customer, now, isProvisioned: () => policy.provisioned })

  function addUser(login: string, change: Partial<User> = {}): User {
    const user: User = {
      id: idFor(state, 'user'),
      login,
      name: login,
      role: 'user',
      limit_services: true,
      locked: false,
      created_at: now().toISOString(),
      deleted_at: null,
      ...change,
    }
    state.users.push(user)
    return user
  }

  const service =
    state.users[0] ?? addUser('production-access@example.gov.uk', { role: 'superuser', limit_services: false })
  const addToken: LocalFastly['addToken'] = (value, change) =>
    void values.set(value, {
      id: `token-${values.size}`,
      user_id: service.id,
      name: 'ours',
      scope: 'global',
      expires_at: null,
      ...change,
    })
  addToken(token, { expires_at: '2027-06-30T00:00:00.000Z' })

  function answer(call: Call): Reply {
    const own = values.get(String(call.headers['fastly-key']))
    const caller = state.users.find(({ id }) => id === own?.user_id)
    if (!own || !caller || (own.expires_at && new Date(own.expires_at) <= now()))
      return refusal(401, 'Provided credentials are missing or invalid', 'Token is not known')
    if (call.method !== 'GET') {
      if (hour.changes >= policy.changesAnHour) return refusal(429, 'Too many requests', 'API rate limit')
      hour.changes += 1
    }
    return api(call, own, caller)
  }

  function accept(email: string): void {
    const found = state.invitations.find((one) => one.email === email)
    if (!found) return
    state.invitations = state.invitations.filter((one) => one !== found)
    addUser(email, { role: found.role, limit_services: found.limit_services })
    changed()
  }

  /** What runs out by the clock: invitations, and the hour in which changes are counted. */
  function expire(): void {
    if (now().getTime() - hour.began >= HOUR_MS) hour = { began: now().getTime(), changes: 0 }
    state.invitations = state.invitations.filter(
      ({ created_at }) => now().getTime() - Date.parse(created_at) < INVITATION_LASTS_MS,
    )
  }

  const { origin, requests, writes, close } = await startStandIn({
    port: options.port,
    faults,
    answer,
    refusalFor,
    aboutSomebodyElse: (data) =>
      aboutSomebodyElse(data, {
        id: () => 'somebodyelse0000000001',
        customer_id: () => 'somebodyelse0000000002',
        login: () => 'somebody.else@example.gov.uk',
        email: () => 'somebody.else@example.gov.uk',
      }),
    page: createPages(state, accept),
    headers: () => ({
      date: now().toUTCString(),
      'fastly-ratelimit-remaining': String(Math.max(0, policy.changesAnHour - hour.changes)),
      'fastly-ratelimit-reset': String(Math.ceil((hour.began + HOUR_MS) / 1000)),
    }),
    onChange: changed,
    before: expire,
  })

  return {
    origin,
    customer,
    token,
    faults,
    requests,
    writes,
    policy,
    addToken,
    addUser,
    addTokenOf: ({ id }) =>
      void state.tokens.push({
        id: idFor(state, 'token'),
        user_id: id,
        name: 'their own',
        scope: 'global',
        expires_at: null,
      }),
    user: (login) => state.users.find((one) => one.login === login && !one.deleted_at) ?? null,
    invitations: () => state.invitations,
    tokensOf: (user) => state.tokens.filter(({ user_id }) => user_id === user.id),
    accept,
    dump: () => JSON.stringify(state),
    close,
  }
}

function refusalFor(fault: CommonFault): Reply | null {
  switch (fault) {
    case 'too-many':
      return { ...refusal(429, 'Too many requests', 'API rate limit'), headers: { 'retry-after': '7' } }
    case 'server-error':
      return refusal(503, 'Service unavailable', 'Try again')
    case 'forbidden':
      return refusal(403, 'You are not authorized to perform this action', 'Role does not allow it')
    case 'lost-answer':
    case 'no-answer':
    case 'slow':
    case 'truncated':
    case 'somebody-else':
      return null
  }
}
