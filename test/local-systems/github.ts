import { randomBytes } from 'node:crypto'
import { type Contract, readContract } from '../contracts/contract.ts'
import type { Call, Reply } from './frame/call.ts'
import { createFaults, type Faults } from './frame/faults.ts'
import { type Recorded, startStandIn } from './frame/stand-in.ts'
import { createCredentials, everything, type Permission, type TokenKind } from './github/credentials.ts'
import { aboutSomebodyElse, type Fault, refusalFor } from './github/faults.ts'
import { organisationOf, type Pull, readState, writeState } from './github/model.ts'
import { createOrganisations } from './github/organisations.ts'
import { createPages } from './github/pages.ts'
import { createRepositories } from './github/repositories.ts'

/** A stateful GitHub on loopback: users, teams with invitations, contents, git data, pull requests, and pages for people. */

export interface LocalGithub {
  origin: string
  token: string
  faults: Faults<Fault>
  /** The hour's calls are used up from now on; a new hour begins one later. */
  spend(): void
  /** Changing calls as they came in, for tests that count. */
  writes: string[]
  /** Every call of the API. */
  requests: Recorded[]
  /** Whether only organisation owners may invite outsiders. */
  policy: { onlyOwnersInvite: boolean }
  addToken(token: string, may: Permission[], kind?: TokenKind): void
  addApp(appId: string, installationId: string, publicKey: string, may?: Permission[]): void
  /** An owner of the organisation suspends our App. */
  suspend(installationId: string): void
  addUser(login: string, id: number): void
  removeUser(login: string): void
  addOrgMember(org: string, login: string, role?: 'member' | 'admin'): void
  addTeam(org: string, slug: string, name: string, more?: { parent?: string; synchronised?: boolean }): void
  addMember(org: string, slug: string, login: string, role?: 'member' | 'maintainer'): void
  removeMember(org: string, slug: string, login: string): void
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
  /** Operations of GitHub's description that were called, and those that were not. */
  contract: Pick<Contract, 'seen'>
  dump(): string
  /** @throws Error that names every request and answer that GitHub's own description does not allow */
  close(): Promise<void>
}

export interface LocalGithubOptions {
  port?: number | undefined
  /** What `dump` gave in an earlier run. */
  state?: string | undefined
  onChange?: () => void
  /** A clock that tests can move: invitations run out by it. */
  now?: () => Date
}

const LIMIT = 5000
const HOUR_MS = 3_600_000

export async function startLocalGithub(options: LocalGithubOptions = {}): Promise<LocalGithub> {
  const token = 'local-github-token-0123456789'
  const now = options.now ?? (() => new Date())
  const state = readState(options.state)
  let origin = ''
  const policy = { onlyOwnersInvite: false }
  let spentUntil = new Date(0)
  const organisations = createOrganisations(state, () => origin, now, policy)
  const repositories = createRepositories(state, () => origin, now)
  const page = createPages(state, organisations, repositories)
  const credentials = createCredentials(() => origin)
  credentials.addToken(token, everything)
  const faults = createFaults<Fault>('secondary-limit')
  const changed = () => options.onChange?.()
  const teamOf = (org: string, slug: string) => state.teams.find((one) => one.org === org && one.slug === slug)

  const contract = await readContract('github.json')
  function answer(call: Call): Reply {
    const refused = credentials.check(call.headers['authorization'], call, now())
    if (refused) return refused
    if (call.part[0] === 'rate_limit') {
      const rate = { limit: LIMIT, used: 0, remaining: LIMIT, reset: 0 }
      const headers = credentials.headersFor(call.headers['authorization'])
      return { status: 200, data: { rate, resources: { core: rate, search: rate } }, headers }
    }
    return call.part[0] === 'repos' ? repositories.answer(call) : organisations.answer(call)
  }

  const { requests, writes, close, ...served } = await startStandIn({
    port: options.port,
    faults,
    answer,
    refusalFor: (fault) => refusalFor(fault, now()),
    aboutSomebodyElse,
    page,
    headers: (asked) => ({
      'x-github-request-id': randomBytes(8).toString('hex'),
      'x-ratelimit-limit': String(LIMIT),
      'x-ratelimit-remaining': String(now() < spentUntil ? 0 : Math.max(1, LIMIT - asked)),
      'x-ratelimit-reset': String(Math.ceil(Math.max(spentUntil.getTime(), now().getTime() + HOUR_MS) / 1000)),
      'x-ratelimit-resource': 'core',
      date: now().toUTCString(),
    }),
    isWrite: ({ method, part }) => method !== 'GET' && part[0] !== 'app',
    onChange: changed,
    before: () => organisations.expire(),
    wrong: (exchange) => contract.wrong({ ...exchange, path: oneSegment(exchange.path) }),
  })
  origin = served.origin
  return {
    origin,
    token,
    faults,
    writes,
    spend: () => {
      spentUntil = new Date(now().getTime() + HOUR_MS)
    },
    requests,
    policy,
    contract,
    addToken: credentials.addToken,
    addApp: (appId, installationId, publicKey, may = everything) =>
      credentials.addApp(appId, installationId, publicKey, may),
    suspend: credentials.suspend,
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
    removeMember(org, slug, login) {
      delete teamOf(org, slug)?.members[login]
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
    close,
  }
}

/** Where GitHub takes a name with slashes, as its description cannot say it: in one part. */
function oneSegment(path: string): string {
  return path.replace(
    /^(\/repos\/[^/]+\/[^/]+\/(?:contents|compare|git\/refs?)\/)(.+)$/,
    (_, before: string, name: string) => before + encodeURIComponent(decodeURIComponent(name)),
  )
}
