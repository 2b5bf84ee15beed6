import { escaped, goTo, type Page, pageOf } from '../frame/page.ts'
import type { State } from './model.ts'

/** What the emailed invitation leads to, and who is in the account. */
export function createPages(state: State, accept: (email: string) => void) {
  const invitations = () =>
    state.invitations
      .map(
        ({ email, role }) =>
          `<form method="post" action="/invitations?as=${encodeURIComponent(email)}"><button>Join as ${escaped(email)}</button> (${role})</form>`,
      )
      .join('') || '<p>No invitation is open.</p>'

  return (method: string, path: string, query: URLSearchParams): Page | null => {
    if (path === '/invitations') {
      const email = query.get('as')
      if (method === 'POST' && email) {
        accept(email)
        return goTo('/invitations')
      }
      return pageOf('Fastly', 'Invitations', `<h1>Join Fastly</h1>${invitations()}`)
    }
    if (path !== '/' && path !== '/account/users') return null
    const users = state.users
      .filter(({ deleted_at }) => !deleted_at)
      .map(
        ({ login, role, roles, limit_services }) =>
          `<li>${escaped(login)} – ${(roles ?? [role]).join(', ')}, ${limit_services ? 'some services' : 'all services'}</li>`,
      )
    return pageOf(
      'Fastly',
      'Users',
      `<h1>User management</h1><section><h2>Users</h2><ul>${users.join('')}</ul></section><section><h2>Pending invitations</h2>${invitations()}</section>`,
    )
  }
}
