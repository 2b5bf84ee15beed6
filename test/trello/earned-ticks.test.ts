import { afterEach, beforeEach, expect, test } from 'vitest'
import { MINUTE } from '../../server/clock.ts'
import { json } from '../../server/db/json.ts'
import type { StepState } from '../../server/db/schema.ts'
import { type CardHost, HostFailure } from '../../server/requests/card-host.ts'
import { defaultChecklistMap, meaningOf, normalise } from '../../server/trello/checklist-map.ts'
import { tickEarned } from '../../server/trello/earned-ticks.ts'
import { addPerson, addRequest } from '../db/rows.ts'
import type { Card } from '../local-trello/model.ts'
import { member, type WatchedBoard, watchedBoard } from './watched-board.ts'

let board: WatchedBoard
let card: Card
beforeEach(async () => {
  board = await watchedBoard()
  await board.watcher.reconcile(board.boardId)
  card = board.copy()
  board.trello.model.addChecklist(member('sam'), card, 'Pull Requests', ['Logit: GOV.UK Users team'])
  await board.settled()
  await board.request(card, 'granting')
  await board.db.kysely.updateTable('request').set({ updated_at: board.clock.wall() }).execute()
})
afterEach(() => {
  refused.clear()
  return board.close()
})

async function step(key: string, grant: string, state: StepState, ordinal = 0, request = 'r-1'): Promise<void> {
  const at = board.clock.wall()
  await board.db.kysely
    .insertInto('step')
    .values({
      id: key,
      request_id: request,
      direction: 'grant',
      ordinal,
      key,
      // Only what the ticks look at.
      plan: json({ grant }),
      method: 'task',
      state,
      since: at,
      turn: 'nobody',
      sentence: '',
      attempts: 0,
      updated_at: at,
    })
    .execute()
}
const refused = new Map<string, number>()
const tick = (host: CardHost = board.host) =>
  tickEarned({
    db: board.db,
    host,
    refused,
    clock: board.clock,
    map: defaultChecklistMap,
    refresh: (id) => board.watcher.refresh(id),
  })
const ticked = () =>
  card.checklists.flatMap((list) =>
    list.checkItems.filter((item) => item.state === 'complete').map((item) => `${list.name}: ${item.name}`),
  )

test('an item is ticked when every grant behind it is closed, and its like on a foreign list is left alone', async () => {
  await step('logit', 'logit', 'seen')
  await step('aws-user/staging', 'aws-user', 'seen', 1)
  await step('aws-user/production', 'aws-user', 'waiting', 2)
  await tick()
  expect(ticked()).toEqual(['What you get: Logit: GOV.UK Users team'])
  await board.db.kysely.updateTable('step').set({ state: 'verified' }).where('id', '=', 'aws-user/production').execute()
  await tick()
  expect(ticked()).toEqual([
    'What you get: AWS: read-only in staging and production',
    'What you get: Logit: GOV.UK Users team',
  ])
})

test.each(['planned', 'ready', 'acting', 'waiting', 'done', 'stuck', 'stopped'] as const)(
  'a step that is %s earns no tick',
  async (state) => {
    await step('logit', 'logit', state)
    await tick()
    expect(ticked()).toEqual([])
  },
)

test('a tick is earned once and logged once, and a person’s own is left as it is', async () => {
  await step('logit', 'logit', 'seen')
  await tick()
  await tick()
  expect((await board.events('r-1')).filter((type) => type === 'tick-earned')).toHaveLength(1)
  const own = card.checklists[1]?.checkItems[0]
  board.trello.model.tick(member('priya'), card, own?.id ?? '', true)
  await board.settled()
  await tick()
  expect(own?.state).toBe('complete')
  expect(await board.ticks(card)).toEqual({})
})

test('people’s edits of case, marks and links do not change what an item means; another list does', () => {
  expect(normalise('**I know** how to [roll back an app](https://docs.example.gov.uk)!')).toBe(
    'i know how to roll back an app',
  )
  expect(meaningOf(defaultChecklistMap, 'What you know', 'I KNOW how to *roll back* an app')).toEqual({ is: 'claim' })
  expect(meaningOf(defaultChecklistMap, 'Pull Requests', 'I know how to roll back an app')).toBeNull()
  expect(meaningOf(defaultChecklistMap, 'What you know', 'Buy a hat')).toBeNull()
})

test('a card that refuses a tick holds up no other, and is asked again after a while', async () => {
  await step('logit', 'logit', 'seen')
  const other = board.copy()
  await board.settled()
  await addPerson(board.db.kysely, 'p-lee')
  await addRequest(board.db.kysely, { id: 'r-2', card: other.id, person: 'p-lee', state: 'granting' })
  await board.db.kysely.updateTable('request').set({ updated_at: board.clock.wall() }).execute()
  await step('logit-2', 'logit', 'seen', 0, 'r-2')
  const asked: string[] = []
  const moody: CardHost = {
    ...board.host,
    async tick(id, item, complete) {
      asked.push(id)
      if (id === card.id) throw new HostFailure('forbidden', 'Trello refuses this.')
      await board.host.tick(id, item, complete)
    },
  }
  await tick(moody)
  await tick(moody)
  expect(asked.sort()).toEqual([card.id, other.id].sort())
  expect(ticked()).toEqual([])
  board.clock.move(10 * MINUTE)
  await tick()
  expect(ticked()).toEqual(['What you get: Logit: GOV.UK Users team'])
})

test('a host that cannot be reached ends the round, and nothing counts against the card', async () => {
  await step('logit', 'logit', 'seen')
  const away: CardHost = {
    ...board.host,
    tick: () => Promise.reject(new HostFailure('unreachable', 'Trello cannot be reached.')),
  }
  await expect(tick(away)).rejects.toThrow('Trello cannot be reached.')
  await tick()
  expect(ticked()).toHaveLength(1)
})
