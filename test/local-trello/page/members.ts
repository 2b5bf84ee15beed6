import type { CardData } from '../page-data.ts'
import { el, signButton } from './dom.ts'
import { avatar } from './fronts.ts'
import type { Parts } from './parts.ts'
import { mayEdit, member, state } from './state.ts'

/** Who is on the open card, with a way to add and to take off. */
export function drawMembers(parts: Parts, place: HTMLElement, open: CardData): void {
  const { id: card, idMembers } = open.front
  const set = (idMember: string, on: boolean) => void parts.change({ do: 'member', card, member: idMember, on })
  const chips = idMembers.map((idMember) => {
    const name = member(idMember)?.fullName ?? 'Somebody'
    const takeOff = mayEdit() ? signButton('✕', `Take ${name} off this card`, () => set(idMember, false)) : null
    return el('span', { class: 'chip' }, avatar(idMember), name, takeOff)
  })
  const others = state.data.board.memberships.map((one) => one.idMember).filter((id) => !idMembers.includes(id))
  const choice = el(
    'select',
    { 'aria-label': 'Add a member' },
    el('option', { value: '' }, 'Add a member …'),
    ...others.map((id) => el('option', { value: id }, member(id)?.fullName ?? id)),
  )
  choice.addEventListener('change', () => set(choice.value, true))
  place.replaceChildren(el('h3', {}, 'Members'), el('div', { class: 'row' }, ...chips, mayEdit() ? choice : null))
}
