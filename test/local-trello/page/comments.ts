import type { Action } from '../model/shapes.ts'
import type { CardData } from '../page-data.ts'
import { el } from './dom.ts'
import { submitButton } from './forms.ts'
import { avatar } from './fronts.ts'
import type { Parts } from './parts.ts'
import { mayEdit, member } from './state.ts'

/** Comments of the open card, newest first, with mentions and addresses made visible. */
export function drawComments(place: HTMLElement, open: CardData): void {
  place.replaceChildren(...open.comments.map(drawn))
}

/** Made once for a card, so that what somebody is writing stays when something else changes. */
export function commentForm(parts: Parts, card: string): HTMLElement | null {
  if (!mayEdit()) return null
  const input = el('textarea', { rows: '2', 'aria-label': 'Write a comment', required: '' })
  const form = el('form', { class: 'comment-form' }, input, submitButton('Comment'))
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void parts.change({ do: 'comment', card, text: input.value })
    input.value = ''
  })
  return form
}

const PIECES = /(@[\w-]+|https?:\/\/[^\s)]+)/

function drawn(action: Action): HTMLElement {
  const text = String(action.data['text'] ?? '')
  const when = new Date(action.date).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
  return el(
    'article',
    { class: 'comment' },
    avatar(action.idMemberCreator),
    el('div', {}, el('strong', {}, member(action.idMemberCreator)?.fullName ?? 'Somebody'), ` ${when}`),
    el('p', {}, ...text.split(PIECES).map(piece)),
  )
}

function piece(text: string): Node | string {
  if (text.startsWith('@')) return el('span', { class: 'mention' }, text)
  return text.startsWith('http') ? el('a', { href: text, target: '_blank', rel: 'noopener' }, text) : text
}
