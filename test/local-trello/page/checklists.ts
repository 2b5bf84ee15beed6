import type { CardData } from '../page-data.ts'
import { el } from './dom.ts'
import type { Parts } from './parts.ts'
import { mayEdit } from './state.ts'

/** Checklists of the open card, to tick. */
export function drawChecklists(parts: Parts, place: HTMLElement, open: CardData): void {
  const focused = document.activeElement?.id ?? ''
  place.replaceChildren(
    ...open.checklists.map((checklist) => {
      const items = checklist.checkItems
      const done = items.filter((item) => item.state === 'complete').length
      return el(
        'section',
        {},
        el('h3', {}, checklist.name),
        el('progress', { max: String(items.length), value: String(done), 'aria-label': `${done} of ${items.length}` }),
        el('ul', { class: 'items' }, ...items.map((item) => el('li', {}, tickable(parts, open.front.id, item)))),
      )
    }),
  )
  if (focused.startsWith('item-')) document.getElementById(focused)?.focus()
}

function tickable(parts: Parts, card: string, item: { id: string; name: string; state: string }): HTMLLabelElement {
  const box = el('input', { type: 'checkbox', id: `item-${item.id}` })
  box.checked = item.state === 'complete'
  box.disabled = !mayEdit()
  box.addEventListener('change', () => void parts.change({ do: 'tick', card, item: item.id, on: box.checked }))
  return el('label', {}, box, el('span', box.checked ? { class: 'done' } : {}, item.name))
}
