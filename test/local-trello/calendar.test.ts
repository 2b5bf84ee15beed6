import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DAY } from '../../server/clock.ts'
import { CALENDAR_STEPS, practiceClock } from '../practice-clock.ts'
import { ann, startSmallTrello } from './small-trello.ts'

test('the calendar is moved from the page, by its steps and from nowhere else', async () => {
  const moved: number[] = []
  const calendar = {
    now: () => new Date(Date.now() + moved.length * 43 * DAY),
    today: () => `day ${moved.length}`,
    steps: CALENDAR_STEPS,
    move: async (days: number) => void moved.push(days),
  }
  const world = await startSmallTrello({ calendar })
  const move = (days: unknown, origin?: string) => world.act(ann, { do: 'move-calendar', days }, origin)
  expect(await move(43)).toBe(200)
  expect(await move(1, 'http://localhost:1')).toBe(403)
  expect(await move(-43)).toBe(403)
  expect(await move('all')).toBe(403)
  expect(moved).toEqual([43])
  const data = await (await fetch(`${world.trello.pageOrigin}/data/board/BOARD001`)).json()
  expect(data.calendar).toEqual({ today: 'day 1', steps: [1, 7, 43] })
  // What is written from then on is dated by it; what signs in is not.
  const card = world.trello.model.createCard(ann, world.trello.model.lists[0]?.id ?? '', 'After the move')
  expect(Math.round((Date.parse(card.dateLastActivity) - Date.now()) / DAY)).toBe(43)
  const token = await world.trello.signToken({ idBoard: 'b'.repeat(24), idMember: ann })
  const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  expect(exp * 1000).toBeLessThan(Date.now() + DAY)
  await world.trello.close()
})

test('a board without a calendar has none to move', async () => {
  const world = await startSmallTrello()
  expect(await world.act(ann, { do: 'move-calendar', days: 1 })).toBe(403)
  await world.trello.close()
})

test('the calendar stays moved between runs, and the wall clock stays where it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'calendar-'))
  const file = join(folder, 'calendar.json')
  practiceClock(file).move(43)
  practiceClock(file).move(1)
  const clock = practiceClock(file)
  expect(Math.round((clock.calendar().getTime() - clock.wall().getTime()) / DAY)).toBe(44)
  expect(Math.round((Date.now() - clock.wall().getTime()) / DAY)).toBe(0)
  expect(practiceClock(null).calendar().getTime()).toBeLessThan(clock.calendar().getTime())
  rmSync(folder, { recursive: true })
})
