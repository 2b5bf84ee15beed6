import { afterEach, beforeEach, expect, test } from 'vitest'
import { refusedNow, refusedOne } from '../../server/grants/acts/revoke-holding.ts'
import { wholeRevocation } from '../../server/grants/revoke-person.ts'
import { verifySteps } from '../../server/grants/verify-steps.ts'
import { readPerson } from '../../server/http/reading/people.ts'
import { stillHeldRows } from '../../server/http/views/giving-back.ts'
import { itemsIn } from '../../server/http/views/queue-items.ts'
import { sectionView } from '../../server/http/views/section.ts'
import { viewerOn } from '../../server/http/views/viewer.ts'
import { hastenForm } from '../../server/http/views/windows/hastening.ts'
import { forCauseForm } from '../../server/http/views/windows/reviewing-access.ts'
import { loadActor } from '../../server/requests/actor.ts'
import { testDatabase } from '../db/database.ts'
import { closeAll, granted, worldOf } from './granted.ts'
import { lists, startTestOffice, type TestOffice } from './office.ts'

/** What is held can be given back or revoked, whatever became of its card and whatever goes already. */

let it: TestOffice & { close(): Promise<void> }

beforeEach(async () => {
  it = await startTestOffice(await testDatabase())
})
afterEach(async () => {
  expect(it.reported).toEqual([])
  expect(await it.intact()).toBe(true)
  await it.close()
})

/** Priya's page as somebody reads it: what its buttons say, and where its links lead. */
async function pageFor(who: string) {
  const page = await readPerson(it, await it.viewerOf(who), await it.personId('Priya Shah'))
  const rows = page.parts.flatMap((part) => part.rows)
  return {
    buttons: rows.flatMap((row) => row.buttons.map(({ text }) => text)),
    links: rows.flatMap((row) => row.links.map(({ url }) => url)),
    traps: rows.flatMap((row) => row.trap ?? []),
  }
}

test('one thing, and then another while the first still goes: both are read back, and the rest is held', async () => {
  const request = await granted(it)
  await it.act('priya', 'revoke-holding', request, { key: 'logit', reason: 'No logs any more' })
  const world = await worldOf(it, request)
  const priya = viewerOn(world, await loadActor(it.db.kysely, it.office, await it.viewerOf('Priya Shah')))
  const offered = stillHeldRows(world, priya).map(({ title }) => title)
  expect(offered).toContain('Signon')
  expect(offered).not.toContain('Logit')
  expect(refusedOne(world, 'logit')?.sentence).toBe('This is being revoked already.')
  const signon = 'signon-production/production'
  await it.act('priya', 'revoke-holding', request, { key: signon, reason: 'Nor Signon' })
  expect((await it.steps(request, 'revoke')).map(({ key, state }) => [key, state])).toEqual([
    ['logit', 'ready'],
    [signon, 'ready'],
  ])
  expect(await closeAll(it, request, 'revoke')).toBe(true)
  expect((await it.request(request)).state).toBe('granted')
  const held = await it.db.kysely.selectFrom('holding').select('grant_key').where('ended_at', 'is', null).execute()
  expect(held.map((one) => one.grant_key)).toContain('github-production-deploy')
  expect(held.map((one) => one.grant_key)).not.toContain(signon)
})

test('one thing while the rest is still given: nothing else stops, and the request neither waits for it nor gives it again', async () => {
  const request = await it.approved('priya')
  await it.run()
  const why = async (key: string) => refusedNow(await worldOf(it, request), key)?.sentence
  expect(await why('logit')).toContain('This is still being given. Wait until it is there and revoke it then')
  await it.attest(request, 'aws-iam-user')
  expect(await why('aws-iam-user')).toMatch(/^AWS .* is still being given and needs this\. Wait until that is there/)
  const signon = 'signon-production/production'
  for (const key of ['logit', signon]) await it.attest(request, key)
  expect((await pageFor('Priya Shah')).buttons).toContain('Give back')
  await it.act('priya', 'revoke-holding', request, { key: 'logit', reason: 'No logs any more' })
  await it.act('priya', 'revoke-holding', request, { key: signon, reason: 'Nor Signon' })
  expect(await why('logit')).toBe('This is being revoked already.')
  expect((await pageFor('Priya Shah')).traps).toContain('This is being revoked already.')
  expect((await it.request(request)).state).toBe('granting')
  expect((await it.steps(request)).filter(({ state }) => state === 'stopped')).toEqual([])

  const world = await worldOf(it, request)
  const actor = await loadActor(it.db.kysely, it.office, await it.viewerOf('Alex Green'))
  const section = sectionView(world, actor, { history: [], claims: [], old: null, unreached: [] })
  expect(JSON.stringify(section)).toMatch(/Being revoked meanwhile: (Logit and Signon|Signon and Logit)\./)
  const rows = itemsIn(world, actor).filter(({ revokes }) => revokes)
  expect(rows.map(({ row, subject }) => [row.level, subject])).toEqual(
    expect.arrayContaining([
      ['Revoke', 'Logit'],
      ['Revoke', 'Signon'],
    ]),
  )

  await it.attest(request, 'logit', 'revoke')
  expect((await it.request(request)).state).toBe('granting')
  it.github.accept('priya-s')
  await it.run()
  it.github.merge(lists, 1)
  await it.run()
  for (const key of ['aws-user/staging', 'aws-user/production']) await it.attest(request, key)
  // All that was to be given is there, and the last of what goes is still going.
  expect((await it.request(request)).state).toBe('revoking')
  const told = await it.db.kysely.selectFrom('notice').select('text').where('kind', '=', 'granted').execute()
  expect(told[0]?.text).toContain('without what was given back')
  expect(await closeAll(it, request, 'revoke')).toBe(true)
  expect((await it.request(request)).state).toBe('granted')
  const held = await it.db.kysely.selectFrom('holding').select('grant_key').where('ended_at', 'is', null).execute()
  const keys = held.map((one) => one.grant_key)
  expect(keys).toEqual(expect.arrayContaining(['github-production-deploy', 'aws-user/staging']))
  expect(keys).not.toEqual(expect.arrayContaining(['logit']))
  expect(keys).not.toEqual(expect.arrayContaining([signon]))
  expect(await verifySteps(it.db.kysely)).toEqual([])
})

test('the card is deleted: all of it goes from the person’s page, which leads to no card that is gone', async () => {
  const request = await granted(it)
  expect((await pageFor('Sam Okoro')).links).not.toEqual([])
  await it.db.kysely
    .updateTable('card')
    .set({ deleted_at: it.office.clock.calendar(), url: 'https://trello.com/c/GONE' })
    .execute()
  const own = await pageFor('Priya Shah')
  expect(own.buttons).toContain('Give all of it back')
  expect(own.links).toEqual([])
  expect((await pageFor('Sam Okoro')).buttons).toContain('Revoke all of it')
  await it.act('sam', 'undo-granted', request, {})
  // All is on its way out: what may yet wait in turn for another pull request can be hastened for cause.
  const offered = async () => (await pageFor('Dan Reyes')).buttons.filter((text) => /Revoke|Give/.test(text))
  expect(await offered()).toEqual(['Revoke everything for cause'])
  const going = await wholeRevocation(it.db.kysely, it.office, await it.personId('Priya Shah'))
  expect(hastenForm(await worldOf(it, request), going)?.lines).toEqual([
    'Everything that they hold is being revoked already. For cause, nothing of it waits for another pull request.',
  ])
  await it.run()
  // Then nothing more is offered, and the window that was open says so.
  expect(await offered()).toEqual([])
  const world = await worldOf(it, request)
  const actor = await loadActor(it.db.kysely, it.office, await it.viewerOf('Dan Reyes'))
  const whole = await wholeRevocation(it.db.kysely, it.office, await it.personId('Priya Shah'))
  expect(hastenForm(world, whole)).toBe(null)
  expect(forCauseForm(world, whole, actor).refusal).toBe('Everything that they hold is being revoked already.')
})
