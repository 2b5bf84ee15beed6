import type { CardData } from '../page-data.ts'
import { drawCardActs } from './card-acts.ts'
import { drawChecklists } from './checklists.ts'
import { commentForm, drawComments } from './comments.ts'
import { dialogById, el, signButton } from './dom.ts'
import { drawMembers } from './members.ts'
import type { Parts } from './parts.ts'
import { createPowerButtons } from './power-buttons.ts'
import { createSection, type Section } from './section.ts'
import { read, state } from './state.ts'

/** The open card: what Trello shows of it, and what the Power-Up adds. */
export interface CardBack {
  open(id: string): Promise<void>
  close(): void
  /** Reads the open card again, and closes it when it has gone. */
  refresh(): Promise<void>
  /** Asks the Power-Up again about the open card. Answers the frame that hears of it with the answer. */
  askAgain(): HTMLIFrameElement | null
}

interface Drawn {
  id: string
  places: Places
  section: Section
  stop(): void
  askAgain(): void
}

interface Places {
  title: HTMLElement
  archived: HTMLElement
  acts: HTMLElement
  members: HTMLElement
  description: HTMLElement
  checklists: HTMLElement
  comments: HTMLElement
}

export function createCardBack(parts: Parts): CardBack {
  const dialog = dialogById('card')
  const inside = el('div', { class: 'inside' })
  let drawn: Drawn | null = null
  dialog.append(inside)
  dialog.addEventListener('close', () => {
    if (!dialog.open) forget()
  })

  function forget(): void {
    drawn?.stop()
    drawn = null
    state.open = null
    inside.replaceChildren()
    history.replaceState(null, '', `/b/${state.data.board.shortLink}${location.search}`)
  }

  function close(): void {
    if (dialog.open) dialog.close()
    if (drawn) forget()
  }

  async function load(id: string): Promise<CardData | null> {
    const found = await read<CardData | null>(`/data/card/${id}`)
    if (!found) return null
    // A card that was moved away is no longer on the board on screen.
    if (found.front.idBoard !== state.data.board.id) return null
    state.checklists.set(found.front.id, found.checklists)
    return found
  }

  function draw(open: CardData): Drawn {
    const { front } = open
    const context = { card: front.id, list: front.idList }
    const [badges, buttons, sections] = [el('div', { class: 'row', id: 'detail-badges' }), row(), el('div')]
    const places: Places = {
      title: el('h2', { id: 'card-title' }),
      archived: el('p', { class: 'archived', hidden: '' }, 'This card is archived.'),
      acts: row(),
      members: el('div', { id: 'members' }),
      description: el('div', { id: 'description' }),
      checklists: el('div', { id: 'checklists' }),
      comments: el('div', { id: 'comments' }),
    }
    const section = createSection(parts.host, sections, front)
    const powerButtons = createPowerButtons(parts.host, 'card-buttons', buttons, context)
    const main = el('div', { class: 'main' }, badges, places.members, places.description, sections, places.checklists)
    const side = el(
      'aside',
      { class: 'side', 'aria-label': 'Actions and comments' },
      places.acts,
      el('h3', {}, 'Power-Ups'),
      buttons,
      el('h3', {}, 'Comments'),
      commentForm(parts, front.id),
      places.comments,
    )
    const head = el('div', { class: 'head' }, places.title, signButton('✕', 'Close card', close))
    inside.replaceChildren(head, places.archived, el('div', { class: 'columns' }, main, side))
    return {
      id: front.id,
      places,
      section,
      stop() {
        section.stop()
        powerButtons.stop()
        parts.badges.stop('card-detail-badges', front.id)
      },
      askAgain() {
        void parts.badges.ask('card-detail-badges', front, badges)
        void section.ask()
        void powerButtons.ask()
      },
    }
  }

  function show({ places }: Drawn, open: CardData): void {
    places.title.textContent = open.front.name
    places.archived.hidden = !open.front.closed
    places.description.replaceChildren(
      ...(open.front.desc ? [el('h3', {}, 'Description'), el('p', { class: 'desc' }, open.front.desc)] : []),
    )
    drawCardActs(parts, places.acts, open)
    drawMembers(parts, places.members, open)
    drawChecklists(parts, places.checklists, open)
    drawComments(places.comments, open)
  }

  return {
    async open(id) {
      const open = await load(id)
      if (!open) return close()
      drawn?.stop()
      state.open = open
      drawn = draw(open)
      show(drawn, open)
      history.replaceState(null, '', `/c/${open.front.shortLink}${location.search}`)
      if (!dialog.open) dialog.showModal()
      drawn.askAgain()
    },
    close,
    async refresh() {
      const mine = drawn
      if (!mine) return
      const open = await load(mine.id)
      if (drawn !== mine) return
      if (!open) return close()
      state.open = open
      show(mine, open)
    },
    askAgain() {
      drawn?.askAgain()
      return drawn?.section.frame() ?? null
    },
  }
}

function row(): HTMLElement {
  return el('div', { class: 'row' })
}
