import { z } from 'zod'
import {
  type CardHost,
  type HostCard,
  type HostChecklist,
  HostFailure,
  type HostMember,
} from '../requests/card-host.ts'
import type { TrelloCalls } from './rest.ts'
import { createSingleFlight } from './single-flight.ts'

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
const brief = z.looseObject({ id: z.string(), dateLastActivity: z.string().nullish() })
const member = z.looseObject({ id: z.string(), fullName: z.string().default(''), username: z.string() })
const board = z.looseObject({ id: z.string(), name: z.string(), url: z.string() })
const comment = z.looseObject({
  id: z.string(),
  data: z.looseObject({ text: z.string().default('') }),
  idMemberCreator: z.string().nullish(),
})

const cardFields = 'id,shortLink,shortUrl,url,idBoard,name,closed,isTemplate,idMembers,dateLastActivity'

/** Trello answers at most this many actions at once, and pages up to 19 further; what is older needs a whole reading. */
const ACTIONS_AT_ONCE = 1000
const PAGES = 20

export interface ChangedCard {
  id: string
  /** What it was copied from, when this change is its making. */
  copiedFrom: { id: string; shortLink: string } | null
}

export interface TrelloHost extends CardHost {
  /**
   * Cards of the board that changed since an action, oldest first, and the newest action. Ticks are not among them:
   * Trello tells webhooks of them and keeps no action. `null`: only copies, from the beginning.
   */
  changedSince(boardId: string, actionId: string | null): Promise<{ cards: ChangedCard[]; newest: string | null }>
  /** When each open card of the board last changed, in one call; a tick moves it too. */
  lastActivities(boardId: string): Promise<Map<string, Date>>
}

/** Trello behind the card host's interface. @throws HostFailure, also for an answer that is not what was asked for */
export function createTrelloHost(rest: TrelloCalls): TrelloHost {
  // Several people who open one board at the same moment ask Trello once.
  const once = createSingleFlight()
  let me: string | null = null

  async function actions(boardId: string, query: Record<string, string>): Promise<z.infer<typeof action>[]> {
    const all: z.infer<typeof action>[] = []
    for (let page = 0; page < PAGES; page += 1) {
      const before = all.at(-1)?.id
      const asked: Record<string, string> = { limit: String(ACTIONS_AT_ONCE), ...query, ...(before ? { before } : {}) }
      const found = shaped(z.array(action), await rest.get(`/boards/${boardId}/actions`, asked))
      all.push(...found)
      if (found.length < ACTIONS_AT_ONCE || query['limit']) break
    }
    return all
  }

  return {
    async readCard(id) {
      const query = {
        fields: cardFields,
        list: 'true',
        checklists: 'all',
        actions: 'copyCard,createCard',
        actions_limit: '50',
      }
      const read = shaped(card, await rest.get(`/cards/${id}`, query))
      if (read.id !== id && read.shortLink !== id) throw foreign()
      return hostCard(read)
    },
    boardMembers: (boardId) =>
      once(`members ${boardId}`, async () => {
        const found = shaped(
          z.array(member),
          await rest.get(`/boards/${boardId}/members`, { fields: 'id,fullName,username' }),
        )
        return found.map(({ id, fullName, username }): HostMember => ({ id, fullName, username }))
      }),
    async comment(cardId, text) {
      return shaped(comment, await rest.send('POST', `/cards/${cardId}/actions/comments`, { text })).id
    },
    async editComment(cardId, commentId, text) {
      await rest.send('PUT', `/cards/${cardId}/actions/${commentId}/comments`, { text })
    },
    async ownComments(cardId) {
      // Asked once: Trello allows 100 questions about members in 15 minutes.
      me ??= shaped(member, await rest.get('/members/me', { fields: 'id,fullName,username' })).id
      const found = shaped(
        z.array(comment),
        await rest.get(`/cards/${cardId}/actions`, { filter: 'commentCard', limit: '200' }),
      )
      return found.filter((one) => one.idMemberCreator === me).map((one) => ({ id: one.id, text: one.data.text }))
    },
    async tick(cardId, itemId, complete) {
      await rest.send('PUT', `/cards/${cardId}/checkItem/${itemId}`, { state: complete ? 'complete' : 'incomplete' })
    },
    readBoard: (boardId) =>
      once(`board ${boardId}`, async () => {
        const { id, name, url } = shaped(board, await rest.get(`/boards/${boardId}`, { fields: 'id,name,url' }))
        return { id, name, url }
      }),
    async changedSince(boardId, actionId) {
      // At first: where everything later goes on from, and only then the copies, so that nothing falls in between.
      const [latest] = actionId === null ? await actions(boardId, { limit: '1' }) : []
      const found = await actions(boardId, actionId ? { since: actionId } : { filter: 'copyCard' })
      const cards = new Map<string, ChangedCard>()
      // Oldest first: a copy of a copy is ours only once the copy is.
      for (const { type, data } of found.toReversed()) {
        if (!data.card) continue
        const copiedFrom = type === 'copyCard' ? (data.cardSource ?? null) : null
        cards.set(data.card.id, {
          id: data.card.id,
          copiedFrom: copiedFrom ?? cards.get(data.card.id)?.copiedFrom ?? null,
        })
      }
      return { cards: [...cards.values()], newest: (latest ?? found[0])?.id ?? actionId }
    },
    lastActivities: (boardId) =>
      once(`activities ${boardId}`, async () => {
        const found = shaped(
          z.array(brief),
          await rest.get(`/boards/${boardId}/cards/open`, { fields: 'id,dateLastActivity' }),
        )
        return new Map(found.map((one) => [one.id, new Date(one.dateLastActivity ?? 0)]))
      }),
  }
}

const foreign = () => new HostFailure('unreachable', 'Trello answered something else than what we asked for.')

/** Only what is used is checked; an answer that is not Trello's (a proxy's page, another card) is refused. */
function shaped<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const read = schema.safeParse(body)
  if (!read.success) throw foreign()
  return read.data
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
