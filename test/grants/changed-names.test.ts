import { afterEach, beforeEach, expect, test } from 'vitest'
import { wholeRevocation } from '../../server/grants/revoke-person.ts'
import { describeOnBothDatabases } from '../db/database.ts'
import { confirmations } from '../http/as.ts'
import { closeAll } from './granted.ts'
import { org, startTestOffice, type TestOffice } from './office.ts'

let it: TestOffice & { close(): Promise<void> }
const github = 'github-production-deploy'
const team = 'production-deploy'

describeOnBothDatabases('A name that proves wrong after the approval', (database) => {
  let request = ''
  beforeEach(async () => {
    it = await startTestOffice(database())
    request = await it.approved()
  })
  afterEach(async () => {
    expect(await it.intact()).toBe(true)
    await it.close()
  })
  const change = (input: object, who = 'priya') => it.act(who, 'change-names', request, input)

  test('GitHub does not know the account: it is the engineer’s turn, who gives another, and it goes on once approved', async () => {
    it.github.removeUser('priya-s')
    await it.run(1)
    expect(await it.step(request, github)).toMatchObject({
      state: 'stuck',
      turn: 'engineer',
      remedy: 'The engineer gives their GitHub username again, and the sponsor approves again.',
    })
    it.github.addUser('priya-new', 1099)
    expect(await change({ github: 'priya-new' })).toBe(
      'Your names are changed. The sponsor checks them and approves again what had not begun.',
    )
    expect(await it.step(request, github)).toMatchObject({
      state: 'stopped',
      turn: 'sponsor',
      sentence: 'Priya’s account for this step changed after the approval. Nothing was changed.',
    })
    const told = await it.db.kysely
      .selectFrom('notice')
      .select(['text', 'mentions'])
      .where('kind', '=', 'held')
      .execute()
    expect(told).toEqual([
      {
        text: 'nothing more is given here until you look at it again. Open this card on a computer.',
        mentions: [await it.personId('Sam Okoro')],
      },
    ])
    await it.act('sam', 'approve', request, confirmations)
    await it.run()
    expect(it.github.openInvitations(org)).toEqual(['priya-new'])
    it.github.accept('priya-new')
    await it.run()
    expect(await it.step(request, github)).toMatchObject({ state: 'verified', plan: { account: { id: '1099' } } })
  })

  test('steps by people with the old name stop too, before anybody carries them out', async () => {
    // An address that the register's file gave is changed there; one of their own they change themselves.
    await expect(change({ email: 'priya.new@example.gov.uk' })).rejects.toMatchObject({
      refusal: { fields: { email: expect.stringContaining('Ask a register keeper to change it.') } },
    })
    await database()
      .kysely.updateTable('person_account')
      .set({ set_by: await it.personId('Priya Shah') })
      .where('kind', '=', 'email')
      .where('person_id', '=', await it.personId('Priya Shah'))
      .execute()
    await change({ email: 'priya.new@example.gov.uk' })
    const states = Object.fromEntries((await it.steps(request)).map((step) => [step.key, step.state]))
    expect(states).toMatchObject({ 'signon-production/production': 'stopped', logit: 'stopped', [github]: 'ready' })
    await expect(it.act('alex', 'done-step', (await it.step(request, 'logit')).id)).rejects.toThrow(
      'This step is stopped. The sponsor can let it go on.',
    )
  })

  test('that the AWS user was there is looked at again with the new name', async () => {
    await it.attest(request, 'aws-iam-user')
    await change({ aws: 'priya.new@example.gov.uk' })
    expect(await it.step(request, 'aws-iam-user')).toMatchObject({ state: 'stopped', done_by: null, seen_by: null })
    await it.act('sam', 'approve', request, confirmations)
    expect(await it.step(request, 'aws-iam-user')).toMatchObject({
      state: 'ready',
      plan: { account: { name: 'priya.new@example.gov.uk' } },
    })
    expect((await it.step(request, 'aws-user/staging')).state).toBe('planned')
    await it.attest(request, 'aws-iam-user')
    expect((await it.step(request, 'aws-user/staging')).state).toBe('ready')
    // Nobody saw that the old one is gone: whoever leaves has both of them deleted.
    await it.act('rae', 'set-fact', await it.personId('Priya Shah'), { fact: 'left', value: 'yes', source: 'HR' })
    const { goes } = await wholeRevocation(it.db.kysely, it.office, await it.personId('Priya Shah'))
    const users = goes.flatMap(({ plan }) => (plan.key === 'aws-iam-user' ? [plan.account.name] : []))
    expect(users.toSorted()).toEqual(['priya.new@example.gov.uk', 'priya.shah@example.gov.uk'])
    await it.act('sam', 'stop', request)
    await it.act('dan', 'revoke-for-cause', await it.personId('Priya Shah'), {
      plan: await it.wholeDigest('Priya Shah'),
      reason: 'Left',
    })
    const [old] = await it.db.kysely.selectFrom('request').select('id').where('id', '!=', request).execute()
    for (const one of [request, old?.id ?? '']) {
      expect(await closeAll(it, one, 'revoke')).toBe(true)
      expect((await it.step(one, 'aws-iam-user', 'revoke')).state).toBe('seen')
      expect((await it.request(one)).state).toBe('ended')
    }
    expect(await it.db.kysely.selectFrom('holding').select('id').where('ended_at', 'is', null).execute()).toEqual([])
  })

  test('what has begun with the old name is left as it is, and said', async () => {
    await it.run()
    expect(await it.step(request, github)).toMatchObject({ state: 'waiting', turn: 'engineer' })
    expect(await change({ github: 'priya-new' })).toContain('What had begun with the old name stays with it.')
    expect(await it.step(request, github)).toMatchObject({ state: 'waiting', plan: { account: { id: '1001' } } })
    expect(it.github.membership(org, team, 'priya-s')).toBe('pending')
  })

  test('nobody else gives names, the same names change nothing, and before the approval it is the form’s matter', async () => {
    await expect(change({ github: 'priya-new' }, 'sam')).rejects.toThrow(
      'You cannot change these names. Only the engineer can give their own.',
    )
    await expect(change({})).rejects.toThrow('These are the names that we have already. Nothing was changed.')
    await it.act('sam', 'stop', request)
    await change({ github: 'priya-new' })
    expect(await it.step(request, github)).toMatchObject({ state: 'stopped', turn: 'sponsor' })
  })
})
