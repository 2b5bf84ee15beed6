import { escaped, type State } from './model.ts'

/** A page for people: who has which role, and a button that applies the lists in one environment. */

const style = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui;max-width:720px;margin:32px auto;padding:0 16px}
small{border:1px solid;border-radius:4px;padding:2px 8px;opacity:.8}section{margin:24px 0}form{display:inline-block;margin:4px 8px 4px 0}
button{font:inherit;padding:6px 12px;border-radius:6px;border:1px solid #8888}pre{white-space:pre-wrap;border:1px solid #8886;border-radius:6px;padding:12px}`

const whole = (title: string, inner: string) =>
  `<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><link rel="icon" href="data:,"><style>${style}</style></head><body><p><a href="/"><small>Practice AWS – not AWS</small></a></p>${inner}</body></html>`

/** @param rolesOf names of the roles in an environment, as calls see them now */
export function pageOf(state: State, path: string, rolesOf: (environment: string) => string[]): string | null {
  const environments = Object.keys(state.accounts).filter((name) => name !== 'base')
  const shown = path === '/' ? environments : environments.filter((name) => path === `/${name}`)
  if (shown.length === 0) return null
  const users = Object.values(state.accounts['base']?.users ?? {})
    .map((user) => `<li>${escaped(user.name)} – ${user.mfaDevices > 0 ? 'MFA' : 'no MFA'}</li>`)
    .join('')
  const sections = shown.map((name) => {
    const newest = state.applies[name]
    const said = newest?.problem ? `<pre>${escaped(newest.problem)}</pre>` : ''
    const roles = rolesOf(name)
      .map((role) => `<li>${escaped(role)}</li>`)
      .join('')
    return `<section><h2>${escaped(name)}</h2><form method="post" action="/${escaped(name)}"><button>Apply the lists in ${escaped(name)}</button></form><p>${newest ? (newest.problem ? 'The newest apply stopped:' : 'The newest apply went through.') : 'Not applied yet.'}</p>${said}<ul>${roles || '<li>No roles yet.</li>'}</ul></section>`
  })
  return whole(
    'Practice AWS',
    `<h1>Practice AWS</h1>${sections.join('')}<section><h2>IAM users in the base account</h2><ul>${users || '<li>None.</li>'}</ul></section>`,
  )
}
