import { expect, test } from 'vitest'
import { describeOnBothDatabases } from '../db/database.ts'
import { arnOf, lists, pathOf, type TestOffice } from './office.ts'
import { officeEach } from './office-each.ts'

let it: TestOffice
const staging = 'aws-user/staging'

/** Somebody with push rights adds an administrator of their own to our branch. */
function smuggle(): void {
  const branch = it.github.pulls(lists).at(-1)?.head ?? ''
  const text = it.github.file(lists, pathOf('production'), branch)
  const more = text.replace('role_admin_user_arns = [', `role_admin_user_arns = [\n  "${arnOf('mal.lory')}",`)
  it.github.commit(lists, { [pathOf('production')]: more }, branch)
}

async function proposed(): Promise<string> {
  const request = await it.approved()
  await it.attest(request, 'aws-iam-user')
  await it.run()
  expect(await it.step(request, staging)).toMatchObject({ state: 'waiting', turn: 'reviewer' })
  return request
}

describeOnBothDatabases('Our pull request is changed by somebody else', (database) => {
  officeEach(database, (office) => {
    it = office
  })

  test('it is stuck and loud, the sponsor is told once, and nothing is logged again while nothing new happens', async () => {
    const request = await proposed()
    smuggle()
    await it.run()
    const step = await it.step(request, staging)
    expect(step).toMatchObject({ state: 'stuck', turn: 'sponsor' })
    expect(step.sentence).toBe(
      'Somebody changed pull request 1 after we opened it: it also changes the list role_admin_user_arns (1 added). Nobody should merge it.',
    )
    await it.run(5)
    expect((await it.events('step-stuck')).filter((event) => event.step_id === step.id)).toHaveLength(1)
    const notices = await it.db.kysely.selectFrom('notice').select('text').where('kind', '=', 'changed:1').execute()
    expect(notices).toHaveLength(1)
    expect(notices[0]?.text).toContain('Nobody should merge or apply it')
  })

  test('it is looked at on: put right by whoever changed it, it waits again; merged as it is, that is told', async () => {
    const request = await proposed()
    const branch = it.github.pulls(lists)[0]?.head ?? ''
    const ours = Object.fromEntries(
      ['staging', 'production'].map((one) => [pathOf(one), it.github.file(lists, pathOf(one), branch)]),
    )
    smuggle()
    await it.run()
    it.github.force(lists, branch, ours)
    await it.run()
    expect((await it.step(request, staging)).state).toBe('waiting')
    smuggle()
    await it.run()
    it.github.merge(lists, 1)
    await it.run()
    const step = await it.step(request, staging)
    expect(step).toMatchObject({ state: 'stuck', turn: 'sponsor', next_check_at: null })
    expect(step.sentence).toContain('was merged with more than was approved')
    expect(step.sentence).not.toContain('mal.lory')
    const held = await it.db.kysely.selectFrom('holding').select('grant_key').execute()
    expect(held.map((one) => one.grant_key)).not.toContain(staging)
  })

  test('nobody does it by hand beside the open one; trying again puts it back to what was approved', async () => {
    const request = await proposed()
    smuggle()
    await it.run()
    const step = await it.step(request, staging)
    await expect(it.act('alex', 'make-task', step.id)).rejects.toThrow('Close it first, or choose Try again.')
    await it.act('alex', 'retry-step', step.id)
    await it.run()
    for (const key of [staging, 'aws-user/production'])
      expect(await it.step(request, key)).toMatchObject({ state: 'waiting', turn: 'reviewer' })
    const [pull, second] = it.github.pulls(lists)
    expect(second).toBeUndefined()
    for (const environment of ['staging', 'production']) {
      const text = it.github.file(lists, pathOf(environment), pull?.head)
      expect(text).toContain(arnOf('priya.shah'))
      expect(text).not.toContain('mal.lory')
    }
  })

  test('a request that is stopped closes it, so that nobody merges it later', async () => {
    const request = await proposed()
    smuggle()
    await it.run()
    await it.act('sam', 'stop', request, {})
    await it.run()
    expect(it.github.pulls(lists)[0]?.state).toBe('closed')
  })
})
