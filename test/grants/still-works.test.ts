import { afterEach, beforeEach, expect, test } from 'vitest'
import { everyHolding } from '../../server/grants/who-holds-what.ts'
import { revokedWords } from '../../server/http/views/closed.ts'
import { undoForm } from '../../server/http/views/windows/revoking.ts'
import { testDatabase } from '../db/database.ts'
import { closeAll, granted, worldOf } from './granted.ts'
import { DAYS, startTestOffice, type TestOffice } from './office.ts'

/** Revoked, and not over: sessions that last, and Signon in staging, which is a copy. */

let it: TestOffice & { close(): Promise<void> }
const HOURS = DAYS / 24
const signon = 'signon-production/production'
const staging = 'signon-production/staging'

beforeEach(async () => {
  it = await startTestOffice(await testDatabase())
})
afterEach(() => it.close())

const keys = async (request: string) => (await it.steps(request, 'revoke')).map(({ key }) => key)

test('on a Friday, staging is suspended by a step of its own, and the sessions of AWS are told until they end', async () => {
  const request = await granted(it)
  it.pass(3 * DAYS)
  const form = JSON.stringify(undoForm(await worldOf(it, request)))
  expect(form).toContain('Suspend priya.shah@example.gov.uk in staging')
  expect(form).toContain('Sessions in AWS that are open now may last until they end, at most 8 hours.')
  expect(form).not.toContain('Staging follows by itself')
  await it.act('sam', 'undo-granted', request, {})
  expect(await keys(request)).toContain(staging)
  expect(await closeAll(it, request, 'revoke')).toBe(true)
  expect((await it.request(request)).state).toBe('ended')
  // Suspended there by hand, Signon waits for no copy.
  expect((await it.step(request, signon, 'revoke')).effective_by).toBe(null)
  const seen = await it.step(request, 'aws-user/staging', 'revoke')
  expect((seen.effective_by?.getTime() ?? 0) - (seen.done_at?.getTime() ?? 0)).toBe(8 * HOURS)
  expect(revokedWords(await worldOf(it, request))).toMatch(/^Revoked on 27 November, effective by \d/)
  const acting = async () =>
    (await everyHolding(it.db.kysely, { ended: true }))
      .filter(({ effectiveBy }) => effectiveBy && effectiveBy > it.office.clock.calendar())
      .map(({ key }) => key)
  expect(await acting()).toEqual(['aws-user/production', 'aws-user/staging'])
  it.pass(8 * HOURS)
  expect(revokedWords(await worldOf(it, request))).toBe('Revoked on 27 November. Nothing is left')
  expect(await acting()).toEqual([])
})

test('planned on a Thursday and done on the Friday: staging is asked for then, and nothing ends before it is seen', async () => {
  const request = await granted(it)
  it.pass(2 * DAYS)
  await it.act('sam', 'undo-granted', request, {})
  expect(await keys(request)).not.toContain(staging)
  it.pass(1 * DAYS)
  await it.act('alex', 'done-step', (await it.step(request, signon, 'revoke')).id)
  expect(await it.step(request, staging, 'revoke')).toMatchObject({ state: 'ready', turn: 'second-line' })
  await it.act('jo', 'seen-step', (await it.step(request, signon, 'revoke')).id)
  // Monday's copy, unless somebody is there first.
  expect((await it.step(request, signon, 'revoke')).effective_by).toEqual(new Date('2026-11-30T01:03:00Z'))
  await it.act('alex', 'done-step', (await it.step(request, staging, 'revoke')).id)
  await it.act('jo', 'seen-step', (await it.step(request, staging, 'revoke')).id)
  expect((await it.step(request, signon, 'revoke')).effective_by).toBe(null)
})
