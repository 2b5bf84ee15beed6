import { button, el } from './dom.ts'
import { state } from './state.ts'

/** The page's own small forms, shown in a popup under what was clicked. */

export function labelled(text: string, control: HTMLElement): HTMLLabelElement {
  return el('label', { class: 'field' }, el('span', {}, text), control)
}

export function textInput(value = ''): HTMLInputElement {
  const input = el('input', { type: 'text', required: '' })
  input.value = value
  return input
}

export function formBody(fields: HTMLElement[], submit: string, done: () => void): HTMLFormElement {
  const form = el('form', { class: 'body' }, ...fields, el('div', { class: 'row' }, submitButton(submit)))
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    done()
  })
  return form
}

export function submitButton(text: string): HTMLButtonElement {
  const made = button(text, () => undefined, 'primary')
  made.type = 'submit'
  return made
}

/** Lists of every board that whoever is looking belongs to, this board's first. */
export function listSelect(chosen: string): HTMLSelectElement {
  const here = state.data.board.id
  const boards = state.data.boards
    .filter((board) => board.memberIds.includes(state.viewer))
    .toSorted((a, b) => Number(b.id === here) - Number(a.id === here))
  const groups = boards.map((board) =>
    el('optgroup', { label: board.name }, ...board.lists.map((list) => el('option', { value: list.id }, list.name))),
  )
  const select = el('select', {}, ...groups)
  select.value = chosen
  return select
}
