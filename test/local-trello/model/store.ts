import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { initialsOf } from './ids.ts'
import type { Board, Card, State } from './shapes.ts'

/** Keeps the state in a JSON file between runs, or in memory only when there is no file. */

const empty = (): State => ({
  members: [],
  boards: [],
  lists: [],
  cards: [],
  actions: [],
  webhooks: [],
  pluginData: {},
  nextShortId: 1,
})

/** Reads what an earlier run kept. Fields that this version added get what a new card or board would have. */
export function readState(file: string | null): State {
  if (!file || !existsSync(file)) return empty()
  const kept: Partial<State> = JSON.parse(readFileSync(file, 'utf8'))
  const state = { ...empty(), ...kept }
  return {
    ...state,
    members: state.members.map((member) => ({ ...member, initials: member.initials ?? initialsOf(member.fullName) })),
    boards: state.boards.map(completeBoard),
    lists: state.lists.map((list, i) => ({ ...list, closed: list.closed ?? false, pos: list.pos ?? i + 1 })),
    cards: state.cards.map(completeCard),
    nextShortId: Math.max(state.nextShortId, ...state.cards.map((card) => card.idShort + 1)),
  }
}

/** Writes beside and renames, so that a killed run leaves either the old or the new state. */
export function writeState(file: string | null, state: State): void {
  if (!file) return
  writeFileSync(`${file}.new`, JSON.stringify(state))
  renameSync(`${file}.new`, file)
}

function completeBoard(
  board: Partial<Board> & { id: string; shortLink: string; name: string; members?: string[] },
): Board {
  const memberships = board.memberships ?? (board.members ?? []).map((idMember) => normalMembership(board.id, idMember))
  const { id, shortLink, name, idOrganization = ORGANIZATION.id } = board
  return { id, shortLink, name, idOrganization, memberships }
}

function completeCard(card: Partial<Card> & Omit<Card, 'due' | 'pos' | 'labels'>): Card {
  return { ...card, due: card.due ?? null, pos: card.pos ?? card.idShort, labels: card.labels ?? [] }
}

export const ORGANIZATION = {
  id: '5f0a00000000000000000001',
  name: 'practice-workspace',
  displayName: 'Practice workspace',
}

export function normalMembership(idBoard: string, idMember: string): Board['memberships'][number] {
  const id = `${idMember.slice(0, 12)}${idBoard.slice(0, 12)}`
  return { id, idMember, memberType: 'normal', deactivated: false }
}
