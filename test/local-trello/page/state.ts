import type { Checklist, Member } from '../model/shapes.ts'
import type { BoardData, CardData, CardFront } from '../page-data.ts'
import { isRecord } from './dom.ts'

/** What the page knows: read from the server at the start and again after every change. */
export const state: {
  data: BoardData
  /** Who is looking: a member's id, or nothing when signed out. */
  viewer: string
  theme: 'light' | 'dark'
  open: CardData | null
  /** Checklists with items are known for cards that were opened; the front never has them. */
  checklists: Map<string, Checklist[]>
} = {
  data: {
    board: { id: '', shortLink: '', name: '', idOrganization: '', memberships: [] },
    boards: [],
    lists: [],
    members: [],
    roles: {},
    calendar: null,
    cards: [],
    archived: [],
    powerUp: { id: '', name: '', capabilities: [], connectorUrl: '' },
  },
  viewer: '',
  theme: 'light',
  open: null,
  checklists: new Map(),
}

export function cardFront(id: unknown): CardFront | undefined {
  return (
    state.data.cards.find((card) => card.id === id) ?? (state.open?.front.id === id ? state.open?.front : undefined)
  )
}

export function member(id: string): Member | undefined {
  return state.data.members.find((one) => one.id === id)
}

/** Whether somebody may change this board's cards: a member who is not an observer and not deactivated. */
export function mayEdit(id = state.viewer): boolean {
  const found = state.data.board.memberships.find((one) => one.idMember === id)
  return found !== undefined && !found.deactivated && found.memberType !== 'observer'
}

export function isAdmin(): boolean {
  return state.data.board.memberships.some((one) => one.idMember === state.viewer && one.memberType === 'admin')
}

// Answers of our own server, whose types are those it makes them with.
export async function read<T>(path: string): Promise<T> {
  const answer = await fetch(path)
  return answer.json()
}

/** Does something on the board as whoever is looking. Answers `null` when it was refused. */
export async function act(body: Record<string, unknown>): Promise<Record<string, unknown> | null> {
  const answer = await fetch('/act', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ by: state.viewer, board: state.data.board.id, ...body }),
  })
  const done: unknown = answer.ok ? await answer.json() : null
  return isRecord(done) ? done : null
}
