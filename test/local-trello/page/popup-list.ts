import { button, el, field, isRecord, textField } from './dom.ts'
import { isCallback } from './host/callbacks.ts'

const TYPED_MS = 300

/** A list popup: entries to press, fixed or given by a function of what was typed. */
export function listBody(
  content: unknown,
  pressed: (item: unknown, element: HTMLElement) => void,
  opener: Record<string, unknown>,
): HTMLElement {
  const items = field(content, 'items')
  const entries = el('div', { class: 'menu' })
  const search = field(content, 'search')
  const show = (given: unknown) => {
    const shown = Array.isArray(given) ? given : []
    entries.replaceChildren(...shown.map((item) => button(textField(item, 'text'), (self) => pressed(item, self))))
    if (shown.length === 0) entries.replaceChildren(textField(search, 'empty'))
  }
  if (!isRecord(search) && !isCallback(items)) {
    show(items)
    return el('div', { class: 'body' }, entries)
  }
  const input = el('input', { type: 'text', placeholder: textField(search, 'placeholder'), 'aria-label': 'Search' })
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = () => {
    if (isCallback(items)) void items({ search: input.value }, opener).then(show, () => null)
    else show(matching(items, input.value))
  }
  input.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(look, Number(field(search, 'debounce') ?? TYPED_MS))
  })
  look()
  return el('div', { class: 'body' }, input, entries)
}

function matching(items: unknown, typed: string): unknown[] {
  const all = Array.isArray(items) ? items : []
  const fits = (item: unknown) => textField(item, 'text').toLowerCase().includes(typed.toLowerCase())
  return all.filter((item) => field(item, 'alwaysVisible') === true || fits(item))
}
