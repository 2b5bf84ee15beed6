import { BoardStore, brief, briefCard } from './model/board-store.ts'
import { newShortLink, newTrelloId } from './model/ids.ts'
import type { Action, ActionData, Card, CheckItem, Checklist } from './model/shapes.ts'

export { idFor, newTrelloId } from './model/ids.ts'
export type { Action, Board, Card, Change, Checklist, List, Member, Webhook } from './model/shapes.ts'

export interface NewCard {
  id?: string
  shortLink?: string
  desc?: string
  isTemplate?: boolean
  due?: string | null
  checklists?: { name: string; items: string[] }[]
}

/**
 * A board model that behaves like Trello's where the product depends on it: every change is made here, moves
 * `dateLastActivity`, makes its true action, and is heard by the webhooks and the open pages.
 */
export class Model extends BoardStore {
  // --- cards ---

  createCard(by: string, idList: string, name: string, more: NewCard = {}): Card {
    const list = this.list(idList)
    const card: Card = {
      id: more.id ?? newTrelloId(this.now()),
      idShort: this.takeShortId(),
      shortLink: more.shortLink ?? newShortLink(),
      idBoard: list.idBoard,
      idList,
      name,
      desc: more.desc ?? '',
      closed: false,
      isTemplate: more.isTemplate ?? false,
      due: more.due ?? null,
      pos: this.cards.length + 1,
      idMembers: [],
      labels: [],
      checklists: (more.checklists ?? []).map((checklist, i) =>
        this.#newChecklist(checklist.name, checklist.items, i + 1),
      ),
      dateLastActivity: this.now().toISOString(),
    }
    this.cards.push(card)
    this.act('createCard', by, card, { list: this.briefList(card) })
    return card
  }

  /** As in Trello: items keep their ticks, everything gets new ids, Power-Up data and comments do not come along. */
  copyCard(by: string, source: Card, idList: string, name: string): Card {
    const list = this.list(idList)
    const card: Card = {
      ...structuredClone(source),
      id: newTrelloId(this.now()),
      idShort: this.takeShortId(),
      shortLink: newShortLink(),
      idBoard: list.idBoard,
      idList,
      name,
      isTemplate: false,
      closed: false,
      pos: this.cards.length + 1,
      idMembers: [],
      checklists: source.checklists.map((checklist) => ({
        ...checklist,
        id: newTrelloId(this.now()),
        checkItems: checklist.checkItems.map((item) => ({ ...item, id: newTrelloId(this.now()) })),
      })),
    }
    this.cards.push(card)
    const { id, shortLink, idShort } = source
    this.act('copyCard', by, card, {
      cardSource: { id, name: source.name, shortLink, idShort },
      list: this.briefList(card),
    })
    return card
  }

  rename(by: string, card: Card, name: string): void {
    this.#update(by, card, { name })
  }

  describe(by: string, card: Card, desc: string): void {
    this.#update(by, card, { desc })
  }

  setDue(by: string, card: Card, due: string | null): void {
    this.#update(by, card, { due })
  }

  setClosed(by: string, card: Card, closed: boolean): void {
    this.#update(by, card, { closed })
  }

  move(by: string, card: Card, idList: string): void {
    const [before, after] = [this.list(card.idList), this.list(idList)]
    if (before.idBoard === after.idBoard) {
      this.#update(by, card, { idList }, { listBefore: brief(before), listAfter: brief(after) })
      return
    }
    const [from, to] = [this.board(before.idBoard), this.board(after.idBoard)]
    if (!from || !to) throw new Error('A card moves between boards that exist.')
    // Each board hears its own half.
    this.act('moveCardFromBoard', by, card, { boardTarget: { id: to.id }, list: brief(before) })
    card.idList = idList
    card.idBoard = to.id
    this.act('moveCardToBoard', by, card, { boardSource: { id: from.id }, list: brief(after) })
  }

  setMember(by: string, card: Card, idMember: string, on: boolean): void {
    if (card.idMembers.includes(idMember) === on) return
    card.idMembers = on ? [...card.idMembers, idMember] : card.idMembers.filter((id) => id !== idMember)
    this.act(on ? 'addMemberToCard' : 'removeMemberFromCard', by, card, {
      idMember,
      member: this.briefMember(idMember),
    })
  }

  /** Trello forgets the card's own actions with the card; the board keeps that it was deleted, without its name. */
  remove(by: string, card: Card): void {
    this.forget(card)
    const { id, idShort, shortLink } = card
    this.act('deleteCard', by, card, { card: { id, idShort, shortLink }, list: this.briefList(card) })
  }

  // --- checklists and comments ---

  tick(by: string, card: Card, itemId: string, complete: boolean): CheckItem | null {
    const found = this.#item(card, itemId)
    if (!found) return null
    const { checklist, item } = found
    item.state = complete ? 'complete' : 'incomplete'
    const data = { checklist: brief(checklist), checkItem: { ...brief(item), state: item.state } }
    // Sent to webhooks; never stored.
    this.act('updateCheckItemStateOnCard', by, card, data, 'sent-only')
    return item
  }

  renameItem(by: string, card: Card, itemId: string, name: string): CheckItem | null {
    const found = this.#item(card, itemId)
    if (!found) return null
    const old = { name: found.item.name }
    found.item.name = name
    this.act(
      'updateCheckItem',
      by,
      card,
      { checklist: brief(found.checklist), checkItem: brief(found.item), old },
      'sent-only',
    )
    return found.item
  }

  addChecklist(by: string, card: Card, name: string, items: string[] = []): Checklist {
    const checklist = this.#newChecklist(name, items, card.checklists.length + 1)
    card.checklists.push(checklist)
    this.act('addChecklistToCard', by, card, { checklist: brief(checklist) })
    return checklist
  }

  addItem(by: string, card: Card, checklist: Checklist, name: string): CheckItem {
    const item: CheckItem = {
      id: newTrelloId(this.now()),
      name,
      state: 'incomplete',
      pos: checklist.checkItems.length + 1,
    }
    checklist.checkItems.push(item)
    this.act('createCheckItem', by, card, { checklist: brief(checklist), checkItem: brief(item) }, 'sent-only')
    return item
  }

  removeItem(by: string, card: Card, itemId: string): void {
    const found = this.#item(card, itemId)
    if (!found) return
    found.checklist.checkItems = found.checklist.checkItems.filter((item) => item !== found.item)
    this.act(
      'deleteCheckItem',
      by,
      card,
      { checklist: brief(found.checklist), checkItem: brief(found.item) },
      'sent-only',
    )
  }

  comment(by: string, card: Card, text: string): Action {
    return this.act('commentCard', by, card, { text, list: this.briefList(card) })
  }

  editComment(by: string, card: Card, action: Action, text: string): Action {
    const old = { text: action.data['text'] }
    action.data = { ...action.data, text, dateLastEdited: this.now().toISOString() }
    this.act('updateComment', by, card, { action: { id: action.id, text }, old }, 'sent-only')
    return action
  }

  deleteComment(by: string, card: Card, action: Action): void {
    this.forgetAction(action)
    this.act('deleteComment', by, card, { action: { id: action.id } }, 'sent-only')
  }

  // --- inside ---

  #update(by: string, card: Card, next: Partial<Card>, more: ActionData = {}): void {
    const old = Object.fromEntries(Object.keys(next).map((name) => [name, card[name as keyof Card]]))
    Object.assign(card, next)
    this.act('updateCard', by, card, { old, card: { ...briefCard(card), ...next }, ...more })
  }

  #newChecklist(name: string, items: string[], pos: number): Checklist {
    const item = (text: string, i: number): CheckItem => ({
      id: newTrelloId(this.now()),
      name: text,
      state: 'incomplete',
      pos: i + 1,
    })
    return { id: newTrelloId(this.now()), name, pos, checkItems: items.map(item) }
  }

  #item(card: Card, itemId: string): { checklist: Checklist; item: CheckItem } | null {
    for (const checklist of card.checklists)
      for (const item of checklist.checkItems) if (item.id === itemId) return { checklist, item }
    return null
  }
}
