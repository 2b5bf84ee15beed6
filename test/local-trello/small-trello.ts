import { type LocalTrello, type LocalTrelloOptions, startLocalTrello } from './local-trello.ts'
import { type Card, idFor } from './model.ts'

/** A local Trello with one board, two lists and one card: the happy world of the tests beside it. */
export interface SmallTrello {
  trello: LocalTrello
  card: Card
  board: string
  /** Calls REST with the service's credentials, unless others are given. */
  rest(
    method: string,
    path: string,
    headers?: Record<string, string>,
    body?: unknown,
  ): Promise<{ status: number; text: string }>
  /** Does something on the page as somebody, from the page's own origin unless another is given. */
  act(by: string, body: Record<string, unknown>, origin?: string): Promise<number>
}

export const ann = idFor('ann')
/** Reads the board and may change nothing. */
export const olu = idFor('olu')
/** Is on no board. */
export const eve = idFor('eve')
export const robot = idFor('robot')

export const powerUp = {
  id: idFor('a power-up'),
  name: 'Example',
  capabilities: ['card-badges'],
  apiKey: 'example-key',
  appSecret: 'example-secret',
}

export async function startSmallTrello(options: Partial<LocalTrelloOptions> = {}): Promise<SmallTrello> {
  const trello = await startLocalTrello({ powerUp, serviceMember: robot, ...options })
  const { model } = trello
  for (const name of ['Ann Example', 'Olu Reader', 'Eve Outside', 'Robot Account'])
    model.addMember(name, name.toLowerCase().split(' ')[0] ?? name)
  const board = model.addBoard('Example board', 'BOARD001', [ann, olu, robot], ['To do', 'Done'])
  model.addBoard('Other board', 'BOARD002', [eve], ['Elsewhere'])
  model.setMembership(board, olu, { memberType: 'observer' })
  const card = model.createCard(ann, idFor('list BOARD001 To do'), 'First card', {
    checklists: [{ name: 'Things', items: ['one', 'two'] }],
  })
  const credentials = `OAuth oauth_consumer_key="${powerUp.apiKey}", oauth_token="${trello.token}"`
  return {
    trello,
    card,
    board: board.id,
    async rest(method, path, headers = { authorization: credentials }, body = undefined) {
      const more = body === undefined ? {} : { body: JSON.stringify(body) }
      const answer = await fetch(`${trello.restOrigin}/1${path}`, { method, headers, ...more })
      return { status: answer.status, text: await answer.text() }
    },
    async act(by, body, origin = trello.pageOrigin) {
      const answer = await fetch(`${trello.pageOrigin}/act`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin },
        body: JSON.stringify({ by, board: board.id, ...body }),
      })
      await answer.arrayBuffer()
      return answer.status
    },
  }
}
