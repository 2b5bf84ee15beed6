import type { Action, Board, Card, Checklist, Model } from '../model.ts'
import type { TokenSigner } from '../signer.ts'
import type { Webhooks } from '../webhooks.ts'
import { invalidId, mayNotSee, notFound, RestFailure } from './answers.ts'
import { isId, type Shapes } from './shapes.ts'

/** What every route gets. */
export interface Call {
  model: Model
  webhooks: Webhooks
  shapes: Shapes
  signer: TokenSigner
  /** The member whose token this is. */
  me: string
  token: string
  /** Names in braces of the route's path. */
  path: Record<string, string>
  query: URLSearchParams
  /** Answers another address of this Trello, for `/batch`. */
  again(path: string): Promise<{ status: number; body: unknown }>
}

/** One address that this Trello answers. Path and parameters are those of Trello's published list. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  query: readonly string[]
  run(call: Call): unknown
}

export function route(method: Route['method'], path: string, query: readonly string[], run: Route['run']): Route {
  return { method, path, query, run }
}

/** The card, if the token's member may see its board. Trello answers 401 otherwise, and 404 for one that is not there. */
export function cardOf(call: Call, name = 'id'): Card {
  const id = call.path[name] ?? ''
  if (!isId(id) && id.length !== 8) throw invalidId()
  const card = call.model.card(id)
  if (!card) throw notFound()
  if (!boardSeen(call, card.idBoard)) throw mayNotSee('card')
  return card
}

/** The same, for changing it. */
export function cardToChange(call: Call): Card {
  const card = cardOf(call)
  const board = call.model.board(card.idBoard)
  if (!board || !call.model.mayEdit(board, call.me)) throw mayNotSee('card')
  return card
}

export function boardOf(call: Call): Board {
  const id = call.path['id'] ?? ''
  if (!isId(id) && id.length !== 8) throw invalidId()
  const board = call.model.board(id)
  if (!board) throw notFound()
  if (!boardSeen(call, board.id)) throw mayNotSee('board')
  return board
}

export function boardSeen(call: Call, idBoard: string): boolean {
  const board = call.model.board(idBoard)
  return board?.memberships.some((one) => one.idMember === call.me && !one.deactivated) ?? false
}

export function checklistOf(call: Call): { card: Card; checklist: Checklist } {
  const id = call.path['id'] ?? ''
  if (!isId(id)) throw invalidId()
  for (const card of call.model.cards)
    for (const checklist of card.checklists)
      if (checklist.id === id && boardSeen(call, card.idBoard)) return { card, checklist }
  throw notFound()
}

/** A comment of the token's own: Trello lets nobody else edit it over REST. */
export function ownComment(call: Call): { card: Card; action: Action } {
  const card = cardToChange(call)
  const action = call.model.actionsOf(card).find((one) => one.id === call.path['idAction'])
  if (action?.type !== 'commentCard') throw notFound()
  if (action.idMemberCreator !== call.me) throw mayNotSee('card')
  return { card, action }
}

export function required(call: Call, name: string): string {
  const value = call.query.get(name)
  if (value === null || value === '') throw new RestFailure(400, `invalid value for ${name}`)
  return value
}
