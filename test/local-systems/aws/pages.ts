import { type Page, pageOf } from '../frame/page.ts'
import { escaped, type State } from './model.ts'

/** A page for people: who has which role, and a button that applies the lists in one environment. */

/** @param rolesOf names of the roles in an environment, as calls see them now */
export function awsPage(state: State, path: string, rolesOf: (environment: string) => string[]): Page | null {
  const environments = Object.keys(state.accounts).filter((name) => name !== 'base')
  const shown = path === '/' ? environments : environments.filter((name) => path === `/${name}`)
  if (shown.length === 0) return null
  const users = Object.values(state.accounts['base']?.users ?? {})
    .map(({ name, mfaDevices }) => {
      const assign = `<form method="post" action="/"><button name="assign" value="${escaped(name)}">Assign an MFA device to ${escaped(name)}</button></form>`
      return `<li>${escaped(name)} – ${mfaDevices > 0 ? 'MFA' : `no MFA ${assign}`}</li>`
    })
    .join('')
  const sections = shown.map((name) => {
    const newest = state.applies[name]
    const said = newest?.problem ? `<pre>${escaped(newest.problem)}</pre>` : ''
    const roles = rolesOf(name)
      .map((role) => `<li>${escaped(role)}</li>`)
      .join('')
    return `<section><h2>${escaped(name)}</h2><form method="post" action="/${escaped(name)}"><button>Apply the lists in ${escaped(name)}</button></form><p>${newest ? (newest.problem ? 'The newest apply stopped:' : 'The newest apply went through.') : 'Not applied yet.'}</p>${said}<ul>${roles || '<li>No roles yet.</li>'}</ul></section>`
  })
  const form =
    '<form method="post" action="/"><label>Name of a new IAM user <input name="make" required></label> <button>Make it</button></form>'
  return pageOf(
    'AWS',
    'Practice AWS',
    `<h1>Practice AWS</h1>${sections.join('')}<section><h2>IAM users in the base account</h2><ul>${users || '<li>None.</li>'}</ul>${form}</section>`,
  )
}
