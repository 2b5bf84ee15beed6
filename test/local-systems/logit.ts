import type { Call, Reply } from './frame/call.ts'
import { aboutSomebodyElse, type CommonFault, createFaults, type Faults } from './frame/faults.ts'
import { escaped, goTo, pageOf } from './frame/page.ts'
import { startStandIn } from './frame/stand-in.ts'

/**
 * A stateful Logit on loopback: people appear once they sign in on its page, teams are kept by hand on another page, and
 * the developer API lists users and teams without who is in which.
 */

export interface LocalLogit {
  origin: string
  apiKey: string
  account: string
  faults: Faults
  requests: { method: string; path: string; status: number }[]
  signIn(email: string): void
  inTeam(team: string, email: string): boolean
  setInTeam(team: string, email: string, isIn: boolean): void
  dump(): string
  close(): Promise<void>
}

interface State {
  users: string[]
  teams: { name: string; members: string[] }[]
}

export interface LocalLogitOptions {
  port?: number | undefined
  state?: string | undefined
  onChange?: () => void
  /** Who is offered on the page of the sign-in. */
  people?: string[]
  teams?: string[]
}

const noAccess: Reply = { status: 401, data: { message: 'Unauthorized' } }

export async function startLocalLogit(options: LocalLogitOptions = {}): Promise<LocalLogit> {
  const teams = (options.teams ?? ['GOV.UK Users', 'GOV.UK Integration Users']).map((name) => ({ name, members: [] }))
  const state: State = options.state ? JSON.parse(options.state) : { users: [], teams }
  const [apiKey, account] = ['local-logit-key-0123456789', 'a0000000-0000-0000-0000-000000000001']
  const faults = createFaults<CommonFault>('too-many')
  const changed = () => options.onChange?.()

  function answer({ method, part, headers }: Call): Reply {
    if (headers['x-api-key'] !== apiKey) return noAccess
    const [kind, id, what] = part
    if (method !== 'GET') return { status: 405, data: { message: 'Method Not Allowed' } }
    if (kind === 'accounts') return { status: 200, data: [{ id: account, name: 'Example' }] }
    if (kind !== 'account' || id !== account) return { status: 404, data: { message: 'Not Found' } }
    if (what === 'users')
      return { status: 200, data: state.users.map((email, index) => ({ id: String(index + 1), email, role: 'user' })) }
    if (what === 'teams')
      return {
        status: 200,
        data: state.teams.map(({ name, members }, index) => ({ id: String(index + 1), name, members: members.length })),
      }
    return { status: 404, data: { message: 'Not Found' } }
  }

  function signIn(email: string): void {
    if (!state.users.includes(email)) state.users.push(email)
    changed()
  }

  function setInTeam(name: string, email: string, isIn: boolean): void {
    const team = state.teams.find((one) => one.name === name)
    if (!team) throw new Error(`there is no team ${name}`)
    team.members = [...team.members.filter((one) => one !== email), ...(isIn ? [email] : [])]
    changed()
  }

  function page(method: string, path: string, form: URLSearchParams) {
    if (path === '/sign-in') {
      const email = form.get('as')
      if (method === 'POST' && email) {
        signIn(email)
        return goTo('/sign-in')
      }
      const choices = (options.people ?? []).map((one) => `<option>${escaped(one)}</option>`).join('')
      const known = state.users.map((one) => `<li>${escaped(one)}</li>`).join('') || '<li>Nobody yet.</li>'
      return pageOf(
        'Logit',
        'Sign in',
        `<h1>Sign in with your work account</h1><form method="post" action="/sign-in"><label>As <select name="as">${choices}</select></label> <button>Sign in</button></form><h2>Have signed in</h2><ul>${known}</ul>`,
      )
    }
    if (path !== '/') return null
    const [team, who] = [form.get('team'), form.get('who')]
    if (method === 'POST' && team && who) {
      setInTeam(team, who, form.get('member') === 'on')
      return goTo('/')
    }
    const one = (name: string, email: string, isIn: boolean) =>
      `<li><form method="post" action="/"><input type="hidden" name="team" value="${escaped(name)}"><input type="hidden" name="who" value="${escaped(email)}"><label><input type="checkbox" name="member"${isIn ? ' checked' : ''}> ${escaped(email)}: Member</label> <button>Apply Changes</button></form></li>`
    const shown = state.teams.map(
      ({ name, members }) =>
        `<section><h2>${escaped(name)}</h2><ul>${state.users.map((email) => one(name, email, members.includes(email))).join('') || '<li>Nobody has signed in yet.</li>'}</ul></section>`,
    )
    return pageOf(
      'Logit',
      'Manage Teams',
      `<h1>Manage Teams</h1><p><a href="/sign-in">Sign in</a></p>${shown.join('')}`,
    )
  }

  const { origin, requests, close } = await startStandIn<CommonFault>({
    port: options.port,
    faults,
    answer,
    refusalFor,
    aboutSomebodyElse: (data) => aboutSomebodyElse(data, { email: () => 'somebody.else@example.gov.uk' }),
    page: (method, path, _query, form) => page(method, path, form),
    headers: () => ({}),
    onChange: changed,
  })
  return {
    origin,
    apiKey,
    account,
    faults,
    requests,
    signIn,
    setInTeam,
    inTeam: (name, email) => state.teams.some((team) => team.name === name && team.members.includes(email)),
    dump: () => JSON.stringify(state),
    close,
  }
}

function refusalFor(fault: CommonFault): Reply | null {
  switch (fault) {
    case 'too-many':
      return { status: 429, data: { message: 'Too Many Requests' }, headers: { 'retry-after': '7' } }
    case 'server-error':
      return { status: 503, data: { message: 'Service Unavailable' } }
    case 'forbidden':
      return { status: 403, data: { message: 'Forbidden' } }
    case 'lost-answer':
    case 'no-answer':
    case 'slow':
    case 'truncated':
    case 'somebody-else':
      return null
  }
}
