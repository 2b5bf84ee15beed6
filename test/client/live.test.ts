import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { follow } from '../../client/live.ts'
import { oneAtATime } from '../../client/one-at-a-time.ts'
import { answering, standIn } from './trello-stand-in.ts'

let page: EventTarget & { hidden: boolean }
beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  page = Object.assign(new EventTarget(), { hidden: false })
  vi.stubGlobal('document', page)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** A stream that says these events and then ends, or stays open. */
function stream(events: string[], stays = false): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const event of events) controller.enqueue(new TextEncoder().encode(event))
      if (!stays) controller.close()
    },
  })
  return new Response(body, { status: 200 })
}

const down = new TypeError('failed to fetch')

test('every event asks again, also one that arrives in two pieces; heartbeats do not', async () => {
  const { caller } = standIn()
  answering(() => stream([': still here\n\n', 'id: 7\nevent: cha', 'nge\ndata: {}\n\n', 'id: 8\ndata: {}\n\n'], true))
  let changes = 0
  const stop = follow(caller, 'c', async () => {
    changes += 1
    return true
  })
  await vi.advanceTimersByTimeAsync(10)
  // Once when the stream opens, for what may have been missed before, and once for each event.
  expect(changes).toBe(3)
  stop()
})

test('comes back with the id of the last event, so that nothing is missed', async () => {
  const { caller } = standIn()
  const sent = answering(
    () => stream(['id: 7\ndata: {}\n\n']),
    () => stream([], true),
  )
  const stop = follow(caller, 'c', async () => true)
  await vi.advanceTimersByTimeAsync(1_100)
  expect(sent.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '7'])
  stop()
})

test('waits longer and longer while the server is down, at most 30 s, and asks meanwhile every 15 s', async () => {
  const { caller } = standIn()
  const sent = answering(down)
  let changes = 0
  const stop = follow(caller, 'c', async () => {
    changes += 1
    return true
  })
  await vi.advanceTimersByTimeAsync(1_000 + 2_000 + 4_000 + 8_000 + 16_000 + 10)
  expect(sent).toHaveLength(6)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sent).toHaveLength(8)
  expect(changes).toBe(6)
  stop()
})

test('what could not be read is asked for again, also while the stream is well and says nothing more', async () => {
  const { caller } = standIn()
  answering(() => stream(['id: 7\ndata: {}\n\n'], true))
  const answers = [true, false, false, true]
  let changes = 0
  const stop = follow(caller, 'c', async () => answers[changes++] ?? true)
  await vi.advanceTimersByTimeAsync(10)
  expect(changes).toBe(2)
  await vi.advanceTimersByTimeAsync(15_000)
  expect(changes).toBe(3)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(changes).toBe(4)
  stop()
})

test('a hidden page does not ask; it does when it is looked at again', async () => {
  const { caller } = standIn()
  answering(down)
  let changes = 0
  page.hidden = true
  const stop = follow(caller, 'c', async () => {
    changes += 1
    return true
  })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(changes).toBe(0)
  page.hidden = false
  page.dispatchEvent(new Event('visibilitychange'))
  expect(changes).toBe(1)
  stop()
})

test('stops for good', async () => {
  const { caller } = standIn()
  const sent = answering(down)
  follow(caller, 'c', async () => true)()
  await vi.advanceTimersByTimeAsync(120_000)
  expect(sent.length).toBeLessThanOrEqual(1)
})

test('work that is asked for while it runs runs once more afterwards, never beside itself', async () => {
  let running = 0
  let most = 0
  let runs = 0
  const work = oneAtATime(async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise((done) => setTimeout(done, 100))
    running -= 1
    runs += 1
  })
  void work()
  void work()
  void work()
  await vi.advanceTimersByTimeAsync(500)
  expect([most, runs]).toEqual([1, 2])
})
