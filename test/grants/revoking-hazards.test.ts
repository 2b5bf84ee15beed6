import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { SystemAdapter } from '../../server/grants/system.ts'
import { describeOnPostgres } from '../db/database.ts'
import { addCard } from '../db/rows.ts'
import { confirmations } from '../http/as.ts'
import { granted } from './granted.ts'
import { arnOf, lists, org, pathOf, type TestOffice } from './office.ts'
import { officeEach } from './office-each.ts'

let it: TestOffice
const github = 'github-production-deploy'
const team = 'production-deploy'

async function asksAgain(): Promise<void> {
  await addCard(it.db.kysely, 'card-again')
  await it.db.kysely
    .updateTable('card')
    .set({ level: 'deploy', kind: 'candidate' })
    .where('id', '=', 'card-again')
    .execute()
  await it.act('priya', 'ask', 'card-again', { reason: 'Once more' })
}

async function changesGithub(): Promise<void> {
  it.github.addUser('priya-new', 1099)
  await it.db.kysely
    .updateTable('person_account')
    .set({ id: '1099', name: 'priya-new' })
    .where('kind', '=', 'github')
    .where('person_id', '=', await it.personId('Priya Shah'))
    .execute()
}

describeOnPostgres('Revoking', (database) => {
  officeEach(database, (office) => {
    it = office
  })

  describe('blocked: the engineer asks again meanwhile', () => {
    test.each([
      ['everything', 'undo-granted', { reason: 'For cause' }],
      ['one membership', 'revoke-holding', { key: github, reason: 'For cause' }],
    ])('allows revoking %s', async (_what, act, input) => {
      const request = await granted(it)
      await asksAgain()
      await it.act('dan', act, request, input)
      await it.run(8)
      expect(it.github.openInvitations(org)).toEqual([])
      expect(it.github.membership(org, team, 'priya-s')).toBe('none')
    })

    test('denies a second request for the level while one is being granted', async () => {
      await it.approved('priya')
      await expect(asksAgain()).rejects.toThrow('Priya already has an open request for Production Deploy.')
    })
  })

  describe('a second account', () => {
    test('denies approving it while the first is held, and allows it once that is given back', async () => {
      const first = await granted(it)
      await changesGithub()
      await expect(it.approved('priya')).rejects.toThrow(
        'Priya still has access under another account, priya-s. Give the old one back first',
      )
      await it.act('dan', 'undo-granted', first, { reason: 'New account' })
      await it.run()
      it.github.merge(lists, it.github.pulls(lists).length)
      await it.run()
      for (const step of await it.steps(first, 'revoke'))
        if (step.state !== 'verified') await revokedByHand(first, step.key)
      expect((await it.request(first)).state).toBe('ended')
      const { id } = await it.db.kysely
        .selectFrom('request')
        .select('id')
        .where('state', '=', 'ready')
        .executeTakeFirstOrThrow()
      await it.act('sam', 'approve', id, confirmations)
      await it.run()
      expect(it.github.openInvitations(org)).toEqual(['priya-new'])
    })

    test('denies approving it while another request has begun with the first', async () => {
      await it.approved('priya')
      await it.run()
      expect(it.github.openInvitations(org)).toEqual(['priya-s'])
      await changesGithub()
      await expect(it.approved('priya', 'admin')).rejects.toThrow('Give the old one back first')
    })

    test('denies going on with it where the first was invited already', async () => {
      const request = await it.approved('priya')
      await it.run()
      await it.act('sam', 'stop', request, {})
      await changesGithub()
      await expect(it.act('sam', 'go-on', request)).rejects.toThrow('Give the old one back first')
      await it.act('sam', 'undo-granted', request, {})
      await it.run()
      expect(it.github.openInvitations(org)).toEqual([])
    })

    test('that holds the same thing has a holding of its own, and revoking the one leaves the other in the ledger', async () => {
      const request = await granted(it)
      const holding = await it.db.kysely
        .selectFrom('holding')
        .selectAll()
        .where('grant_key', '=', github)
        .executeTakeFirstOrThrow()
      const other = { ...holding.account, id: '1099', name: 'priya-new' }
      await it.db.kysely
        .insertInto('holding')
        .values({
          ...holding,
          id: 'second',
          account: JSON.stringify(other),
          wanted: JSON.stringify(holding.wanted),
        })
        .execute()
      await it.act('dan', 'revoke-holding', request, { key: github, reason: 'Moves team' })
      await it.run()
      const live = await it.db.kysely
        .selectFrom('holding')
        .select('account')
        .where('grant_key', '=', github)
        .where('ended_at', 'is', null)
        .execute()
      expect(live.map(({ account }) => account.id)).toEqual(['1099'])
    })
  })

  describe('at the same moment', () => {
    /** GitHub whose changes begin when asked for and arrive when let. */
    function slowGithub() {
      let there = false
      let began = () => {}
      let goOn = () => {}
      const begun = new Promise<void>((done) => {
        began = done
      })
      const gate = new Promise<void>((done) => {
        goOn = done
      })
      const real = it.adapters.get('github')
      if (!real) throw new Error('no adapter')
      const adapter: SystemAdapter = {
        ...real,
        read: async () => ({ is: there ? 'present' : 'absent', detail: '', evidence: {} }),
        async apply() {
          began()
          await gate
          there = true
          return { vendorRequestId: null, link: null, detail: 'added' }
        },
      }
      return { begun, goOn: () => goOn(), isThere: () => there, adapters: new Map([['github', adapter]]) }
    }

    test('a worker that begins while a revocation is being opened waits for it, and then gives nothing', async () => {
      // The embedded engine has one connection: there nothing comes between.
      if (it.db.engine !== 'postgres') return
      const request = await it.approved('priya')
      await it.attest(request, 'aws-iam-user')
      const slow = slowGithub()
      const worker = it.secondWorker({ adapters: slow.adapters })
      const { heldLevels } = it.office
      let looks = 0
      let running: Promise<number> | null = null
      it.office.heldLevels = async (on, person) => {
        looks += 1
        // The second look is the one inside the act's own transaction.
        if (looks === 2) {
          it.office.heldLevels = heldLevels
          running = worker.runDue()
          await Promise.race([slow.begun, somebodyWaits()])
        }
        return heldLevels(on, person)
      }
      await it.act('dan', 'undo-granted', request, { reason: 'For cause' })
      slow.goOn()
      await running
      expect(running).not.toBeNull()
      expect(slow.isThere()).toBe(false)
      expect((await it.step(request, github)).state).toBe('stopped')
    })

    test('what is under way when a revocation is opened is revoked too', async () => {
      const request = await it.approved('priya')
      const slow = slowGithub()
      const running = it.secondWorker({ adapters: slow.adapters }).runDue()
      await slow.begun
      await it.act('dan', 'undo-granted', request, { reason: 'For cause' })
      slow.goOn()
      await running
      expect((await it.step(request, github, 'revoke')).state).toBe('ready')
      expect((await it.step(request, github)).state).toBe('stopped')
    })

    test('what somebody has taken is revoked too, because they may be doing it', async () => {
      const request = await it.approved('priya')
      await it.act('alex', 'take-step', (await it.step(request, 'signon-production/production')).id)
      await it.act('dan', 'undo-granted', request, { reason: 'For cause' })
      expect((await it.steps(request, 'revoke')).map((step) => step.key)).toEqual(['signon-production/production'])
    })

    test('a grant that closes although nothing revokes it gets a revoke step of its own', async () => {
      const request = await it.approved('priya')
      const slow = slowGithub()
      const running = it.secondWorker({ adapters: slow.adapters }).runDue()
      await slow.begun
      await it.act('dan', 'undo-granted', request, { reason: 'For cause' })
      await it.db.kysely.deleteFrom('step').where('direction', '=', 'revoke').where('key', '=', github).execute()
      await it.db.kysely.updateTable('request').set({ state: 'revoking' }).where('id', '=', request).execute()
      slow.goOn()
      await running
      expect((await it.step(request, github)).state).toBe('verified')
      expect((await it.step(request, github, 'revoke')).state).toBe('ready')
    })

    async function somebodyWaits(): Promise<void> {
      for (;;) {
        const { rows } = await sql`select 1 from pg_locks where not granted`.execute(it.db.kysely)
        if (rows.length > 0) return
        await new Promise((done) => setTimeout(done, 20))
      }
    }
  })

  describe('an open pull request that would still give it', () => {
    const production = () => it.github.file(lists, pathOf('production'))

    async function proposed(): Promise<string> {
      const request = await it.approved('priya')
      await it.run(1)
      await it.attest(request, 'aws-iam-user')
      await it.run(2)
      expect(it.github.pulls(lists).map((pull) => pull.state)).toEqual(['open'])
      return request
    }

    function expectClosed(why: string): void {
      const [pull] = it.github.pulls(lists)
      expect(pull).toMatchObject({ state: 'closed', merged_at: null })
      expect(pull?.comments).toEqual([expect.stringContaining(why)])
      expect(it.github.merge(lists, 1)).toBe(false)
      expect(production()).not.toContain(arnOf('priya.shah'))
    }

    test('is closed with the reason when the request is revoked, before anything is said to be gone', async () => {
      const request = await proposed()
      await it.act('dan', 'undo-granted', request, { reason: 'For cause' })
      await it.run(3)
      expectClosed('this access is being revoked')
      expect((await it.step(request, 'aws-user/production', 'revoke')).sentence).toContain('no longer has the account')
    })

    test('is neither gone nor merged while it cannot be closed', async () => {
      const request = await proposed()
      await it.act('dan', 'undo-granted', request, { reason: 'For cause' })
      for (let i = 0; i < 40; i++) it.github.faults.next('server-error', 'PATCH')
      await it.run(3)
      const step = await it.step(request, 'aws-user/production', 'revoke')
      expect(step.state).not.toMatch(/verified|seen|waiting/)
      expect((await it.request(request)).state).toBe('revoking')
    })

    test('is closed when the request is stopped, and proposed anew when it goes on', async () => {
      const request = await proposed()
      await it.act('sam', 'stop', request, { reason: 'Wrong person' })
      await it.run(2)
      expectClosed('this request was stopped')
      expect(await it.step(request, 'aws-user/staging')).toMatchObject({
        state: 'stopped',
        turn: 'sponsor',
        link: null,
      })
      await it.act('sam', 'go-on', request)
      await it.run(2)
      expect(it.github.pulls(lists).map((pull) => pull.state)).toEqual(['closed', 'open'])
    })

    test('is closed when the engineer leaves', async () => {
      const request = await proposed()
      await it.act('rae', 'set-fact', await it.personId('Priya Shah'), { fact: 'left', value: true, source: 'HR' })
      await it.run(2)
      expectClosed('this request was stopped')
      expect((await it.step(request, 'aws-user/staging')).state).toBe('stopped')
    })

    test('of another level is closed while access is being revoked', async () => {
      const deploy = await granted(it)
      const admin = await it.approved('priya', 'admin')
      await it.run(1)
      const { id } = await it.step(admin, 'aws-iam-user')
      await it.act('dan', 'done-step', id)
      await it.act('jo', 'seen-step', id)
      await it.run(2)
      expect(it.github.pulls(lists).map((pull) => pull.state)).toEqual(['closed', 'open'])
      await it.act('dan', 'revoke-holding', deploy, { key: 'logit', reason: 'For cause' })
      await it.run(2)
      expect(it.github.pulls(lists)[1]).toMatchObject({ state: 'closed', merged_at: null })
      expect((await it.step(admin, 'aws-admin/production')).state).toBe('stopped')
    })
  })

  async function revokedByHand(request: string, key: string): Promise<void> {
    const { id } = await it.step(request, key, 'revoke')
    await it.act('alex', 'done-step', id)
    await it.act('jo', 'seen-step', id)
  }
})
