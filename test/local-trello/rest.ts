import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Action, Card, Model } from './model.ts'
import type { TokenSigner } from './signer.ts'
import type { Webhooks } from './webhooks.ts'

/** The REST addresses that the product uses, with Trello's real failings: plain-text errors, 429 without Retry-After. */

export interface Faults {
  restDown: boolean
  rest429: boolean
  keysDown: boolean
  slowMs: number
  dropWebhooks: boolean
  duplicateWebhooks: boolean
  delayWebhooksMs: number
}

export interface RestParts {
  model: Model
  webhooks: Webhooks
  signer: TokenSigner
  faults: Faults
  apiKey: string
  token: string
  serviceMember: string
  problems: string[]
}

const PER_TEN_SECONDS = 100

export function createRest(parts: RestParts): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { model, webhooks, faults } = parts
  let windowStart = 0
  let count = 0

  const plain = (response: ServerResponse, status: number, text: string) => {
    response.writeHead(status, { 'content-type': 'text/plain' }).end(text)
  }
  const answer = (response: ServerResponse, value: unknown) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }

  function cardJson(card: Card, query: URLSearchParams): Record<string, unknown> {
    const own = model.actions.filter((action) => action.data.card?.id === card.id)
    const wanted = (query.get('actions') ?? '').split(',')
    const list = model.lists.find((one) => one.id === card.idList)
    return {
      id: card.id,
      idShort: card.idShort,
      shortLink: card.shortLink,
      shortUrl: `${webhooks.pageOrigin()}/c/${card.shortLink}`,
      url: `${webhooks.pageOrigin()}/c/${card.shortLink}/${card.idShort}-card`,
      idBoard: card.idBoard,
      idList: card.idList,
      name: card.name,
      desc: card.desc,
      closed: card.closed,
      isTemplate: card.isTemplate,
      idMembers: card.idMembers,
      dateLastActivity: card.dateLastActivity,
      ...(query.get('list') === 'true' ? { list } : {}),
      ...(query.get('checklists') === 'all' ? { checklists: card.checklists } : {}),
      ...(query.has('actions') ? { actions: own.filter((action) => wanted.includes(action.type)) } : {}),
    }
  }

  function visible(idBoard: string): boolean {
    return model.board(idBoard)?.members.includes(parts.serviceMember) ?? false
  }

  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://rest')
    if (faults.slowMs > 0) await new Promise((done) => setTimeout(done, faults.slowMs))
    if (url.pathname === '/1/resource/jwt-public-keys') {
      if (faults.keysDown) return plain(response, 503, 'Service Unavailable')
      return answer(response, { keys: parts.signer.publicKeys() })
    }
    if (faults.restDown) return void request.socket.destroy()
    if (url.searchParams.has('key') || url.searchParams.has('token')) {
      parts.problems.push(`credentials in an address: ${url.pathname}`)
      return plain(response, 400, 'credentials in the address')
    }
    const expected = `OAuth oauth_consumer_key="${parts.apiKey}", oauth_token="${parts.token}"`
    if (request.headers.authorization !== expected) return plain(response, 401, 'invalid token')
    const now = model.now().getTime()
    if (now - windowStart > 10_000) {
      windowStart = now
      count = 0
    }
    count += 1
    if (faults.rest429 || count > PER_TEN_SECONDS) {
      response
        .writeHead(429, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: 'API_TOKEN_LIMIT_EXCEEDED', message: 'Rate limit exceeded' }))
      return
    }
    const found = route(request.method ?? 'GET', url)
    if (found === null) return plain(response, 404, 'The requested resource was not found.')
    if (found instanceof Promise) {
      const made = await found
      return made === null
        ? plain(response, 400, 'URL (callback) did not return 200 status code')
        : answer(response, made)
    }
    answer(response, found)
  }

  function route(method: string, url: URL): unknown {
    const [, , kind, id = '', sub, subId = ''] = url.pathname.split('/')
    const query = url.searchParams
    switch (kind) {
      case 'members':
        return model.members.find((member) => member.id === parts.serviceMember) ?? null
      case 'cards':
        return cardRoute(method, id, sub, subId, query)
      case 'boards':
        return method === 'GET' ? boardRoute(id, sub, subId, query) : null
      case 'webhooks':
        if (method === 'POST') return webhooks.create(query.get('idModel') ?? '', query.get('callbackURL') ?? '')
        if (method === 'DELETE') return webhooks.remove(id)
        return webhooks.get(id)
      default:
        return null
    }
  }

  function cardRoute(
    method: string,
    id: string,
    sub: string | undefined,
    subId: string,
    query: URLSearchParams,
  ): unknown {
    const card = model.card(id)
    if (!card || !visible(card.idBoard)) return null
    const me = parts.serviceMember
    if (method === 'GET' && sub === undefined) return cardJson(card, query)
    if (method === 'GET' && sub === 'actions')
      return model.actions.filter(
        (action) => action.data.card?.id === card.id && action.type === (query.get('filter') ?? action.type),
      )
    if (method === 'POST' && sub === 'actions' && subId === 'comments')
      return model.comment(me, card, query.get('text') ?? '')
    if (method === 'PUT' && sub === 'checkItem') {
      model.tick(me, card, subId, query.get('state') === 'complete')
      return { id: subId, state: query.get('state') }
    }
    return null
  }

  function boardRoute(id: string, sub: string | undefined, subId: string, query: URLSearchParams): unknown {
    const board = model.board(id)
    if (!board || !visible(board.id)) return null
    if (sub === undefined)
      return {
        id: board.id,
        name: board.name,
        url: `${webhooks.pageOrigin()}/b/${board.shortLink}`,
        shortLink: board.shortLink,
      }
    if (sub === 'members') return model.members.filter((member) => board.members.includes(member.id))
    if (sub === 'cards')
      return model.cards
        .filter((card) => card.idBoard === board.id && (subId !== 'open' || !card.closed))
        .map((card) => cardJson(card, query))
    if (sub === 'actions') {
      const since = query.get('since')
      const filter = query.get('filter')
      const all = model.actions.filter(
        (action: Action) =>
          action.data.board?.id === board.id && (filter === null || filter.split(',').includes(action.type)),
      )
      const index = since ? all.findIndex((action) => action.id === since) : -1
      return (index === -1 ? all : all.slice(0, index)).slice(0, Number(query.get('limit') ?? 50))
    }
    return null
  }
}
