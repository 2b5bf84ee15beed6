import { withClicked } from './clicked.ts'
import { button, el, field, signButton, textField } from './dom.ts'
import { type Held, isCallback } from './host/callbacks.ts'
import { buttonFault } from './host/checks.ts'
import type { Parts } from './parts.ts'
import { complain } from './problems.ts'
import { state } from './state.ts'

/** The menu of a list with the Power-Up's ways to sort it. */

const MOST_SORTERS = 5

export function sortButton(parts: Parts, list: string, draw: () => void): HTMLButtonElement {
  return signButton('⇅', 'Sort this list', (self) => void openMenu(parts, list, self, draw))
}

let shown: Held | null = null

async function openMenu(parts: Parts, list: string, at: HTMLElement, draw: () => void): Promise<void> {
  const held = await parts.host.ask('list-sorters', { list })
  shown?.release()
  shown = held
  const given = held && Array.isArray(held.value) ? held.value : []
  if (given.length > MOST_SORTERS) complain(`list-sorters: only ${MOST_SORTERS} are shown`)
  const faults = given.map(buttonFault).filter((fault) => fault !== null)
  for (const fault of faults) complain(`list-sorters: ${fault}`)
  const choices = given
    .slice(0, MOST_SORTERS)
    .filter((sorter) => buttonFault(sorter) === null)
    .map((sorter) =>
      button(textField(sorter, 'text'), () => void sort(parts, list, at, field(sorter, 'callback'), draw)),
    )
  const menu = choices.length > 0 ? choices : [el('p', {}, 'No Power-Up sorts this list.')]
  parts.windows.openPanel('Sort this list', el('div', { class: 'body menu' }, ...menu), at.getBoundingClientRect())
}

async function sort(parts: Parts, list: string, at: HTMLElement, callback: unknown, draw: () => void): Promise<void> {
  if (!isCallback(callback)) return
  const cards = state.data.cards.filter((card) => card.idList === list)
  await withClicked(at, async (reference) => {
    const brief = cards.map(({ id, name, idList }) => ({ id, name, idList }))
    const answer = await callback({ cards: brief }, { list, el: reference }).catch((error: unknown) => {
      complain(`list-sorters: ${error instanceof Error ? error.message : String(error)}`)
      return null
    })
    const sorted = field(answer, 'sortedIds')
    if (!Array.isArray(sorted)) return
    state.data.cards.sort((a, b) => sorted.indexOf(a.id) - sorted.indexOf(b.id))
    draw()
  })
  parts.windows.closePopup()
}
