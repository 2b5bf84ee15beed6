import type { CardFront } from '../page-data.ts'
import { el } from './dom.ts'
import { member } from './state.ts'

/** A card as it lies on the board. Its element stays the same as long as the card does, so badges and focus stay. */
export interface Front {
  root: HTMLButtonElement
  /** Where the Power-Up's badges go. */
  power: HTMLElement
  show(card: CardFront): void
}

export function createFront(id: string, open: () => void): Front {
  const label = el('span', { class: 'template', hidden: '' }, 'This card is a template')
  const name = el('span', { class: 'name' })
  const power = el('span', { class: 'power badges' })
  const own = el('span', { class: 'own' })
  const root = el('button', { type: 'button', class: 'front', 'data-card': id }, label, name, power, own)
  root.addEventListener('click', open)
  return {
    root,
    power,
    show(card) {
      label.hidden = !card.isTemplate
      name.textContent = card.name
      const { checkItems, checkItemsChecked, comments, description } = card.badges
      own.replaceChildren(
        ...(description ? [sign('≡', 'Has a description')] : []),
        ...(comments > 0 ? [el('span', {}, comments === 1 ? '1 comment' : `${comments} comments`)] : []),
        ...(checkItems > 0
          ? [sign(`☑ ${checkItemsChecked}/${checkItems}`, `${checkItemsChecked} of ${checkItems} ticked`)]
          : []),
        el('span', { class: 'people' }, ...card.idMembers.map((idMember) => avatar(idMember))),
      )
    },
  }
}

export function avatar(idMember: string): HTMLElement {
  const found = member(idMember)
  const name = found?.fullName ?? 'Somebody'
  return el('span', { class: 'avatar', role: 'img', 'aria-label': name, title: name }, found?.initials ?? '?')
}

function sign(text: string, says: string): HTMLElement {
  return el('span', { class: 'count', role: 'img', 'aria-label': says, title: says }, text)
}
