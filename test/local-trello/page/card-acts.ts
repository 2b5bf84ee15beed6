import type { CardData } from '../page-data.ts'
import { button, el, textField } from './dom.ts'
import { formBody, labelled, listSelect, textInput } from './forms.ts'
import type { Parts } from './parts.ts'
import { mayEdit, state } from './state.ts'

/** What somebody may do with an open card: copy, move, rename, describe, archive, delete. */
export function drawCardActs(parts: Parts, place: HTMLElement, open: CardData): void {
  const { front } = open
  const { id: card, closed } = front
  const inForm = (title: string, fields: () => { body: HTMLElement[]; submit: string; done(): Promise<unknown> }) =>
    button(title, (self) => {
      const { body, submit, done } = fields()
      const form = formBody(body, submit, () => {
        parts.windows.closePopup()
        void done()
      })
      parts.windows.openPanel(title, form, self.getBoundingClientRect())
    })

  const copy = inForm('Copy card', () => {
    const name = textInput(front.name)
    const list = listSelect(listForCopies())
    return {
      body: [labelled('Title of the copy', name), labelled('To', list)],
      submit: 'Make the copy',
      async done() {
        const made = await parts.change({ do: 'copy', card, list: list.value, name: name.value })
        if (made?.['idBoard'] === state.data.board.id) parts.openCard(textField(made, 'id'))
      },
    }
  })
  const move = inForm('Move', () => {
    const list = listSelect(front.idList)
    return {
      body: [labelled('To', list)],
      submit: 'Move the card',
      done: () => parts.change({ do: 'move', card, list: list.value }),
    }
  })
  const rename = inForm('Rename', () => {
    const name = textInput(front.name)
    return {
      body: [labelled('Title', name)],
      submit: 'Save',
      done: () => parts.change({ do: 'rename', card, name: name.value }),
    }
  })
  const describe = inForm('Description', () => {
    const text = el('textarea', { rows: '6' })
    text.value = front.desc
    return {
      body: [labelled('Text', text)],
      submit: 'Save',
      done: () => parts.change({ do: 'describe', card, text: text.value }),
    }
  })
  const archive = button(
    closed ? 'Send back to the board' : 'Archive',
    () => void parts.change({ do: 'close', card, on: !closed }),
  )
  // As in Trello, only what is archived can be deleted.
  const remove = closed ? [button('Delete', () => void parts.change({ do: 'delete', card }), 'danger')] : []
  place.replaceChildren(...(mayEdit() ? [copy, move, rename, describe, archive, ...remove] : []))
}

/** Copies of a template are wanted among the work, not among the templates. */
function listForCopies(): string {
  const { lists } = state.data
  return (lists.find((list) => list.name === 'To do') ?? lists[0])?.id ?? ''
}
