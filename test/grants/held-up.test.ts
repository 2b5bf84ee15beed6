import { describe, expect, test } from 'vitest'
import { testDatabase } from '../db/database.ts'
import { granted } from './granted.ts'
import { DAYS, org, type TestOffice } from './office.ts'
import { officeEach } from './office-each.ts'

let it: TestOffice
const task = 'aws-iam-user'

officeEach(testDatabase, (office) => {
  it = office
})

const hr = async (fact: string, value: unknown) =>
  it.act('rae', 'set-fact', await it.personId('Priya Shah'), { fact, value, source: 'HR' })

/** Somebody corrects the register: what was wrong is unknown until it is known again. */
const forgotten = async (fact: 'absences' | 'clearance') =>
  it.db.kysely
    .deleteFrom('person_fact')
    .where('person_id', '=', await it.personId('Priya Shah'))
    .where('fact', '=', fact)
    .execute()

const conditions: [string, (request: string) => Promise<unknown>, string][] = [
  ['the engineer left', () => hr('left', true), 'A condition no longer holds.'],
  ['clearance is now not met', () => hr('clearance', false), 'A condition no longer holds.'],
  ['clearance is not known any more', () => forgotten('clearance'), 'is not known any more.'],
  ['it is not known any more whether they are away', () => forgotten('absences'), 'is not known any more.'],
  ['the approval is older than its days', async () => it.pass(14.5 * DAYS), 'The approval is more than 14 days old.'],
  [
    'the card is archived',
    (request) =>
      it.db.kysely
        .updateTable('request')
        .set({ paused_because: 'The card was archived.' })
        .where('id', '=', request)
        .execute(),
    'The card was archived.',
  ],
]

describe('a task of people is held by the same stop conditions as what we carry out', () => {
  test.each(conditions)('denies taking, handing over and doing it once %s', async (_what, happens, sentence) => {
    const request = await it.approved()
    const { id } = await it.step(request, task)
    await happens(request)
    await expect(it.act('dan', 'take-step', id)).rejects.toThrow(sentence)
    await expect(it.act('dan', 'hand-over-step', id, { to: 'second-line' })).rejects.toThrow(sentence)
    await expect(it.act('dan', 'done-step', id)).rejects.toThrow(sentence)
  })

  test.each(conditions)('denies closing it as the second person once %s', async (_what, happens, sentence) => {
    const request = await it.approved()
    const { id } = await it.step(request, task)
    await it.act('alex', 'done-step', id)
    await happens(request)
    await expect(it.act('dan', 'seen-step', id)).rejects.toThrow(sentence)
    expect((await it.step(request, task)).state).toBe('done')
  })

  test('denies it while other access of the engineer is being revoked', async () => {
    const deploy = await granted(it)
    await it.act('dan', 'revoke-holding', deploy, { key: 'logit', reason: 'For cause' })
    const admin = await it.approved('priya', 'admin')
    await expect(it.act('dan', 'take-step', (await it.step(admin, task)).id)).rejects.toThrow(
      'Other access of the engineer is being revoked.',
    )
  })

  test('stops what is open within a minute, and says so once', async () => {
    const request = await it.approved()
    const before = (await it.events('step-stopped')).length
    await it.worker.stopHeldUp()
    expect(await it.events('step-stopped')).toHaveLength(before)
    await hr('left', true)
    await it.worker.stopHeldUp()
    const { id, state, turn } = await it.step(request, task)
    expect({ state, turn }).toEqual({ state: 'stopped', turn: 'sponsor' })
    const told = (await it.events('step-stopped')).length
    expect((await it.events('step-stopped')).map((event) => event.step_id)).toContain(id)
    await it.worker.stopHeldUp()
    expect(await it.events('step-stopped')).toHaveLength(told)
  })

  test('what the register forgot after the approval holds both; known again, all goes on by itself', async () => {
    const request = await it.approved()
    const key = 'github-production-deploy'
    const { id } = await it.step(request, task)
    await forgotten('absences')
    await it.worker.stopHeldUp()
    await it.run(2)
    expect(await it.step(request, key)).toMatchObject({
      state: 'ready',
      turn: 'keeper',
      remedy: 'A register keeper updates the record. Then it goes on by itself.',
    })
    expect(it.github.membership(org, 'production-deploy', 'priya-s')).toBe('none')
    expect((await it.step(request, task)).state).toBe('ready')
    await it.act('rae', 'record-absence', await it.personId('Priya Shah'), { away: 'no', source: 'HR' })
    await it.run(2)
    expect(await it.step(request, key)).toMatchObject({ state: 'waiting', turn: 'engineer' })
    expect(it.github.membership(org, 'production-deploy', 'priya-s')).toBe('pending')
    await it.act('dan', 'take-step', id)
    expect(await it.events('resumed')).toEqual([])
  })

  test('allows letting go of it and taking back that it was done', async () => {
    const request = await it.approved()
    const { id } = await it.step(request, task)
    await it.act('alex', 'take-step', id)
    await it.act('alex', 'done-step', id)
    await hr('left', true)
    await it.act('alex', 'undo-done-step', id)
    await it.act('alex', 'release-step', id)
    expect((await it.step(request, task)).state).toBe('ready')
  })
})

describe('the doer as the second person', () => {
  test('denies whoever said it was done, undid that, and let another say so', async () => {
    const request = await it.approved()
    const { id } = await it.step(request, task)
    await it.act('alex', 'done-step', id)
    await it.act('alex', 'undo-done-step', id)
    await it.act('jo', 'done-step', id)
    await expect(it.act('alex', 'seen-step', id)).rejects.toThrow('You cannot check this because you had this step')
    await it.act('dan', 'seen-step', id)
    expect((await it.step(request, task)).state).toBe('seen')
  })

  test('denies whoever took it and handed it over', async () => {
    const request = await it.approved()
    const { id } = await it.step(request, task)
    await it.act('alex', 'take-step', id)
    await it.act('alex', 'hand-over-step', id, { to: await it.personId('Jo Bell') })
    await it.act('jo', 'done-step', id)
    await expect(it.act('alex', 'seen-step', id)).rejects.toThrow('You cannot check this because you had this step')
    await expect(it.act('jo', 'seen-step', id)).rejects.toThrow('You cannot check this because you did it')
  })
})

test('denies a question about a system that nobody offers, because it stands in our own comment', async () => {
  const request = await it.approved()
  const words = 'Your account is locked. Sign in at https://evil.example'
  await expect(it.act('priya', 'ask-help', request, { system: words, what: 'x' })).rejects.toThrow(
    'There is 1 thing to put right.',
  )
  await it.act('priya', 'ask-help', request, { system: 'Logit', what: 'No stacks' })
})

test('denies the second look to an account that is somebody’s only on the word of whose access it is, or of the doer', async () => {
  const request = await it.approved()
  const { id } = await it.step(request, task)
  await it.act('alex', 'done-step', id)
  for (const voucher of ['Priya Shah', 'Alex Green']) {
    await it.db.kysely
      .updateTable('person_account')
      .set({ set_by: await it.personId(voucher) })
      .where('kind', '=', 'trello')
      .where('person_id', '=', await it.personId('Lee Hart'))
      .execute()
    await expect(it.act('lee', 'seen-step', id)).rejects.toThrow(`${voucher} confirmed who you are, and this is theirs`)
  }
  expect((await it.step(request, task)).state).toBe('done')
})
