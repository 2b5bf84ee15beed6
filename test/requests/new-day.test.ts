import { beforeEach, expect, test } from 'vitest'
import { type Practice, startPractice } from './office.ts'

/** Absences begin and grow too long by the day, without anybody changing anything. */

let office: Practice
beforeEach(async () => {
  office = await startPractice()
})

async function away(start: string) {
  await office.as('rae').act('record-absence', office.id('priya'), { away: 'yes', start, source: 'HR' })
}

test('an absence that grows longer than the limit takes readiness away on that day, and not before', async () => {
  await away('2026-02-01')
  const { card, request } = await office.ready('priya')
  expect(await office.state(request)).toBe('ready')
  expect(await office.newDay()).toEqual([card])
  office.pass({ days: 12 })
  await office.newDay()
  expect(await office.state(request)).toBe('ready')
  office.pass({ days: 2 })
  expect(await office.newDay()).toEqual([card])
  expect(await office.state(request)).toBe('open')
  expect(await office.events()).toContain('no-longer-ready')
})

test('one day is judged once', async () => {
  const { card } = await office.ready('priya')
  expect(await office.newDay()).toEqual([card])
  office.pass({ ms: 60_000 })
  expect(await office.newDay()).toEqual([])
  office.pass({ days: 1 })
  expect(await office.newDay()).toEqual([card])
})
