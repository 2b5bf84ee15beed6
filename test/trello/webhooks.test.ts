import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY } from '../../server/clock.ts'
import { forgetDeliveries, signatureHolds } from '../../server/trello/webhooks.ts'
import { member, type WatchedBoard, watchedBoard } from './watched-board.ts'

let board: WatchedBoard
beforeEach(async () => {
  board = await watchedBoard()
  await board.watcher.reconcile(board.boardId)
})
afterEach(() => board.close())

const somethingElse = { action: { id: 'f'.repeat(24), type: 'somethingNew', date: '2026-11-24T09:00:00Z', data: {} } }
const deliveries = () => board.db.kysely.selectFrom('delivery').selectAll().execute()

describe('the order of refusals is the protocol', () => {
  const json = { 'content-type': 'application/json' }
  const wrong = { path: '/webhooks/not-a-board/not-a-key' }
  const cases: [number, string, () => Promise<Response>][] = [
    [405, 'another method, even at a wrong address', () => board.deliver('', { ...wrong, method: 'PUT', headers: {} })],
    [404, 'an address that is none, even with a wrong type', () => board.deliver('{}', { ...wrong, headers: {} })],
    [415, 'another type, even unsigned', () => board.deliver('{}', { headers: { 'content-type': 'text/plain' } })],
    [400, 'no signature', () => board.deliver('{}', { headers: json })],
    [401, 'a wrong signature', () => board.deliver('{}', { headers: { ...json, 'x-trello-webhook': 'AAAA' } })],
    [200, 'a kind that nobody knows', () => board.deliver(somethingElse)],
    [200, 'a body that is not what we know', () => board.deliver('[1,2,3]')],
  ]
  test.each(cases)('%i for %s', async (status, _name, send) => {
    const answer = await send()
    expect(answer.status).toBe(status)
    if (status !== 200) expect(answer.headers.get('content-type')).toContain('application/problem+json')
  })

  test('a refused method names the ones that are allowed', async () => {
    expect((await board.deliver('', { method: 'DELETE', headers: {} })).headers.get('allow')).toBe('HEAD, POST')
  })

  test('HEAD is answered with 200, also before anything is written down: Trello asks while it makes the webhook', async () => {
    const path = `/webhooks/${'a'.repeat(24)}/${'b'.repeat(12)}`
    expect((await board.deliver('', { path, method: 'HEAD', headers: {} })).status).toBe(200)
  })

  test('a delivery that is larger than any of Trello’s is not read', async () => {
    expect((await board.deliver(`"${'x'.repeat(1_100_000)}"`)).status).toBe(413)
  })
})

describe('the signature', () => {
  const body = '{"action":{"id":"é"}}'
  test('covers the raw bytes and the address as it was registered', () => {
    const address = `${board.origin}${board.webhookPath()}`
    const good = board.sign(body, address)
    const secret = 'example-app-secret-0123456789'
    expect(signatureHolds(Buffer.from(body), good, secret, address)).toBe(true)
    expect(signatureHolds(Buffer.from(`${body} `), good, secret, address)).toBe(false)
    expect(signatureHolds(Buffer.from(body), good, secret, `${address}/`)).toBe(false)
    expect(signatureHolds(Buffer.from(body), good, 'another-secret', address)).toBe(false)
    // Of another length: refused without an exception.
    expect(signatureHolds(Buffer.from(body), good.slice(0, -8), secret, address)).toBe(false)
    expect(signatureHolds(Buffer.from(body), '', secret, address)).toBe(false)
  })

  test('counts with the configured address, whatever host the request names', async () => {
    const signed = board.sign(JSON.stringify(somethingElse), `https://proxy.example.gov.uk${board.webhookPath()}`)
    const headers = {
      'content-type': 'application/json',
      'x-trello-webhook': signed,
      'x-forwarded-host': 'proxy.example.gov.uk',
      'x-forwarded-proto': 'https',
    }
    expect((await board.deliver(somethingElse, { headers })).status).toBe(401)
  })
})

describe('a delivery says "go and read", no more', () => {
  test('what it claims is not believed: the card is read from Trello', async () => {
    const card = board.copy()
    await board.settled()
    const forgedByAnEditor = {
      action: {
        id: 'e'.repeat(24),
        type: 'updateCard',
        date: board.clock.wall().toISOString(),
        idMemberCreator: member('priya'),
        data: { card: { id: card.id, name: 'Production Admin for everybody', closed: true } },
      },
    }
    board.told.splice(0)
    expect((await board.deliver(forgedByAnEditor)).status).toBe(200)
    await board.settled()
    expect(board.told).toEqual([card.id])
    expect(await board.kept(card)).toMatchObject({ name: 'Production Deploy for Priya Shah', closed: false })
  })

  test('the same action twice is read once', async () => {
    const card = board.copy()
    await board.settled()
    const [known] = await deliveries()
    board.told.splice(0)
    const again = { action: { id: known?.action_id, type: 'copyCard', date: '', data: { card: { id: card.id } } } }
    expect((await board.deliver(again)).status).toBe(200)
    await board.settled()
    expect(board.told).toEqual([])
  })

  test('one that is remembered no more is too old to be heard again', async () => {
    const card = board.copy()
    await board.settled()
    const sent = {
      action: {
        id: 'd'.repeat(24),
        type: 'updateCard',
        date: board.clock.wall().toISOString(),
        data: { card: { id: card.id } },
      },
    }
    const days = async (count: number) => {
      board.clock.move(count * DAY)
      await forgetDeliveries(board.db.kysely, board.clock.wall())
      board.told.splice(0)
      expect((await board.deliver(sent)).status).toBe(200)
      await board.settled()
      return { told: board.told, kept: (await deliveries()).some((one) => one.action_id === sent.action.id) }
    }
    expect(await days(0)).toEqual({ told: [card.id], kept: true })
    expect(await days(89)).toEqual({ told: [], kept: true })
    expect(await days(1.5)).toEqual({ told: [], kept: true })
    expect(await days(1)).toEqual({ told: [], kept: false })
  })

  test('duplicates and disorder end with the card as it is', async () => {
    board.trello.faults.duplicateWebhooks = true
    board.trello.faults.shuffleWebhooks = true
    const card = board.copy()
    const item = card.checklists[0]?.checkItems[0]
    for (const name of ['One', 'Two', 'Three']) board.trello.model.rename(member('priya'), card, name)
    for (const on of [true, false, true]) {
      board.clock.move(1000)
      board.trello.model.tick(member(on ? 'priya' : 'sam'), card, item?.id ?? '', on)
    }
    await board.settled()
    expect(await board.kept(card)).toMatchObject({ name: 'Three' })
    expect(Object.values(await board.ticks(card))).toEqual([{ by: member('priya'), cameWithCopy: false }])
    expect(new Set((await deliveries()).map((one) => one.action_id)).size).toBe((await deliveries()).length)
    expect(board.reported).toEqual([])
  })

  test('of several who ticked one item the last one did it, in whatever order Trello tells', async () => {
    const card = board.copy()
    await board.settled()
    const item = card.checklists[0]?.checkItems[0]?.id ?? ''
    board.trello.faults.shuffleWebhooks = true
    board.trello.model.tick(member('sam'), card, item, true)
    board.clock.move(1000)
    board.trello.model.tick(member('sam'), card, item, false)
    board.clock.move(1000)
    board.trello.model.tick(member('priya'), card, item, true)
    await board.settled()
    expect(Object.values(await board.ticks(card))).toEqual([{ by: member('priya'), cameWithCopy: false }])
  })
})

describe('the webhook itself', () => {
  const webhooks = () => board.trello.webhooks.all()
  const kept = () => board.db.kysely.selectFrom('board').select(['webhook_id', 'problem']).executeTakeFirstOrThrow()

  test('is one for each board, and stays while it lives', async () => {
    const [first] = webhooks()
    await board.watcher.reconcile(board.boardId)
    expect(webhooks()).toEqual([first])
    expect((await kept()).webhook_id).toBe(first?.id)
  })

  test('is made again when it vanished, was switched off, or points elsewhere', async () => {
    const seen = new Set([webhooks()[0]?.id])
    const bend = (more: { active?: boolean; callbackURL?: string }) => {
      for (const one of webhooks()) board.trello.webhooks.update(one, more)
    }
    const troubles = [
      () => board.trello.webhooks.vanish(),
      () => bend({ active: false }),
      () => bend({ callbackURL: 'http://127.0.0.1:9/old-address' }),
    ]
    for (const trouble of troubles) {
      trouble()
      await board.watcher.reconcile(board.boardId)
      const [only, ...others] = webhooks()
      expect(others).toEqual([])
      expect(only).toMatchObject({ active: true, callbackURL: expect.stringContaining(board.origin) })
      expect(seen).not.toContain(only?.id)
      seen.add(only?.id)
      expect((await kept()).webhook_id).toBe(only?.id)
    }
  })

  test('an answer lost while it was made leaves an orphan, which is told to go (410)', async () => {
    // Trello made one, and we never learned its id.
    await board.db.kysely.updateTable('board').set({ webhook_id: null }).execute()
    await board.watcher.reconcile(board.boardId)
    expect(webhooks()).toHaveLength(2)
    const card = board.copy()
    await board.settled()
    expect(webhooks().map((one) => one.id)).toEqual([(await kept()).webhook_id])
    expect(await board.kept(card)).toMatchObject({ kind: 'candidate' })
  })

  test('a board that was disconnected sheds its webhook at the next delivery (410)', async () => {
    await board.db.kysely.deleteFrom('board').execute()
    board.copy()
    await board.settled()
    expect(webhooks()).toEqual([])
  })

  test('that Trello will not make does not keep the board from being read', async () => {
    board.trello.webhooks.vanish()
    await board.db.kysely.updateTable('board').set({ webhook_id: null }).execute()
    const create = board.trello.webhooks.create
    board.trello.webhooks.create = async () => 'URL did not return 200 status code, got 404'
    const card = board.copy()
    await board.watcher.reconcile(board.boardId)
    board.trello.webhooks.create = create
    expect(await board.kept(card)).toMatchObject({ kind: 'candidate' })
    expect(await kept()).toEqual({ webhook_id: null, problem: null })
  })
})
