import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ann, powerUp, robot, type SmallTrello, startSmallTrello } from './small-trello.ts'

/** Hears deliveries, and answers what the test says. */
interface Receiver {
  url: string
  heads: number
  deliveries: { body: string; signature: string; type: string; text: string }[]
  status: number
  close(): Promise<void>
}

async function startReceiver(): Promise<Receiver> {
  const server: Server = createServer(async (request, response) => {
    if (request.method === 'HEAD') receiver.heads += 1
    else {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(Buffer.from(chunk))
      const body = Buffer.concat(chunks).toString('utf8')
      const { action } = JSON.parse(body)
      const signature = String(request.headers['x-trello-webhook'])
      receiver.deliveries.push({ body, signature, type: action.type, text: String(action.data.text ?? '') })
    }
    response.writeHead(receiver.status).end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const receiver: Receiver = {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/hook`,
    heads: 0,
    deliveries: [],
    status: 200,
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
  return receiver
}

let world: SmallTrello
let receiver: Receiver
beforeEach(async () => {
  world = await startSmallTrello({ webhookRetryMs: [1, 1, 1], webhookOffAfter: 6 })
  receiver = await startReceiver()
})
afterEach(async () => {
  await world.trello.close()
  await receiver.close()
})

function create() {
  const query = new URLSearchParams({ idModel: world.board, callbackURL: receiver.url, description: 'test' })
  return world.rest('POST', `/webhooks/?${query}`)
}

async function comments(...texts: string[]): Promise<string[]> {
  for (const text of texts) world.trello.model.comment(ann, world.card, text)
  await world.trello.webhooks.settled()
  return receiver.deliveries.map((one) => one.text)
}

test('an address that does not answer HEAD with 200 gets no webhook, and is told in plain text', async () => {
  receiver.status = 404
  expect(await create()).toEqual({
    status: 400,
    text: `URL (${receiver.url}) did not return 200 status code, got 404`,
  })
  expect(receiver.heads).toBe(1)
})

test('the same webhook twice is refused', async () => {
  expect((await create()).status).toBe(200)
  expect(await create()).toEqual({
    status: 400,
    text: 'A webhook with that callback, model, and token already exists',
  })
})

test('a delivery is signed over its bytes and the registered address', async () => {
  await create()
  await comments('hello')
  const [delivery] = receiver.deliveries
  const own = createHmac('sha1', powerUp.appSecret).update(`${delivery?.body}${receiver.url}`).digest('base64')
  expect(delivery?.signature).toBe(own)
  expect(JSON.parse(delivery?.body ?? '')).toMatchObject({
    model: { id: world.board },
    action: { type: 'commentCard', idMemberCreator: ann, data: { card: { id: world.card.id }, text: 'hello' } },
    webhook: { callbackURL: receiver.url },
  })
})

test('duplicates come when wanted, with the same action', async () => {
  await create()
  world.trello.faults.duplicateWebhooks = true
  expect(await comments('once')).toEqual(['once', 'once'])
  const [first, second] = receiver.deliveries
  expect(first?.body).toBe(second?.body)
})

test('deliveries that are under way together arrive in disorder when wanted', async () => {
  await create()
  world.trello.faults.shuffleWebhooks = true
  expect(await comments('first', 'second', 'third')).toEqual(['third', 'second', 'first'])
})

test('a failing delivery is tried three times more, and after a row of failures the webhook is switched off', async () => {
  await create()
  receiver.status = 500
  await comments('a')
  expect(receiver.deliveries).toHaveLength(4)
  expect(world.trello.webhooks.all()).toMatchObject([{ active: true, consecutiveFailures: 4 }])
  await comments('b')
  expect(world.trello.webhooks.all()).toMatchObject([{ active: false, consecutiveFailures: 6 }])
})

test('410 ends a webhook, and a token that ends takes its webhooks with it without a word', async () => {
  await create()
  receiver.status = 410
  await comments('last')
  expect(receiver.deliveries).toHaveLength(1)
  expect(world.trello.webhooks.all()).toEqual([])
  receiver.status = 200
  await create()
  world.trello.webhooks.vanish()
  expect((await world.rest('GET', `/tokens/${world.trello.token}/webhooks`)).text).toBe('[]')
})

test('a move to another board is two actions, one for each board', async () => {
  const other = world.trello.model.addBoard('Third board', 'BOARD003', [ann, robot], ['In'])
  await create()
  const list = world.trello.model.lists.find((one) => one.idBoard === other.id)
  world.trello.model.move(ann, world.card, list?.id ?? '')
  await world.trello.webhooks.settled()
  expect(receiver.deliveries.map((one) => one.type)).toEqual(['moveCardFromBoard'])
})
