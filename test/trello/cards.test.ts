import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { revokedSinceAsked } from '../../server/requests/life.ts'
import type { Card } from '../local-trello/model.ts'
import { member, type WatchedBoard, watchedBoard } from './watched-board.ts'

let board: WatchedBoard
beforeEach(async () => {
  board = await watchedBoard()
  await board.watcher.reconcile(board.boardId)
})
afterEach(() => board.close())

const claims = (card: Card) => card.checklists[0]?.checkItems ?? []
const item = (card: Card, n: number) => claims(card)[n]?.id ?? ''
const paused = async () =>
  (await board.db.kysely.selectFrom('request').select('paused_because').executeTakeFirstOrThrow()).paused_because

describe('whose card it is', () => {
  test('allows a copy of a template as a candidate, by the level of its template', async () => {
    const [deploy, admin] = [board.copy(board.template('deploy')), board.copy(board.template('admin'))]
    await board.settled()
    expect(await board.kept(deploy)).toMatchObject({ kind: 'candidate', level: 'deploy', way: 'copy' })
    expect(await board.kept(admin)).toMatchObject({ kind: 'candidate', level: 'admin', way: 'copy' })
  })

  test('allows a copy of a copy, and it inherits nothing', async () => {
    const first = board.copy()
    await board.settled()
    board.trello.model.tick(member('priya'), first, item(first, 0), true)
    await board.request(first, 'open')
    const second = board.copy(first)
    await board.settled()
    expect(await board.kept(second)).toMatchObject({ kind: 'candidate', level: 'deploy', way: 'copy' })
    expect(await board.ticks(second)).toEqual({ [claims(second)[0]?.name ?? '']: { by: null, cameWithCopy: true } })
    expect(await board.db.kysely.selectFrom('request').select('card_id').execute()).toEqual([{ card_id: first.id }])
  })

  test('denies the template itself: it is known as the template and is never a request', async () => {
    expect(await board.kept(board.template())).toMatchObject({ kind: 'template', level: 'deploy', way: 'template' })
  })

  test('denies a card that only looks like one', async () => {
    const { model } = board.trello
    const card = model.createCard(
      member('priya'),
      board.list(),
      'Production Deploy for Priya Shah (copied from S9sex2XU)',
    )
    model.addChecklist(
      member('priya'),
      card,
      'What you know',
      claims(board.template()).map(({ name }) => name),
    )
    await board.settled()
    expect(await board.kept(card)).toBeNull()
    expect(board.told).not.toContain(card.id)
  })

  test('denies a copy on a board that nobody connected', async () => {
    const other = board.trello.model.lists.find((one) => one.idBoard !== board.boardId)?.id ?? ''
    const card = board.trello.model.copyCard(member('priya'), board.template(), other, 'Elsewhere')
    await board.settled()
    await board.watcher.reconcile(board.boardId)
    expect(await board.kept(card)).toBeNull()
  })

  test('finds copies made before the board was connected, copies of copies too', async () => {
    await board.close()
    board = await watchedBoard({ connected: false })
    const first = board.copy()
    const second = board.copy(first)
    await board.db.kysely
      .insertInto('board')
      .values({ id: board.boardId, name: 'Search team', url: '', connected_by: 'p', connected_at: new Date() })
      .execute()
    await board.watcher.reconcile(board.boardId)
    expect(await board.kept(first)).toMatchObject({ kind: 'candidate' })
    expect(await board.kept(second)).toMatchObject({ kind: 'candidate' })
  })

  describe('attached by hand', () => {
    const plain = () => board.trello.model.createCard(member('priya'), board.list(), 'Access for Priya')
    test('allows any card of a connected board, and records that it was by hand', async () => {
      const card = plain()
      await board.watcher.adopt(card.id, board.boardId, 'deploy')
      expect(await board.kept(card)).toMatchObject({ kind: 'candidate', level: 'deploy', way: 'attached' })
    })
    test('a copy stays a copy of its own template, whatever level is asked for', async () => {
      const card = board.copy()
      await board.settled()
      await board.watcher.adopt(card.id, board.boardId, 'admin')
      expect(await board.kept(card)).toMatchObject({ level: 'deploy', way: 'copy' })
    })
    test.each([
      ['a card of another board than the token’s', () => 'f'.repeat(24), 'deploy'],
      ['a level that the rules do not have', () => board.boardId, 'root'],
    ])('denies %s', async (_name, boardId, level) => {
      const card = plain()
      await board.watcher.adopt(card.id, boardId(), level)
      expect(await board.kept(card)).toBeNull()
    })
    test('denies a card of a board that nobody connected', async () => {
      const other = board.trello.model.lists.find((one) => one.idBoard !== board.boardId)
      const card = board.trello.model.createCard(member('priya'), other?.id ?? '', 'Access for Priya')
      await board.watcher.adopt(card.id, other?.idBoard ?? '', 'deploy')
      expect(await board.kept(card)).toBeNull()
    })
  })
})

describe('a request and its card', () => {
  let card: Card
  beforeEach(async () => {
    card = board.copy()
    await board.settled()
  })

  test('moved to another list or board, it keeps its request', async () => {
    const request = await board.request(card, 'open')
    const other = board.trello.model.lists.find((one) => one.idBoard !== board.boardId)
    board.trello.model.move(member('priya'), card, board.list('Done'))
    await board.settled()
    expect(await board.events(request)).not.toContain('card-moved')
    board.trello.model.move(member('priya'), card, other?.id ?? '')
    await board.settled()
    expect(await board.kept(card)).toMatchObject({ board_id: other?.idBoard })
    expect(await board.db.kysely.selectFrom('request').select(['id', 'board_id']).execute()).toEqual([
      { id: request, board_id: other?.idBoard },
    ])
    expect(await board.events(request)).toContain('card-moved')
  })

  test('archived, an unfinished request pauses and asks; brought back, it goes on', async () => {
    const request = await board.request(card, 'granting')
    board.trello.model.setClosed(member('sam'), card, true)
    await board.settled()
    expect(await paused()).toContain('The card was archived.')
    board.trello.model.setClosed(member('sam'), card, false)
    await board.settled()
    expect(await paused()).toBeNull()
    expect((await board.events(request)).filter((type) => type !== 'ready')).toEqual([
      'card-archived',
      'paused',
      'resumed',
    ])
  })

  test('archived and brought back, a request waits still whose engineer lost all access meanwhile', async () => {
    const request = await board.request(card, 'open')
    await board.db.kysely
      .updateTable('request')
      .set({ paused_because: revokedSinceAsked })
      .where('id', '=', request)
      .execute()
    for (const closed of [true, false]) {
      board.trello.model.setClosed(member('sam'), card, closed)
      await board.settled()
      expect(await paused()).toBe(revokedSinceAsked)
    }
  })

  test('deleted, an unfinished request pauses and asks, and what we know of the card stays', async () => {
    const request = await board.request(card, 'granting')
    board.trello.model.remove(member('sam'), card)
    await board.settled()
    expect(await paused()).toContain('The card was deleted')
    expect(await board.kept(card)).toMatchObject({ name: card.name, deleted_at: expect.any(Date) })
    await board.watcher.reconcile(board.boardId)
    expect(await board.events(request)).toEqual(['card-deleted', 'paused'])
  })

  test('gone with its whole board, which tells of nothing: an unfinished request pauses and asks, and the settings say why', async () => {
    const [granting, finished] = [await board.request(card, 'granting'), board.copy()]
    await board.settled()
    const place = board.trello.model.board(board.boardId)
    if (!place) throw new RangeError('the board is there before it is deleted')
    board.trello.model.deleteBoard(place)
    for (let i = 0; i < 2; i += 1) await board.watcher.reconcile(board.boardId)
    expect(await paused()).toContain('The card was deleted')
    expect(await board.events(granting)).toEqual(['card-deleted', 'paused'])
    for (const one of [card, finished])
      expect(await board.kept(one)).toMatchObject({ name: one.name, deleted_at: expect.any(Date) })
    const { problem } = await board.db.kysely.selectFrom('board').select('problem').executeTakeFirstOrThrow()
    expect(problem).toContain('This board was deleted, or our service member cannot see it any more.')
    expect(board.reported).toEqual([])
  })

  test('archived, a finished request is only noted', async () => {
    const request = await board.request(card, 'granted')
    board.trello.model.setClosed(member('sam'), card, true)
    await board.settled()
    expect(await paused()).toBeNull()
    expect(await board.events(request)).toEqual([])
  })

  test('a board that we may not read any more is said to be so, and nothing on it counts as deleted', async () => {
    await board.request(card, 'open')
    const place = board.trello.model.board(board.boardId)
    if (!place) throw new Error('no board')
    board.trello.model.setMembership(place, member('service'), { deactivated: true })
    await board.watcher.reconcile(board.boardId)
    await expect(board.watcher.refresh(card.id)).rejects.toMatchObject({ kind: 'forbidden' })
    const problem = async () =>
      (await board.db.kysely.selectFrom('board').select('problem').executeTakeFirstOrThrow()).problem
    expect(await problem()).toBe('We cannot read this board: add our service member to it.')
    expect(await paused()).toBeNull()
    expect(await board.kept(card)).toMatchObject({ deleted_at: null })
    expect(board.rest.health().state).toBe('ok')
    board.trello.model.setMembership(place, member('service'), { deactivated: false })
    await board.watcher.reconcile(board.boardId)
    expect(await problem()).toBeNull()
  })
})

describe('ticks', () => {
  test('are the engineer’s, somebody else’s, came with the copy, or are of nobody known', async () => {
    const source = board.copy()
    await board.settled()
    board.trello.model.tick(member('sam'), source, item(source, 0), true)
    await board.settled()
    const card = board.copy(source)
    board.trello.model.tick(member('priya'), card, item(card, 1), true)
    board.trello.model.tick(member('sam'), card, item(card, 2), true)
    await board.settled()
    board.trello.faults.dropWebhooks = true
    board.trello.model.tick(member('priya'), card, item(card, 3), true)
    await board.watcher.refresh(card.id)
    const names = claims(card).map(({ name }) => name)
    expect(await board.ticks(card)).toEqual({
      [names[0] ?? '']: { by: null, cameWithCopy: true },
      [names[1] ?? '']: { by: member('priya'), cameWithCopy: false },
      [names[2] ?? '']: { by: member('sam'), cameWithCopy: false },
      [names[3] ?? '']: { by: null, cameWithCopy: false },
    })
  })

  test('taken away and set again belong to who set them last', async () => {
    const card = board.copy()
    await board.settled()
    for (const [by, on] of [
      ['sam', true],
      ['sam', false],
      ['priya', true],
    ] as const) {
      board.clock.move(1000)
      board.trello.model.tick(member(by), card, item(card, 0), on)
      await board.settled()
    }
    expect(Object.values(await board.ticks(card))).toEqual([{ by: member('priya'), cameWithCopy: false }])
  })

  test('on a card attached by hand did not come with a copy', async () => {
    const { model } = board.trello
    const card = model.createCard(member('priya'), board.list(), 'Access for Priya')
    const names = claims(board.template()).map(({ name }) => name)
    const list = model.addChecklist(member('priya'), card, 'What you know', names)
    const [first, second] = list.checkItems
    model.tick(member('sam'), card, first?.id ?? '', true)
    await board.settled()
    board.trello.faults.dropWebhooks = true
    model.tick(member('sam'), card, second?.id ?? '', true)
    await board.watcher.adopt(card.id, board.boardId, 'deploy')
    expect(await board.ticks(card)).toEqual({
      // Told a moment ago, before the card was ours.
      [first?.name ?? '']: { by: member('sam'), cameWithCopy: false },
      [second?.name ?? '']: { by: null, cameWithCopy: false },
    })
  })

  test('on foreign checklists and unmapped items are left alone', async () => {
    const card = board.copy()
    const list = board.trello.model.addChecklist(member('priya'), card, 'Pull Requests', ['#12 Add Priya'])
    board.trello.model.tick(member('priya'), card, list.checkItems[0]?.id ?? '', true)
    await board.settled()
    expect(await board.ticks(card)).toEqual({})
  })

  test('on what the product grants say nothing: only the engineer’s own statements are kept', async () => {
    const card = board.copy()
    for (const { id } of card.checklists[1]?.checkItems ?? []) board.trello.model.tick(member('priya'), card, id, true)
    await board.settled()
    expect(await board.ticks(card)).toEqual({})
  })
})
