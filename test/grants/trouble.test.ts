import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SystemAdapter } from '../../server/grants/system.ts'
import { describeOnBothDatabases } from '../db/database.ts'
import { arnOf, DAYS, lists, org, pathOf, startTestOffice, type TestOffice } from './office.ts'

let it: TestOffice & { close(): Promise<void> }
const team = 'production-deploy'
const key = 'github-production-deploy'
const puts = () => it.github.writes.filter((call) => call.startsWith('PUT'))

describeOnBothDatabases('When a system is in trouble', (database) => {
  beforeEach(async () => {
    it = await startTestOffice(database(), 2_000)
  })
  afterEach(async () => {
    expect(it.reported).toEqual([])
    await it.close()
  })

  test.each(['lost-answer', 'truncated', 'no-answer'] as const)(
    'halfway: after a %s nobody knows, so it is read again and nothing is done twice',
    async (fault) => {
      const request = await it.approved()
      it.github.faults.next(fault, 'PUT')
      await it.worker.runDue()
      expect(await it.step(request, key)).toMatchObject({ state: 'ready', turn: 'us', attempts: 1 })
      expect((await it.step(request, key)).intent_at).not.toBeNull()
      await it.run()
      expect(await it.step(request, key)).toMatchObject({ state: 'waiting', turn: 'engineer', attempts: 0 })
      expect(it.github.openInvitations(org)).toEqual(['priya-s'])
      expect(puts()).toHaveLength(1)
    },
  )

  test.each([
    ['secondary-limit', 1_000],
    ['too-many', 7_000],
    ['primary-limit', 90_000],
  ] as const)('throttled by a %s: the wait is obeyed, and it goes on by itself', async (fault, ms) => {
    const request = await it.approved()
    it.github.faults.next(fault, 'PUT')
    await it.worker.runDue()
    const step = await it.step(request, key)
    expect(step).toMatchObject({ state: 'ready', turn: 'us', sentence: 'GitHub asks us to slow down.' })
    const wait = (step.next_check_at?.getTime() ?? 0) - it.office.clock.wall().getTime()
    expect(wait).toBeGreaterThanOrEqual(ms)
    await it.run(8)
    expect(await it.step(request, key)).toMatchObject({ state: 'waiting', turn: 'engineer' })
    expect(it.github.openInvitations(org)).toEqual(['priya-s'])
  })

  test('slow answers within the time-out are waited for', async () => {
    const request = await it.approved()
    it.github.faults.slowMs = 40
    await it.run(1)
    expect((await it.step(request, key)).state).toBe('waiting')
    expect(puts()).toHaveLength(1)
  })

  test('retries are bounded: then a person is told why, and whose turn it is', async () => {
    const request = await it.approved()
    it.github.faults.down = true
    for (let i = 0; i < 12; i++) {
      await it.run(1)
      it.pass(15 * 60_000)
    }
    const stuck = await it.step(request, key)
    expect(stuck).toMatchObject({ state: 'stuck', turn: 'second-line', next_check_at: null, attempts: 9 })
    expect(stuck.sentence).toBe('GitHub could not be reached. Tried 9 times. Nothing was changed twice.')
    const attempts = await it.db.kysely
      .selectFrom('attempt')
      .select('outcome')
      .where('step_id', '=', stuck.id)
      .execute()
    expect(attempts.map((one) => one.outcome)).toEqual(Array(9).fill('transient'))
    it.github.faults.down = false
    await it.act('alex', 'retry-step', stuck.id)
    await it.run()
    expect((await it.step(request, key)).state).toBe('waiting')
  })

  test('a step stuck for a day is told of once', async () => {
    await it.approved()
    it.github.addToken(it.github.token, [])
    await it.run(1)
    await it.worker.sweep()
    const told = () => it.db.kysely.selectFrom('notice').select('text').where('kind', 'like', 'stuck:%').execute()
    expect(await told()).toEqual([])
    it.pass(1.1 * DAYS)
    await it.worker.sweep()
    await it.worker.sweep()
    expect(await told()).toHaveLength(1)
  })

  test('a refusal by GitHub is not repeated, and names what is lacking', async () => {
    const request = await it.approved()
    it.github.addToken(it.github.token, ['members:read'])
    await it.run()
    const step = await it.step(request, key)
    expect(step).toMatchObject({ state: 'stuck', turn: 'second-line', attempts: 1, intent_at: null })
    expect(step.remedy).toContain('members=write')
  })

  test('what is taken back at once is not asked for without end', async () => {
    const request = await it.approved()
    const { id } = await it.step(request, key)
    let asked = 0
    const forgetful: SystemAdapter = {
      id: 'github',
      name: 'GitHub',
      can: ['api'],
      health: async () => ({ state: 'ok', sentence: '', checkedAt: new Date() }),
      read: async () => ({ is: 'absent', detail: 'priya-s is not in the team.', evidence: {} }),
      async apply() {
        asked += 1
        return { vendorRequestId: null, link: null, detail: 'Asked.' }
      },
    }
    const worker = it.secondWorker({ adapters: new Map([['github', forgetful]]) })
    for (let i = 0; i < 12; i++) {
      await worker.runDue()
      it.pass(15 * 60_000)
    }
    const step = await it.step(request, key)
    expect(step).toMatchObject({ id, state: 'stuck', turn: 'second-line' })
    expect(step.sentence).toBe('GitHub took the change 9 times and does not show it.')
    expect(asked).toBe(9)
  })

  describe('an invitation', () => {
    test('that ran out waits for a person, and is not sent again by itself', async () => {
      const request = await it.approved()
      await it.run()
      it.pass(8 * DAYS)
      await it.run()
      const step = await it.step(request, key)
      expect(step).toMatchObject({ state: 'stuck', turn: 'sponsor' })
      expect(step.sentence).toContain('ran out')
      expect(puts()).toHaveLength(1)
      await it.act('dan', 'retry-step', step.id)
      await it.run()
      expect(await it.step(request, key)).toMatchObject({ state: 'waiting', turn: 'engineer' })
      expect(puts()).toHaveLength(2)
    })
  })

  test('a system that is not connected any more is said so, and can become a task for people', async () => {
    const request = await it.approved()
    await it.secondWorker({ adapters: new Map() }).runDue()
    const step = await it.step(request, key)
    expect(step).toMatchObject({ state: 'stuck', turn: 'second-line', sentence: 'GitHub is not connected any more.' })
    await it.act('alex', 'make-task', step.id)
    expect(await it.step(request, key)).toMatchObject({ method: 'task', state: 'ready', turn: 'second-line' })
  })

  test('lost: a wake-up that never came costs nothing, because steps say themselves when they are due', async () => {
    const request = await it.approved()
    it.pass(3 * 60 * 60_000)
    await it.run(1)
    expect((await it.step(request, key)).state).toBe('waiting')
  })

  test('twice: workers of several processes that wake at the same moment share the work', async () => {
    const requests = [await it.approved('priya'), await it.approved('lee'), await it.approved('alex')]
    for (const request of requests) {
      const { id } = await it.step(request, 'aws-iam-user')
      await it.act('dan', 'done-step', id)
      await it.act('jo', 'seen-step', id)
    }
    const workers = [it.worker, it.secondWorker(), it.secondWorker(), it.secondWorker()]
    // They change one file, so their pull requests go in turn, also where many decide at once.
    for (const merged of [1, 2, 3]) {
      for (let i = 0; i < 4; i++) {
        await Promise.all([...workers, ...workers].map((worker) => worker.runDue()))
        it.pass(20_000)
      }
      expect(it.github.pulls(lists)).toHaveLength(merged)
      expect(it.github.merge(lists, merged)).toBe(true)
    }
    expect(it.github.openInvitations(org).sort()).toEqual(['alex-g', 'lee-h', 'priya-s'])
    expect(puts()).toHaveLength(3)
    expect(it.github.writes.filter((call) => call.endsWith('/git/commits'))).toHaveLength(3)
    for (const name of ['priya.shah', 'lee.hart', 'alex.green'])
      expect(it.github.file(lists, pathOf('staging'))).toContain(arnOf(name))
  })

  test('late: the lease of a dead worker runs out, and another reads before it acts', async () => {
    const request = await it.approved()
    const { id } = await it.step(request, key)
    const dead = { lease_by: 'dead', lease_until: new Date(it.office.clock.wall().getTime() + 120_000) }
    await it.db.kysely
      .updateTable('step')
      .set({ ...dead, state: 'acting', intent_at: it.office.clock.wall() })
      .where('id', '=', id)
      .execute()
    await it.run(2)
    expect((await it.step(request, key)).state).toBe('acting')
    it.github.addMember(org, team, 'priya-s')
    it.pass(121_000)
    await it.run(1)
    expect((await it.step(request, key)).state).toBe('verified')
    expect(puts()).toEqual([])
  })
})
