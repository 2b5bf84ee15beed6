import type { Card } from '../model.ts'
import { pickFields } from './answers.ts'
import { boardOf, boardSeen, type Call, type Route, route } from './route.ts'
import { membershipJson } from './shapes.ts'

const CARDS_QUERY = ['fields', 'members', 'member_fields', 'checklists', 'checkItemStates']

function cards(call: Call, filter: string): unknown[] {
  const board = boardOf(call)
  const shown = (card: Card) => filter === 'all' || (filter === 'closed') === card.closed
  const own = call.model.cards.filter((card) => card.idBoard === board.id && shown(card))
  return own.map((card) => call.shapes.card(card, call.query))
}

export const boardRoutes: Route[] = [
  route('GET', '/boards/{id}', ['fields', 'memberships'], (call) => call.shapes.board(boardOf(call), call.query)),

  route('GET', '/boards/{id}/cards', CARDS_QUERY, (call) => cards(call, 'visible')),

  route('GET', '/boards/{id}/cards/{filter}', CARDS_QUERY, (call) => cards(call, call.path['filter'] ?? '')),

  route('GET', '/boards/{id}/checklists', ['fields'], (call) => {
    const board = boardOf(call)
    const own = call.model.cards.filter((card) => card.idBoard === board.id && !card.closed)
    const all = own.flatMap((card) => card.checklists.map((checklist) => call.shapes.checklist(card, checklist)))
    return all.map((one) => pickFields(one, withItems(call.query.get('fields'))))
  }),

  route('GET', '/boards/{id}/memberships', [], (call) => boardOf(call).memberships.map(membershipJson)),

  route('GET', '/boards/{id}/members', ['fields'], (call) => {
    const { memberships } = boardOf(call)
    const own = call.model.members.filter((one) => memberships.some(({ idMember }) => idMember === one.id))
    return own.map((one) => call.shapes.member(one, call.query.get('fields') ?? 'fullName,username'))
  }),

  route('GET', '/boards/{id}/lists', ['fields', 'filter'], (call) => {
    const board = boardOf(call)
    const own = call.model.lists.filter((list) => list.idBoard === board.id && !list.closed)
    return own.map((list) => pickFields(call.shapes.list(list), call.query.get('fields')))
  }),

  // The published list names this address with `boardId`; it is the same as the others' `id`.
  route('GET', '/boards/{boardId}/actions', ['filter', 'limit', 'since', 'before', 'fields'], (call) => {
    const board = boardOf({ ...call, path: { id: call.path['boardId'] ?? '' } })
    const own = call.model.actions.filter((action) => action.data.board?.id === board.id)
    const get = (name: string) => call.query.get(name)
    return call.shapes.actions(own, {
      filter: get('filter'),
      limit: get('limit'),
      since: get('since'),
      before: get('before'),
    })
  }),

  route('GET', '/boards/{id}/plugins', ['filter'], (call) => {
    boardOf(call)
    return []
  }),

  route('GET', '/members/{id}', ['fields'], (call) => {
    const id = call.path['id'] ?? ''
    const found = call.model.member(id === 'me' ? call.me : id)
    return found ? call.shapes.member(found, call.query.get('fields')) : null
  }),

  route('GET', '/members/{id}/boards', ['fields', 'filter'], (call) =>
    call.model.boards.filter((board) => boardSeen(call, board.id)).map((board) => call.shapes.board(board, call.query)),
  ),
]

function withItems(fields: string | null): string | null {
  return fields === null || fields === 'all' ? null : `${fields},checkItems`
}
