import { describe, expect, test } from 'vitest'
import { describeOnPostgres } from '../db/database.ts'
import { confirmations } from '../http/as.ts'
import { fastly as ourFastly, sentry as ourSentry } from './connected/by-api.ts'
import { granted } from './granted.ts'
import { arnOf, DAYS, lists, org, pathOf, type TestOffice } from './office.ts'
import { officeEach } from './office-each.ts'

let it: TestOffice
const github = 'github-production-deploy'
const team = 'production-deploy'

async function setFact(name: string, fact: 'left' | 'absences' | 'clearance', value: unknown): Promise<void> {
  await it.db.kysely
    .updateTable('person_fact')
    .set({ value: JSON.stringify(value) })
    .where('person_id', '=', await it.personId(name))
    .where('fact', '=', fact)
    .execute()
}

async function changeAccount(kind: 'github' | 'aws', to: { id: string; name: string }): Promise<void> {
  const person = await it.personId('Priya Shah')
  await it.db.kysely
    .updateTable('person_account')
    .set(to)
    .where('kind', '=', kind)
    .where('person_id', '=', person)
    .execute()
}

describeOnPostgres('Stopping and revoking', (database) => {
  officeEach(database, (office) => {
    it = office
  })

  describe('before every changing step, the stop conditions are judged again', () => {
    const away = [{ start: '2026-10-01', end: null }]
    test.each([
      ['the engineer left', () => setFact('Priya Shah', 'left', true), 'A condition no longer holds.'],
      [
        'the engineer is absent over the limit',
        () => setFact('Priya Shah', 'absences', away),
        'A condition no longer holds.',
      ],
      ['clearance is now not met', () => setFact('Priya Shah', 'clearance', false), 'A condition no longer holds.'],
      [
        'the account changed after the approval',
        () => changeAccount('github', { id: '1099', name: 'priya-new' }),
        'account for this step changed after the approval',
      ],
      [
        'the approval is older than its days',
        async () => it.pass(14.5 * DAYS),
        'The approval is more than 14 days old.',
      ],
    ])('denies when %s', async (_what, happens, sentence) => {
      const request = await it.approved()
      await happens()
      await it.run()
      const step = await it.step(request, github)
      expect(step).toMatchObject({ state: 'stopped', turn: 'sponsor', next_check_at: null })
      expect(step.sentence).toContain(sentence)
      expect(step.sentence).not.toMatch(/clearance|absen|left/i)
      expect(it.github.writes).toEqual([])
      expect(await it.events('step-stopped')).toMatchObject([{ step_id: step.id }])
    })

    test('allows when nothing changed', async () => {
      const request = await it.approved()
      await it.run()
      expect((await it.step(request, github)).state).toBe('waiting')
    })

    test('and what happens between the look and the act is seen too', async () => {
      const request = await it.approved()
      const real = it.adapters.get('github')
      if (!real) throw new Error('no adapter')
      const adapter = {
        ...real,
        async read(order: Parameters<typeof real.read>[0]) {
          const seen = await real.read(order)
          await it.act('sam', 'stop', request, { reason: 'Wrong person' })
          return seen
        },
      }
      await it.secondWorker({ adapters: new Map([['github', adapter]]) }).runDue()
      expect((await it.step(request, github)).state).toBe('stopped')
      expect(it.github.writes).toEqual([])
    })

    test('what was only offered is taken back, so that nobody accepts it any more', async () => {
      const request = await it.approved()
      await it.run()
      expect(it.github.openInvitations(org)).toEqual(['priya-s'])
      await changeAccount('github', { id: '1099', name: 'priya-new' })
      await it.run()
      expect((await it.step(request, github)).state).toBe('stopped')
      expect(it.github.openInvitations(org)).toEqual([])
      it.github.accept('priya-s')
      expect(it.github.membership(org, 'production-deploy', 'priya-s')).toBe('none')
    })

    test('what was accepted before that is told as it is', async () => {
      const request = await it.approved()
      await it.run()
      it.github.accept('priya-s')
      await changeAccount('github', { id: '1099', name: 'priya-new' })
      await it.run()
      expect((await it.step(request, github)).state).toBe('verified')
      expect(it.github.membership(org, 'production-deploy', 'priya-s')).toBe('active')
    })

    test('an archived card only pauses: the step waits, and goes on once it is said that it continues', async () => {
      const request = await it.approved()
      await it.db.kysely
        .updateTable('request')
        .set({ paused_because: 'The card was archived.' })
        .where('id', '=', request)
        .execute()
      await it.run()
      expect(await it.step(request, github)).toMatchObject({
        state: 'ready',
        turn: 'sponsor',
        sentence: 'The card was archived.',
      })
      expect(it.github.writes).toEqual([])
      await it.act('alex', 'resume-paused', request)
      await it.run()
      expect((await it.step(request, github)).state).toBe('waiting')
    })

    test('after a look by the sponsor it goes on, with the accounts as they are now', async () => {
      it.github.addUser('priya-new', 1099)
      const request = await it.approved()
      await changeAccount('github', { id: '1099', name: 'priya-new' })
      await it.run()
      await expect(it.act('priya', 'go-on', request)).rejects.toThrow('You cannot let this go on.')
      await expect(it.act('sam', 'go-on', request)).rejects.toThrow('Check the change and approve again.')
      await it.act('sam', 'approve', request, confirmations)
      await it.run()
      expect(it.github.openInvitations(org)).toEqual(['priya-new'])
    })
  })

  describe('stop', () => {
    test('ends further steps at once; what is under way is followed, and it can go on later', async () => {
      const request = await it.approved()
      await it.run()
      await expect(it.act('priya', 'stop', request, {})).rejects.toThrow('You cannot stop this.')
      await it.act('sam', 'stop', request, { reason: 'Wait for the review' })
      expect((await it.request(request)).state).toBe('stopped')
      expect((await it.step(request, 'aws-iam-user')).state).toBe('stopped')
      expect((await it.step(request, 'aws-user/staging')).state).toBe('stopped')
      it.github.accept('priya-s')
      await it.run()
      expect((await it.step(request, github)).state).toBe('verified')
      expect((await it.step(request, 'argo-cd/staging')).state).toBe('stopped')
      await it.act('sam', 'go-on', request)
      await it.run()
      expect((await it.step(request, 'argo-cd/staging')).state).toBe('verified')
      expect((await it.step(request, 'aws-iam-user')).state).toBe('ready')
      expect((await it.step(request, 'aws-user/staging')).state).toBe('planned')
    })

    test('takes open invitations of Fastly and Sentry back, and sends others once it goes on', async () => {
      const [fastly, sentry] = [await ourFastly.start(it), await ourSentry.start(it)]
      const request = await it.approved('priya', 'admin')
      await it.run()
      const stands = async () => [(await it.step(request, 'fastly')).state, (await it.step(request, 'sentry')).state]
      expect(await stands()).toEqual(['waiting', 'waiting'])
      await it.act('dan', 'stop', request, { reason: 'Wrong person' })
      await it.run()
      expect(await stands()).toEqual(['stopped', 'stopped'])
      // An invitation that came by email before that leads nowhere.
      for (const one of [fastly, sentry]) await one.goesOn?.()
      for (const key of ['fastly', 'sentry']) {
        const step = await it.step(request, key)
        expect([fastly.isThere(step), sentry.isThere(step)]).not.toContain(true)
      }
      await it.act('dan', 'go-on', request)
      await it.run()
      expect(await stands()).toEqual(['waiting', 'waiting'])
      for (const one of [fastly, sentry]) await one.goesOn?.()
      await it.run()
      expect(await stands()).toEqual(['verified', 'verified'])
      for (const one of [fastly, sentry]) await one.close()
    })

    test('a request stopped with nothing left to begin still goes on, and is granted', async () => {
      const request = await it.approved()
      await it.run()
      for (const key of ['aws-iam-user', 'signon-production/production', 'logit']) await it.attest(request, key)
      await it.run()
      it.github.merge(lists, 1)
      await it.run()
      for (const key of ['aws-user/staging', 'aws-user/production']) await it.attest(request, key)
      await it.db.kysely
        .updateTable('step')
        .set({ state: 'verified' })
        .where('request_id', '=', request)
        .where('key', 'like', 'argo-cd/%')
        .execute()
      await it.act('sam', 'stop', request, {})
      it.github.accept('priya-s')
      await it.run()
      expect((await it.request(request)).state).toBe('stopped')
      await it.act('sam', 'go-on', request)
      expect((await it.request(request)).state).toBe('granted')
    })

    test('undo what is done: takes back what was given or may have been, and nothing that never began or was only looked at', async () => {
      const request = await it.approved()
      await it.run()
      await it.act('alex', 'done-step', (await it.step(request, 'aws-iam-user')).id)
      await it.act('sam', 'stop', request, {})
      await it.act('sam', 'undo-granted', request, { reason: 'Wrong person' })
      expect((await it.steps(request, 'revoke')).map((step) => step.key)).toEqual([github])
      await it.run()
      expect(it.github.openInvitations(org)).toEqual([])
      expect(await it.step(request, github, 'revoke')).toMatchObject({ state: 'verified', evidence: { state: 'none' } })
      expect((await it.request(request)).state).toBe('ended')
    })

    test('what was only looked at is revoked by nobody, and nothing says that it ended while they are there', async () => {
      const request = await granted(it)
      await expect(
        it.act('dan', 'revoke-holding', request, { key: 'aws-iam-user', reason: 'Moves team' }),
      ).rejects.toThrow('This is not held any more.')
      await it.act('dan', 'undo-granted', request, { reason: 'Leaves' })
      expect((await it.steps(request, 'revoke')).map((step) => step.key)).not.toContain('aws-iam-user')
      await it.run()
      it.github.merge(lists, it.github.pulls(lists).length)
      await it.run()
      for (const key of ['signon-production/production', 'logit', 'aws-user/staging', 'aws-user/production'])
        await it.attest(request, key, 'revoke')
      await it.run(8)
      expect((await it.request(request)).state).toBe('ended')
      const held = await it.db.kysely.selectFrom('holding').select('grant_key').where('ended_at', 'is', null).execute()
      expect(held).toEqual([{ grant_key: 'aws-iam-user' }])
      expect((await it.events('holding-ended')).map((event) => event.data['grant'])).not.toContain('aws-iam-user')
    })

    test('nothing was given yet: the request ends at once', async () => {
      const request = await it.approved()
      await it.act('sam', 'stop', request, {})
      expect(await it.act('sam', 'undo-granted', request, { reason: 'Wrong person' })).toBe(
        'The request has ended. Nothing had been given, so nothing is revoked.',
      )
      expect((await it.request(request)).state).toBe('ended')
      await it.run()
      expect(it.github.writes).toEqual([])
    })

    test('undo reaches a step that is stuck after a lost answer, because it may have been carried out', async () => {
      const request = await it.approved()
      it.github.faults.next('lost-answer', 'PUT')
      await it.worker.runDue()
      it.github.faults.down = true
      for (let i = 0; i < 12; i++) {
        await it.run(1)
        it.pass(15 * 60_000)
      }
      expect((await it.step(request, github)).state).toBe('stuck')
      it.github.faults.down = false
      expect(it.github.openInvitations(org)).toEqual(['priya-s'])
      await it.act('sam', 'undo-granted', request, {})
      await it.run()
      expect(it.github.openInvitations(org)).toEqual([])
      expect((await it.step(request, github, 'revoke')).state).toBe('verified')
    })
  })

  describe('one GitHub membership', () => {
    const revoke = (request: string, who = 'dan') =>
      it.act(who, 'revoke-holding', request, { key: github, reason: 'Moves team' })

    test('is revoked by its own signed act, with what follows it, and read back absent', async () => {
      const request = await granted(it)
      await expect(revoke(request, 'alex')).rejects.toThrow('You cannot revoke this.')
      await revoke(request)
      expect((await it.request(request)).state).toBe('revoking')
      await it.run()
      expect(it.github.membership(org, team, 'priya-s')).toBe('none')
      expect(await it.step(request, github, 'revoke')).toMatchObject({ state: 'verified', evidence: { state: 'none' } })
      expect((await it.steps(request, 'revoke')).map((step) => [step.key, step.state])).toEqual([
        ['argo-cd/production', 'verified'],
        ['argo-cd/staging', 'verified'],
        [github, 'verified'],
      ])
      // The rest is still held: the request is not ended, and the ledger says which.
      expect((await it.request(request)).state).toBe('granted')
      const held = await it.db.kysely.selectFrom('holding').select('grant_key').where('ended_at', 'is', null).execute()
      expect(held.map((one) => one.grant_key).sort()).toEqual([
        'aws-iam-user',
        'aws-user/production',
        'aws-user/staging',
        'logit',
        'signon-production/production',
      ])
      const [signed] = await it.events('revocation-opened')
      const act = await it.db.kysely
        .selectFrom('signed_act')
        .selectAll()
        .where('id', '=', String(signed?.data['signedAct']))
        .executeTakeFirstOrThrow()
      expect(act).toMatchObject({ act: 'revoke-holding', digest: signed?.data['digest'] })
      expect(act.statement).toContain('Moves team')
      await expect(revoke(request)).rejects.toThrow('This is not held any more.')
    })

    test('of a maintainer is taken back, and nobody leaves the organisation', async () => {
      const request = await granted(it)
      it.github.addMember(org, team, 'priya-s', 'maintainer')
      await revoke(request)
      await it.run()
      expect(it.github.membership(org, team, 'priya-s')).toBe('none')
      expect(it.github.writes.filter((call) => call.startsWith('DELETE'))).toEqual([
        `DELETE /orgs/${org}/teams/${team}/memberships/priya-s`,
      ])
    })

    test('that is gone already is only read', async () => {
      const request = await granted(it)
      it.github.addTeam(org, 'elsewhere', 'elsewhere')
      await it.adapters.get('github')?.apply([{ ...(await it.orderFor(request, github)), direction: 'revoke' }])
      const writes = it.github.writes.length
      await revoke(request)
      await it.run()
      expect((await it.step(request, github, 'revoke')).state).toBe('verified')
      expect(it.github.writes).toHaveLength(writes)
    })

    test('halfway: a lost answer while revoking is read again until it is gone', async () => {
      const request = await granted(it)
      await revoke(request)
      it.github.faults.next('lost-answer', 'DELETE')
      await it.run()
      expect((await it.step(request, github, 'revoke')).state).toBe('verified')
      expect(it.github.writes.filter((call) => call.startsWith('DELETE'))).toHaveLength(1)
    })
  })

  describe('a revocation', () => {
    test('fences all pending grant steps of that person in the same transaction', async () => {
      const deploy = await granted(it)
      const admin = await it.approved('priya', 'admin')
      const before = (await it.steps(admin)).filter((step) => step.state !== 'stopped').length
      expect(before).toBeGreaterThan(0)
      await it.act('dan', 'revoke-holding', deploy, { key: github, reason: 'For cause' })
      for (const step of await it.steps(admin)) expect(step).toMatchObject({ state: 'stopped', turn: 'sponsor' })
      await it.run()
      expect(it.github.membership(org, 'production-admin', 'priya-s')).toBe('none')
    })

    test('that is open stops what is approved meanwhile, too', async () => {
      const deploy = await granted(it)
      await it.act('dan', 'revoke-holding', deploy, { key: 'logit', reason: 'Moves team' })
      const admin = await it.approved('priya', 'admin')
      await it.run()
      const first = (await it.steps(admin)).find((step) => step.key === 'github-production-admin')
      expect(first).toMatchObject({ state: 'stopped', turn: 'sponsor' })
      expect(it.github.openInvitations(org)).toEqual([])
      await it.attest(deploy, 'logit', 'revoke')
      await it.act('dan', 'approve', admin, confirmations)
      await it.run()
      expect(it.github.membership(org, 'production-admin', 'priya-s')).toBe('active')
    })

    test('waits for a grant of the same thing that is under way, or it would read "absent" too early', async () => {
      const request = await it.approved()
      const { id } = await it.step(request, github)
      const underWay = {
        state: 'acting' as const,
        intent_at: it.office.clock.wall(),
        lease_by: 'another',
        lease_until: new Date(it.office.clock.wall().getTime() + 60_000),
      }
      await it.db.kysely.updateTable('step').set(underWay).where('id', '=', id).execute()
      await it.act('sam', 'undo-granted', request, {})
      await it.run(1)
      expect((await it.step(request, github, 'revoke')).state).toBe('ready')
      it.github.addMember(org, team, 'priya-s')
      it.pass(61_000)
      await it.run()
      expect((await it.step(request, github, 'revoke')).state).toBe('verified')
      expect(it.github.membership(org, team, 'priya-s')).toBe('none')
      expect((await it.step(request, github)).state).toBe('stopped')
    })

    test('of Admin leaves what Deploy had given, and sets the lower value together with removing the higher', async () => {
      await granted(it)
      const admin = await it.approved('priya', 'admin')
      await it.run()
      await it.act('dan', 'done-step', (await it.step(admin, 'aws-iam-user')).id)
      await it.act('jo', 'seen-step', (await it.step(admin, 'aws-iam-user')).id)
      await it.run()
      it.github.merge(lists, 2)
      await it.run()
      // Somebody tidied: the read-only entry seemed needless beside the privileged one.
      const tidy = it.github
        .file(lists, pathOf('production'))
        .replace(/role_user_user_arns[\s\S]*/, `role_user_user_arns = [\n  "${arnOf('sam.okoro')}",\n]\n`)
      it.github.commit(lists, { [pathOf('production')]: tidy })
      await it.act('dan', 'undo-granted', admin, { reason: 'Leaves the rota' })
      const keys = (await it.steps(admin, 'revoke')).map((step) => step.key)
      expect(keys).not.toContain(github)
      expect(keys).toEqual(expect.arrayContaining(['github-production-admin', 'aws-admin/production']))
      await it.run()
      it.github.merge(lists, 3)
      expect(it.github.membership(org, team, 'priya-s')).toBe('active')
      expect(it.github.membership(org, 'production-admin', 'priya-s')).toBe('none')
      const [admins, users] = it.github.file(lists, pathOf('production')).split('role_user_user_arns')
      expect(admins).not.toContain(arnOf('priya.shah'))
      expect(users).toContain(arnOf('priya.shah'))
    })
  })
})
