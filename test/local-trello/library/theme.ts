import { record } from './errors.ts'

/** Light or dark, as Trello's page has it, for pages with colours of their own. */

type Hear = (theme: string) => void

const hearers = new Set<Hear>()

export function onTheme(hear: Hear): () => void {
  hearers.add(hear)
  return () => hearers.delete(hear)
}

/**
 * Sets the theme's attributes. Trello's library fetches a theme file when the page has no `--ds-text`; there is none
 * here, so the attributes are taken away again, as they are when that file is missing.
 */
export function startTheme(initial: string, useTokens: boolean): void {
  if (useTokens) setAttributes(initial)
  addEventListener('message', ({ data, source }) => {
    const { type, theme } = record(data)
    if (source !== window.parent || type !== 'TRELLO-THEME-CHANGE') return
    const name = theme === 'dark' ? 'dark' : 'light'
    if (useTokens && !setAttributes(name)) return
    for (const hear of hearers) hear(name)
  })
}

function setAttributes(theme: string): boolean {
  const root = document.documentElement
  root.setAttribute('data-color-mode', theme)
  root.setAttribute('data-theme', `${theme}:${theme}`)
  if (getComputedStyle(root).getPropertyValue('--ds-text').trim() !== '') return true
  console.error('The page has no --ds-text, and the theme file of Trello is not here.')
  root.removeAttribute('data-color-mode')
  root.removeAttribute('data-theme')
  return false
}
