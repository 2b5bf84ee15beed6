import { button, byId, el } from './dom.ts'
import { formBody, labelled, textInput } from './forms.ts'
import { createFront, type Front } from './fronts.ts'
import type { Parts } from './parts.ts'
import { sortButton } from './sorters.ts'
import { mayEdit, state } from './state.ts'

/** The columns of the board, and the fronts in them. */
export interface Lists {
  draw(): void
  /** Asks for the badges of one card, or of all. */
  askBadges(id: string | null): void
}

export function createLists(parts: Parts): Lists {
  const fronts = new Map<string, Front>()

  function frontOf(id: string): Front {
    const made = fronts.get(id) ?? createFront(id, () => parts.openCard(id))
    fronts.set(id, made)
    return made
  }

  function dropGone(): void {
    for (const id of fronts.keys()) {
      if (state.data.cards.some((card) => card.id === id)) continue
      parts.badges.stop('card-badges', id)
      fronts.delete(id)
    }
  }

  function column(list: { id: string; name: string }): HTMLElement {
    const cards = state.data.cards.filter((card) => card.idList === list.id)
    const roots = cards.map((card) => {
      const front = frontOf(card.id)
      front.show(card)
      return front.root
    })
    const head = el('div', { class: 'list-head' }, el('h2', {}, list.name), sortButton(parts, list.id, draw))
    return el(
      'section',
      { class: 'list', 'aria-label': list.name },
      head,
      ...roots,
      mayEdit() ? addButton(list.id) : null,
    )
  }

  function addButton(list: string): HTMLButtonElement {
    return button(
      '+ Add a card',
      (self) => {
        const name = textInput()
        const body = formBody([labelled('Title', name)], 'Add', () => {
          parts.windows.closePopup()
          void parts.change({ do: 'create', list, name: name.value })
        })
        parts.windows.openPanel('Add a card', body, self.getBoundingClientRect())
      },
      'quiet add',
    )
  }

  function draw(): void {
    const focused = document.activeElement
    dropGone()
    byId('lists').replaceChildren(...state.data.lists.map(column))
    if (focused instanceof HTMLElement && focused.isConnected && focused !== document.activeElement) focused.focus()
  }

  return {
    draw,
    askBadges(id) {
      for (const card of state.data.cards)
        if (id === null || card.id === id) void parts.badges.ask('card-badges', card, frontOf(card.id).power)
    },
  }
}
