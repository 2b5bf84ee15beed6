import { afterEach, beforeEach, expect, test } from 'vitest'
import { eve, type SmallTrello, startSmallTrello } from './small-trello.ts'

let world: SmallTrello
beforeEach(async () => {
  world = await startSmallTrello()
})
afterEach(() => world.trello.close())

const refusals: [string, (world: SmallTrello) => ReturnType<SmallTrello['rest']>, number, string][] = [
  ['no credentials', (w) => w.rest('GET', '/members/me', {}), 401, 'invalid key'],
  [
    'a token that was revoked',
    (w) =>
      w.rest('GET', '/members/me', {
        authorization: 'OAuth oauth_consumer_key="example-key", oauth_token="gone"',
      }),
    401,
    'invalid token',
  ],
  ['an id that is none', (w) => w.rest('GET', '/cards/not-an-id-at-all'), 400, 'invalid id'],
  [
    'a card that is not there',
    (w) => w.rest('GET', `/cards/${'0'.repeat(24)}`),
    404,
    'The requested resource was not found.',
  ],
  [
    'a card on a board of others',
    (w) => {
      const list = w.trello.model.lists.find((one) => one.name === 'Elsewhere')
      return w.rest('GET', `/cards/${w.trello.model.createCard(eve, list?.id ?? '', 'Private').id}`)
    },
    401,
    'unauthorized card permission requested',
  ],
  [
    'a tick of an item that is not there',
    (w) => w.rest('PUT', `/cards/${w.card.id}/checkItem/${'0'.repeat(24)}?state=complete`),
    404,
    'The requested resource was not found.',
  ],
  [
    'a comment longer than Trello takes',
    (w) => w.rest('POST', `/cards/${w.card.id}/actions/comments`, undefined, { text: 'x'.repeat(16_385) }),
    400,
    'invalid value for text',
  ],
]

test.each(refusals)('answers %s with plain text', async (_what, call, status, text) => {
  expect(await call(world)).toEqual({ status, text })
})

test('credentials in an address are refused, and fail the run', async () => {
  const { status } = await world.rest('GET', `/members/me?key=example-key&token=${world.trello.token}`)
  expect(status).toBe(400)
  expect(world.trello.problems).toEqual(['credentials in an address: /1/members/me'])
})

test('an address or a parameter that this Trello does not have fails the run, so that nobody tests against air', async () => {
  await world.rest('GET', '/cards/none/such/address')
  await world.rest('GET', `/cards/${world.card.id}?no_such=1`)
  expect(world.trello.problems).toEqual([
    'GET /1/cards/none/such/address is not answered by the local Trello',
    'GET /cards/{id} has no parameter no_such in the local Trello',
  ])
})

test('too many calls are answered 429 in JSON, without a word about when to come back', async () => {
  world.trello.faults.restLimit = 0
  const answer = await fetch(`${world.trello.restOrigin}/1/members/me`, {
    headers: { authorization: `OAuth oauth_consumer_key="example-key", oauth_token="${world.trello.token}"` },
  })
  expect(answer.status).toBe(429)
  expect(answer.headers.has('retry-after')).toBe(false)
  expect(await answer.json()).toEqual({ error: 'API_TOKEN_LIMIT_EXCEEDED', message: 'Rate limit exceeded' })
})

test('one call gives everything that a decision needs of a card, and nothing that was not asked for', async () => {
  const query = 'fields=name,closed,isTemplate&checklists=all&checkItemStates=true&actions=createCard'
  const { text } = await world.rest('GET', `/cards/${world.card.id}?${query}`)
  expect(JSON.parse(text)).toEqual({
    id: world.card.id,
    name: 'First card',
    closed: false,
    isTemplate: false,
    checklists: [expect.objectContaining({ name: 'Things', idCard: world.card.id, checkItems: expect.any(Array) })],
    checkItemStates: [],
    actions: [expect.objectContaining({ type: 'createCard', memberCreator: expect.any(Object) })],
  })
})

test('a copy names its source in its copyCard action, is no template, and has items with new ids', async () => {
  const { trello, card } = world
  card.isTemplate = true
  const { text } = await world.rest('POST', `/cards?idList=${card.idList}&idCardSource=${card.id}&keepFromSource=all`)
  const copy = JSON.parse(text)
  expect(copy.isTemplate).toBe(false)
  const { text: actions } = await world.rest('GET', `/cards/${copy.id}/actions?filter=copyCard,createCard`)
  expect(JSON.parse(actions)).toMatchObject([{ type: 'copyCard', data: { cardSource: { id: card.id } } }])
  const ids = (id: string) => trello.model.card(id)?.checklists.flatMap((one) => one.checkItems.map((item) => item.id))
  expect(ids(copy.id)).toHaveLength(2)
  expect(ids(copy.id)).not.toEqual(ids(card.id))
})

test('a tick is told to webhooks and kept in no list of actions, as in Trello', async () => {
  const { card } = world
  const item = card.checklists[0]?.checkItems[0]
  await world.rest('PUT', `/cards/${card.id}/checkItem/${item?.id}?state=complete`)
  expect(item?.state).toBe('complete')
  const { text } = await world.rest('GET', `/cards/${card.id}/actions?filter=all`)
  expect(JSON.parse(text).map((action: { type: string }) => action.type)).toEqual(['createCard'])
})
