/** Small helpers to make elements. Texts always go in as text, never as markup. */

type Attributes = Record<string, string | undefined>

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string | null)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(name, value)
  made.append(...children.filter((child) => child !== null))
  return made
}

export function button(text: string, click: (self: HTMLButtonElement) => void, kind = ''): HTMLButtonElement {
  const made = el('button', { type: 'button', class: kind || undefined }, text)
  made.addEventListener('click', () => click(made))
  return made
}

/** A button with a sign instead of words; the words are its name. */
export function signButton(sign: string, name: string, click: (self: HTMLButtonElement) => void): HTMLButtonElement {
  const made = el(
    'button',
    { type: 'button', class: 'sign', 'aria-label': name, title: name },
    el('span', { 'aria-hidden': 'true' }, sign),
  )
  made.addEventListener('click', () => click(made))
  return made
}

/** An element that the page's HTML is known to have. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new Error(`The page has no element ${id}.`)
  return found
}

export function dialogById(id: string): HTMLDialogElement {
  const found = byId(id)
  if (!(found instanceof HTMLDialogElement)) throw new Error(`${id} is not a dialog.`)
  return found
}

export function selectById(id: string): HTMLSelectElement {
  const found = byId(id)
  if (!(found instanceof HTMLSelectElement)) throw new Error(`${id} is not a select.`)
  return found
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function field(of: unknown, name: string): unknown {
  return isRecord(of) ? of[name] : undefined
}

export function textField(of: unknown, name: string): string {
  const value = field(of, name)
  return typeof value === 'string' ? value : ''
}
