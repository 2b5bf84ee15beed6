import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** A board model that behaves like Trello's where the product depends on it. Every change makes its true action. */

export interface Member {
  id: string
  fullName: string
  username: string
}
export interface Item {
  id: string
  name: string
  state: 'complete' | 'incomplete'
  pos: number
}
export interface Checklist {
  id: string
  name: string
  checkItems: Item[]
}
export interface Card {
  id: string
  idShort: number
  shortLink: string
  idBoard: string
  idList: string
  name: string
  desc: string
  closed: boolean
  isTemplate: boolean
  idMembers: string[]
  checklists: Checklist[]
  dateLastActivity: string
  pluginData: Record<string, string>
}
export interface List {
  id: string
  idBoard: string
  name: string
}
export interface Board {
  id: string
  shortLink: string
  name: string
  members: string[]
}
export interface Action {
  id: string
  type: string
  date: string
  idMemberCreator: string
  data: Record<string, unknown> & { card?: { id: string; name?: string; shortLink?: string }; board?: { id: string } }
}
interface State {
  members: Member[]
  boards: Board[]
  lists: List[]
  cards: Card[]
  actions: Action[]
  memberData: Record<string, string>
  nextNumber: number
}

export interface Heard {
  action: Action
  boardId: string
}

const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789'

/** An id as Trello's: 24 characters of hex that begin with the time, so that later ones sort later. */
export function newTrelloId(now = new Date()): string {
  return (
    Math.floor(now.getTime() / 1000)
      .toString(16)
      .padStart(8, '0') + randomBytes(8).toString('hex')
  )
}

/** The same id for the same name: example people keep theirs. */
export function idFor(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 24)
}

export class Model {
  #state: State
  readonly #file: string | null
  readonly #hearers = new Set<(heard: Heard) => void>()
  readonly now: () => Date

  constructor(file: string | null, now: () => Date) {
    this.#file = file
    this.now = now
    const kept = file && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as State) : null
    this.#state = kept ?? { members: [], boards: [], lists: [], cards: [], actions: [], memberData: {}, nextNumber: 1 }
  }

  get members(): Member[] {
    return this.#state.members
  }
  get boards(): Board[] {
    return this.#state.boards
  }
  get lists(): List[] {
    return this.#state.lists
  }
  get cards(): Card[] {
    return this.#state.cards
  }
  get actions(): Action[] {
    return this.#state.actions
  }
  get memberData(): Record<string, string> {
    return this.#state.memberData
  }

  listen(hear: (heard: Heard) => void): void {
    this.#hearers.add(hear)
  }

  save(): void {
    if (this.#file) writeFileSync(this.#file, JSON.stringify(this.#state))
  }

  card(id: string): Card | undefined {
    return this.cards.find((card) => card.id === id || card.shortLink === id)
  }

  board(id: string): Board | undefined {
    return this.boards.find((board) => board.id === id || board.shortLink === id)
  }

  addMember(fullName: string, username: string, id = idFor(username)): Member {
    const member = { id, fullName, username }
    this.members.push(member)
    this.save()
    return member
  }

  addBoard(name: string, shortLink: string, members: string[], lists: string[]): Board {
    const board = { id: idFor(`board ${shortLink}`), shortLink, name, members }
    this.boards.push(board)
    for (const list of lists) this.lists.push({ id: idFor(`list ${shortLink} ${list}`), idBoard: board.id, name: list })
    this.save()
    return board
  }

  createCard(
    by: string,
    idList: string,
    name: string,
    more: Partial<Pick<Card, 'desc' | 'isTemplate' | 'shortLink' | 'id'>> & {
      checklists?: { name: string; items: string[] }[]
    } = {},
  ): Card {
    const list = this.lists.find((one) => one.id === idList)
    if (!list) throw new Error('no such list')
    const card: Card = {
      id: more.id ?? newTrelloId(this.now()),
      idShort: this.#state.nextNumber++,
      shortLink: more.shortLink ?? newShortLink(),
      idBoard: list.idBoard,
      idList,
      name,
      desc: more.desc ?? '',
      closed: false,
      isTemplate: more.isTemplate ?? false,
      idMembers: [],
      checklists: (more.checklists ?? []).map((checklist) => ({
        id: newTrelloId(this.now()),
        name: checklist.name,
        checkItems: checklist.items.map((item, i) => ({
          id: newTrelloId(this.now()),
          name: item,
          state: 'incomplete',
          pos: i + 1,
        })),
      })),
      dateLastActivity: this.now().toISOString(),
      pluginData: {},
    }
    this.cards.push(card)
    this.#act('createCard', by, card, { list: { id: list.id, name: list.name } })
    return card
  }

  /** As in Trello: items keep their ticks, everything gets new ids, Power-Up data and comments do not come along. */
  copyCard(by: string, source: Card, idList: string, name: string): Card {
    const list = this.lists.find((one) => one.id === idList)
    if (!list) throw new Error('no such list')
    const card: Card = {
      ...structuredClone(source),
      id: newTrelloId(this.now()),
      idShort: this.#state.nextNumber++,
      shortLink: newShortLink(),
      idBoard: list.idBoard,
      idList,
      name,
      isTemplate: false,
      closed: false,
      idMembers: [],
      pluginData: {},
      dateLastActivity: this.now().toISOString(),
      checklists: source.checklists.map((checklist) => ({
        ...checklist,
        id: newTrelloId(this.now()),
        checkItems: checklist.checkItems.map((item) => ({ ...item, id: newTrelloId(this.now()) })),
      })),
    }
    this.cards.push(card)
    this.#act('copyCard', by, card, {
      cardSource: { id: source.id, name: source.name, shortLink: source.shortLink, idShort: source.idShort },
      list: { id: list.id, name: list.name },
    })
    return card
  }

  /** Ticks. This action exists in webhooks only: Trello keeps no record of it. */
  tick(by: string, card: Card, itemId: string, complete: boolean): void {
    for (const checklist of card.checklists)
      for (const item of checklist.checkItems)
        if (item.id === itemId) {
          item.state = complete ? 'complete' : 'incomplete'
          this.#act(
            'updateCheckItemStateOnCard',
            by,
            card,
            {
              checklist: { id: checklist.id, name: checklist.name },
              checkItem: { id: item.id, name: item.name, state: item.state },
            },
            false,
          )
        }
  }

  comment(by: string, card: Card, text: string): Action {
    return this.#act('commentCard', by, card, { text })
  }

  rename(by: string, card: Card, name: string): void {
    const old = { name: card.name }
    card.name = name
    this.#act('updateCard', by, card, { old })
  }

  setClosed(by: string, card: Card, closed: boolean): void {
    const old = { closed: card.closed }
    card.closed = closed
    this.#act('updateCard', by, card, { old })
  }

  move(by: string, card: Card, idList: string): void {
    const list = this.lists.find((one) => one.id === idList)
    if (!list) throw new Error('no such list')
    const old = { idList: card.idList }
    const elsewhere = list.idBoard !== card.idBoard
    card.idList = idList
    card.idBoard = list.idBoard
    this.#act(elsewhere ? 'moveCardToBoard' : 'updateCard', by, card, { old })
  }

  setMember(by: string, card: Card, memberId: string, on: boolean): void {
    card.idMembers = on ? [...new Set([...card.idMembers, memberId])] : card.idMembers.filter((id) => id !== memberId)
    this.#act(on ? 'addMemberToCard' : 'removeMemberFromCard', by, card, { idMember: memberId })
  }

  remove(by: string, card: Card): void {
    this.#state.cards = this.cards.filter((one) => one !== card)
    this.#act('deleteCard', by, card, {})
  }

  /** Plugin data changed: pages ask for badges again, but Trello makes no action of it. */
  touch(card: Card): void {
    this.save()
    for (const hear of this.#hearers)
      hear({
        action: { id: '', type: 'pluginData', date: '', idMemberCreator: '', data: { card: { id: card.id } } },
        boardId: card.idBoard,
      })
  }

  #act(type: string, by: string, card: Card, data: Record<string, unknown>, kept = true): Action {
    const date = this.now().toISOString()
    card.dateLastActivity = date
    const action: Action = {
      id: newTrelloId(this.now()),
      type,
      date,
      idMemberCreator: by,
      data: { card: { id: card.id, name: card.name, shortLink: card.shortLink }, board: { id: card.idBoard }, ...data },
    }
    if (kept) this.actions.unshift(action)
    this.save()
    for (const hear of this.#hearers) hear({ action, boardId: card.idBoard })
    return action
  }
}

function newShortLink(): string {
  return Array.from(randomBytes(8), (byte) => alphabet[byte % alphabet.length]).join('')
}
