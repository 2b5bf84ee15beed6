import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { describeOnPostgres } from '../db/database.ts'
import { lists, org, startTestOffice, type TestOffice } from './office.ts'

let it: TestOffice & { close(): Promise<void> }
const iam = 'aws-iam-user'
const github = 'github-production-deploy'

/** A step that its system refuses, so that it is stuck. */
async function stuckGithub(request: string): Promise<string> {
  it.github.addToken(it.github.token, ['members:read'])
  await it.run(1)
  return (await it.step(request, github)).id
}

describeOnPostgres('What people do with steps', (database) => {
  let request = ''
  let id = ''
  beforeEach(async () => {
    it = await startTestOffice(database())
    request = await it.approved()
    id = (await it.step(request, iam)).id
  })
  afterEach(() => it.close())
  const step = () => it.step(request, iam)

  test('take: others see who is doing it, and cannot take or finish it', async () => {
    await it.act('alex', 'take-step', id)
    await expect(it.act('jo', 'take-step', id)).rejects.toThrow('Alex Green is doing this step already.')
    await expect(it.act('jo', 'done-step', id)).rejects.toThrow('Alex Green is doing this step.')
    expect(await it.act('alex', 'done-step', id)).toBe('Kept. It needs a second person to look.')
  })

  test('release: the step is free for anybody again', async () => {
    await expect(it.act('alex', 'release-step', id)).rejects.toThrow('Nobody has taken this step.')
    await it.act('alex', 'take-step', id)
    await it.act('alex', 'release-step', id)
    await it.act('jo', 'done-step', id)
    expect(await step()).toMatchObject({ state: 'done', taken_by: null })
  })

  test('hand over: to a colleague or to 2nd line, never to the engineer, to nobody, or to somebody who left', async () => {
    await it.act('alex', 'take-step', id)
    const jo = await it.personId('Jo Bell')
    expect(await it.act('alex', 'hand-over-step', id, { to: jo })).toBe('Jo Bell has the step now.')
    expect((await step()).taken_by).toBe(jo)
    expect(await it.act('jo', 'hand-over-step', id, { to: 'second-line' })).toBe('2nd line has the step now.')
    expect((await step()).taken_by).toBeNull()
    const priya = it.act('alex', 'hand-over-step', id, { to: await it.personId('Priya Shah') })
    await expect(priya).rejects.toMatchObject({
      refusal: { fields: { to: 'The access is theirs, so they cannot do this step.' } },
    })
    const nobody = it.act('alex', 'hand-over-step', id, { to: 'p-nobody' })
    await expect(nobody).rejects.toMatchObject({ refusal: { fields: { to: 'Choose who takes it.' } } })
    const lee = await it.personId('Lee Hart')
    await it.db.kysely
      .updateTable('person_fact')
      .set({ value: 'true' })
      .where('person_id', '=', lee)
      .where('fact', '=', 'left')
      .execute()
    await expect(it.act('alex', 'hand-over-step', id, { to: lee })).rejects.toMatchObject({
      refusal: { code: 'unknown-person' },
    })
  })

  test('done is not attested: a second person looks, who is neither the doer nor the engineer', async () => {
    await it.act('alex', 'done-step', id)
    expect(await step()).toMatchObject({
      state: 'done',
      turn: 'second-person',
      sentence: 'Done by Alex Green, not checked.',
    })
    expect((await it.step(request, 'aws-user/staging')).state).toBe('planned')
    await expect(it.act('alex', 'seen-step', id)).rejects.toThrow('You cannot check this because you did it.')
    await expect(it.act('priya', 'seen-step', id)).rejects.toThrow(
      'You cannot say that you saw this because the access is yours.',
    )
    await it.act('lee', 'seen-step', id)
    expect(await step()).toMatchObject({ state: 'seen', sentence: 'Seen by Lee Hart.' })
    expect((await it.step(request, 'aws-user/staging')).state).toBe('ready')
  })

  test('that the second person also approved is said and logged', async () => {
    await it.act('alex', 'done-step', id)
    await it.act('sam', 'seen-step', id)
    expect((await step()).sentence).toBe('Seen by Sam Okoro, who also approved.')
    expect(await it.events('step-seen')).toMatchObject([{ data: { seerIsApprover: true } }])
  })

  test('the engineer marks none of their own steps', async () => {
    await expect(it.act('priya', 'done-step', id)).rejects.toThrow(
      'You cannot mark this step because the access is yours.',
    )
    await expect(it.act('lee', 'done-step', id)).rejects.toThrow(
      'You cannot do this step. 2nd line, Senior Tech, the engineer’s tech lead or somebody with Production Admin can.',
    )
  })

  test('but says what only they can do, where we cannot see it', async () => {
    const logit = await it.step(request, 'logit')
    expect(logit).toMatchObject({ turn: 'engineer', sentence: 'Sign in to Logit once' })
    await expect(it.act('alex', 'do-own-part', logit.id)).rejects.toThrow('Only the engineer can say this')
    await it.act('priya', 'do-own-part', logit.id)
    expect(await it.step(request, 'logit')).toMatchObject({ state: 'ready', turn: 'second-line' })
    await it.run()
    const invitation = await it.step(request, github)
    await expect(it.act('priya', 'do-own-part', invitation.id)).rejects.toThrow('We see this by ourselves')
  })

  test('what the engineer does first cannot be skipped: nobody takes the step or says it is done before', async () => {
    const step = await it.step(request, 'logit')
    expect(step.turn).toBe('engineer')
    for (const act of ['take-step', 'done-step'])
      await expect(it.act('alex', act, step.id)).rejects.toThrow(
        'Priya has a part of this step first: Sign in to Logit once. Then it can be done.',
      )
    await it.act('priya', 'do-own-part', step.id)
    await it.act('alex', 'take-step', step.id)
    await it.act('alex', 'done-step', step.id)
  })

  test('undo: what was said to be done is open again, until somebody has seen it', async () => {
    await it.act('alex', 'done-step', id)
    await it.act('alex', 'undo-done-step', id)
    expect(await step()).toMatchObject({ state: 'ready', turn: 'second-line', done_by: null })
    await it.attest(request, iam)
    await expect(it.act('alex', 'undo-done-step', id)).rejects.toThrow('There is nothing to undo')
  })

  test('a closed step takes nothing more, and a step before its time nothing yet', async () => {
    const early = (await it.step(request, 'aws-user/staging')).id
    await expect(it.act('alex', 'done-step', early)).rejects.toThrow(
      'This step begins when the steps before it are closed.',
    )
    await it.attest(request, iam)
    await expect(it.act('alex', 'done-step', id)).rejects.toThrow('This step is closed already.')
    await expect(it.act('alex', 'take-step', id)).rejects.toThrow('This step is closed already.')
  })

  test.each([
    ['no-permission', 'The doer has no permission in this system.', 'senior-tech'],
    ['system-down', 'The system is down.', 'second-line'],
    ['instructions-wrong', 'The instructions are wrong.', 'senior-tech'],
    ['other', 'The doer cannot do this.', 'senior-tech'],
  ])(
    'cannot do this because %s: it says why, and becomes the turn of whoever can help',
    async (why, sentence, turn) => {
      await it.act('alex', 'take-step', id)
      await it.act('alex', 'cannot-step', id, { why, line: 'Asked Kofi.' })
      expect(await step()).toMatchObject({ state: 'stuck', turn, sentence: `${sentence} Asked Kofi.`, taken_by: null })
      expect(await it.events('step-cannot')).toMatchObject([{ data: { why } }])
      await it.act('alex', 'retry-step', id)
      expect(await step()).toMatchObject({ state: 'ready', turn: 'second-line' })
    },
  )

  test('cannot do this because the person is not in the list: the engineer signs in first', async () => {
    const logit = (await it.step(request, 'logit')).id
    await it.act('priya', 'do-own-part', logit)
    await it.act('alex', 'cannot-step', logit, { why: 'not-in-the-list' })
    expect(await it.step(request, 'logit')).toMatchObject({ state: 'ready', turn: 'engineer' })
  })

  test('cannot do this because the person is not in the list, where no part of theirs comes first: Senior Tech', async () => {
    await it.act('alex', 'cannot-step', id, { why: 'not-in-the-list' })
    expect(await step()).toMatchObject({
      state: 'stuck',
      turn: 'senior-tech',
      sentence: 'The person is not in the list.',
      remedy: 'Senior Tech says what to do.',
    })
  })

  test('revoking what is gone already is done, and a second person looks', async () => {
    await it.attest(request, 'logit')
    await it.act('sam', 'undo-granted', request, {})
    const { id: logit } = await it.step(request, 'logit', 'revoke')
    await it.act('jo', 'take-step', logit)
    await expect(it.act('alex', 'cannot-step', logit, { why: 'not-in-the-list' })).rejects.toThrow(
      'Jo Bell is doing this step.',
    )
    expect(await it.act('jo', 'cannot-step', logit, { why: 'not-in-the-list' })).toBe(
      'Kept. It needs a second person to look.',
    )
    expect(await it.step(request, 'logit', 'revoke')).toMatchObject({
      state: 'done',
      turn: 'second-person',
      sentence: 'Done by Jo Bell, not checked.',
    })
    await it.act('alex', 'seen-step', logit)
    expect((await it.step(request, 'logit', 'revoke')).state).toBe('seen')
  })

  test('a step that is carried out by itself is not marked by hand', async () => {
    const automatic = (await it.step(request, github)).id
    await expect(it.act('alex', 'done-step', automatic)).rejects.toThrow(
      'This step is carried out and read back by itself.',
    )
    await expect(it.act('alex', 'retry-step', automatic)).rejects.toThrow('This step is not stuck.')
    await expect(it.act('alex', 'make-task', automatic)).rejects.toThrow('Only a stuck step')
  })

  test('a pull request that is not merged yet is not marked as applied', async () => {
    await it.attest(request, iam)
    await it.run()
    const aws = (await it.step(request, 'aws-user/staging')).id
    await expect(it.act('alex', 'done-step', aws)).rejects.toThrow('carried out and read back by itself')
    it.github.merge(lists, 1)
    await it.run()
    await it.act('alex', 'done-step', aws)
    await it.act('alex', 'undo-done-step', aws)
    await it.act('dan', 'done-step', aws)
    await it.act('jo', 'seen-step', aws)
    expect((await it.step(request, 'aws-user/staging')).state).toBe('seen')
  })

  describe('what the product cannot do', () => {
    test('becomes a task by a person’s logged click, and needs a second person like any other', async () => {
      const stuck = await stuckGithub(request)
      await expect(it.act('sam', 'make-task', stuck)).rejects.toThrow(
        'You cannot let people do this by hand. 2nd line or Senior Tech can.',
      )
      await it.act('alex', 'make-task', stuck)
      expect(await it.step(request, github)).toMatchObject({
        method: 'task',
        state: 'ready',
        turn: 'second-line',
        next_check_at: null,
      })
      expect(await it.events('step-made-task')).toHaveLength(1)
      await it.act('alex', 'done-step', stuck)
      await it.act('jo', 'seen-step', stuck)
      expect(await it.step(request, github)).toMatchObject({ state: 'seen', verified_at: null })
    })

    test('is tried again by a person’s click, reading first', async () => {
      const stuck = await stuckGithub(request)
      it.github.addToken(it.github.token, ['members:read', 'members:write', 'contents:write', 'pull_requests:write'])
      it.github.addMember(org, 'production-deploy', 'priya-s')
      const before = it.github.writes.length
      await it.act('alex', 'retry-step', stuck)
      await it.run()
      expect((await it.step(request, github)).state).toBe('verified')
      expect(it.github.writes).toHaveLength(before)
    })
  })
})
