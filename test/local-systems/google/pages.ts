import { escaped, type Page, pageOf } from '../frame/page.ts'
import type { Group, State } from './model.ts'

/** A page for people: who is in which group, and forms to add and remove somebody by hand. */

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

export function groupPage(state: State, path: string): Page | null {
  const [, id] = /^\/groups\/([\w-]+)$/.exec(path) ?? []
  const groups = path === '/' ? state.groups : state.groups.filter((group) => group.id === id)
  if (groups.length === 0) return null
  return pageOf('Google Groups', 'Practice Google Groups', `<h1>Groups</h1>${groups.map(section).join('')}`)
}
