import { expect, test } from 'vitest'
import { describeOnBothDatabases } from '../db/database.ts'
import { arnOf, lists, org, pathOf, type TestOffice } from './office.ts'
import { officeEach } from './office-each.ts'

let it: TestOffice
const team = 'production-deploy'
const github = 'github-production-deploy'

describeOnBothDatabases('A grant is carried out', (database) => {
  officeEach(database, (office) => {
    it = office
  })

  test('in the order of its prerequisites, and independent steps side by side', async () => {
    const request = await it.approved()
    expect((await it.step(request, 'aws-user/production')).state).toBe('planned')
    expect((await it.step(request, 'argo-cd/production')).state).toBe('planned')
    await it.run(1)
    expect(it.github.openInvitations(org)).toEqual(['priya-s'])
    expect(it.github.pulls(lists)).toEqual([])
    await it.attest(request, 'aws-iam-user')
    await it.run(1)
    expect(it.github.pulls(lists)).toHaveLength(1)
    expect((await it.step(request, 'argo-cd/production')).state).toBe('planned')
  })

  test('an invitation waits for the engineer, and only active membership counts', async () => {
    const request = await it.approved()
    await it.run()
    expect(await it.step(request, github)).toMatchObject({
      state: 'waiting',
      turn: 'engineer',
      sentence: 'Accept the GitHub invitation.',
      verified_at: null,
    })
    it.github.accept('priya-s')
    await it.run()
    expect(await it.step(request, github)).toMatchObject({
      state: 'verified',
      evidence: { state: 'active', account: '1001' },
    })
    expect((await it.step(request, 'argo-cd/staging')).state).toBe('verified')
  })

  test('what is there already is only read', async () => {
    it.github.addMember(org, team, 'priya-s', 'maintainer')
    const request = await it.approved()
    await it.run()
    expect(await it.step(request, github)).toMatchObject({ state: 'verified', receipt: null })
    expect(it.github.writes).toEqual([])
    expect(it.github.roleOf(org, team, 'priya-s')).toBe('maintainer')
    expect(await it.events('step-intent')).toEqual([])
  })

  test('all files of one request travel in one commit and one pull request, which names the card', async () => {
    const request = await it.approved()
    await it.attest(request, 'aws-iam-user')
    await it.run()
    const [pull, ...others] = it.github.pulls(lists)
    expect(others).toEqual([])
    expect(pull?.head).toBe(`production-access/${request}-aws-lists-grant`)
    expect(pull?.body).toContain('\nhttps://trello.com/c/card-0\n')
    for (const environment of ['staging', 'production'])
      expect(it.github.file(lists, pathOf(environment), pull?.head)).toContain(arnOf('priya.shah'))
    expect(it.github.file(lists, pathOf('tools'), pull?.head)).not.toContain(arnOf('priya.shah'))
    expect(it.github.writes.filter((call) => call.endsWith('/git/commits'))).toHaveLength(1)
  })

  test('a step that comes late joins the pull request of its request instead of opening another', async () => {
    const request = await it.approved()
    await it.attest(request, 'aws-iam-user')
    // Staging cannot be read for a while, until a person is asked.
    const staging = (await it.step(request, 'aws-user/staging')).id
    await it.db.kysely
      .updateTable('step')
      .set({ state: 'stuck', next_check_at: null })
      .where('id', '=', staging)
      .execute()
    await it.run()
    const [pull] = it.github.pulls(lists)
    expect(it.github.file(lists, pathOf('staging'), pull?.head)).not.toContain(arnOf('priya.shah'))
    await it.act('alex', 'retry-step', staging)
    await it.run()
    expect(it.github.pulls(lists)).toHaveLength(1)
    for (const environment of ['staging', 'production'])
      expect(it.github.file(lists, pathOf(environment), pull?.head)).toContain(arnOf('priya.shah'))
  })

  test('nobody of a batch leaves alone while another of it cannot be read', async () => {
    const request = await it.approved()
    await it.run(1)
    await it.attest(request, 'aws-iam-user')
    it.github.faults.next('server-error', 'GET contents')
    await it.run()
    expect(it.github.pulls(lists)).toHaveLength(1)
    expect(it.github.writes.filter((call) => call.endsWith('/git/commits'))).toHaveLength(1)
  })

  test('steps of a batch that wait for different moments are carried out together at the last of them', async () => {
    const request = await it.approved()
    await it.run(1)
    await it.attest(request, 'aws-iam-user')
    const due = async (key: string) => (await it.step(request, key)).next_check_at
    const wait = async (key: string, ms: number) =>
      it.db.kysely
        .updateTable('step')
        .set({ next_check_at: new Date(it.office.clock.wall().getTime() + ms) })
        .where('id', '=', (await it.step(request, key)).id)
        .execute()
    await wait('aws-user/staging', 4_000)
    await wait('aws-user/production', 6_500)
    it.pass(4_100)
    await it.worker.runDue()
    expect(await due('aws-user/staging')).toEqual(await due('aws-user/production'))
    it.pass(2_400)
    await it.worker.runDue()
    expect(it.github.pulls(lists)).toHaveLength(1)
    for (const environment of ['staging', 'production'])
      expect(it.github.file(lists, pathOf(environment), it.github.pulls(lists)[0]?.head)).toContain(arnOf('priya.shah'))
  })

  test('merged is not applied: two people say that, and the step ends attested, never verified', async () => {
    const request = await it.approved()
    await it.attest(request, 'aws-iam-user')
    await it.run()
    it.github.merge(lists, 1)
    await it.run()
    const merged = await it.step(request, 'aws-user/production')
    expect(merged).toMatchObject({ state: 'waiting', turn: 'second-line' })
    expect(merged.sentence).toContain('Merged')
    expect(merged.sentence).toContain('Not applied yet')
    await it.attest(request, 'aws-user/production')
    expect(await it.step(request, 'aws-user/production')).toMatchObject({ state: 'seen', verified_at: null })
    const holding = await it.db.kysely
      .selectFrom('holding')
      .selectAll()
      .where('grant_key', '=', 'aws-user/production')
      .executeTakeFirstOrThrow()
    expect(holding).toMatchObject({ proof: 'attested', last_verified_at: null })
  })

  test('a list that names the account already gets no pull request', async () => {
    const text = it.github
      .file(lists, pathOf('staging'))
      .replace('role_user_user_arns = [', `role_user_user_arns = [\n  "${arnOf('priya.shah')}",`)
    it.github.commit(lists, { [pathOf('staging')]: text, [pathOf('production')]: text })
    const request = await it.approved()
    await it.attest(request, 'aws-iam-user')
    await it.run()
    expect(it.github.pulls(lists)).toEqual([])
    expect((await it.step(request, 'aws-user/staging')).sentence).toContain('Merged')
  })

  test('a pull request closed unmerged is a person’s no: it has an owner and is never opened again by itself', async () => {
    const request = await it.approved()
    await it.attest(request, 'aws-iam-user')
    await it.run()
    it.github.closePull(lists, 1, 'kofi-o')
    await it.run()
    const refused = await it.step(request, 'aws-user/staging')
    expect(refused).toMatchObject({ state: 'stuck', turn: 'sponsor', who: 'kofi-o' })
    expect(refused.sentence).toBe('kofi-o closed pull request 1 without merging it.')
    expect(it.github.pulls(lists)).toHaveLength(1)
    // Another person's yes opens a new one on a branch of its own.
    await it.act('alex', 'retry-step', refused.id)
    await it.act('alex', 'retry-step', (await it.step(request, 'aws-user/production')).id)
    await it.run()
    expect(it.github.pulls(lists).map((pull) => pull.head)).toEqual([
      `production-access/${request}-aws-lists-grant`,
      `production-access/${request}-aws-lists-grant-2`,
    ])
  })

  test('a no that came while the server was down is not answered with another pull request', async () => {
    const request = await it.approved()
    await it.attest(request, 'aws-iam-user')
    it.github.faults.next('lost-answer', 'POST pulls$')
    await it.worker.runDue()
    await it.worker.runDue()
    it.github.closePull(lists, 1, 'kofi-o')
    await it.run()
    expect(it.github.pulls(lists)).toHaveLength(1)
    expect(await it.step(request, 'aws-user/staging')).toMatchObject({ state: 'stuck', who: 'kofi-o' })
  })

  test('whole: every step ends verified or attested, holdings are written from steps, and the log tells it', async () => {
    const request = await it.approved()
    await it.run()
    it.github.accept('priya-s')
    for (const key of ['aws-iam-user', 'signon-production/production', 'logit']) await it.attest(request, key)
    await it.run()
    it.github.merge(lists, 1)
    await it.run()
    expect((await it.request(request)).state).toBe('granting')
    for (const key of ['aws-user/staging', 'aws-user/production']) await it.attest(request, key)
    expect((await it.request(request)).state).toBe('granted')
    const steps = await it.steps(request)
    expect(steps.map((step) => step.state).sort()).toEqual([...Array(5).fill('seen'), ...Array(3).fill('verified')])
    const holdings = await it.db.kysely.selectFrom('holding').select(['grant_key', 'step_id']).execute()
    expect(holdings.map((one) => one.step_id).sort()).toEqual(steps.map((step) => step.id).sort())
    expect(await it.events('granted')).toMatchObject([{ data: { proofs: { verified: 3, seen: 5, done: 0 } } }])
    expect(await it.events('holding-made')).toHaveLength(8)
    expect(await it.intact()).toBe(true)
  })

  test('looks that find nothing new move no version and write no attempt', async () => {
    const request = await it.approved()
    await it.run()
    const look = async () => ({
      version: await it.db.kysely.selectFrom('request').select('version').where('id', '=', request).executeTakeFirst(),
      attempts: (await it.db.kysely.selectFrom('attempt').select('id').execute()).length,
    })
    const before = await look()
    await it.run(5)
    expect(await look()).toEqual(before)
  })
})
