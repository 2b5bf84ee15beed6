import { wrongByGoogle } from '../contracts/google.ts'
import type { Call, Reply } from './frame/call.ts'
import { type CommonFault, createFaults, type Faults, aboutSomebodyElse as inPlaceOf } from './frame/faults.ts'
import { goTo } from './frame/page.ts'
import { startStandIn } from './frame/stand-in.ts'
import { createGroups } from './google/groups.ts'
import { type Group, refusal, type State, sameAddress } from './google/model.ts'
import { groupPage } from './google/pages.ts'
import { createTokens, type Tokens } from './google/tokens.ts'

/**
 * A stateful Cloud Identity on loopback: groups with managers, memberships that end by a movable clock, changes that are
 * seen late, tokens for a service account's signature, and a page for people.
 */

export interface LocalGoogle {
  origin: string
  /** Where tokens are given. */
  tokensUrl: string
  /** The service account's address. */
  serviceAccount: string
  tokens: Pick<Tokens, 'key' | 'proof' | 'end' | 'deleteKey'>
  faults: Faults
  /** Every call, of the token endpoints too. */
  requests: { method: string; path: string; status: number }[]
  /** Calls about groups that were carried out or refused by their own reasons, with what was sent. */
  calls: { method: string; path: string; status: number; body: unknown }[]
  edition: 'premium' | 'basic'
  /** How long a new membership takes until calls see it, in milliseconds. */
  settleMs: number
  /** Members on one page of a list. */
  pageSize: number
  addGroup(email: string, name: string, more?: { takesOutsiders?: boolean }): void
  /** Whether our service account manages a group: consent is that somebody made it so. */
  consent(group: string, given: boolean): void
  /** By somebody else's hand. */
  addMember(group: string, email: string, role?: 'MEMBER' | 'MANAGER' | 'OWNER', expireTime?: string): void
  removeMember(group: string, email: string): void
  roleOf(group: string, email: string): string
  dump(): string
  /** @throws Error that names every request and answer that Google's own description does not allow */
  close(): Promise<void>
}

export interface LocalGoogleOptions {
  port?: number | undefined
  /** What `dump` gave in an earlier run. */
  state?: string | undefined
  onChange?: () => void
  /** By which memberships and tokens end; may be moved on. */
  now?: () => Date
  /** What our callers' clocks say, in which they are told when a token ends; the same where left out. */
  wall?: () => Date
}

export async function startLocalGoogle(options: LocalGoogleOptions = {}): Promise<LocalGoogle> {
  const now = () => (options.now ?? (() => new Date()))().getTime()
  const state: State = options.state ? JSON.parse(options.state) : { groups: [], made: 0 }
  const serviceAccount = 'production-access@example-project.iam.gserviceaccount.com'
  const tokens = createTokens(serviceAccount, () => options.wall?.().getTime() ?? now())
  const faults = createFaults<CommonFault>('too-many')
  const calls: LocalGoogle['calls'] = []
  const settings: Pick<LocalGoogle, 'edition' | 'settleMs' | 'pageSize'> = {
    edition: 'premium',
    settleMs: 0,
    pageSize: 200,
  }
  const groups = createGroups(state, {
    edition: () => settings.edition,
    settleMs: () => settings.settleMs,
    pageSize: () => settings.pageSize,
  })
  const changed = () => options.onChange?.()

  function groupOf(email: string): Group {
    const found = state.groups.find((group) => sameAddress(group.email, email))
    if (!found) throw new Error(`there is no group ${email}`)
    return found
  }

  function answer({ method, part, query, body, headers }: Call): Reply {
    const path = `/${part.join('/')}`
    const { authorization } = headers
    const bearer = typeof authorization === 'string' ? authorization : ''
    if (part[0] === 'tokens') return tokens.answer(path, body, bearer, now())
    const caller = tokens.callerOf(bearer, now())
    if (caller === null) return refusal(401, 'Request had invalid authentication credentials.')
    const reply = groups.answer({ method, path, query, body, caller, now: now() })
    calls.push({ method, path, status: reply.status, body })
    return reply
  }

  function page(method: string, path: string, form: URLSearchParams) {
    const group = state.groups.find(({ id }) => path === `/groups/${id}`)
    if (method !== 'POST' || !group) return groupPage(state, path)
    const [add, remove] = [form.get('add'), form.get('remove')]
    if (add) addMember(group, add, 'MEMBER')
    if (remove) removeMember(group, remove)
    return goTo(path)
  }

  function addMember(group: Group, email: string, role: 'MEMBER' | 'MANAGER' | 'OWNER', expireTime?: string): void {
    removeMember(group, email)
    state.made += 1
    const member = { name: 'MEMBER' as const, ...(expireTime ? { expireTime } : {}) }
    const roles = role === 'MEMBER' ? [member] : [member, { name: role }]
    group.members.push({ id: String(1000 + state.made), email, roles, from: now() })
    changed()
  }

  function removeMember(group: Group, email: string): void {
    group.members = group.members.filter((member) => !sameAddress(member.email, email))
    changed()
  }

  const { origin, requests, close } = await startStandIn({
    port: options.port,
    prefix: '/v1',
    faults,
    answer,
    refusalFor,
    aboutSomebodyElse: (data) =>
      inPlaceOf(data, { name: () => 'groups/another/memberships/9999', id: () => 'somebody.else@example.gov.uk' }),
    page: (method, path, _query, form) => page(method, path, form),
    headers: () => ({}),
    onChange: changed,
    before: () => groups.expire(now()),
    // Tokens are given by other interfaces than the one that is described.
    wrong: (exchange) => (exchange.path.startsWith('/tokens/') ? [] : wrongByGoogle(exchange)),
  })
  return Object.assign(settings, {
    origin,
    tokensUrl: `${origin}/v1/tokens`,
    requests,
    serviceAccount,
    tokens,
    faults,
    calls,
    addGroup(email: string, name: string, more: { takesOutsiders?: boolean } = {}) {
      if (state.groups.some((group) => sameAddress(group.email, email))) return
      const id = email.split('@')[0] ?? email
      state.groups.push({ id, email, name, takesOutsiders: more.takesOutsiders ?? false, members: [] })
      addMember(groupOf(email), serviceAccount, 'MANAGER')
    },
    consent(email: string, given: boolean) {
      if (given) addMember(groupOf(email), serviceAccount, 'MANAGER')
      else removeMember(groupOf(email), serviceAccount)
    },
    addMember: (group: string, email: string, role: 'MEMBER' | 'MANAGER' | 'OWNER' = 'MEMBER', expireTime?: string) =>
      addMember(groupOf(group), email, role, expireTime),
    removeMember: (group: string, email: string) => removeMember(groupOf(group), email),
    roleOf(email: string, member: string) {
      groups.expire(now())
      const found = groupOf(email).members.find((one) => sameAddress(one.email, member))
      return found?.roles.at(-1)?.name ?? 'none'
    },
    dump: () => JSON.stringify(state),
    close,
  })
}

/** Answers that Google gives instead of doing what was asked. */
function refusalFor(fault: CommonFault): Reply | null {
  switch (fault) {
    case 'too-many':
      return { ...refusal(429, 'Quota exceeded for quota metric.'), headers: { 'retry-after': '7' } }
    case 'server-error':
      return refusal(503, 'The service is currently unavailable.')
    case 'forbidden':
      return refusal(403, 'Error(2028): Permission denied for resource (or it may not exist).')
    case 'lost-answer':
    case 'no-answer':
    case 'slow':
    case 'truncated':
    case 'somebody-else':
      return null
  }
}
