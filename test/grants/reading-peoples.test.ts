import { describe, expect, test } from 'vitest'
import { SystemFailure } from '../../server/grants/system.ts'
import { describeOnBothDatabases } from '../db/database.ts'
import { granted } from './granted.ts'
import { DAYS, lists, type TestOffice } from './office.ts'
import { officeEach } from './office-each.ts'
import { absent, cannotTell, connectReadSystem, present, type ReadSystem } from './read-system.ts'

let it: TestOffice
let signon: ReadSystem
const key = 'signon-production/production'
const MINUTES = 60_000

async function done(): Promise<{ request: string; id: string }> {
  const request = await it.approved('priya')
  await it.run(1)
  const { id } = await it.step(request, key)
  await it.act('alex', 'done-step', id)
  return { request, id }
}

describeOnBothDatabases('What people did is read back', (database) => {
  officeEach(database, (office) => {
    it = office
    signon = connectReadSystem(it)
  })

  test('verified: no second person is asked for what was read', async () => {
    const { request } = await done()
    expect(await it.step(request, key)).toMatchObject({ state: 'done', turn: 'us', sentence: /not checked/ })
    signon.answers({ ...present, effectiveWithinMs: 8 * 60 * MINUTES })
    await it.run(1)
    const step = await it.step(request, key)
    expect(step).toMatchObject({
      state: 'verified',
      turn: 'nobody',
      evidence: { role: 'Normal' },
      done_by: expect.any(String),
    })
    expect((step.effective_by?.getTime() ?? 0) - (step.verified_at?.getTime() ?? 0)).toBe(8 * 60 * MINUTES)
    const holding = await it.db.kysely.selectFrom('holding').select('proof').where('grant_key', '=', key).execute()
    expect(holding).toEqual([{ proof: 'verified' }])
  })

  test('too early: says that it does not show yet, looks again, and is verified once it does', async () => {
    const { request, id } = await done()
    await it.run(1)
    expect(await it.step(request, key)).toMatchObject({
      state: 'done',
      turn: 'us',
      sentence: 'Done by Alex Green, and Signon does not show it yet.',
    })
    await expect(it.act('jo', 'seen-step', id)).rejects.toThrow('We look in Signon ourselves.')
    signon.answers(present)
    await it.run(2)
    expect((await it.step(request, key)).state).toBe('verified')
  })

  test('never: is stuck with a remedy after a bounded number of looks, and can be tried anew', async () => {
    const { request, id } = await done()
    await it.run(100)
    expect(await it.step(request, key)).toMatchObject({
      state: 'stuck',
      turn: 'second-line',
      sentence: 'Done by Alex Green, and Signon does not show it yet.',
      remedy: 'Look in Signon for what is missing, choose Try again, and say when it is done.',
    })
    const looks = signon.looks.length
    await it.run(20)
    expect(signon.looks.length).toBe(looks)
    await it.act('alex', 'retry-step', id)
    expect(await it.step(request, key)).toMatchObject({ state: 'ready', turn: 'second-line', done_by: null })
    await it.act('alex', 'done-step', id)
    signon.answers(present)
    await it.run(1)
    expect((await it.step(request, key)).state).toBe('verified')
  })

  test.each([
    ['cannot tell', cannotTell, 'The export is older than that.'],
    ['does not answer', new SystemFailure('transient', 'Signon is down.', 'Wait.'), 'Signon is down.'],
    ['lets us in no more', new SystemFailure('unauthorised', 'Signon refuses us.', 'Mend it.'), 'Signon refuses us.'],
  ])('a system that %s: a second person is asked, as always', async (_what, answer, says) => {
    signon.answers(answer)
    const { request, id } = await done()
    await it.run(1)
    expect(await it.step(request, key)).toMatchObject({
      state: 'done',
      turn: 'second-person',
      sentence: `Done by Alex Green, not checked. ${says}`,
    })
    await it.act('jo', 'seen-step', id)
    expect(await it.step(request, key)).toMatchObject({ state: 'seen', turn: 'nobody' })
  })

  test('late: what could not be read is verified by itself once it can', async () => {
    signon.answers(cannotTell)
    const { request } = await done()
    await it.run(1)
    signon.answers(present)
    await it.run(20)
    expect((await it.step(request, key)).state).toBe('verified')
  })

  test('there already: verified before anybody does it, and read rarely while it is not', async () => {
    const request = await it.approved('priya')
    await it.run(1)
    expect(await it.step(request, key)).toMatchObject({ state: 'ready', turn: 'second-line' })
    await it.run(10)
    expect(signon.looks).toHaveLength(1)
    signon.answers(present)
    await it.run(10)
    expect((await it.step(request, key)).state).toBe('verified')
    const attempts = await it.db.kysely
      .selectFrom('attempt')
      .innerJoin('step', 'step.id', 'attempt.step_id')
      .select('outcome')
      .where('key', '=', key)
      .orderBy('attempt.id')
      .execute()
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['absent', 'present'])
  })

  test('the engineer’s own part is seen by itself where it can be', async () => {
    const logit = connectReadSystem(it, 'logit', 'Logit')
    logit.answers({ is: 'waiting', waitsFor: 'engineer', detail: '', link: null, who: null, evidence: {} })
    const request = await it.approved('priya')
    await it.run(1)
    expect(await it.step(request, 'logit')).toMatchObject({
      state: 'ready',
      turn: 'engineer',
      sentence: 'Sign in to Logit once',
    })
    logit.answers({ is: 'cannot-tell', detail: 'Logit knows Priya. Its teams cannot be read.', ownPartSeen: true })
    await it.run(4)
    expect(await it.step(request, 'logit')).toMatchObject({ state: 'ready', turn: 'second-line' })
    const { id } = await it.step(request, 'logit')
    await it.act('alex', 'done-step', id)
    await it.run(1)
    expect(await it.step(request, 'logit')).toMatchObject({ state: 'done', turn: 'second-person' })
    await it.act('jo', 'seen-step', id)
    expect((await it.step(request, 'logit')).state).toBe('seen')
  })

  test('an invitation that people sent waits for the engineer, and is somebody’s turn again when it comes to nothing', async () => {
    const { request } = await done()
    signon.answers({
      is: 'waiting',
      waitsFor: 'engineer',
      detail: 'Accept the Signon invitation.',
      link: 'https://signon.example.gov.uk',
      who: null,
      evidence: { state: 'invited' },
    })
    await it.run(1)
    expect(await it.step(request, key)).toMatchObject({
      state: 'waiting',
      turn: 'engineer',
      sentence: 'Accept the Signon invitation.',
    })
    signon.answers({ is: 'refused', detail: 'The invitation ran out.', link: null, who: null, evidence: {} })
    await it.run(4)
    expect(await it.step(request, key)).toMatchObject({
      state: 'stuck',
      turn: 'second-line',
      sentence: 'The invitation ran out.',
    })
  })

  test('undone: nobody reads it as done any more', async () => {
    const { request, id } = await done()
    await it.act('alex', 'undo-done-step', id)
    await it.run(1)
    expect(await it.step(request, key)).toMatchObject({ state: 'ready', turn: 'second-line', done_by: null })
  })

  test('halfway: a step that was stopped is not read on, and one that is revoked closes by what is read', async () => {
    signon.answers(cannotTell)
    const request = await granted(it)
    signon.answers(present)
    await it.act('dan', 'undo-granted', request, { reason: 'For cause' })
    await it.run(1)
    const { id } = await it.step(request, key, 'revoke')
    await it.act('alex', 'done-step', id)
    await it.run(1)
    expect(await it.step(request, key, 'revoke')).toMatchObject({
      state: 'done',
      sentence: 'Done by Alex Green, and it is still in Signon.',
    })
    signon.answers(absent)
    await it.run(2)
    expect((await it.step(request, key, 'revoke')).state).toBe('verified')
  })

  test('stale: an order says since when somebody claims it, so that an older copy cannot speak', async () => {
    await done()
    await it.run(1)
    expect(signon.looks.at(-1)?.saidDoneAt).toBeInstanceOf(Date)
  })

  describe('a list that is merged, where AWS itself can be read', () => {
    const aws = 'aws-user/staging'

    /** The list’s own adapter, and on top what AWS shows. */
    function readsAws(applied: () => boolean): void {
      const listed = it.adapters.get('aws')
      if (!listed) throw new Error('no aws')
      it.adapters.set('aws', {
        ...listed,
        reads: ({ wanted }) => 'list' in wanted.params,
        async read(order) {
          const seen = await listed.read(order)
          if (seen.is !== 'merged') return seen
          const { link, evidence } = seen
          if (applied()) return { is: 'present', detail: 'The role is there.', evidence }
          return {
            is: 'waiting',
            waitsFor: 'second-line',
            detail: 'Merged, not applied yet.',
            link,
            who: null,
            evidence,
          }
        },
      })
    }

    test('whoever applied it says so, and it is read at once', async () => {
      let applied = false
      readsAws(() => applied)
      const request = await it.approved('priya')
      await it.run(1)
      await it.attest(request, 'aws-iam-user')
      await it.run()
      it.github.merge(lists, it.github.pulls(lists).length)
      await it.run()
      const { id } = await it.step(request, aws)
      expect(await it.step(request, aws)).toMatchObject({ state: 'waiting', turn: 'second-line' })
      await it.act('alex', 'done-step', id)
      await it.run(1)
      expect(await it.step(request, aws)).toMatchObject({
        state: 'done',
        sentence: 'Done by Alex Green, and AWS does not show it yet.',
      })
      applied = true
      await it.run(2)
      expect((await it.step(request, aws)).state).toBe('verified')
      // Nobody said anything about the other one.
      expect((await it.step(request, 'aws-user/production')).state).toBe('verified')
      expect(it.github.pulls(lists)).toHaveLength(1)
    })

    test('stopped: what is merged and not applied is nobody’s to apply any more', async () => {
      readsAws(() => false)
      const request = await it.approved('priya')
      await it.run(1)
      await it.attest(request, 'aws-iam-user')
      await it.run()
      it.github.merge(lists, it.github.pulls(lists).length)
      await it.run()
      await it.db.kysely
        .updateTable('request')
        .set({ approved_at: new Date(it.office.clock.calendar().getTime() - 30 * DAYS) })
        .execute()
      await it.worker.stopHeldUp()
      expect(await it.step(request, aws)).toMatchObject({ state: 'stopped', turn: 'sponsor' })
    })
  })
})
