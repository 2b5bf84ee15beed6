import type { PluginDataPlace } from './model/board-store.ts'
import type { Action, Board, Card, Checklist, List, Member, Model } from './model.ts'

/** What the board page reads. The page imports these types; the server makes them. */

/** A card as the front of the board has it: its checklists by name and their items counted, never the items. */
export interface CardFront extends Omit<Card, 'checklists'> {
  checklists: Omit<Checklist, 'checkItems'>[]
  badges: { checkItems: number; checkItemsChecked: number; comments: number; description: boolean }
}

export interface BoardData {
  board: Board
  boards: { id: string; shortLink: string; name: string; memberIds: string[]; lists: { id: string; name: string }[] }[]
  lists: List[]
  members: Member[]
  /** What a member is in the practised story, by id: said where one chooses who is looking, and nowhere else. */
  roles: Record<string, string>
  /** The day of the product's calendar in words, and by how many days it can be moved; `null` where it cannot. */
  calendar: { today: string; steps: readonly number[] } | null
  cards: CardFront[]
  archived: { id: string; name: string }[]
  powerUp: PowerUpData
}

export interface PowerUpData {
  id: string
  name: string
  capabilities: string[]
  connectorUrl: string
}

export interface CardData {
  front: CardFront
  checklists: Checklist[]
  comments: Action[]
  boardShortLink: string
}

/** Stored Power-Up data as the page hands it on: each value is a JSON text. */
export type PluginData = Record<string, { shared: string; private: string }>

export function readBoard(
  model: Model,
  id: string,
  powerUp: PowerUpData,
  roles: Record<string, string>,
  calendar: BoardData['calendar'],
): BoardData | null {
  const board = model.board(id)
  if (!board) return null
  const listsOf = (idBoard: string) => model.lists.filter((list) => list.idBoard === idBoard && !list.closed)
  const cards = model.cards.filter((card) => card.idBoard === board.id)
  return {
    board,
    boards: model.boards.map((one) => ({
      id: one.id,
      shortLink: one.shortLink,
      name: one.name,
      memberIds: one.memberships.map((membership) => membership.idMember),
      lists: listsOf(one.id).map((list) => ({ id: list.id, name: list.name })),
    })),
    lists: listsOf(board.id),
    members: model.members,
    roles,
    calendar,
    cards: cards.filter((card) => !card.closed).map((card) => front(model, card)),
    archived: cards.filter((card) => card.closed).map((card) => ({ id: card.id, name: card.name })),
    powerUp,
  }
}

export function readCard(model: Model, id: string): CardData | null {
  const card = model.card(id)
  if (!card) return null
  return {
    front: front(model, card),
    checklists: card.checklists,
    comments: model.actionsOf(card).filter((action) => action.type === 'commentCard'),
    boardShortLink: model.board(card.idBoard)?.shortLink ?? '',
  }
}

export function readPluginData(model: Model, board: string, card: string, idMember: string): PluginData {
  const scopes = ['board', 'card', 'member', 'organization'] as const
  const place = (scope: (typeof scopes)[number], visibility: string) =>
    model.pluginData(placeOf(model, scope, visibility, { board, card, idMember }))
  return Object.fromEntries(
    scopes.map((scope) => [scope, { shared: place(scope, 'shared'), private: place(scope, 'private') }]),
  )
}

/** Where a scope's data lies: with the card, the board, the workspace, or the member. */
export function placeOf(
  model: Model,
  scope: string,
  visibility: string,
  at: { board: string; card: string; idMember: string },
): PluginDataPlace {
  const owners: Record<string, string> = {
    card: at.card,
    board: at.board,
    organization: model.board(at.board)?.idOrganization ?? '',
    member: at.idMember,
  }
  return { scope, visibility, owner: owners[scope] ?? '', idMember: at.idMember }
}

function front(model: Model, card: Card): CardFront {
  const { checklists, ...own } = card
  const items = checklists.flatMap((checklist) => checklist.checkItems)
  return {
    ...own,
    checklists: checklists.map(({ checkItems: _counted, ...head }) => head),
    badges: {
      checkItems: items.length,
      checkItemsChecked: items.filter((item) => item.state === 'complete').length,
      comments: model.actionsOf(card).filter((action) => action.type === 'commentCard').length,
      description: card.desc !== '',
    },
  }
}
