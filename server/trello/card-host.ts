import { z } from 'zod'
import type { CardHost, HostCard, HostChecklist, HostMember } from '../requests/card-host.ts'
import type { TrelloRest } from './rest.ts'

/** Trello as the card host. Only the fields that are used are read; whatever else Trello sends is let pass. */

const item = z.looseObject({ id: z.string(), name: z.string(), state: z.string(), pos: z.number().optional() })
const checklist = z.looseObject({ id: z.string(), name: z.string(), checkItems: z.array(item).default([]) })
const source = z.looseObject({ id: z.string(), shortLink: z.string().default('') })
const action = z.looseObject({
  id: z.string(),
  type: z.string(),
  date: z.string(),
  idMemberCreator: z.string().nullish(),
  data: z
    .looseObject({ cardSource: source.optional(), card: z.looseObject({ id: z.string() }).optional() })
    .default({}),
})
const card = z.looseObject({
  id: z.string(),
  shortLink: z.string(),
  shortUrl: z.string().optional(),
  url: z.string().optional(),
  idBoard: z.string(),
  name: z.string(),
  closed: z.boolean(),
  isTemplate: z.boolean().default(false),
  idMembers: z.array(z.string()).default([]),
  dateLastActivity: z.string().nullish(),
  list: z.looseObject({ name: z.string() }).optional(),
  checklists: z.array(checklist).default([]),
  actions: z.array(action).default([]),
})
const member = z.looseObject({ id: z.string(), fullName: z.string().default(''), username: z.string() })
const board = z.looseObject({ id: z.string(), name: z.string(), url: z.string() })
const comment = z.looseObject({
  id: z.string(),
  data: z.looseObject({ text: z.string().default('') }),
  idMemberCreator: z.string().nullish(),
})

const cardFields = 'id,shortLink,shortUrl,url,idBoard,name,closed,isTemplate,idMembers,dateLastActivity'

export interface ChangedCard {
  id: string
  /** What it was copied from, when this change is its making. */
  copiedFrom: { id: string; shortLink: string } | null
}

export interface TrelloHost extends CardHost {
  /** Cards of the board that changed since an action, and the newest action. `null`: only copies, from the beginning. */
  changedSince(boardId: string, actionId: string | null): Promise<{ cards: ChangedCard[]; newest: string | null }>
}

export function createTrelloHost(rest: TrelloRest): TrelloHost {
  return {
    async readCard(id) {
      const query = {
        fields: cardFields,
        list: 'true',
        checklists: 'all',
        actions: 'copyCard,createCard',
        actions_limit: '50',
      }
      return hostCard(card.parse(await rest.get(`/cards/${id}`, query)))
    },
    async listCards(boardId) {
      const found = await rest.get(`/boards/${boardId}/cards/open`, { fields: cardFields })
      return z.array(card).parse(found).map(hostCard)
    },
    async boardMembers(boardId) {
      const found = z
        .array(member)
        .parse(await rest.get(`/boards/${boardId}/members`, { fields: 'id,fullName,username' }))
      return found.map(({ id, fullName, username }): HostMember => ({ id, fullName, username }))
    },
    async comment(cardId, text) {
      const made = await rest.send('POST', `/cards/${cardId}/actions/comments`, { text })
      return comment.parse(made).id
    },
    async ownComments(cardId) {
      const me = member.parse(await rest.get('/members/me', { fields: 'id,fullName,username' }))
      const found = z
        .array(comment)
        .parse(await rest.get(`/cards/${cardId}/actions`, { filter: 'commentCard', limit: '200' }))
      return found.filter((one) => one.idMemberCreator === me.id).map((one) => ({ id: one.id, text: one.data.text }))
    },
    async tick(cardId, itemId, complete) {
      await rest.send('PUT', `/cards/${cardId}/checkItem/${itemId}`, { state: complete ? 'complete' : 'incomplete' })
    },
    async readBoard(boardId) {
      const { id, name, url } = board.parse(await rest.get(`/boards/${boardId}`, { fields: 'id,name,url' }))
      return { id, name, url }
    },
    async changedSince(boardId, actionId) {
      const query: Record<string, string> = actionId
        ? { limit: '1000', since: actionId }
        : { limit: '1000', filter: 'copyCard' }
      const found = z.array(action).parse(await rest.get(`/boards/${boardId}/actions`, query))
      const cards = new Map<string, ChangedCard>()
      for (const { type, data } of found) {
        if (!data.card) continue
        const copiedFrom = type === 'copyCard' ? (data.cardSource ?? null) : null
        cards.set(data.card.id, {
          id: data.card.id,
          copiedFrom: copiedFrom ?? cards.get(data.card.id)?.copiedFrom ?? null,
        })
      }
      return { cards: [...cards.values()], newest: found[0]?.id ?? actionId }
    },
  }
}

function hostCard(read: z.infer<typeof card>): HostCard {
  const copy = read.actions.find((one) => one.type === 'copyCard' && one.data.cardSource)
  const made = copy ?? read.actions.find((one) => one.type === 'createCard')
  return {
    id: read.id,
    shortLink: read.shortLink,
    url: read.shortUrl ?? read.url ?? '',
    boardId: read.idBoard,
    listName: read.list?.name ?? '',
    name: read.name,
    closed: read.closed,
    isTemplate: read.isTemplate,
    copiedFrom: copy?.data.cardSource
      ? { id: copy.data.cardSource.id, shortLink: copy.data.cardSource.shortLink }
      : null,
    createdBy: made?.idMemberCreator ?? null,
    members: read.idMembers,
    checklists: read.checklists.map(hostChecklist),
    lastActivity: new Date(read.dateLastActivity ?? 0),
  }
}

function hostChecklist(read: z.infer<typeof checklist>): HostChecklist {
  const items = read.checkItems.toSorted((one, other) => (one.pos ?? 0) - (other.pos ?? 0))
  return {
    id: read.id,
    name: read.name,
    items: items.map(({ id, name, state }) => ({
      id,
      name,
      complete: state === 'complete',
      tickedBy: null,
      tickedAt: null,
    })),
  }
}
