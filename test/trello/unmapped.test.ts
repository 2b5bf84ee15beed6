import { afterEach, beforeEach, expect, test } from 'vitest'
import { json } from '../../server/db/json.ts'
import { defaultChecklistMap } from '../../server/trello/checklist-map.ts'
import { unmappedItems } from '../../server/trello/unmapped.ts'
import type { Card } from '../local-trello/model.ts'
import { type WatchedBoard, watchedBoard } from './watched-board.ts'

/** Items that nobody mapped, where the template is on a board that is not connected. */

let board: WatchedBoard
let copies: Card[]
beforeEach(async () => {
  board = await watchedBoard()
  await board.watcher.reconcile(board.boardId)
  copies = [board.copy(), board.copy()]
  await board.settled()
  await board.db.kysely
    .updateTable('card')
    .set({ checklists: json([]) })
    .execute()
})
afterEach(() => board.close())

async function lists(copy: number, name: string, ...items: string[]): Promise<void> {
  const own = items.map((item, at) => ({ id: `${copy}-${at}`, name: item, complete: false }))
  const checklists = json([{ id: `list-${copy}`, name, items: own }])
  await board.db.kysely
    .updateTable('card')
    .set({ checklists })
    .where('id', '=', copies[copy]?.id ?? '')
    .execute()
}
const unmapped = () => unmappedItems(board.db, defaultChecklistMap)

test('an item of a mapped checklist is named from one copy, once', async () => {
  await lists(0, 'What you know', 'I have read the code review guidelines', 'I know the new thing')
  await lists(1, 'What you know', 'I know the new thing.')
  expect(await unmapped()).toEqual(['What you know: I know the new thing'])
})

test('a whole checklist that nobody mapped is named once it stands on two copies', async () => {
  await lists(0, 'Before you start', 'Meet your buddy')
  expect(await unmapped()).toEqual([])
  await lists(1, 'Before you start', 'Meet your buddy')
  expect(await unmapped()).toEqual(['Before you start: Meet your buddy'])
})

test('lists that people have of their own are left alone', async () => {
  await lists(0, 'Pull Requests', '#12 Add Priya')
  await lists(1, 'Pull Requests', '#13 Add Jo')
  expect(await unmapped()).toEqual([])
})
