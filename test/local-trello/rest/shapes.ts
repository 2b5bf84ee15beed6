import type { Action, Board, Card, Checklist, List, Member, Model } from '../model.ts'
import { actionJson } from '../webhooks.ts'
import { pickFields } from './answers.ts'

/** Cards, boards and their parts as REST answers show them. */

export interface Shapes {
  card(card: Card, query: URLSearchParams): Record<string, unknown>
  board(board: Board, query: URLSearchParams): Record<string, unknown>
  checklist(card: Card, checklist: Checklist): Record<string, unknown>
  list(list: List): Record<string, unknown>
  member(member: Member, fields?: string | null): Record<string, unknown>
  actions(
    from: Action[],
    query: { filter: string | null; limit: string | null; since?: string | null; before?: string | null },
  ): unknown[]
}

const ACTIONS_BY_DEFAULT = 50
const ACTIONS_AT_MOST = 1000

export function createShapes(model: Model, pageOrigin: () => string): Shapes {
  const shapes: Shapes = {
    card(card, query) {
      const whole = pickFields(wholeCard(card), query.get('fields'))
      const board = model.board(card.idBoard)
      return {
        ...whole,
        ...(query.get('list') === 'true' ? { list: shapes.list(model.list(card.idList)) } : {}),
        ...(query.get('board') === 'true' && board ? { board: shapes.board(board, new URLSearchParams()) } : {}),
        ...(query.get('checklists') === 'all'
          ? { checklists: card.checklists.map((one) => shapes.checklist(card, one)) }
          : {}),
        ...(query.get('checkItemStates') === 'true' ? { checkItemStates: completed(card) } : {}),
        ...(query.get('members') === 'true'
          ? { members: membersOf(card).map((one) => shapes.member(one, query.get('member_fields'))) }
          : {}),
        ...(query.get('customFieldItems') === 'true' ? { customFieldItems: [] } : {}),
        ...(query.has('actions')
          ? {
              actions: shapes.actions(model.actionsOf(card), {
                filter: query.get('actions'),
                limit: query.get('actions_limit'),
              }),
            }
          : {}),
      }
    },
    board(board, query) {
      const { memberships, ...own } = board
      const whole = {
        ...own,
        desc: '',
        closed: false,
        url: `${pageOrigin()}/b/${board.shortLink}`,
        shortUrl: `${pageOrigin()}/b/${board.shortLink}`,
        ...(query.get('memberships') ? { memberships: memberships.map(membershipJson) } : {}),
      }
      return pickFields(whole, query.get('fields'))
    },
    checklist: (card, checklist) => ({
      id: checklist.id,
      name: checklist.name,
      idBoard: card.idBoard,
      idCard: card.id,
      pos: checklist.pos * POSITION_STEP,
      checkItems: checklist.checkItems.map((item) => ({
        ...item,
        pos: item.pos * POSITION_STEP,
        idChecklist: checklist.id,
        nameData: null,
        due: null,
        dueReminder: null,
        idMember: null,
      })),
    }),
    list: (list) => ({ ...list, pos: list.pos * POSITION_STEP, subscribed: false }),
    member: (member, fields = null) =>
      pickFields({ ...member, avatarHash: null, avatarUrl: null, confirmed: true }, fields),
    actions(from, { filter, limit, since = null, before = null }) {
      const types = filter === null || filter === 'all' ? null : filter.split(',')
      const count = Math.min(Number(limit ?? ACTIONS_BY_DEFAULT), ACTIONS_AT_MOST)
      return from
        .filter((action) => types === null || types.some((type) => isOfType(action, type)))
        .filter((action) => since === null || ageBeside(action, since) > 0)
        .filter((action) => before === null || ageBeside(action, before) < 0)
        .slice(0, count)
        .map((action) => actionJson(model, action))
    },
  }

  function wholeCard(card: Card): Record<string, unknown> {
    const items = card.checklists.flatMap((checklist) => checklist.checkItems)
    const comments = model.actionsOf(card).filter((action) => action.type === 'commentCard').length
    const { checklists, ...own } = card
    return {
      ...own,
      pos: card.pos * POSITION_STEP,
      dueComplete: false,
      start: null,
      subscribed: false,
      idLabels: card.labels.map((label) => label.id),
      idChecklists: checklists.map((checklist) => checklist.id),
      badges: {
        checkItems: items.length,
        checkItemsChecked: items.filter((item) => item.state === 'complete').length,
        comments,
        attachments: 0,
        description: card.desc !== '',
        due: card.due,
      },
      shortUrl: `${pageOrigin()}/c/${card.shortLink}`,
      url: `${pageOrigin()}/c/${card.shortLink}/${card.idShort}-${slug(card.name)}`,
    }
  }

  function membersOf(card: Card): Member[] {
    return model.members.filter((member) => card.idMembers.includes(member.id))
  }

  return shapes
}

const POSITION_STEP = 16384

export function membershipJson(one: Board['memberships'][number]): Record<string, unknown> {
  return { ...one, unconfirmed: false }
}

function completed(card: Card): unknown[] {
  const items = card.checklists.flatMap((checklist) => checklist.checkItems)
  return items.filter((item) => item.state === 'complete').map((item) => ({ idCheckItem: item.id, state: 'complete' }))
}

/** A kind, or a kind with what it changed: `updateCard:idList`. */
function isOfType(action: Action, type: string): boolean {
  const [kind, changed] = type.split(':')
  const { old } = action.data
  return action.type === kind && (changed === undefined || (typeof old === 'object' && old !== null && changed in old))
}

/** `since` and `before` take an action's id or a date. Positive: the action is later than the mark. */
function ageBeside(action: Action, mark: string): number {
  const [own, other] = isId(mark) ? [action.id, mark] : [action.date, new Date(mark).toISOString()]
  return own === other ? 0 : own > other ? 1 : -1
}

export function isId(text: string): boolean {
  return /^[0-9a-f]{24}$/.test(text)
}

function slug(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
}
