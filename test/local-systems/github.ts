import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createCredentials, everything, type Permission } from './github/credentials.ts'
import { aboutSomebodyElse, createFaults, type Faults, refusalFor } from './github/faults.ts'
import { type Call, organisationOf, type Pull, type Reply, readState, writeState } from './github/model.ts'
import { createOrganisations } from './github/organisations.ts'
import { createPages } from './github/pages.ts'
import { createRepositories } from './github/repositories.ts'

/** A stateful GitHub on loopback: users, teams with invitations, contents, git data, pull requests, and pages for people. */

export interface LocalGithub {
  origin: string
  token: string
  faults: Faults
  /** Changing calls as they came in, for tests that count. */
  writes: string[]
  /** Every call of the API. */
  requests: { method: string; path: string; status: number }[]
  /** Whether only organisation owners may invite outsiders. */
  policy: { onlyOwnersInvite: boolean }
  addToken(token: string, may: Permission[]): void
  addApp(appId: string, installationId: string, publicKey: string): void
  addUser(login: string, id: number): void
  removeUser(login: string): void
  addOrgMember(org: string, login: string, role?: 'member' | 'admin'): void
  addTeam(org: string, slug: string, name: string, more?: { parent?: string; synchronised?: boolean }): void
  addMember(org: string, slug: string, login: string, role?: 'member' | 'maintainer'): void
  rename(login: string, to: string): void
  membership(org: string, slug: string, login: string): string
  roleOf(org: string, slug: string, login: string): string
  openInvitations(org: string): string[]
  accept(login: string, org?: string): void
  failInvitation(login: string, reason: string): void
  addRepo(name: string, files: Record<string, string>): void
  /** A commit by somebody else, on the main branch or another. */
  commit(repo: string, files: Record<string, string>, branch?: string): void
  /** A branch that somebody else puts by force onto one commit on another branch. */
  force(repo: string, branch: string, files: Record<string, string>, on?: string): void
  /** The button “Update branch” of a pull request, which merges the main branch into it. */
  updateBranch(repo: string, number: number): void
  file(repo: string, path: string, ref?: string): string
  pulls(repo: string): Pull[]
  /** Answers whether it could be merged. */
  merge(repo: string, number: number, by?: string, how?: 'merge' | 'squash'): boolean
  closePull(repo: string, number: number, by: string): void
  dump(): string
  close(): Promise<void>
}

export interface LocalGithubOptions {
  port?: number
  /** What `dump` gave in an earlier run. */
  state?: string | undefined
  onChange?: () => void
  /** A clock that tests can move: invitations run out by it. */
  now?: () => Date
}

const LIMIT = 5000

export async function startLocalGithub(options: LocalGithubOptions = {}): Promise<LocalGithub> {
  const token = 'local-github-token-0123456789'
  const now = options.now ?? (() => new Date())
  const state = readState(options.state)
  let origin = ''
  const policy = { onlyOwnersInvite: false }
  const organisations = createOrganisations(state, () => origin, now, policy)
  const repositories = createRepositories(state, () => origin, now)
  const page = createPages(state, organisations, repositories)
  const credentials = createCredentials()
  credentials.addToken(token, everything)
  const faults = createFaults()
  const writes: string[] = []
  const requests: LocalGithub['requests'] = []
  const changed = () => options.onChange?.()
  const teamOf = (org: string, slug: string) => state.teams.find((one) => one.org === org && one.slug === slug)
  const server = createServer((request, response) => void handle(request, response))

  function carryOut(call: Call): Reply {
    organisations.expire()
    if (call.part[0] === 'rate_limit') return { status: 200, data: { resources: { core: { limit: LIMIT } } } }
    const done = call.part[0] === 'repos' ? repositories.answer(call) : organisations.answer(call)
    if (call.method !== 'GET') changed()
    return done
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', origin)
    const method = request.method ?? 'GET'
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    if (faults.slowMs > 0) await new Promise((done) => setTimeout(done, faults.slowMs))
    if (!url.pathname.startsWith('/api/')) return showPage(response, method, url, text)
    const path = url.pathname.slice('/api'.length)
    const fault = faults.down ? 'no-answer' : faults.take(method, path)
    if (fault === 'no-answer') {
      // Down means refused at once; a single unanswered call stays open until the caller gives up.
      if (faults.down) request.socket.destroy()
      return
    }
    const call: Call = {
      method,
      part: path.split('/').slice(1).map(decodeURIComponent),
      query: url.searchParams,
      body: text ? JSON.parse(text) : {},
    }
    const refused = fault ? refusalFor(fault, now()) : null
    const reply = refused ?? credentials.check(request.headers.authorization, call, now()) ?? carryOut(call)
    requests.push({ method, path, status: reply.status })
    if (method !== 'GET' && call.part[0] !== 'app') writes.push(`${method} ${path}`)
    if (fault === 'lost-answer') return void request.socket.destroy()
    send(
      response,
      fault === 'somebody-else' ? { ...reply, data: aboutSomebodyElse(reply.data) } : reply,
      fault === 'truncated',
    )
  }

  function send(response: ServerResponse, { status, data, headers }: Reply, truncated: boolean): void {
    const text = data === undefined ? '' : JSON.stringify(data)
    response
      .writeHead(status, {
        'content-type': 'application/json; charset=utf-8',
        'x-github-request-id': randomBytes(8).toString('hex'),
        'x-ratelimit-limit': String(LIMIT),
        'x-ratelimit-remaining': String(Math.max(1, LIMIT - requests.length)),
        date: now().toUTCString(),
        ...headers,
      })
      .end(truncated ? text.slice(0, text.length / 2) : text)
  }

  function showPage(response: ServerResponse, method: string, url: URL, form: string): void {
    organisations.expire()
    const shown = page(method, url.pathname, url.searchParams, new URLSearchParams(form))
    if (shown?.goTo) {
      changed()
      response.writeHead(303, { location: shown.goTo }).end()
      return
    }
    response
      .writeHead(shown ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' })
      .end(shown?.html ?? 'Not found')
  }

  await new Promise<void>((done) => server.listen(options.port ?? 0, '127.0.0.1', done))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    token,
    faults,
    writes,
    requests,
    policy,
    addToken: credentials.addToken,
    addApp: (appId, installationId, publicKey) => credentials.addApp(appId, installationId, publicKey, everything),
    addUser: (login, id) => void state.users.set(login, id),
    removeUser: (login) => void state.users.delete(login),
    addOrgMember(org, login, role = 'member') {
      organisationOf(state, org).members[login] = role
    },
    addTeam(org, slug, name, more = {}) {
      if (!teamOf(org, slug)) state.teams.push({ org, slug, name, ...more, members: {} })
    },
    addMember(org, slug, login, role = 'member') {
      organisationOf(state, org).members[login] ??= 'member'
      const found = teamOf(org, slug)
      if (found) found.members[login] = { state: 'active', role }
    },
    rename(login, to) {
      state.users.set(to, state.users.get(login) ?? 0)
      state.users.delete(login)
      const move = (record: Record<string, unknown>) => {
        if (login in record) record[to] = record[login]
        delete record[login]
      }
      for (const one of state.teams) move(one.members)
      for (const one of state.organisations.values()) {
        move(one.members)
        for (const invited of one.invitations) if (invited.login === login) invited.login = to
      }
    },
    membership: (org, slug, login) => teamOf(org, slug)?.members[login]?.state ?? 'none',
    roleOf: (org, slug, login) => teamOf(org, slug)?.members[login]?.role ?? 'none',
    openInvitations: (org) => state.organisations.get(org)?.invitations.map((one) => one.login) ?? [],
    accept(login, org) {
      organisations.accept(login, org)
      changed()
    },
    failInvitation(login, reason) {
      organisations.failInvitation(login, reason)
      changed()
    },
    addRepo: repositories.add,
    commit: repositories.commit,
    force: (name, branch, files, on = 'main') => repositories.force(name, branch, files, on),
    updateBranch: repositories.updateBranch,
    file: (name, path, ref = 'main') => repositories.treeAt(name, ref)[path] ?? '',
    pulls: (name) => state.repositories.get(name)?.pulls ?? [],
    merge(name, number, by = 'kofi-o', how = 'merge') {
      const done = repositories.merge(name, number, by, how)
      changed()
      return done
    },
    closePull(name, number, by) {
      repositories.close(name, number, by)
      changed()
    },
    dump: () => writeState(state),
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
