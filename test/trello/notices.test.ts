import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MINUTE } from '../../server/clock.ts'
import { HostFailure } from '../../server/requests/card-host.ts'
import { writeNotices } from '../../server/requests/notices.ts'
import { sendNotices, takeOverNotices } from '../../server/trello/send-notices.ts'
import { addPerson } from '../db/rows.ts'
import type { Card } from '../local-trello/model.ts'
import { member, type WatchedBoard, watchedBoard } from './watched-board.ts'

let board: WatchedBoard
let card: Card
beforeEach(async () => {
  board = await watchedBoard()
  await board.watcher.reconcile(board.boardId)
  card = board.copy()
  await board.settled()
  await board.request(card, 'granted')
  await addPerson(board.db.kysely, 'p-sam', 'Sam Okoro')
  await addPerson(board.db.kysely, 'p-dan', 'Dan Reyes')
  await link('p-sam', 'sam')
})
afterEach(() => board.close())

async function link(person: string, name: string): Promise<void> {
  await board.db.kysely
    .insertInto('person_account')
    .values({
      kind: 'trello',
      id: member(name),
      name,
      person_id: person,
      state: 'linked',
      since: new Date(),
      set_by: 'import',
    })
    .execute()
}
const owe = (kind: string, mentions: string[], text = 'Priya Shah is ready for Production Deploy.') =>
  board.db.transaction((tx) =>
    writeNotices(tx, [{ requestId: 'r-1', cardId: card.id, kind, text, mentions }], board.clock),
  )
const send = () => sendNotices({ db: board.db, host: board.host, clock: board.clock })
const comments = () =>
  board.trello.model
    .actionsOf(card)
    .filter((action) => action.type === 'commentCard')
    .map((action) => String(action.data['text']))
    .toReversed()
const kept = () =>
  board.db.kysely.selectFrom('notice').select(['kind', 'state', 'reason', 'comment_id']).orderBy('created_at').execute()

test('is owed in the transaction of the change: rolled back with it, nothing is ever said', async () => {
  const failing = board.db.transaction(async (tx) => {
    await writeNotices(tx, [{ requestId: 'r-1', cardId: card.id, kind: 'ready', text: 'x', mentions: [] }], board.clock)
    throw new Error('the change failed')
  })
  await expect(failing).rejects.toThrow('the change failed')
  expect(await send()).toBe(0)
  expect(comments()).toEqual([])
})

test('is sent once, mentions whoever has a turn by their name on Trello, and bears the request’s mark', async () => {
  await owe('ready', ['p-sam'])
  expect(await send()).toBe(1)
  expect(await send()).toBe(0)
  expect(comments()).toEqual([
    expect.stringMatching(/^@sam Priya Shah is ready for Production Deploy\. \(r-1-\w{4}\)$/),
  ])
  expect(await board.events('r-1')).toContain('notice-sent')
})

test('one that waits is not owed twice', async () => {
  await owe('ready', ['p-sam'])
  await owe('ready', ['p-sam'])
  await send()
  expect(comments()).toHaveLength(1)
})

describe('twice is prevented', () => {
  test('after a crash between sending and writing it down, our own mark is found', async () => {
    await owe('ready', ['p-sam'])
    const [{ id } = { id: '' }] = await board.db.kysely.selectFrom('notice').select('id').execute()
    // The process that sent this died before it could say so.
    await board.db.kysely.updateTable('notice').set({ sent_at: board.clock.wall() }).execute()
    board.trello.model.comment(member('service'), card, `@sam Priya Shah is ready. (r-1-${id.slice(0, 4)})`)
    await takeOverNotices(board.db)
    expect(await send()).toBe(1)
    expect(comments()).toHaveLength(1)
    expect(await kept()).toMatchObject([{ state: 'sent', comment_id: expect.any(String) }])
  })

  test('a mark that somebody else wrote is not ours', async () => {
    await owe('ready', ['p-sam'])
    const [{ id } = { id: '' }] = await board.db.kysely.selectFrom('notice').select('id').execute()
    board.trello.model.comment(member('sam'), card, `What does this mean? (r-1-${id.slice(0, 4)})`)
    await send()
    expect(comments()).toHaveLength(2)
  })

  test('when the answer to our comment is lost, the next round finds it', async () => {
    await owe('ready', ['p-sam'])
    const { comment } = board.host
    board.host.comment = async (id, text) => {
      await comment(id, text)
      board.trello.faults.restDown = true
      return comment(id, text)
    }
    await expect(send()).rejects.toMatchObject({ kind: 'unreachable' })
    board.host.comment = comment
    board.trello.faults.restDown = false
    expect(await send()).toBe(1)
    expect(comments()).toHaveLength(1)
  })

  test('two processes side by side send it once, and a dead one’s is taken over after a minute', async () => {
    await owe('ready', ['p-sam'])
    expect((await Promise.all([send(), send()])).toSorted()).toEqual([0, 1])
    expect(comments()).toHaveLength(1)
    await owe('declined', ['p-sam'], 'your request was declined.')
    await board.db.kysely
      .updateTable('notice')
      .set({ sent_at: board.clock.wall() })
      .where('state', '=', 'owed')
      .execute()
    expect(await send()).toBe(0)
    board.clock.move(MINUTE + 1)
    expect(await send()).toBe(1)
  })
})

describe('late', () => {
  test.each(['restDown', 'rest429'] as const)(
    'with %s everything stays owed, and is sent afterwards in order',
    async (fault) => {
      await owe('ready', ['p-sam'], 'First.')
      board.clock.move(1000)
      await owe('granted', ['p-sam'], 'Second.')
      board.trello.faults[fault] = true
      await expect(send()).rejects.toThrow(/tried again by itself/)
      expect((await kept()).map(({ state }) => state)).toEqual(['owed', 'owed'])
      board.trello.faults[fault] = false
      board.clock.move(5 * MINUTE)
      expect(await send()).toBe(2)
      expect(comments().map((text) => text.split(' (')[0])).toEqual(['@sam First.', '@sam Second.'])
    },
  )

  test('one that Trello will never take does not hold up the others', async () => {
    await owe('ready', [], 'x'.repeat(20_000))
    board.clock.move(1000)
    await owe('granted', ['p-sam'], 'Second.')
    await send()
    expect(await kept()).toMatchObject([{ state: 'cannot' }, { state: 'sent' }])
    expect(comments()).toHaveLength(1)
  })
})

describe('who cannot be reached', () => {
  test('somebody who is not on the board is not mentioned, and it is kept who was meant', async () => {
    await link('p-dan', 'dan')
    await owe('ready', ['p-dan'])
    await send()
    expect(comments()).toEqual([expect.stringMatching(/^Priya Shah is ready for Production Deploy\. \(r-1-\w{4}\)$/)])
    expect(await kept()).toMatchObject([{ state: 'sent', reason: 'Not on the board: p-dan' }])
  })

  test('on an archived card nothing is written, and the log says so', async () => {
    await owe('ready', ['p-sam'])
    board.trello.model.setClosed(member('sam'), card, true)
    await board.settled()
    await send()
    expect(comments()).toEqual([])
    expect(await kept()).toMatchObject([{ state: 'cannot', reason: 'The card is closed.' }])
    expect(await board.events('r-1')).toContain('notice-not-sent')
  })
})

describe('one that takes the place of an earlier one', () => {
  const replace = async () => {
    const [{ id } = { id: '' }] = await board.db.kysely.selectFrom('notice').select('id').execute()
    await board.db.transaction((tx) =>
      writeNotices(
        tx,
        [{ requestId: 'r-1', cardId: card.id, kind: 'revoked', text: 'all is revoked.', mentions: [], edits: id }],
        board.clock,
      ),
    )
  }
  beforeEach(async () => {
    await owe('doers:second-line', [])
    await send()
    await replace()
  })

  test('becomes its comment, also when the answer to that was lost', async () => {
    const { editComment } = board.host
    let edits = 0
    board.host.editComment = async (...asked) => {
      await editComment(...asked)
      edits += 1
      throw new HostFailure('unreachable', 'lost')
    }
    await expect(send()).rejects.toThrow('lost')
    expect(await send()).toBe(1)
    expect([edits, comments()]).toEqual([1, [expect.stringMatching(/^All is revoked\. \(r-1-\w{4}\)$/)]])
  })

  test('is a comment of its own where somebody deleted the earlier one', async () => {
    const [comment] = board.trello.model.actionsOf(card).filter((action) => action.type === 'commentCard')
    if (comment) board.trello.model.deleteComment(member('sam'), card, comment)
    expect(await send()).toBe(1)
    expect(comments()).toEqual([expect.stringMatching(/^All is revoked\./)])
  })
})

test('where any one of several will do, the first who is on the board is mentioned', async () => {
  await link('p-dan', 'dan')
  const oweOne = (kind: string, mentions: string[]) =>
    board.db.transaction((tx) =>
      writeNotices(
        tx,
        [{ requestId: 'r-1', cardId: card.id, kind, text: 'a keeper is needed.', mentions, mention: 'first-on-board' }],
        board.clock,
      ),
    )
  await oweOne('keeper', ['p-dan', 'p-sam', 'p-sam'])
  await send()
  await oweOne('help', ['p-dan', 'p-nobody'])
  await send()
  expect(comments().map((text) => text.split(' (')[0])).toEqual(['@sam a keeper is needed.', 'A keeper is needed.'])
  expect((await kept()).map(({ reason }) => reason)).toEqual([null, 'Not on the board: p-dan'])
})

test('where two are asked, both who are on the board are mentioned, and who stands first is missed only where nobody is beside', async () => {
  await addPerson(board.db.kysely, 'p-ines', 'Ines Roy')
  await link('p-priya', 'priya')
  for (const mentions of [
    ['p-sam', 'p-dan', 'p-priya'],
    ['p-sam', 'p-dan'],
    ['p-dan', 'p-ines'],
  ])
    await board.db.transaction((tx) =>
      writeNotices(
        tx,
        [{ requestId: 'r-1', cardId: card.id, kind: mentions.join(), text: 'x', mentions, mention: 'two-on-board' }],
        board.clock,
      ),
    )
  await send()
  expect(comments().map((text) => text.split(' (')[0])).toEqual(['@sam @priya x', '@sam x', 'X'])
  expect((await kept()).map(({ reason }) => reason)).toEqual([
    null,
    'Not on the board: p-dan',
    'Not on the board: p-dan, p-ines',
  ])
})

test('the same is owed again for another turn and another step, and not for the same', async () => {
  const at = (ms: number) => new Date(Date.UTC(2026, 10, 24) + ms)
  const about = { requestId: 'r-1', cardId: card.id, kind: 'needs', text: 'x', mentions: [] }
  const turns = [
    { stepId: 's-1', turnSince: at(0) },
    { stepId: 's-1', turnSince: at(0) },
    { stepId: 's-2', turnSince: at(0) },
    { stepId: 's-1', turnSince: at(1) },
  ]
  for (const turn of turns) await board.db.transaction((tx) => writeNotices(tx, [{ ...about, ...turn }], board.clock))
  expect(await kept()).toHaveLength(3)
})
