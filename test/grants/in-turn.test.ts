import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { append } from '../../server/audit/append.ts'
import type { NewEvent } from '../../server/audit/events.ts'
import type { Tx } from '../../server/db/database.ts'
import { json } from '../../server/db/json.ts'
import { claimDue } from '../../server/grants/lease.ts'
import { checkCommand, planOfCommand, revokeByCommand } from '../../server/grants/revoke-by-command.ts'
import { describeOnBothDatabases, testDatabase } from '../db/database.ts'
import { granted } from './granted.ts'
import { arnOf, lists, pathOf, startTestOffice, type TestOffice } from './office.ts'

/** Requests that change one file go one after the other, and nobody waits for what nobody follows. */

let it: TestOffice & { close(): Promise<void> }
const keys = ['aws-user/staging', 'aws-user/production']
const inTheList = (name: string) => it.github.file(lists, pathOf('production')).includes(arnOf(name))
const open = () => it.github.pulls(lists).filter((pull) => pull.state === 'open')

async function proposing(who: string, doer = 'alex'): Promise<string> {
  const request = await it.approved(who)
  await it.run(1)
  const { id } = await it.step(request, 'aws-iam-user')
  await it.act(doer, 'done-step', id)
  await it.act('jo', 'seen-step', id)
  return request
}

describeOnBothDatabases('Two requests on one file', (database) => {
  beforeEach(async () => {
    it = await startTestOffice(database())
  })
  afterEach(async () => {
    expect(it.reported).toEqual([])
    await it.close()
  })

  test('go in turn, also when both are due at once: the second says whom it waits for, and goes after the merge', async () => {
    const [priya, lee] = [await proposing('priya'), await proposing('lee')]
    await it.run()
    expect(open()).toHaveLength(1)
    const isFirst = open()[0]?.head.includes(priya)
    const [first, second] = isFirst ? [priya, lee] : [lee, priya]
    const [one, other] = isFirst ? ['priya.shah', 'lee.hart'] : ['lee.hart', 'priya.shah']
    expect(await it.step(first, 'aws-user/staging')).toMatchObject({ state: 'waiting', turn: 'reviewer' })
    const waits = {
      state: 'ready',
      turn: 'reviewer',
      link: (await it.step(first, 'aws-user/staging')).link,
      sentence: `Waits for the pull request of ${isFirst ? 'Priya Shah' : 'Lee Hart'} to be merged or closed: it changes the same file.`,
    }
    for (const key of keys) expect(await it.step(second, key)).toMatchObject(waits)
    // Nobody has to push it, and looking at it tells nothing new.
    const attempts = async () => (await it.db.kysely.selectFrom('attempt').select('id').execute()).length
    const before = await attempts()
    await it.run(3)
    expect(await attempts()).toBe(before)
    it.github.merge(lists, 1)
    await it.run()
    const [pull, ...more] = open()
    expect(more).toEqual([])
    expect(pull?.head).toContain(second)
    expect(await it.step(second, 'aws-user/staging')).toMatchObject({
      state: 'waiting',
      link: expect.stringContaining('/2'),
    })
    it.github.merge(lists, 2)
    for (const name of [one, other, 'sam.okoro']) expect(inTheList(name)).toBe(true)
    expect(it.github.writes.filter((call) => call.endsWith('/git/commits'))).toHaveLength(2)
  })

  test('the second goes when the first is closed, stopped, or merged by nobody whom we follow', async () => {
    const first = await proposing('priya')
    await it.run()
    const second = await proposing('lee')
    await it.run()
    it.github.closePull(lists, 1, 'kofi-o')
    await it.run()
    expect(open()[0]?.head).toContain(second)
    await it.act('alex', 'retry-step', (await it.step(first, 'aws-user/staging')).id)
    await it.run()
    expect(await it.step(first, 'aws-user/staging')).toMatchObject({
      turn: 'reviewer',
      sentence: expect.stringContaining('the pull request of Lee Hart'),
    })
    await it.act('sam', 'stop', second, { reason: 'Wrong person' })
    await it.run()
    expect(open()).toHaveLength(1)
    expect(open()[0]?.head).toContain(first)
  })

  test('what somebody else changed, and nobody should merge, holds nobody up', async () => {
    const first = await proposing('priya')
    await it.run()
    const [pull] = open()
    expect(pull?.head).toContain(first)
    it.github.commit(lists, { 'README.md': 'mine\n' }, pull?.head)
    await it.run()
    expect(await it.step(first, 'aws-user/staging')).toMatchObject({ state: 'stuck', turn: 'sponsor' })
    await proposing('lee')
    await it.run()
    expect(open()).toHaveLength(2)
  })

  test('a request that nobody looks at any more is not waited for', async () => {
    const first = await proposing('priya')
    await it.run()
    await proposing('lee')
    await it.run()
    expect(open()).toHaveLength(1)
    await it.db.kysely.updateTable('step').set({ next_check_at: null }).where('request_id', '=', first).execute()
    await it.run()
    expect(open()).toHaveLength(2)
  })

  test('after a standstill what is out is looked at first, however much else is due and older', async () => {
    const request = await proposing('priya')
    await it.run()
    const { key: _, id: __, ...step } = await it.step(request, 'logit')
    const old = (minutes: number) => new Date(it.office.clock.wall().getTime() - minutes * 60_000)
    for (let i = 0; i < 20; i += 1)
      await it.db.kysely
        .insertInto('step')
        .values({
          ...step,
          id: `s-${i}`,
          key: `logit-${i}`,
          state: 'waiting',
          plan: json(step.plan),
          evidence: null,
          receipt: null,
          doers: json([]),
          next_check_at: old(13),
        })
        .execute()
    for (const key of keys) {
      const { id } = await it.step(request, key)
      await it.db.kysely
        .updateTable('step')
        .set({ next_check_at: old(11) })
        .where('id', '=', id)
        .execute()
    }
    const claimed = await claimDue({ db: it.db, clock: it.office.clock, me: 'another' })
    expect(claimed.map(({ step }) => step.key)).toEqual(expect.arrayContaining(keys))
  })

  test('a revocation waits for no grant, a second one waits for it, and both go before a grant that waits', async () => {
    const gone = await granted(it)
    const pending = await proposing('lee')
    await it.run()
    const waiting = await proposing('alex', 'dan')
    await it.run()
    expect(open()).toHaveLength(1)
    await it.act('dan', 'undo-granted', gone, { reason: 'For cause' })
    await it.run()
    expect(open().map(({ head }) => head.includes('revoke'))).toEqual([false, true])
    const [grant, revoke] = open()
    it.github.merge(lists, grant?.number ?? 0)
    await it.run()
    // Made again on the newest list, and the grant that waits still does: it is not told whose access goes.
    expect(open()).toHaveLength(1)
    expect((await it.step(waiting, 'aws-user/staging')).sentence).toBe(
      'Waits for another pull request to be merged or closed: it changes the same file.',
    )
    it.github.merge(lists, revoke?.number ?? 0)
    await it.run()
    expect(open()[0]?.head).toContain(waiting)
    expect(inTheList('priya.shah')).toBe(false)
    expect(inTheList('lee.hart')).toBe(true)
    expect((await it.request(pending)).state).toBe('granting')
  })
})

describe('For cause', () => {
  beforeEach(async () => {
    it = await startTestOffice(await testDatabase())
  })
  afterEach(async () => {
    expect(it.reported).toEqual([])
    await it.close()
  })

  /** Two people in the list, of whom the first gives everything back by a proposal that nobody merges. */
  async function leftUnmerged(): Promise<{ lee: string; priya: string }> {
    const given: string[] = []
    for (const who of ['lee', 'priya']) {
      given.push(await proposing(who))
      await it.run()
      it.github.merge(lists, it.github.pulls(lists).length)
      await it.run()
    }
    const [lee = '', priya = ''] = given
    await it.act('lee', 'undo-granted', lee)
    await it.run()
    expect(open().map(({ head }) => head.includes(`${lee}-`))).toEqual([true])
    return { lee, priya }
  }

  async function bothGone(requests: string[]): Promise<void> {
    for (const request of requests)
      for (const key of keys)
        expect(await it.step(request, key, 'revoke')).toMatchObject({
          state: 'waiting',
          turn: 'second-line',
          sentence: expect.stringMatching(/^Merged/),
        })
    for (const name of ['priya.shah', 'lee.hart']) expect(inTheList(name)).toBe(false)
    expect(inTheList('sam.okoro')).toBe(true)
  }

  test('a revocation for cause goes beside one that nobody merges, and each is made again after the other', async () => {
    const { lee, priya } = await leftUnmerged()
    await it.act('dan', 'revoke-for-cause', await it.personId('Priya Shah'), {
      plan: await it.wholeDigest('Priya Shah'),
      reason: 'Lost laptop',
    })
    await it.run()
    expect(open()).toHaveLength(2)
    const [one, other] = open()
    expect(await it.step(priya, 'aws-user/staging', 'revoke')).toMatchObject({
      state: 'waiting',
      link: expect.stringContaining(`/${other?.number}`),
    })
    it.github.merge(lists, other?.number ?? 0)
    await it.run()
    expect(inTheList('priya.shah')).toBe(false)
    expect(inTheList('lee.hart')).toBe(true)
    expect(open().map(({ number }) => number)).toEqual([one?.number])
    it.github.merge(lists, one?.number ?? 0)
    await it.run()
    await bothGone([lee, priya])
  })

  test('who gave everything back and waits in turn is hastened by the command, and the other is made again', async () => {
    const { lee, priya } = await leftUnmerged()
    await it.act('priya', 'undo-granted', priya)
    await it.run()
    expect(open()).toHaveLength(1)
    expect(await it.step(priya, 'aws-user/staging', 'revoke')).toMatchObject({ state: 'ready', turn: 'reviewer' })
    const parts = { ...it, append: (tx: Tx, events: NewEvent[]) => append(tx, events, it.office.clock) }
    const asked = { person: 'priya.shah@example.gov.uk', operator: 'dan reyes', reason: 'Lost laptop' }
    const commanded = await checkCommand(parts, asked)
    expect((await planOfCommand(parts, commanded)).goes).toEqual([])
    await revokeByCommand(parts, commanded)
    await it.run()
    expect(open()).toHaveLength(2)
    await expect(planOfCommand(parts, commanded)).rejects.toThrow('is being revoked already')
    const [one, other] = open()
    it.github.merge(lists, one?.number ?? 0)
    await it.run()
    it.github.merge(lists, other?.number ?? 0)
    await it.run()
    await bothGone([lee, priya])
    expect(await it.intact()).toBe(true)
  })
})
