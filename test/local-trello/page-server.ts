import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import type { Card, Model } from './model.ts'
import type { TokenSigner } from './signer.ts'

/** Serves the board page and what it asks for. `localhost` is its one name; other names are redirected. */

export interface PageParts {
  model: Model
  signer: TokenSigner
  problems: string[]
  powerUp: { id: string; name: string; capabilities: string[] }
  connectorUrl(): string
  origin(): string
  library: Buffer | null
}

const scripts = new Map<string, string>()

function script(path: string): string {
  const known = scripts.get(path)
  if (known) return known
  const text = stripTypeScriptTypes(readFileSync(new URL(path, import.meta.url), 'utf8'))
  scripts.set(path, text)
  return text
}

export function createPage(parts: PageParts): {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  close(): void
} {
  const { model } = parts
  const streams = new Set<ServerResponse>()
  const tokens = new Map<string, { token: string; until: number }>()
  model.listen(({ action }) => {
    for (const stream of streams)
      stream.write(`data: ${JSON.stringify({ card: action.data.card?.id ?? null, type: action.type })}\n\n`)
  })

  function boardJson(boardId: string): unknown {
    const board = model.board(boardId)
    if (!board) return null
    const cards = model.cards.filter((card) => card.idBoard === board.id && !card.closed)
    return {
      board,
      boards: model.boards,
      lists: model.lists.filter((list) => list.idBoard === board.id),
      members: model.members,
      cards: cards.map(front),
      powerUp: { ...parts.powerUp, connectorUrl: parts.connectorUrl() },
    }
  }

  /** A change that answers nothing of its own is answered with what changed. */
  const done = <T>(_changed: unknown, answer: T): T => answer

  async function act(body: Record<string, unknown>): Promise<unknown> {
    const text = (name: string) => String(body[name] ?? '')
    const by = text('by')
    const card = model.card(text('card'))
    switch (text('do')) {
      case 'copy':
        return card ? model.copyCard(by, card, text('list'), text('name')) : null
      case 'create':
        return model.createCard(by, text('list'), text('name'))
      case 'tick':
        return card ? done(model.tick(by, card, text('item'), body['complete'] === true), card) : null
      case 'comment':
        return card ? model.comment(by, card, text('text')) : null
      case 'rename':
        return card ? done(model.rename(by, card, text('name')), card) : null
      case 'close':
        return card ? done(model.setClosed(by, card, body['closed'] === true), card) : null
      case 'delete':
        return card ? done(model.remove(by, card), {}) : null
      case 'member':
        return card ? done(model.setMember(by, card, text('member'), body['on'] === true), card) : null
      case 'move':
        return card ? done(model.move(by, card, text('list')), card) : null
      case 'pluginData': {
        const key = `${text('scope')}.${text('visibility')}${text('visibility') === 'private' ? `.${by}` : ''}`
        if (text('scope') === 'card' && card) {
          card.pluginData[key] = text('data')
          model.touch(card)
        } else model.memberData[`${text('scope')}:${text('board')}:${key}`] = text('data')
        model.save()
        return {}
      }
      case 'problem':
        parts.problems.push(text('text'))
        return {}
      case 'jwt': {
        const claims = {
          idPlugin: parts.powerUp.id,
          idBoard: text('board'),
          idMember: by,
          ...(card && body['includeCard'] === true ? { idCard: card.id } : {}),
          ...(body['state'] === undefined || body['state'] === null ? {} : { state: text('state') }),
        }
        const key = JSON.stringify(claims)
        const kept = tokens.get(key)
        // The page keeps a token until a minute before its end: the same state gives the same token.
        if (kept && kept.until > Date.now()) return { token: kept.token }
        const token = await parts.signer.sign(claims)
        tokens.set(key, { token, until: Date.now() + 14 * 60_000 })
        return { token }
      }
      default:
        return null
    }
  }

  return {
    async handle(request, response) {
      const host = request.headers.host ?? ''
      if (!host.startsWith('localhost:')) {
        response.writeHead(302, { location: `${parts.origin()}${request.url ?? '/'}` }).end()
        return
      }
      const url = new URL(request.url ?? '/', parts.origin())
      const [, first = '', second = '', third = ''] = url.pathname.split('/')
      const send = (type: string, content: string | Buffer) =>
        void response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(content)
      if (url.pathname === '/') {
        const board = model.boards[0]
        response.writeHead(302, { location: `/b/${board?.shortLink ?? ''}${url.search}` }).end()
        return
      }
      if (first === 'b' || first === 'c')
        return send('text/html; charset=utf-8', readFileSync(new URL('page/board.html', import.meta.url)))
      if (first === 'library') return send('text/javascript', parts.library ?? script('library/power-up.ts'))
      if (first === 'page' && second.endsWith('.css'))
        return send('text/css', readFileSync(new URL(`page/${second}`, import.meta.url)))
      if (first === 'page') return send('text/javascript', script(`page/${second.replace(/\.js$/, '.ts')}`))
      if (first === 'data' && second === 'events') {
        response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
        response.write('retry: 1000\n\n')
        streams.add(response)
        response.on('close', () => streams.delete(response))
        return
      }
      if (first === 'data' && second === 'board') return send('application/json', JSON.stringify(boardJson(third)))
      if (first === 'data' && second === 'card') {
        const card = model.card(third)
        const comments = model.actions.filter(
          (action) => action.type === 'commentCard' && action.data.card?.id === card?.id,
        )
        return send(
          'application/json',
          JSON.stringify(card ? { card, board: model.board(card.idBoard), comments } : null),
        )
      }
      if (first === 'data' && second === 'plugin') {
        const card = model.card(url.searchParams.get('card') ?? '')
        const by = url.searchParams.get('by') ?? ''
        const board = url.searchParams.get('board') ?? ''
        const kept = (scope: string, visibility: string) => {
          const key = `${scope}.${visibility}${visibility === 'private' ? `.${by}` : ''}`
          return (scope === 'card' ? card?.pluginData[key] : model.memberData[`${scope}:${board}:${key}`]) ?? ''
        }
        const scopes = ['board', 'card', 'member', 'organization'].map((scope) => [
          scope,
          { shared: kept(scope, 'shared'), private: kept(scope, 'private') },
        ])
        return send('application/json', JSON.stringify(Object.fromEntries(scopes)))
      }
      if (first === 'act' && request.method === 'POST') {
        // Only our own page may act: another site in the same browser has another origin.
        if (request.headers.origin !== parts.origin()) return void response.writeHead(403).end()
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk as Buffer)
        const done = await act(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>)
        if (done === null) return void response.writeHead(404).end()
        return send('application/json', JSON.stringify(done))
      }
      response.writeHead(404).end()
    },
    close() {
      for (const stream of streams) stream.end()
    },
  }
}

/** Card fronts come without checklist items; only the counts are there until the card is opened. */
function front(card: Card) {
  const items = card.checklists.flatMap((checklist) => checklist.checkItems)
  const { checklists: _items, pluginData: _data, ...rest } = card
  return {
    ...rest,
    badges: { checkItems: items.length, checkItemsChecked: items.filter((item) => item.state === 'complete').length },
  }
}
