import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A stateful GitHub on loopback: users, teams with invitations, contents, git data, pull requests, and pages for people. */

interface Team {
  org: string
  slug: string
  name: string
  members: Record<string, { state: 'active' | 'pending'; role: 'member' | 'maintainer' }>
}
interface Pull {
  number: number
  head: string
  base: string
  title: string
  body: string
  state: 'open' | 'closed'
  merged_at: string | null
  closed_by: string | null
}
interface Commit {
  tree: Record<string, string>
  parents: string[]
  message: string
}
interface Repo {
  branches: Record<string, string>
  commits: Record<string, Commit>
  trees: Record<string, Record<string, string>>
  pulls: Pull[]
}

export interface GithubFaults {
  /** How many of the next changing calls lose their answer after they were carried out. */
  loseAnswers: number
  down: boolean
  throttled: boolean
  slowMs: number
}

export interface LocalGithub {
  origin: string
  token: string
  faults: GithubFaults
  /** Changing calls as they came in, for tests that count. */
  writes: string[]
  addUser(login: string, id: number): void
  addTeam(org: string, slug: string, name: string): void
  rename(login: string, to: string): void
  membership(org: string, slug: string, login: string): string
  accept(login: string): void
  addRepo(name: string, files: Record<string, string>): void
  file(repo: string, path: string): string
  pulls(repo: string): Pull[]
  merge(repo: string, number: number): void
  closePull(repo: string, number: number, by: string): void
  dump(): string
  close(): Promise<void>
}

function sha(text: string): string {
  return createHash('sha1').update(text).update(randomBytes(4)).digest('hex')
}

export async function startLocalGithub(
  options: { port?: number; state?: string | undefined; onChange?: () => void } = {},
): Promise<LocalGithub> {
  const token = 'local-github-token-0123456789'
  const kept = options.state
    ? (JSON.parse(options.state) as { users: [string, number][]; teams: Team[]; repos: [string, Repo][] })
    : null
  const users = new Map<string, number>(kept?.users ?? [])
  const teams: Team[] = kept?.teams ?? []
  const repos = new Map<string, Repo>(kept?.repos ?? [])
  const faults: GithubFaults = { loseAnswers: 0, down: false, throttled: false, slowMs: 0 }
  const writes: string[] = []
  const changed = () => options.onChange?.()
  let origin = ''

  const userJson = (login: string) => ({ id: users.get(login), login, type: 'User', html_url: `${origin}/${login}` })
  const team = (org: string, slug: string) => teams.find((one) => one.org === org && one.slug === slug)
  const pullJson = (repo: string, pull: Pull) => ({
    number: pull.number,
    state: pull.state,
    merged_at: pull.merged_at,
    merged: pull.merged_at !== null,
    title: pull.title,
    body: pull.body,
    html_url: `${origin}/${repo}/pull/${pull.number}`,
    head: { ref: pull.head },
    base: { ref: pull.base },
  })

  function api(
    method: string,
    path: string,
    query: URLSearchParams,
    body: Record<string, unknown>,
  ): { status: number; data?: unknown } {
    const part = path.split('/').slice(1).map(decodeURIComponent)
    if (method !== 'GET') writes.push(`${method} ${path}`)
    const [kind, a = '', b = '', c = '', d = '', e = ''] = part
    const missing = { status: 404, data: { message: 'Not Found' } }
    if (kind === 'rate_limit') return { status: 200, data: { resources: {} } }
    if (kind === 'users') return users.has(a) ? { status: 200, data: userJson(a) } : missing
    if (kind === 'user') {
      const login = [...users].find(([, id]) => String(id) === a)?.[0]
      return login ? { status: 200, data: userJson(login) } : missing
    }
    if (kind === 'orgs' && b === 'invitations') {
      const pending = teams
        .filter((one) => one.org === a)
        .flatMap((one) => Object.entries(one.members).filter(([, m]) => m.state === 'pending'))
      return method === 'DELETE'
        ? { status: 204 }
        : { status: 200, data: pending.map(([login]) => ({ id: users.get(login), login })) }
    }
    if (kind === 'orgs' && b === 'teams') {
      const found = team(a, c)
      if (!found) return missing
      if (d === '') return { status: 200, data: { slug: found.slug, name: found.name } }
      const own = found.members[e]
      if (method === 'GET') return own ? { status: 200, data: { ...own, url: '' } } : missing
      if (method === 'PUT') {
        if (!users.has(e)) return missing
        const member = teams.some((one) => one.org === a && one.members[e]?.state === 'active')
        found.members[e] = own ?? { state: member ? 'active' : 'pending', role: 'member' }
        changed()
        return { status: 200, data: { ...found.members[e], url: '' } }
      }
      delete found.members[e]
      changed()
      return { status: 204 }
    }
    if (kind === 'repos') return repoApi(method, `${a}/${b}`, part.slice(3), query, body)
    return missing
  }

  function repoApi(
    method: string,
    name: string,
    part: string[],
    query: URLSearchParams,
    body: Record<string, unknown>,
  ): { status: number; data?: unknown } {
    const repo = repos.get(name)
    const missing = { status: 404, data: { message: 'Not Found' } }
    if (!repo) return missing
    const [what, x = '', ...more] = part
    if (what === 'contents') {
      const path = [x, ...more].join('/')
      const text = treeOf(repo, repo.branches[query.get('ref') ?? 'main'] ?? '')[path]
      return text === undefined
        ? missing
        : {
            status: 200,
            data: {
              type: 'file',
              path,
              encoding: 'base64',
              content: Buffer.from(text).toString('base64'),
              sha: sha(text),
            },
          }
    }
    if (what === 'git' && x === 'ref') {
      const commit = repo.branches[more.join('/').replace(/^heads\//, '')]
      return commit
        ? { status: 200, data: { ref: `refs/${more.join('/')}`, object: { sha: commit, type: 'commit' } } }
        : missing
    }
    if (what === 'git' && x === 'refs') {
      const ref = (method === 'POST' ? String(body['ref']).replace(/^refs\//, '') : more.join('/')).replace(
        /^heads\//,
        '',
      )
      if (method === 'POST' && repo.branches[ref]) return { status: 422, data: { message: 'Reference already exists' } }
      repo.branches[ref] = String(body['sha'])
      changed()
      return { status: method === 'POST' ? 201 : 200, data: { ref, object: { sha: body['sha'] } } }
    }
    if (what === 'git' && x === 'commits' && method === 'GET')
      return { status: 200, data: { sha: more[0], tree: { sha: treeId(repo, more[0] ?? '') } } }
    if (what === 'git' && x === 'trees') {
      const base = repo.trees[String(body['base_tree'])] ?? {}
      const entries = (body['tree'] as { path: string; content: string }[]).map((one) => [one.path, one.content])
      const tree = { ...base, ...Object.fromEntries(entries) }
      const id = sha(JSON.stringify(tree))
      repo.trees[id] = tree
      return { status: 201, data: { sha: id } }
    }
    if (what === 'git' && x === 'commits') {
      const id = sha(String(body['message']))
      repo.commits[id] = {
        tree: repo.trees[String(body['tree'])] ?? {},
        parents: body['parents'] as string[],
        message: String(body['message']),
      }
      return { status: 201, data: { sha: id } }
    }
    if (what === 'pulls' && method === 'GET' && x === '') {
      const head = (query.get('head') ?? '').split(':').at(-1)
      return { status: 200, data: repo.pulls.filter((pull) => pull.head === head).map((pull) => pullJson(name, pull)) }
    }
    if (what === 'pulls' && method === 'POST') {
      const pull: Pull = {
        number: repo.pulls.length + 1,
        head: String(body['head']),
        base: String(body['base']),
        title: String(body['title']),
        body: String(body['body']),
        state: 'open',
        merged_at: null,
        closed_by: null,
      }
      if (repo.pulls.some((one) => one.head === pull.head && one.state === 'open'))
        return { status: 422, data: { message: 'Validation Failed' } }
      repo.pulls.push(pull)
      changed()
      return { status: 201, data: pullJson(name, pull) }
    }
    const pull = repo.pulls.find((one) => String(one.number) === x)
    if (what === 'pulls') return pull ? { status: 200, data: pullJson(name, pull) } : missing
    if (what === 'issues')
      return pull
        ? { status: 200, data: { number: pull.number, closed_by: pull.closed_by ? { login: pull.closed_by } : null } }
        : missing
    return missing
  }

  const treeOf = (repo: Repo, commit: string) => repo.commits[commit]?.tree ?? {}
  function treeId(repo: Repo, commit: string): string {
    const tree = treeOf(repo, commit)
    const known = Object.entries(repo.trees).find(([, one]) => one === tree)?.[0]
    if (known) return known
    const id = sha(JSON.stringify(tree))
    repo.trees[id] = tree
    return id
  }

  function merge(name: string, number: number): void {
    const repo = repos.get(name)
    const pull = repo?.pulls.find((one) => one.number === number)
    if (!repo || pull?.state !== 'open') return
    repo.branches[pull.base] = repo.branches[pull.head] ?? ''
    pull.state = 'closed'
    pull.merged_at = new Date().toISOString()
    changed()
  }

  function closePull(name: string, number: number, by: string): void {
    const pull = repos.get(name)?.pulls.find((one) => one.number === number)
    if (pull?.state !== 'open') return
    pull.state = 'closed'
    pull.closed_by = by
    changed()
  }

  function accept(login: string): void {
    for (const one of teams) {
      const own = one.members[login]
      if (own) own.state = 'active'
    }
    changed()
  }

  /** Pages for people: the invitation and the pull request, with one button each. */
  function page(request: IncomingMessage, path: string, query: URLSearchParams): string | null {
    const html = (title: string, inner: string) =>
      `<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>${title}</title><link rel="icon" href="data:,"></head><body style="font:16px system-ui;max-width:640px;margin:40px auto;padding:0 16px"><p><small>Practice GitHub – not GitHub</small></p>${inner}</body></html>`
    const asText = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
    const invitation = /^\/orgs\/([\w-]+)\/invitation$/.exec(path)
    if (invitation) {
      const login = query.get('as')
      if (request.method === 'POST' && login) accept(login)
      const pending = [
        ...new Set(
          teams
            .filter((one) => one.org === invitation[1])
            .flatMap((one) =>
              Object.entries(one.members)
                .filter(([, m]) => m.state === 'pending')
                .map(([name]) => name),
            ),
        ),
      ]
      const forms = pending
        .map(
          (name) =>
            `<form method="post" action="?as=${encodeURIComponent(name)}"><button>Join as ${asText(name)}</button></form>`,
        )
        .join('')
      return html(
        'Invitation',
        `<h1>Join ${asText(invitation[1] ?? '')}</h1>${forms || '<p>No invitation is open.</p>'}`,
      )
    }
    const pullPath = /^\/([\w-]+\/[\w-]+)\/pull\/(\d+)$/.exec(path)
    if (pullPath) {
      const [, name = '', number = ''] = pullPath
      if (request.method === 'POST') {
        if (query.get('do') === 'merge') merge(name, Number(number))
        else closePull(name, Number(number), 'kofi-o')
      }
      const pull = repos.get(name)?.pulls.find((one) => one.number === Number(number))
      if (!pull) return null
      const how = pull.merged_at ? 'Merged' : pull.state === 'closed' ? 'Closed without merging' : 'Open'
      const buttons =
        pull.state === 'open'
          ? '<form method="post" action="?do=merge"><button>Merge</button></form><form method="post" action="?do=close"><button>Close without merging</button></form>'
          : ''
      return html(
        pull.title,
        `<h1>${asText(pull.title)} #${pull.number}</h1><p>${how}</p><pre>${asText(pull.body)}</pre>${buttons}`,
      )
    }
    const teamPath = /^\/orgs\/([\w-]+)\/teams\/([\w-]+)$/.exec(path)
    const found = teamPath ? team(teamPath[1] ?? '', teamPath[2] ?? '') : undefined
    if (found)
      return html(
        found.name,
        `<h1>${asText(found.name)}</h1><ul>${Object.entries(found.members)
          .map(([login, m]) => `<li>${asText(login)} (${m.state})</li>`)
          .join('')}</ul>`,
      )
    return null
  }

  const server = createServer((request, response) => void handle(request, response))

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', origin)
    if (faults.slowMs > 0) await new Promise((done) => setTimeout(done, faults.slowMs))
    if (!url.pathname.startsWith('/api/')) {
      const html = page(request, url.pathname, url.searchParams)
      response.writeHead(html ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' }).end(html ?? 'Not found')
      return
    }
    const send = (status: number, data?: unknown, headers: Record<string, string> = {}) =>
      response
        .writeHead(status, {
          'content-type': 'application/json',
          'x-github-request-id': randomBytes(8).toString('hex'),
          ...headers,
        })
        .end(data === undefined ? '' : JSON.stringify(data))
    if (faults.down) return void request.socket.destroy()
    if (faults.throttled)
      return void send(403, { message: 'You have exceeded a secondary rate limit.' }, { 'retry-after': '1' })
    if (request.headers.authorization !== `token ${token}`) return void send(401, { message: 'Bad credentials' })
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body =
      chunks.length > 0 ? (JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as Record<string, unknown>) : {}
    const done = api(request.method ?? 'GET', url.pathname.slice('/api'.length), url.searchParams, body)
    if (request.method !== 'GET' && faults.loseAnswers > 0) {
      faults.loseAnswers -= 1
      return void request.socket.destroy()
    }
    send(done.status, done.data)
  }

  await new Promise<void>((done) => server.listen(options.port ?? 0, '127.0.0.1', done))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    token,
    faults,
    writes,
    addUser: (login, id) => void users.set(login, id),
    addTeam: (org, slug, name) => void (team(org, slug) ?? teams.push({ org, slug, name, members: {} })),
    rename(login, to) {
      users.set(to, users.get(login) ?? 0)
      users.delete(login)
      for (const one of teams) {
        const own = one.members[login]
        if (own) one.members[to] = own
        delete one.members[login]
      }
    },
    membership: (org, slug, login) => team(org, slug)?.members[login]?.state ?? 'none',
    accept,
    addRepo(name, files) {
      if (repos.has(name)) return
      const id = sha(name)
      repos.set(name, {
        branches: { main: id },
        commits: { [id]: { tree: files, parents: [], message: 'Begin' } },
        trees: {},
        pulls: [],
      })
    },
    file(name, path) {
      const repo = repos.get(name)
      return repo ? (treeOf(repo, repo.branches['main'] ?? '')[path] ?? '') : ''
    },
    pulls: (name) => repos.get(name)?.pulls ?? [],
    merge,
    closePull,
    dump: () => JSON.stringify({ users: [...users], teams, repos: [...repos] }),
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
