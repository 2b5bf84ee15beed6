import { notFound, RestFailure } from './answers.ts'
import { cardOf, cardToChange, checklistOf, ownComment, type Route, required, route } from './route.ts'

const CARD_QUERY = [
  'fields',
  'actions',
  'actions_limit',
  'members',
  'member_fields',
  'checkItemStates',
  'checklists',
  'board',
  'list',
  'customFieldItems',
]

export const cardRoutes: Route[] = [
  route('GET', '/cards/{id}', CARD_QUERY, (call) => call.shapes.card(cardOf(call), call.query)),

  route('PUT', '/cards/{id}', ['name', 'desc', 'closed', 'idList', 'due'], (call) => {
    const card = cardToChange(call)
    const { model, me, query } = call
    const [name, desc, closed, idList, due] = ['name', 'desc', 'closed', 'idList', 'due'].map((one) => query.get(one))
    if (name) model.rename(me, card, name)
    if (desc !== null && desc !== undefined) model.describe(me, card, desc)
    if (closed) model.setClosed(me, card, closed === 'true')
    if (due !== null && due !== undefined) model.setDue(me, card, due === '' ? null : due)
    if (idList && idList !== card.idList) model.move(me, card, idList)
    return call.shapes.card(card, new URLSearchParams())
  }),

  route('DELETE', '/cards/{id}', [], (call) => {
    call.model.remove(call.me, cardToChange(call))
    return { limits: {} }
  }),

  route('POST', '/cards', ['name', 'desc', 'idList', 'idCardSource', 'keepFromSource'], (call) => {
    const { model, me, query } = call
    const list = model.lists.find((one) => one.id === required(call, 'idList'))
    if (!list) throw notFound()
    const board = model.board(list.idBoard)
    if (!board || !model.mayEdit(board, me)) throw new RestFailure(401, 'unauthorized permission requested')
    const source = query.has('idCardSource') ? model.card(query.get('idCardSource') ?? '') : null
    if (source === undefined) throw notFound()
    if (source === null) {
      const made = model.createCard(me, list.id, required(call, 'name'), { desc: query.get('desc') ?? '' })
      return call.shapes.card(made, new URLSearchParams())
    }
    const made = model.copyCard(me, source, list.id, query.get('name') ?? source.name)
    const keep = (query.get('keepFromSource') ?? 'all').split(',')
    if (!keep.includes('all') && !keep.includes('checklists')) made.checklists = []
    return call.shapes.card(made, new URLSearchParams())
  }),

  route('GET', '/cards/{id}/actions', ['filter', 'limit', 'since', 'before'], (call) => {
    const get = (name: string) => call.query.get(name)
    // Trello answers comments and moves when no kind is asked for.
    const filter = get('filter') ?? 'commentCard,updateCard:idList'
    return call.shapes.actions(call.model.actionsOf(cardOf(call)), {
      filter,
      limit: get('limit'),
      since: get('since'),
      before: get('before'),
    })
  }),

  route('GET', '/cards/{id}/checklists', ['fields'], (call) => {
    const card = cardOf(call)
    return card.checklists.map((one) => call.shapes.checklist(card, one))
  }),

  route('PUT', '/cards/{id}/checkItem/{idCheckItem}', ['state', 'name'], (call) => {
    const card = cardToChange(call)
    const id = call.path['idCheckItem'] ?? ''
    const state = call.query.get('state')
    if (state !== null && !['complete', 'incomplete', 'true', 'false'].includes(state))
      throw new RestFailure(400, 'invalid value for state')
    const name = call.query.get('name')
    const renamed = name === null ? null : call.model.renameItem(call.me, card, id, name)
    const item = state === null ? renamed : call.model.tick(call.me, card, id, state === 'complete' || state === 'true')
    if (!item) throw notFound()
    return { ...item, nameData: null, due: null, idMember: null }
  }),

  route('POST', '/cards/{id}/checklists', ['name'], (call) => {
    const card = cardToChange(call)
    return call.shapes.checklist(card, call.model.addChecklist(call.me, card, required(call, 'name')))
  }),

  route('POST', '/checklists/{id}/checkItems', ['name'], (call) => {
    const { card, checklist } = checklistOf(call)
    return call.model.addItem(call.me, card, checklist, required(call, 'name'))
  }),

  route('POST', '/cards/{id}/idMembers', ['value'], (call) => {
    const card = cardToChange(call)
    call.model.setMember(call.me, card, required(call, 'value'), true)
    return card.idMembers
  }),

  route('POST', '/cards/{id}/actions/comments', ['text'], (call) => {
    const text = required(call, 'text')
    if (text.length > LONGEST_COMMENT) throw new RestFailure(400, 'invalid value for text')
    return call.shapes.actions([call.model.comment(call.me, cardToChange(call), text)], {
      filter: null,
      limit: null,
    })[0]
  }),

  route('PUT', '/cards/{id}/actions/{idAction}/comments', ['text'], (call) => {
    const { card, action } = ownComment(call)
    const edited = call.model.editComment(call.me, card, action, required(call, 'text'))
    return call.shapes.actions([edited], { filter: null, limit: null })[0]
  }),

  route('DELETE', '/cards/{id}/actions/{idAction}/comments', [], (call) => {
    const { card, action } = ownComment(call)
    call.model.deleteComment(call.me, card, action)
    return { _value: null }
  }),
]

const LONGEST_COMMENT = 16_384
