/** The place where requests live as cards. Trello today; the core knows nothing of it beyond this. */

export interface HostItem {
  id: string
  name: string
  complete: boolean
  /** Member who ticked it, when the host's own action said so; `null` = by whom unknown. */
  tickedBy: string | null
  tickedAt: Date | null
}

export interface HostChecklist {
  id: string
  name: string
  items: HostItem[]
}

export interface HostCard {
  id: string
  shortLink: string
  url: string
  boardId: string
  listName: string
  name: string
  closed: boolean
  isTemplate: boolean
  /** Short link and id of the card it was copied from, if it was. */
  copiedFrom: { id: string; shortLink: string } | null
  /** Member who made the copy. */
  createdBy: string | null
  members: string[]
  checklists: HostChecklist[]
  lastActivity: Date
}

export interface HostMember {
  id: string
  fullName: string
  username: string
}

/** Thrown when the host cannot be reached or refuses; the message says what to do. */
export class HostFailure extends Error {
  override name = 'HostFailure'
  readonly kind: 'unreachable' | 'limited' | 'unauthorised' | 'not-found' | 'forbidden' | 'refused'
  constructor(kind: HostFailure['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

export interface CardHost {
  /** Reads one card whole, by id or short link, from the host itself. Throws HostFailure. */
  readCard(id: string): Promise<HostCard>
  readBoard(boardId: string): Promise<{ id: string; name: string; url: string }>
  /** Members of a board with an active membership. */
  boardMembers(boardId: string): Promise<HostMember[]>
  /** Writes a comment that names the request it belongs to; answers the host's id of it. */
  comment(cardId: string, text: string): Promise<string>
  /** Writes one of this service's own comments anew. Throws HostFailure `not-found` where somebody deleted it. */
  editComment(cardId: string, commentId: string, text: string): Promise<void>
  /** Comments that this service wrote on a card, newest first; used to find our own mark after a lost answer. */
  ownComments(cardId: string): Promise<{ id: string; text: string }[]>
  tick(cardId: string, itemId: string, complete: boolean): Promise<void>
}
