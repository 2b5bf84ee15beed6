import { afterEach, beforeEach, expect, test } from 'vitest'
import { describeOnBothDatabases } from '../db/database.ts'
import { DAYS, startTestOffice, type TestOffice } from '../grants/office.ts'

let it: TestOffice & { close(): Promise<void> }

/** Alex and Jo are 2nd line until Monday 30 November; Dan is Senior Tech. */
describeOnBothDatabases('When 2nd line changes', (database) => {
  let id = ''
  beforeEach(async () => {
    it = await startTestOffice(database())
    id = (await it.step(await it.approved(), 'aws-iam-user')).id
  })
  afterEach(() => it.close())
  const nextWeek = async () => {
    it.pass(6 * DAYS)
    const lee = await it.personId('Lee Hart')
    const week = { starts: '2026-11-30', ends: '2026-12-07', primary_id: lee, secondary_id: null }
    await database().kysely.insertInto('rota').values(week).execute()
  }

  test('what last week’s pair took is free again', async () => {
    await it.act('alex', 'take-step', id)
    await expect(it.act('dan', 'take-step', id)).rejects.toThrow('Alex Green is doing this step already.')
    await nextWeek()
    expect(await it.act('lee', 'take-step', id)).toBe('The step is yours. Others see that you are doing it.')
    await expect(it.act('dan', 'done-step', id)).rejects.toThrow('Lee Hart is doing this step.')
  })

  test('what somebody took in another role stays theirs', async () => {
    await it.act('dan', 'take-step', id)
    await nextWeek()
    await expect(it.act('lee', 'take-step', id)).rejects.toThrow('Dan Reyes is doing this step already.')
  })

  test('whoever is on the rota again keeps what they took', async () => {
    await it.act('alex', 'take-step', id)
    await nextWeek()
    await database()
      .kysely.updateTable('rota')
      .set({ secondary_id: await it.personId('Alex Green') })
      .where('starts', '=', '2026-11-30')
      .execute()
    await expect(it.act('lee', 'take-step', id)).rejects.toThrow('Alex Green is doing this step already.')
  })
})
