/** What a board is made of. Field names are Trello's, because the REST answers and the page show them as they are. */

export interface Member {
  id: string
  fullName: string
  username: string
  initials: string
}

export interface Membership {
  id: string
  idMember: string
  memberType: 'admin' | 'normal' | 'observer'
  deactivated: boolean
}

export interface Board {
  id: string
  shortLink: string
  name: string
  idOrganization: string
  memberships: Membership[]
}

export interface List {
  id: string
  idBoard: string
  name: string
  closed: boolean
  pos: number
}

export interface CheckItem {
  id: string
  name: string
  state: 'complete' | 'incomplete'
  pos: number
}

export interface Checklist {
  id: string
  name: string
  pos: number
  checkItems: CheckItem[]
}

export interface Label {
  id: string
  name: string
  color: string
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
  due: string | null
  pos: number
  idMembers: string[]
  labels: Label[]
  checklists: Checklist[]
  dateLastActivity: string
}

export interface ActionData {
  card?: { id: string; name?: string; shortLink?: string; idShort?: number }
  board?: { id: string; name?: string; shortLink?: string }
  [name: string]: unknown
}

export interface Action {
  id: string
  type: string
  date: string
  idMemberCreator: string
  data: ActionData
}

export interface Webhook {
  id: string
  description: string
  idModel: string
  callbackURL: string
  active: boolean
  consecutiveFailures: number
  firstConsecutiveFailDate: string | null
}

/** Everything that is kept between runs. */
export interface State {
  members: Member[]
  boards: Board[]
  lists: List[]
  cards: Card[]
  actions: Action[]
  webhooks: Webhook[]
  /** What Power-Ups stored, by scope, owner and visibility; each value is a JSON text. */
  pluginData: Record<string, string>
  nextShortId: number
}

/** What a page and the webhooks hear of. Stored Power-Up data makes no action in Trello, but pages notice it. */
export type Change =
  | { kind: 'action'; action: Action; idBoard: string; idCard: string | null }
  | { kind: 'plugin-data'; idBoard: string; idCard: string | null }
