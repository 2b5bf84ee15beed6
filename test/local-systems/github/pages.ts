import { escaped, goTo, type Page, pageOf } from '../frame/page.ts'
import type { Pull, State } from './model.ts'
import type { Organisations } from './organisations.ts'
import type { Repositories } from './repositories.ts'

/** Pages for people: accept an invitation, review a pull request, look at a team. One button for each thing to do. */

const whole = (title: string, inner: string) => pageOf('GitHub', title, inner)

export function createPages(state: State, organisations: Organisations, repositories: Repositories) {
  function invitationForms(org: string): string {
    const pending = state.organisations.get(org)?.invitations ?? []
    return pending
      .map(
        ({ login }) =>
          `<form method="post" action="/orgs/${encodeURIComponent(org)}/invitation?as=${encodeURIComponent(login)}"><button>Join as ${escaped(login)}</button></form>`,
      )
      .join('')
  }

  const stateOf = (pull: Pull) =>
    pull.merged_at
      ? `Merged${pull.merged_by ? ` by ${pull.merged_by}` : ''}`
      : pull.state === 'closed'
        ? `Closed without merging by ${pull.closed_by ?? 'somebody'}`
        : 'Open'

  function pullForms(name: string, pull: Pull): string {
    if (pull.state !== 'open') return ''
    const people = [...state.users.keys()].map((login) => `<option>${escaped(login)}</option>`).join('')
    const free = repositories.mergeable(name, pull)
    return `<form method="post" action="/${name}/pull/${pull.number}"><label>As <select name="by">${people}</select></label> <button name="do" value="merge"${free ? '' : ' disabled'}>Merge</button> <button name="do" value="close">Close without merging</button></form>${free ? '' : '<p>It conflicts with the newest list.</p>'}`
  }

  const begin = () => {
    const invited =
      [...state.organisations.keys()].map((org) => invitationForms(org)).join('') || '<p>No invitation is open.</p>'
    const pulls = [...state.repositories].flatMap(([name, repo]) =>
      repo.pulls.map(
        (pull) =>
          `<li><a href="/${name}/pull/${pull.number}">${escaped(pull.title)} #${pull.number}</a> – ${escaped(stateOf(pull))} ${pullForms(name, pull)}</li>`,
      ),
    )
    const teams = state.teams
      .map(
        (team) =>
          `<li><a href="/orgs/${team.org}/teams/${team.slug}">${escaped(team.name)}</a> – ${Object.keys(team.members).length}</li>`,
      )
      .join('')
    return whole(
      'Practice GitHub',
      `<h1>Practice GitHub</h1><section><h2>Invitations</h2>${invited}</section><section><h2>Pull requests</h2><ul>${pulls.toReversed().join('') || '<li>None yet.</li>'}</ul></section><section><h2>Teams</h2><ul>${teams}</ul></section>`,
    )
  }

  /** Answers a page, or `null` when there is none at this path. */
  return (method: string, path: string, query: URLSearchParams, form: URLSearchParams): Page | null => {
    if (path === '/') return begin()
    const [, invitedTo] = /^\/orgs\/([\w-]+)\/invitation$/.exec(path) ?? []
    if (invitedTo) {
      const login = query.get('as')
      if (method === 'POST' && login) {
        organisations.accept(login, invitedTo)
        return goTo(path)
      }
      return whole(
        'Invitation',
        `<h1>Join ${escaped(invitedTo)}</h1>${invitationForms(invitedTo) || '<p>No invitation is open.</p>'}`,
      )
    }
    const [, repository = '', number] = /^\/([\w-]+\/[\w-]+)\/pull\/(\d+)$/.exec(path) ?? []
    if (number !== undefined) {
      const pull = state.repositories.get(repository)?.pulls.find((one) => one.number === Number(number))
      if (!pull) return null
      if (method === 'POST') {
        const by = form.get('by') ?? 'somebody'
        if (form.get('do') === 'merge') repositories.merge(repository, pull.number, by)
        else repositories.close(repository, pull.number, by)
        return goTo(path)
      }
      return whole(
        pull.title,
        `<h1>${escaped(pull.title)} #${pull.number}</h1><p>${escaped(stateOf(pull))}</p><pre>${escaped(pull.body)}</pre>${pullForms(repository, pull)}`,
      )
    }
    const [, org, slug] = /^\/orgs\/([\w-]+)\/teams\/([\w-]+)$/.exec(path) ?? []
    const team = state.teams.find((one) => one.org === org && one.slug === slug)
    if (!team) return null
    const members = Object.entries(team.members).map(
      ([login, own]) => `<li>${escaped(login)} (${own.state === 'pending' ? 'pending' : own.role})</li>`,
    )
    return whole(
      team.name,
      `<h1>${escaped(team.name)}</h1><ul>${members.join('') || '<li>Nobody yet.</li>'}</ul>${invitationForms(team.org)}`,
    )
  }
}
