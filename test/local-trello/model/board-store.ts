import { idFor, initialsOf, newTrelloId } from './ids.ts'
import type { Action, ActionData, Board, Card, Change, List, Member, State, Webhook } from './shapes.ts'
import { normalMembership, ORGANIZATION, readState, writeState } from './store.ts'

/** Sharing of what a Power-Up stores: one place per scope, owner and visibility, and per member when private. */
export interface PluginDataPlace {
  scope: string
  owner: string
  visibility: string
  idMember: string
}

/** Members, boards and lists, what is stored of them, and who hears of changes. Cards change in `Model`. */
export class BoardStore {
  readonly now: () => Date
  readonly #file: string | null
  readonly #state: State
  readonly #hearers = new Set<(change: Change) => void>()

  constructor(file: string | null, now: () => Date) {
    this.#file = file
    this.now = now
    this.#state = readState(file)
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
  /** Stored actions, newest first. Ticks are not among them: Trello sends them to webhooks and keeps none. */
  get actions(): Action[] {
    return this.#state.actions
  }
  get webhooks(): Webhook[] {
    return this.#state.webhooks
  }

  listen(hear: (change: Change) => void): void {
    this.#hearers.add(hear)
  }

  save(): void {
    writeState(this.#file, this.#state)
  }

  // --- finding ---

  card(id: string): Card | undefined {
    return this.cards.find((card) => card.id === id || card.shortLink === id)
  }

  board(id: string): Board | undefined {
    return this.boards.find((board) => board.id === id || board.shortLink === id)
  }

  list(id: string): List {
    const found = this.lists.find((list) => list.id === id)
    if (!found) throw new Error(`There is no list ${id}. Take one of model.lists.`)
    return found
  }

  member(id: string): Member | undefined {
    return this.members.find((member) => member.id === id || member.username === id)
  }

  actionsOf(card: Card): Action[] {
    return this.actions.filter((action) => action.data.card?.id === card.id)
  }

  // --- people and boards ---

  addMember(fullName: string, username: string, id = idFor(username)): Member {
    const member = { id, fullName, username, initials: initialsOf(fullName) }
    this.members.push(member)
    this.save()
    return member
  }

  addBoard(name: string, shortLink: string, memberIds: string[], lists: string[]): Board {
    const id = idFor(`board ${shortLink}`)
    const memberships = memberIds.map((idMember) => normalMembership(id, idMember))
    const board = { id, shortLink, name, idOrganization: ORGANIZATION.id, memberships }
    this.boards.push(board)
    for (const [i, list] of lists.entries())
      this.lists.push({ id: idFor(`list ${shortLink} ${list}`), idBoard: id, name: list, closed: false, pos: i + 1 })
    this.save()
    return board
  }

  setBoardMember(by: string, board: Board, idMember: string, on: boolean): void {
    const others = board.memberships.filter((one) => one.idMember !== idMember)
    board.memberships = on ? [...others, normalMembership(board.id, idMember)] : others
    this.boardAct(on ? 'addMemberToBoard' : 'removeMemberFromBoard', by, board, {
      idMember,
      member: this.briefMember(idMember),
    })
  }

  /** Observers read only; a deactivated member keeps the membership and can do nothing. */
  setMembership(
    board: Board,
    idMember: string,
    more: { memberType?: 'admin' | 'normal' | 'observer'; deactivated?: boolean },
  ): void {
    const found = board.memberships.find((one) => one.idMember === idMember)
    if (found) Object.assign(found, more)
    this.save()
  }

  /** Whether somebody may change cards on a board. */
  mayEdit(board: Board, idMember: string): boolean {
    const found = board.memberships.find((one) => one.idMember === idMember)
    return found !== undefined && !found.deactivated && found.memberType !== 'observer'
  }

  deleteBoard(board: Board): void {
    const state = this.#state
    state.boards = this.boards.filter((one) => one !== board)
    state.lists = this.lists.filter((one) => one.idBoard !== board.id)
    state.cards = this.cards.filter((one) => one.idBoard !== board.id)
    state.actions = this.actions.filter((one) => one.data.board?.id !== board.id)
    this.save()
  }

  // --- what Power-Ups store ---

  pluginData(place: PluginDataPlace): string {
    return this.#state.pluginData[placeKey(place)] ?? '{}'
  }

  setPluginData(place: PluginDataPlace, data: string, at: { idBoard: string; idCard: string | null }): void {
    if (this.pluginData(place) === data) return
    this.#state.pluginData[placeKey(place)] = data
    this.save()
    this.#tell({ kind: 'plugin-data', ...at })
  }

  // --- for those who change cards ---

  protected takeShortId(): number {
    return this.#state.nextShortId++
  }

  /** Trello forgets a card's own actions with the card. */
  protected forget(card: Card): void {
    this.#state.cards = this.cards.filter((one) => one !== card)
    this.#state.actions = this.actions.filter((action) => action.data.card?.id !== card.id)
  }

  protected forgetAction(action: Action): void {
    this.#state.actions = this.actions.filter((one) => one !== action)
  }

  protected briefList(card: Card): { id: string; name: string } {
    return brief(this.list(card.idList))
  }

  protected briefMember(idMember: string): { id: string; name: string } {
    return { id: idMember, name: this.member(idMember)?.fullName ?? '' }
  }

  /** Makes the action of a change to a card. `sent-only`: webhooks hear it, and it is not stored. */
  protected act(
    type: string,
    by: string,
    card: Card,
    data: ActionData,
    keep: 'stored' | 'sent-only' = 'stored',
  ): Action {
    const board = this.board(card.idBoard)
    card.dateLastActivity = this.now().toISOString()
    return this.#record(type, by, board, card.id, { card: briefCard(card), ...data }, keep)
  }

  protected boardAct(type: string, by: string, board: Board, data: ActionData): Action {
    return this.#record(type, by, board, null, data, 'stored')
  }

  #record(
    type: string,
    by: string,
    board: Board | undefined,
    idCard: string | null,
    data: ActionData,
    keep: 'stored' | 'sent-only',
  ): Action {
    const place = board ? { id: board.id, name: board.name, shortLink: board.shortLink } : { id: '' }
    const date = this.now()
    const action: Action = {
      id: newTrelloId(date),
      type,
      date: date.toISOString(),
      idMemberCreator: by,
      data: { board: place, ...data },
    }
    if (keep === 'stored') this.actions.unshift(action)
    this.save()
    this.#tell({ kind: 'action', action, idBoard: place.id, idCard })
    return action
  }

  #tell(change: Change): void {
    for (const hear of this.#hearers) hear(change)
  }
}

export function brief({ id, name }: { id: string; name: string }): { id: string; name: string } {
  return { id, name }
}

export function briefCard({ id, name, shortLink, idShort }: Card): {
  id: string
  name: string
  shortLink: string
  idShort: number
} {
  return { id, name, shortLink, idShort }
}

function placeKey({ scope, owner, visibility, idMember }: PluginDataPlace): string {
  return [scope, owner, visibility, ...(visibility === 'private' ? [idMember] : [])].join(':')
}
