import { beforeEach, expect, test } from 'vitest'
import { readLog } from '../../server/audit/read.ts'
import { historyLines } from '../../server/http/views/history.ts'
import { notReadyIn } from '../../server/http/views/new-rules.ts'
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
  const log = await readLog(office.db.kysely, { requestId: request })
  expect(notReadyIn(log)?.changes).toEqual(['Not away'])
  const said = historyLines(log, new Map(), (key) => key).filter(({ text }) => text.includes('Not away'))
  expect(said.map(({ confidential }) => confidential)).toEqual([true])
})

test('one day is judged once', async () => {
  const { card } = await office.ready('priya')
  expect(await office.newDay()).toEqual([card])
  office.pass({ ms: 60_000 })
  expect(await office.newDay()).toEqual([])
  office.pass({ days: 1 })
  expect(await office.newDay()).toEqual([card])
})

test('another tech lead while it is ready is asked by the ordinary comment, once, however often it is judged again', async () => {
  const asked = async () => {
    const notices = office.db.kysely.selectFrom('notice').select('mentions').where('kind', '=', 'ready')
    return (await notices.orderBy('created_at').execute()).map(({ mentions }) => mentions)
  }
  const leadBy = (who: string) =>
    office.as('rae').act('set-fact', office.id('priya'), { fact: 'techLead', value: office.id(who), source: 'HR' })
  await office.ready('priya')
  expect(await asked()).toEqual([[office.id('sam')]])
  // Not sent yet: only whoever leads them now is asked.
  await leadBy('dan')
  expect(await asked()).toEqual([[office.id('dan')]])
  await office.db.kysely.updateTable('notice').set({ state: 'sent' }).execute()
  office.pass({ ms: 60_000 })
  await leadBy('sam')
  office.pass({ days: 1 })
  await office.newDay()
  expect(await asked()).toEqual([[office.id('dan')], [office.id('sam')]])
})
