import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createFaults, type Fault, type Faults } from './github/faults.ts'
import { createGroups } from './google/groups.ts'
import { type Group, type Reply, refusal, type State, sameAddress } from './google/model.ts'
import { pageOf } from './google/pages.ts'
import { createTokens, type Tokens } from './google/tokens.ts'

/**
 * A stateful Cloud Identity on loopback: groups with managers, memberships that end by a movable clock, changes that are
 * seen late, tokens for a service account's signature, and a page for people.
 */

export interface LocalGoogle {
  origin: string
  /** The service account's address. */
  serviceAccount: string
  tokens: Pick<Tokens, 'key' | 'proof' | 'end' | 'deleteKey'>
  faults: Faults
  /** Calls of the API as they came in, and of the token endpoint. */
  calls: { method: string; path: string; status: number; body: unknown; answer: unknown }[]
  edition: 'premium' | 'basic'
  /** How long a new membership takes until calls see it, in milliseconds. */
  settleMs: number
  addGroup(email: string, name: string, more?: { takesOutsiders?: boolean }): void
  /** Whether our service account manages a group: consent is that somebody made it so. */
  consent(group: string, given: boolean): void
  /** By somebody else's hand. */
  addMember(group: string, email: string, role?: 'MEMBER' | 'MANAGER' | 'OWNER', expireTime?: string): void
  removeMember(group: string, email: string): void
  roleOf(group: string, email: string): string
  dump(): string
  close(): Promise<void>
}

export interface LocalGoogleOptions {
  port?: number
  /** What `dump` gave in an earlier run. */
  state?: string | undefined
  onChange?: () => void
  now?: () => Date
}

export async function startLocalGoogle(options: LocalGoogleOptions = {}): Promise<LocalGoogle> {
  const now = () => (options.now ?? (() => new Date()))().getTime()
  const state: State = options.state ? JSON.parse(options.state) : { groups: [], made: 0 }
  const serviceAccount = 'production-access@example-project.iam.gserviceaccount.com'
  const tokens = createTokens(serviceAccount)
  const faults = createFaults()
  const calls: LocalGoogle['calls'] = []
  const settings: Pick<LocalGoogle, 'edition' | 'settleMs'> = { edition: 'premium', settleMs: 0 }
  const groups = createGroups(state, { edition: () => settings.edition, settleMs: () => settings.settleMs })
  const changed = () => options.onChange?.()
  const server = createServer((request, response) => void handle(request, response))

  function groupOf(email: string): Group {
    const found = state.groups.find((group) => sameAddress(group.email, email))
    if (!found) throw new Error(`there is no group ${email}`)
    return found
  }

  function carryOut(request: IncomingMessage, url: URL, text: string): Reply {
    const { authorization } = request.headers
    const token = tokens.answer(url.pathname, new URLSearchParams(text), authorization, now())
    if (token) return token
    const caller = tokens.callerOf(authorization, now())
    if (caller === null) return refusal(401, 'Request had invalid authentication credentials.')
    const body: Record<string, unknown> = text === '' ? {} : JSON.parse(text)
    const method = request.method ?? 'GET'
    const reply = groups.answer({ method, path: url.pathname, query: url.searchParams, body, caller, now: now() })
    if (method !== 'GET') changed()
    return reply
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://local')
    const method = request.method ?? 'GET'
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    if (!/^\/(v1\/|token$)/.test(url.pathname)) return showPage(response, method, url.pathname, text)
    if (faults.slowMs > 0) await new Promise((done) => setTimeout(done, faults.slowMs))
    const fault = faults.down ? 'no-answer' : faults.take(method, url.pathname)
    if (fault === 'no-answer') {
      // Down means refused at once; a single unanswered call stays open until the caller gives up.
      if (faults.down) request.socket.destroy()
      return
    }
    const reply = (fault && refusalFor(fault)) ?? carryOut(request, url, text)
    const data = fault === 'somebody-else' ? aboutSomebodyElse(reply.data) : reply.data
    const isToken = !url.pathname.startsWith('/v1/groups')
    calls.push({
      method,
      path: url.pathname,
      status: reply.status,
      body: isToken || text === '' ? null : JSON.parse(text),
      answer: isToken ? null : data,
    })
    if (fault === 'lost-answer') return void request.socket.destroy()
    const json = JSON.stringify(data)
    response
      .writeHead(reply.status, {
        'content-type': 'application/json; charset=UTF-8',
        ...(reply.status === 429 ? { 'retry-after': '7' } : {}),
      })
      .end(fault === 'truncated' ? json.slice(0, json.length / 2) : json)
  }

  function showPage(response: ServerResponse, method: string, path: string, text: string): void {
    groups.expire(now())
    const group = state.groups.find(({ id }) => path === `/groups/${id}`)
    if (method === 'POST' && group) {
      const form = new URLSearchParams(text)
      const [add, remove] = [form.get('add'), form.get('remove')]
      if (add) addMember(group, add, 'MEMBER')
      if (remove) removeMember(group, remove)
      response.writeHead(303, { location: path }).end()
      return
    }
    const page = pageOf(state, path)
    response.writeHead(page ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' }).end(page ?? 'Not found')
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

  await new Promise<void>((done) => server.listen(options.port ?? 0, '127.0.0.1', done))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return Object.assign(settings, {
    origin,
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
      const found = groupOf(email).members.find((one) => sameAddress(one.email, member))
      return found?.roles.at(-1)?.name ?? 'none'
    },
    dump: () => JSON.stringify(state),
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  })
}

/** Answers that Google gives instead of doing what was asked. */
function refusalFor(fault: Fault): Reply | null {
  switch (fault) {
    case 'primary-limit':
    case 'secondary-limit':
    case 'too-many':
      return refusal(429, 'Quota exceeded for quota metric.')
    case 'server-error':
      return refusal(503, 'The service is currently unavailable.')
    case 'lost-answer':
    case 'no-answer':
    case 'truncated':
    case 'somebody-else':
      return null
  }
}

/** The same answer about another person or group. */
function aboutSomebodyElse(data: unknown): unknown {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      if (key === 'name') return [key, 'groups/another/memberships/9999']
      if (key === 'id') return [key, 'somebody.else@example.gov.uk']
      return [key, aboutSomebodyElse(value)]
    }),
  )
}
