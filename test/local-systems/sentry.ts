import type { Call, Reply } from './frame/call.ts'
import { aboutSomebodyElse, type CommonFault, createFaults, type Faults } from './frame/faults.ts'
import { escaped, goTo, type Page, pageOf } from './frame/page.ts'
import { type Recorded, startStandIn } from './frame/stand-in.ts'
import { createApi, type Member, type Policy, refusal, type State, type Token } from './sentry/api.ts'

/** A stateful Sentry on loopback: members with roles, invitations that people accept, a retired role, and two limits. */

export interface LocalSentry {
  origin: string
  organisation: string
  token: string
  faults: Faults
  requests: Recorded[]
  /** Changing calls as they came in, for tests that count. */
  writes: string[]
  policy: Policy
  addToken(value: string, token: Token): void
  addMember(email: string, change?: Partial<Member>): Member
  member(email: string): Member | null
  /** Who was invited and has not accepted. */
  invitations(): Member[]
  accept(email: string): void
  /** Somebody in the organisation takes an invitation or a member away. */
  removeMember(email: string): void
  dump(): string
  close(): Promise<void>
}

export interface LocalSentryOptions {
  port?: number | undefined
  /** What `dump` gave in an earlier run. */
  state?: string | undefined
  onChange?: () => void
  /** A clock that tests can move: invitations run out by it. */
  now?: () => Date
}

export async function startLocalSentry(options: LocalSentryOptions = {}): Promise<LocalSentry> {
  const now = options.now ?? (() => new Date())
  const [organisation, token] = ['example-gov', 'local-sentry-token-0123456789']
  const state: State = options.state ? JSON.parse(options.state) : { made: 0, members: [] }
  const policy: Policy = { adminRetired: false, invitationsLeft: 100 }
  const tokens = new Map<string, Token>([[token, { kind: 'user', scopes: ['member:admin', 'org:read'] }]])
  const faults = createFaults<CommonFault>('too-many')
  const changed = () => options.onChange?.()
  const api = createApi({ state, organisation, teams: ['developers', 'search'], policy, now })
  const member = (email: string) => state.members.find((one) => one.email === email) ?? null

  function addMember(email: string, change: Partial<Member> = {}): Member {
    state.made += 1
    const made: Member = {
      id: String(100 + state.made),
      email,
      orgRole: 'member',
      pending: false,
      inviteStatus: 'approved',
      invitedAt: now().toISOString(),
      teamRoles: [],
      flags: {},
      ...change,
    }
    state.members.push(made)
    return made
  }
  if (state.members.length === 0) addMember('production-access@example.gov.uk', { orgRole: 'owner' })

  function answer(call: Call): Reply {
    const [, value = ''] = /^Bearer (.+)$/.exec(String(call.headers['authorization'])) ?? []
    const own = tokens.get(value)
    return own ? api(call, own) : refusal(401, 'Invalid token')
  }

  function accept(email: string): void {
    const found = member(email)
    if (found) found.pending = false
    changed()
  }

  /** What the emailed invitation leads to, and who is in the organisation. */
  function page(method: string, path: string, query: URLSearchParams): Page | null {
    const email = query.get('as')
    if (method === 'POST' && path === '/accept' && email) {
      accept(email)
      return goTo('/accept')
    }
    const open = state.members
      .filter(({ pending }) => pending)
      .map(
        (one) =>
          `<form method="post" action="/accept?as=${encodeURIComponent(one.email)}"><button>Join as ${escaped(one.email)}</button></form>`,
      )
      .join('')
    const invitations = open || '<p>No invitation is open.</p>'
    if (path === '/accept') return pageOf('Sentry', 'Invitations', `<h1>Join ${organisation}</h1>${invitations}`)
    if (path !== '/' && path !== '/settings/members/') return null
    const members = state.members
      .filter(({ pending }) => !pending)
      .map(({ email: who, orgRole, teamRoles }) => {
        const teams = teamRoles.map(({ teamSlug, role }) => `${teamSlug}${role ? ` (${role})` : ''}`).join(', ')
        return `<li>${escaped(who)} – ${orgRole}${teams ? `, ${escaped(teams)}` : ''}</li>`
      })
    return pageOf(
      'Sentry',
      'Members',
      `<h1>Members</h1><ul>${members.join('')}</ul><section><h2>Invited</h2>${invitations}</section>`,
    )
  }

  const { origin, requests, writes, close } = await startStandIn({
    port: options.port,
    faults,
    answer,
    refusalFor,
    aboutSomebodyElse: (data) =>
      aboutSomebodyElse(data, {
        id: () => '999999',
        email: () => 'somebody.else@example.gov.uk',
      }),
    page,
    headers: () => ({
      date: now().toUTCString(),
      'x-sentry-rate-limit-limit': '40',
      'x-sentry-rate-limit-remaining': '39',
      'x-sentry-rate-limit-reset': String(Math.ceil(now().getTime() / 1000) + 1),
    }),
    onChange: changed,
  })

  return {
    origin,
    organisation,
    token,
    faults,
    requests,
    writes,
    policy,
    addToken: (value, own) => void tokens.set(value, own),
    addMember,
    member,
    invitations: () => state.members.filter(({ pending }) => pending),
    accept,
    removeMember(email) {
      state.members = state.members.filter((one) => one.email !== email)
    },
    dump: () => JSON.stringify(state),
    close,
  }
}

function refusalFor(fault: CommonFault): Reply | null {
  switch (fault) {
    case 'too-many':
      return {
        ...refusal(429, 'You are attempting to use this endpoint too frequently. Limit is 40 requests in 1 seconds'),
        headers: { 'retry-after': '1', 'x-sentry-rate-limit-remaining': '0' },
      }
    case 'server-error':
      return refusal(503, 'Internal Error')
    case 'forbidden':
      return refusal(403, 'You do not have permission to perform this action.')
    case 'lost-answer':
    case 'no-answer':
    case 'slow':
    case 'truncated':
    case 'somebody-else':
      return null
  }
}
