import { afterEach, beforeEach, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../server/clock.ts'
import { createCardReads } from '../../server/trello/card-reads.ts'
import { member, type WatchedBoard, watchedBoard } from './watched-board.ts'

let board: WatchedBoard
beforeEach(async () => {
  board = await watchedBoard()
  await board.watcher.reconcile(board.boardId)
})
afterEach(() => board.close())

const tickFirst = (card: ReturnType<WatchedBoard['copy']>) =>
  board.trello.model.tick(member('priya'), card, card.checklists[0]?.checkItems[0]?.id ?? '', true)

test('after an hour of Trello being down with all webhooks lost, the next round knows everything', async () => {
  const { model, faults } = board.trello
  const [ticked, archived, deleted, moved] = [board.copy(), board.copy(), board.copy(), board.copy()]
  await board.settled()
  const request = await board.request(archived, 'granting')
  const checkedAt = async () =>
    (await board.db.kysely.selectFrom('board').select('checked_at').executeTakeFirstOrThrow()).checked_at
  const before = await checkedAt()

  faults.restDown = true
  faults.dropWebhooks = true
  tickFirst(ticked)
  model.setClosed(member('sam'), archived, true)
  model.remove(member('sam'), deleted)
  model.move(member('sam'), moved, model.lists.find((one) => one.idBoard !== board.boardId)?.id ?? '')
  const made = board.copy()
  model.rename(member('priya'), made, 'Made while Trello was down')
  for (let minutes = 0; minutes < 60; minutes += 10) {
    board.clock.move(10 * MINUTE)
    await board.watcher.reconcile(board.boardId)
  }
  expect(board.rest.health().state).toBe('unreachable')
  // What was true when stays what it was.
  expect(await checkedAt()).toEqual(before)
  expect(await board.kept(made)).toBeNull()

  faults.restDown = false
  await board.watcher.reconcile(board.boardId)
  expect(Object.keys(await board.ticks(ticked))).toHaveLength(1)
  expect(await board.kept(archived)).toMatchObject({ closed: true })
  expect(await board.events(request)).toEqual(['card-archived', 'paused'])
  expect(await board.kept(deleted)).toMatchObject({ deleted_at: expect.any(Date) })
  expect((await board.kept(moved))?.board_id).not.toBe(board.boardId)
  expect(await board.kept(made)).toMatchObject({ kind: 'candidate', name: 'Made while Trello was down' })
  expect(await checkedAt()).toEqual(board.clock.wall())
  expect(board.reported).toEqual([])
})

test('a lost webhook for a tick, of which Trello keeps no action, is found within ten minutes', async () => {
  const card = board.copy()
  await board.settled()
  await board.watcher.reconcile(board.boardId)
  board.trello.faults.dropWebhooks = true
  board.clock.move(1000)
  tickFirst(card)
  await board.watcher.reconcile(board.boardId)
  expect(await board.ticks(card)).toEqual({})
  board.clock.move(10 * MINUTE)
  await board.watcher.reconcile(board.boardId)
  expect(Object.values(await board.ticks(card))).toEqual([{ by: null, cameWithCopy: false }])
})

test('when the webhook had to be made again, everything is looked at in the same round', async () => {
  const card = board.copy()
  await board.settled()
  board.clock.move(1000)
  board.trello.webhooks.vanish()
  tickFirst(card)
  await board.watcher.reconcile(board.boardId)
  expect(Object.keys(await board.ticks(card))).toHaveLength(1)
})

test('a webhook that arrives while Trello cannot be read is not forgotten', async () => {
  const card = board.copy()
  await board.settled()
  board.trello.faults.restPlainTextError = { status: 502, text: 'Bad gateway' }
  tickFirst(card)
  await board.settled()
  expect(await board.ticks(card)).toEqual({})
  board.trello.faults.restPlainTextError = null
  await board.watcher.refresh(card.id)
  // Who ticked it was told by the webhook only, and is still known.
  expect(Object.values(await board.ticks(card))).toEqual([{ by: member('priya'), cameWithCopy: false }])
  expect(board.reported).toEqual([])
})

test('cards that are not ours cost no reading, however much happens on them', async () => {
  const { model } = board.trello
  const theirs = Array.from({ length: 5 }, (_, n) => model.createCard(member('sam'), board.list(), `Other ${n}`))
  await board.settled()
  let read = 0
  const { host } = board
  const readCard = host.readCard.bind(host)
  host.readCard = async (id) => {
    read += 1
    return readCard(id)
  }
  for (const card of theirs) model.comment(member('sam'), card, 'Hello')
  await board.settled()
  board.clock.move(HOUR)
  await board.watcher.reconcile(board.boardId)
  expect(read).toBe(0)
  expect(await board.db.kysely.selectFrom('card').select('kind').execute()).toEqual([
    { kind: 'template' },
    { kind: 'template' },
  ])
})

test('an older answer that arrives late does not overwrite a newer one', async () => {
  const card = board.copy()
  await board.settled()
  const old = await board.host.readCard(card.id)
  board.clock.move(1000)
  board.trello.model.rename(member('priya'), card, 'The newer name')
  await board.settled()
  const { readCard } = board.host
  board.host.readCard = async () => old
  await board.watcher.refresh(card.id)
  board.host.readCard = readCard
  expect(await board.kept(card)).toMatchObject({ name: 'The newer name' })
})

test('one card is read once at a time, and whoever asks meanwhile gets the next reading', async () => {
  const begun: string[] = []
  const ends: (() => void)[] = []
  const reads = createCardReads((id) => {
    begun.push(id)
    return new Promise<void>((done) => ends.push(done))
  })
  const first = reads.ask('a')
  const second = reads.ask('a')
  const third = reads.ask('a')
  const other = reads.ask('b')
  expect(begun).toEqual(['a', 'b'])
  expect(second).toBe(third)
  ends[0]?.()
  await first
  await expect.poll(() => begun).toEqual(['a', 'b', 'a'])
  for (const end of ends) end()
  await Promise.all([second, other])
  await reads.settled()
  expect(begun).toHaveLength(3)
})
