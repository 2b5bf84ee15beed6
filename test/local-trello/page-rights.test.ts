import { afterEach, beforeEach, expect, test } from 'vitest'
import { ann, eve, olu, type SmallTrello, startSmallTrello } from './small-trello.ts'

let world: SmallTrello
beforeEach(async () => {
  world = await startSmallTrello()
})
afterEach(() => world.trello.close())

const comment = () => ({ do: 'comment', card: world.card.id, text: 'hello' })
const shared = () => ({ do: 'plugin-data', scope: 'card', visibility: 'shared', card: world.card.id, data: '{"a":1}' })
const elsewhere = () => world.trello.model.lists.find((one) => one.name === 'Elsewhere')?.id

test.each([
  ['allows a member to comment', () => world.act(ann, comment()), 200],
  ['allows a member to store shared data', () => world.act(ann, shared()), 200],
  ['denies an observer a comment', () => world.act(olu, comment()), 403],
  ['denies an observer shared data', () => world.act(olu, shared()), 403],
  ['allows an observer data of their own', () => world.act(olu, { ...shared(), visibility: 'private' }), 200],
  ['denies somebody from another board a comment', () => world.act(eve, comment()), 403],
  ['denies everything to somebody signed out', () => world.act('', comment()), 403],
  ['denies a token to somebody signed out', () => world.act('', { do: 'jwt' }), 403],
  [
    'denies a move to a board of others',
    () => world.act(ann, { do: 'move', card: world.card.id, list: elsewhere() }),
    403,
  ],
  [
    'denies a copy to a board of others',
    () => world.act(ann, { do: 'copy', card: world.card.id, list: elsewhere(), name: 'x' }),
    403,
  ],
  ['denies another site in the same browser', () => world.act(ann, comment(), 'http://localhost:1'), 403],
])('%s', async (_what, act, status) => {
  expect(await act()).toBe(status)
})

test('a deactivated member can do nothing', async () => {
  const board = world.trello.model.board(world.board)
  if (board) world.trello.model.setMembership(board, ann, { deactivated: true })
  expect(await world.act(ann, comment())).toBe(403)
})

test('private data of one member is not given to another; shared data is', async () => {
  await world.act(ann, shared())
  await world.act(ann, { ...shared(), visibility: 'private', data: '{"mine":1}' })
  const seenBy = async (by: string) => {
    const query = new URLSearchParams({ board: world.board, card: world.card.id, by })
    return (await fetch(`${world.trello.pageOrigin}/data/plugin?${query}`)).json()
  }
  expect(await seenBy(ann)).toMatchObject({ card: { shared: '{"a":1}', private: '{"mine":1}' } })
  expect(await seenBy(olu)).toMatchObject({ card: { shared: '{"a":1}', private: '{}' } })
})

test('the front of the board has counts of checklist items and no items', async () => {
  const data = await (await fetch(`${world.trello.pageOrigin}/data/board/BOARD001`)).json()
  expect(data.cards[0]).toMatchObject({
    badges: { checkItems: 2, checkItemsChecked: 0 },
    checklists: [{ name: 'Things' }],
  })
  expect(JSON.stringify(data)).not.toContain('checkItems":[')
})

test('the page gives no other site leave to read, and is found under one name', async () => {
  const answer = await fetch(`${world.trello.pageOrigin}/data/board/BOARD001`)
  expect(answer.headers.has('access-control-allow-origin')).toBe(false)
  const port = new URL(world.trello.pageOrigin).port
  const other = await fetch(`http://127.0.0.1:${port}/b/BOARD001`, { redirect: 'manual' })
  expect(other.headers.get('location')).toBe(`${world.trello.pageOrigin}/b/BOARD001`)
})
