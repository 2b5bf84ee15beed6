import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createActions, roleAt } from './aws/actions.ts'
import { listsIn, rolesFor } from './aws/apply.ts'
import { type AwsFaults, createAwsFaults, refusalFor } from './aws/faults.ts'
import {
  type Account,
  element,
  newId,
  type Reply,
  type Role,
  refusal,
  type State,
  type Statement,
  type User,
} from './aws/model.ts'
import { awsPage } from './aws/pages.ts'
import { callerOf, type Key } from './aws/signatures.ts'
import { LATE_MS } from './frame/stand-in.ts'

/**
 * A stateful IAM and STS on loopback for several accounts: signed calls, sessions that end, users that are deleted and
 * made again, and an apply that makes roles from the merged lists. Speaks the query protocol, as the SDK does.
 */

export interface LocalAws {
  origin: string
  /** Keys of a user in the base account who may assume the reading roles. */
  credentials: { accessKeyId: string; secretAccessKey: string }
  faults: AwsFaults
  /** Every call of the API, with the account that it was about. */
  calls: { account: string; action: string; status: number }[]
  /** How long a change of a role takes until calls see it, in milliseconds. */
  settleMs: number
  /** ARN of the role that reads an account. */
  readRole(name: string): string
  /** ARN of the role that changes groups in the base account. */
  groupRole: string
  /** What that role may do, and on which groups; without names on every one. */
  allowGroups(actions: string[], names?: string[]): void
  /** A group of users in the base account, with nobody in it. */
  addGroup(name: string): void
  /** Somebody is put into a group, or taken out, by another hand. */
  setMember(group: string, user: string, isIn: boolean): void
  /** Names of those in a group as calls see it now. */
  membersOf(group: string): string[]
  /** What the reading role of an account may do; and whether we may assume it. */
  allow(name: string, actions: string[], mayAssume?: boolean): void
  addUser(name: string, mfaDevices?: number): User
  deleteUser(name: string): void
  setMfa(name: string, devices: number): void
  /** A role of somebody else's making. Principals are ARNs or ids. */
  putRole(environment: string, name: string, trust: Statement[], longestSessionSeconds?: number): void
  role(environment: string, name: string): Role | null
  /** Somebody applies the merged lists. Answers what stopped it, for everybody; or `null`. */
  apply(environment: string): string | null
  /** All sessions end now, whatever they were promised. */
  endSessions(): void
  dump(): string
  close(): Promise<void>
}

export interface LocalAwsOptions {
  /** Twelve digits by name: `base` and the environments. */
  accounts: Record<string, string>
  /** The lists as they are merged. */
  lists(environment: string): { path: string; text: string }
  port?: number | undefined
  /** What `dump` gave in an earlier run. */
  state?: string | undefined
  onChange?: () => void
  /** By which roles, memberships and sessions go; may be moved on. */
  now?: () => Date
  /** What our callers' clocks say, in which they are told when a session ends; the same where left out. */
  wall?: () => Date
}

const READ_ROLE = 'production-access-read'
const GROUP_ROLE = 'production-access-groups'
const SESSION_MS = 3_600_000

export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const now = () => (options.now ?? (() => new Date()))().getTime()
  const wall = () => options.wall?.().getTime() ?? now()
  const state: State = options.state ? JSON.parse(options.state) : { accounts: {}, applies: {} }
  for (const [name, id] of Object.entries(options.accounts))
    state.accounts[name] ??= { id, users: {}, roles: {}, groups: {} }
  /** By account and role. */
  const allowed = new Map<string, { actions: string[]; mayAssume: boolean; groups?: string[] | undefined }>()
  const keys = new Map<string, Key>()
  const credentials = { accessKeyId: 'AKIALOCALLOCALLOCAL2', secretAccessKey: 'local-aws-secret-0123456789' }
  const base = accountNamed('base')
  keys.set(credentials.accessKeyId, {
    secret: credentials.secretAccessKey,
    token: null,
    endsAt: null,
    arn: `arn:aws:iam::${base.id}:user/production-access`,
    account: base.id,
  })
  for (const [name, { id }] of Object.entries(state.accounts))
    allowed.set(`${id}/${READ_ROLE}`, {
      actions: name === 'base' ? ['GetUser', 'ListMFADevices'] : ['GetRole', 'ListRoles'],
      mayAssume: true,
    })
  const allowGroups = (actions: string[], groups?: string[]) =>
    void allowed.set(`${base.id}/${GROUP_ROLE}`, { actions, mayAssume: true, groups })
  allowGroups(['GetGroup', 'AddUserToGroup', 'RemoveUserFromGroup'])
  const faults = createAwsFaults()
  const calls: LocalAws['calls'] = []
  const answer = createActions(
    state,
    ({ arn, account }, action, group) => {
      const may = allowed.get(`${account}/${arn.split('/')[1]}`)
      const isTheirs = group === null || may?.groups === undefined || may.groups.includes(group)
      return isTheirs && (may?.actions.includes(action) ?? false)
    },
    open,
    () => settleMs,
  )
  const changed = () => options.onChange?.()
  const server = createServer((request, response) => void handle(request, response))
  let settleMs = 0

  function accountNamed(name: string): Account {
    const found = state.accounts[name]
    if (!found) throw new Error(`there is no account ${name}`)
    return found
  }

  function open(roleArn: string, sessionName: string): Reply {
    const [, id = '', role = ''] = /^arn:aws:iam::(\d{12}):role\/([\w-]+)$/.exec(roleArn) ?? []
    if (!allowed.get(`${id}/${role}`)?.mayAssume)
      return refusal(403, 'AccessDenied', `Not authorized to perform: sts:AssumeRole on resource: ${roleArn}`)
    const accessKeyId = newId('ASIA')
    const key: Key = {
      secret: randomBytes(16).toString('hex'),
      token: randomBytes(24).toString('hex'),
      endsAt: now() + SESSION_MS,
      arn: `arn:aws:sts::${id}:assumed-role/${role}/${sessionName}`,
      account: id,
    }
    keys.set(accessKeyId, key)
    const given = [
      element('AccessKeyId', accessKeyId),
      element('SecretAccessKey', key.secret),
      element('SessionToken', key.token ?? ''),
      element('Expiration', new Date(wall() + SESSION_MS).toISOString()),
    ]
    return {
      status: 200,
      result: `<Credentials>${given.join('')}</Credentials><AssumedRoleUser>${element('Arn', key.arn)}${element('AssumedRoleId', `AROALOCALLOCALLOCAL2:${sessionName}`)}</AssumedRoleUser>`,
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString('utf8')
    if (!request.headers.authorization) return showPage(request, response, new URLSearchParams(body))
    if (faults.slowMs > 0) await new Promise((done) => setTimeout(done, faults.slowMs))
    const parameters = new URLSearchParams(body)
    const action = parameters.get('Action') ?? ''
    const fault = faults.take(action)
    if (fault === 'no-answer') {
      // Down means refused at once; a single unanswered call stays open until the caller gives up.
      if (faults.down) request.socket.destroy()
      return
    }
    const reply = answerTo(request, body, { action, parameters, refused: fault ? refusalFor(fault, action) : null })
    if (fault === 'lost-answer') return void request.socket.destroy()
    if (fault === 'slow') await new Promise((done) => setTimeout(done, LATE_MS).unref())
    const xml = asXml(action, reply)
    const about = fault === 'somebody-else' ? otherPerson(xml) : xml
    // An answer about nobody cannot be one about somebody else.
    if (fault === 'somebody-else' && about === xml) faults.putBack()
    const sent = fault === 'truncated' ? about.slice(0, about.length / 2) : fault === 'not-xml' ? 'Service busy' : about
    response
      .writeHead(reply.status, { 'content-type': 'text/xml', 'x-amzn-requestid': randomBytes(16).toString('hex') })
      .end(sent)
  }

  function answerTo(
    request: IncomingMessage,
    body: string,
    { action, parameters, refused }: { action: string; parameters: URLSearchParams; refused: Reply | null },
  ): Reply {
    const caller = callerOf(request, body, keys, now())
    const reply =
      refused ?? ('refused' in caller ? caller.refused : answer({ action, parameters, key: caller.key, now: now() }))
    const id = 'key' in caller ? caller.key.account : ''
    const name = Object.entries(state.accounts).find(([, one]) => one.id === id)?.[0] ?? ''
    calls.push({ account: name, action, status: reply.status })
    return reply
  }

  function showPage(request: IncomingMessage, response: ServerResponse, form: URLSearchParams): void {
    const path = new URL(request.url ?? '/', 'http://local').pathname
    const environment = path.slice(1)
    if (request.method === 'POST') {
      if (state.accounts[environment] && environment !== 'base') apply(environment)
      const [assign, make] = [form.get('assign'), form.get('make')]
      if (assign) setMfa(assign, 1)
      if (make) addUser(make, 0)
      response.writeHead(303, { location: path }).end()
      return
    }
    const rolesOf = (name: string) => {
      const account = accountNamed(name)
      return Object.keys(account.roles).filter((role) => roleAt(account, role, now()) !== null)
    }
    const page = awsPage(state, path, rolesOf)
    response.writeHead(page ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' }).end(page?.html ?? 'Not found')
  }

  function addUser(name: string, mfaDevices: number): User {
    const user = { name, arn: `arn:aws:iam::${base.id}:user/${name}`, id: newId('AIDA'), mfaDevices }
    base.users[name] ??= user
    changed()
    return user
  }

  function setMfa(name: string, devices: number): void {
    const user = base.users[name]
    if (user) user.mfaDevices = devices
    changed()
  }

  function setRole(account: Account, name: string, role: Role | null): void {
    const versions = account.roles[name] ?? []
    account.roles[name] = [...versions, { from: now() + settleMs, role }]
  }

  function apply(environment: string): string | null {
    const account = accountNamed(environment)
    const { path, text } = options.lists(environment)
    let problem: string | null = null
    try {
      const wanted = rolesFor(listsIn(path, text), account, base)
      for (const name of Object.keys(account.roles)) {
        const newest = account.roles[name]?.at(-1)?.role
        if (newest?.applied && !wanted.some((role) => role.name === name)) setRole(account, name, null)
      }
      for (const role of wanted) setRole(account, role.name, role)
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error)
    }
    state.applies[environment] = { at: new Date(now()).toISOString(), problem }
    changed()
    return problem
  }

  await new Promise<void>((done) => server.listen(options.port ?? 0, '127.0.0.1', done))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const idOf = (arn: string) => Object.values(base.users).find((user) => user.arn === arn)?.id ?? arn
  return {
    origin,
    credentials,
    faults,
    calls,
    get settleMs() {
      return settleMs
    },
    set settleMs(ms) {
      settleMs = ms
    },
    readRole: (name) => `arn:aws:iam::${accountNamed(name).id}:role/${READ_ROLE}`,
    groupRole: `arn:aws:iam::${base.id}:role/${GROUP_ROLE}`,
    allowGroups,
    addGroup(name) {
      base.groups[name] ??= []
      changed()
    },
    setMember(group, name, isIn) {
      const members = base.groups[group]
      const user = base.users[name]
      if (!members || !user) throw new Error(`there is no group ${group}, or no user ${name}`)
      base.groups[group] = members.filter(({ id }) => id !== user.id)
      if (isIn) base.groups[group].push({ id: user.id, from: now(), until: null })
      changed()
    },
    membersOf(group) {
      const seen = (base.groups[group] ?? []).filter(({ from, until }) => from <= now() && (until ?? Infinity) > now())
      return Object.values(base.users).flatMap(({ id, name }) => (seen.some((one) => one.id === id) ? [name] : []))
    },
    allow: (name, actions, mayAssume = true) =>
      void allowed.set(`${accountNamed(name).id}/${READ_ROLE}`, { actions, mayAssume }),
    addUser: (name, mfaDevices = 1) => addUser(name, mfaDevices),
    deleteUser(name) {
      delete base.users[name]
      changed()
    },
    setMfa,
    putRole(environment, name, trust, longestSessionSeconds = 28_800) {
      const account = accountNamed(environment)
      const kept = trust.map((one) => ({ ...one, principals: one.principals.map(idOf) }))
      setRole(account, name, {
        name,
        arn: `arn:aws:iam::${account.id}:role/${name}`,
        trust: kept,
        longestSessionSeconds,
        // Who changes a policy by hand does not take the role out of the project that made it.
        applied: account.roles[name]?.at(-1)?.role?.applied ?? false,
      })
    },
    role: (environment, name) => roleAt(accountNamed(environment), name, now()),
    apply,
    endSessions() {
      for (const key of keys.values()) if (key.token !== null) key.endsAt = now()
    },
    dump: () => JSON.stringify(state),
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

function asXml(action: string, { result, error }: Reply): string {
  const id = randomBytes(16).toString('hex')
  if (error)
    return `<ErrorResponse><Error>${element('Type', 'Sender')}${element('Code', error.code)}${element('Message', error.message)}</Error>${element('RequestId', id)}</ErrorResponse>`
  return `<${action}Response><${action}Result>${result ?? ''}</${action}Result><ResponseMetadata>${element('RequestId', id)}</ResponseMetadata></${action}Response>`
}

/** The same answer about another person or account. */
function otherPerson(xml: string): string {
  return xml
    .replaceAll(/<(UserName|RoleName|GroupName)>[^<]*</g, '<$1>somebody.else@example.gov.uk<')
    .replaceAll(/<Account>[^<]*</g, '<Account>999999999999<')
    .replaceAll(/assumed-role\/[^<]*</g, 'assumed-role/somebody-else/session<')
}
