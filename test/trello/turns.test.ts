import { beforeEach, expect, test } from 'vitest'
import { SECOND } from '../../server/clock.ts'
import { createTurns, type Lane, type Turns } from '../../server/trello/turns.ts'
import { type MovableClock, movableClock } from './clock.ts'

let clock: MovableClock
let turns: Turns
let sent: { lane: Lane; at: number }[]
beforeEach(() => {
  clock = movableClock()
  sent = []
  turns = createTurns({
    clock,
    random: () => 0,
    // Waiting moves the clock, and everybody else gets a chance to come meanwhile.
    async sleep(ms) {
      await new Promise((done) => setImmediate(done))
      clock.move(ms)
    },
  })
})
async function send(lane: Lane): Promise<void> {
  await turns.take(lane)
  sent.push({ lane, at: clock.wall().getTime() })
}
const many = (count: number, lane: Lane) => Promise.all(Array.from({ length: count }, () => send(lane)))
const mostInTenSeconds = () =>
  Math.max(...sent.map(({ at }) => sent.filter((one) => one.at >= at && one.at < at + 10 * SECOND).length))

test('Trello is asked at most 80 times in any 10 seconds, also across the edges of a burst', async () => {
  for (let n = 0; n < 300; n += 1) {
    await turns.take('interactive').then(
      () => sent.push({ lane: 'interactive', at: clock.wall().getTime() }),
      () => clock.move(500),
    )
    clock.move(20)
  }
  expect(mostInTenSeconds()).toBe(80)
})

test('work in the background takes 60 of them and leaves the rest to people', async () => {
  await many(120, 'background')
  expect(mostInTenSeconds()).toBe(60)
  const before = clock.wall().getTime()
  await many(20, 'interactive')
  expect(clock.wall().getTime()).toBe(before)
  expect(mostInTenSeconds()).toBe(80)
})

test('a person who comes goes before all background work that waits', async () => {
  const background = many(200, 'background')
  await new Promise((done) => setImmediate(done))
  await send('interactive')
  await background
  expect(sent.findIndex(({ lane }) => lane === 'interactive')).toBeLessThanOrEqual(61)
})

test('after being told to slow down nothing goes for longer than Trello’s window; each time that was not enough, twice as long', async () => {
  const pauses: number[] = []
  for (let n = 0; n < 5; n += 1) {
    const start = clock.wall().getTime()
    turns.pause()
    // The other answers of the same burst say the same and do not count again.
    turns.pause()
    await turns.take('background')
    pauses.push((clock.wall().getTime() - start) / SECOND)
  }
  expect(pauses).toEqual([11, 22, 44, 88, 88])
  turns.resume()
  turns.pause()
  const start = clock.wall().getTime()
  await turns.take('background')
  expect((clock.wall().getTime() - start) / SECOND).toBe(11)
})

test('whoever waits at a frame is told so at once when it would take more than 3 seconds', async () => {
  turns.pause()
  await expect(turns.take('interactive')).rejects.toThrow('Trello asks us to slow down (429)')
  clock.move(9 * SECOND)
  await expect(turns.take('interactive')).resolves.toBeUndefined()
})

test('pauses are jittered, so that several servers do not come back at once', async () => {
  const jittered = createTurns({ clock, random: () => 0.8, sleep: async (ms) => clock.move(ms) })
  const start = clock.wall().getTime()
  jittered.pause()
  await jittered.take('background')
  expect((clock.wall().getTime() - start) / SECOND).toBeCloseTo(11 * 1.2, 5)
})
