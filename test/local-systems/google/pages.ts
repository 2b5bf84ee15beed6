import type { Group, State } from './model.ts'

/** A page for people: who is in which group, and forms to add and remove somebody by hand. */

const style = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui;max-width:720px;margin:32px auto;padding:0 16px}
small{border:1px solid;border-radius:4px;padding:2px 8px;opacity:.8}form{display:inline-block;margin:4px 8px 4px 0}
button,input{font:inherit;padding:6px 12px;border-radius:6px;border:1px solid #8888}`

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

const whole = (title: string, inner: string) =>
  `<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><link rel="icon" href="data:,"><style>${style}</style></head><body><p><a href="/"><small>Practice Google Groups – not Google</small></a></p>${inner}</body></html>`

const roleOf = ({ roles }: Group['members'][number]) =>
  roles.some(({ name }) => name === 'OWNER')
    ? 'owner'
    : roles.some(({ name }) => name === 'MANAGER')
      ? 'manager'
      : 'member'

function section(group: Group): string {
  const remove = (email: string) =>
    `<form method="post" action="/groups/${group.id}"><input type="hidden" name="remove" value="${escaped(email)}"><button>Remove ${escaped(email)}</button></form>`
  const members = group.members.map(
    (member) =>
      `<li>${escaped(member.email)} (${roleOf(member)}) ${roleOf(member) === 'member' ? remove(member.email) : ''}</li>`,
  )
  return `<h2>${escaped(group.name)}</h2><p>${escaped(group.email)}</p><ul>${members.join('')}</ul><form method="post" action="/groups/${group.id}"><label>Email <input name="add" required></label> <button>Add as member</button></form>`
}

export function pageOf(state: State, path: string): string | null {
  const [, id] = /^\/groups\/([\w-]+)$/.exec(path) ?? []
  const groups = path === '/' ? state.groups : state.groups.filter((group) => group.id === id)
  return groups.length === 0 ? null : whole('Practice Google Groups', `<h1>Groups</h1>${groups.map(section).join('')}`)
}
