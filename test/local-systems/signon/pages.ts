import { escaped, goTo, type Page, pageOf } from '../frame/page.ts'
import { changePermissions, changeRole, invite, signIn, suspend, suspendInStaging } from './acts.ts'
import { applications, exportBy, roleNames, type State, statusOf, type User } from './model.ts'

/** Signon's pages for administrators, and those of the person themselves. Who clicks is chosen on each page. */
export function createPages(state: State, now: () => Date, told: (user: User, act: string) => void) {
  const admins = () => state.users.filter(({ role, suspended }) => suspended === null && /admin$/.test(role))
  const actingFrom = (query: URLSearchParams): User | undefined =>
    admins().find(({ uid }) => uid === query.get('by')) ?? admins().find(({ role }) => role === 'superadmin')

  function acting(path: string, by: User): string {
    const options = admins().map(
      ({ uid, name, role }) =>
        `<option value="${uid}"${uid === by.uid ? ' selected' : ''}>${escaped(name)} (${roleNames[role]})</option>`,
    )
    return `<form method="get" action="${path}"><label>Signed in as <select name="by">${options.join('')}</select></label> <button>Change</button></form>`
  }

  const boxes = (user: User | null) =>
    Object.entries(applications)
      .map(
        ([app, names]) =>
          `<fieldset><legend>${escaped(app)}</legend>${names.map((name) => `<label><input type="checkbox" name="${escaped(`${app}/${name}`)}"${user?.permissions[app]?.includes(name) ? ' checked' : ''}> ${name}</label> `).join('')}</fieldset>`,
      )
      .join('')

  function list(by: User): Page {
    const seen = state.users.filter(({ role }) => by.role === 'superadmin' || role !== 'superadmin')
    const rows = seen.map(
      (user) =>
        `<li><a href="/users/${user.uid}?by=${by.uid}">${escaped(user.name)}</a> ${escaped(user.email)} – ${roleNames[user.role]}, ${statusOf(user)}</li>`,
    )
    // Making the export is signing in, so that the file shows how new it is.
    signIn({ now }, by)
    const csv = encodeURIComponent(exportBy(state, by))
    return pageOf(
      'Signon',
      'Users',
      `<h1>Users</h1>${acting('/users', by)}<p><a href="/users/invitation/new?by=${by.uid}">Invite</a> · <a download="users.csv" href="data:text/csv;charset=utf-8,${csv}">Export CSV</a> · <a href="/account/two-step">Your own account</a> · <a href="/staging/users?by=${by.uid}">Staging</a></p><ul>${rows.join('')}</ul>`,
    )
  }

  function invitation(by: User, why: string | null): Page {
    return pageOf(
      'Signon',
      'Invite',
      `<h1>Invite</h1>${acting('/users/invitation/new', by)}${problem(why)}<form method="post" action="/users/invitation/new?by=${by.uid}"><p><label>Name <input name="name"></label></p><p><label>Email <input name="email"></label></p>${boxes(null)}<button>Create user and send email</button></form>`,
    )
  }

  function one(user: User, by: User, why: string | null): Page {
    const path = `/users/${user.uid}`
    const roles = Object.entries(roleNames).map(
      ([role, name]) => `<option value="${role}"${role === user.role ? ' selected' : ''}>${name}</option>`,
    )
    const form = (act: string, inner: string, button: string) =>
      `<section><form method="post" action="${path}?by=${by.uid}"><input type="hidden" name="do" value="${act}">${inner} <button>${button}</button></form></section>`
    return pageOf(
      'Signon',
      user.name,
      `<h1>${escaped(user.name)}</h1>${acting(path, by)}${problem(why)}<p>${escaped(user.email)} – ${roleNames[user.role]}, ${statusOf(user)}, 2-step verification ${user.twoStep ? 'Enabled' : 'Not set up'}</p>
${form('role', `<label>Role <select name="role">${roles.join('')}</select></label>`, 'Change role')}
${form('permissions', boxes(user), 'Update permissions')}
${user.suspended === null ? form('suspend', '<label>Reason for suspension <input name="reason"></label>', 'Suspend user') : form('unsuspend', `<p>Suspended: ${escaped(user.suspended)}</p>`, 'Unsuspend user')}
<p><a href="/users?by=${by.uid}">Users</a></p>`,
    )
  }

  function staging(by: User, why: string | null): Page {
    const path = `/staging/users?by=${by.uid}`
    const rows = (state.staging ?? []).map(
      (user) =>
        `<li>${escaped(user.name)} ${escaped(user.email)} – ${roleNames[user.role]}, ${statusOf(user)} ${user.suspended === null ? `<form method="post" action="${path}"><button name="who" value="${user.uid}">Suspend ${escaped(user.name)} in staging</button></form>` : ''}</li>`,
    )
    return pageOf(
      'Signon',
      'Users in staging',
      `<h1>Users in staging</h1>${problem(why)}<p>A copy of production, made at 01:03 from Monday to Friday.</p><ul>${rows.join('') || '<li>Nothing was copied yet.</li>'}</ul><p><a href="/users?by=${by.uid}">Users</a></p>`,
    )
  }

  function own(why: string | null): Page {
    const rows = state.users.map(
      ({ uid, name, invited, twoStep }) =>
        `<li>${escaped(name)} <form method="post" action="/account/two-step"><input type="hidden" name="who" value="${uid}">${invited ? '<button name="do" value="accept">Accept the invitation</button>' : twoStep ? '2-step verification is set up.' : '<button name="do" value="two-step">Set up 2-step verification</button>'}</form></li>`,
    )
    return pageOf('Signon', 'Your own account', `<h1>Your own account</h1>${problem(why)}<ul>${rows.join('')}</ul>`)
  }

  const problem = (why: string | null) => (why === null ? '' : `<p role="alert"><strong>${escaped(why)}</strong></p>`)

  function ownActs(form: URLSearchParams): Page {
    const user = state.users.find(({ uid }) => uid === form.get('who'))
    const why = user ? signIn({ now }, user) : 'There is nobody of this name.'
    if (user && why === null && form.get('do') === 'two-step') user.twoStep = true
    return why === null ? goTo('/account/two-step') : own(why)
  }

  function changed(user: User, by: User, form: URLSearchParams): string | null {
    const acts = { state, by, now }
    switch (form.get('do')) {
      case 'role':
        return changeRole(acts, user, form.get('role'))
      case 'permissions':
        return changePermissions(acts, user, form)
      case 'suspend':
        return suspend(acts, user, form.get('reason') ?? '')
      case 'unsuspend':
        return suspend(acts, user, null)
      default:
        return 'We do not know this.'
    }
  }

  /** Answers a page, or `null` when there is none at this path. */
  return (method: string, path: string, query: URLSearchParams, form: URLSearchParams): Page | null => {
    const by = actingFrom(query)
    if (path === '/account/two-step') return method === 'POST' ? ownActs(form) : own(null)
    if (!by) return null
    if (path === '/' || path === '/users') return list(by)
    if (path === '/staging/users') {
      const why = method === 'POST' ? suspendInStaging({ state, by, now }, form.get('who')) : null
      return method === 'POST' && why === null ? goTo(`${path}?by=${by.uid}`) : staging(by, why)
    }
    if (path === '/users/invitation/new') {
      if (method !== 'POST') return invitation(by, null)
      const why = invite({ state, by, now }, form)
      return why === null ? goTo(`/users?by=${by.uid}`) : invitation(by, why)
    }
    const user = state.users.find(({ uid }) => path === `/users/${uid}`)
    if (!user) return null
    if (method !== 'POST') return one(user, by, null)
    const why = changed(user, by, form)
    if (why === null) told(user, form.get('do') ?? '')
    return why === null ? goTo(`${path}?by=${by.uid}`) : one(user, by, why)
  }
}
