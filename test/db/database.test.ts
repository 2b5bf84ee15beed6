import { sql } from 'kysely'
import { fromKysely, PgBoss } from 'pg-boss'
import { expect, test } from 'vitest'
import { json } from '../../server/db/json.ts'
import { describeOnBothDatabases } from './database.ts'
import { addCard, addPerson, addRequest } from './rows.ts'

const at = new Date('2026-03-02T09:00:00.000Z')

describeOnBothDatabases('The database', (database) => {
  test('keeps nothing of a transaction that fails', async () => {
    const failing = database().transaction(async (tx) => {
      await addPerson(tx, 'p-priya')
      throw new Error('the power went')
    })
    await expect(failing).rejects.toThrow('the power went')
    expect(await database().kysely.selectFrom('person').selectAll().execute()).toEqual([])
  })

  test('lets a transaction that failed be followed by one that works', async () => {
    const twice = database().transaction(async (tx) => {
      await addPerson(tx, 'p-priya')
      await addPerson(tx, 'p-priya')
    })
    await expect(twice).rejects.toThrow(/duplicate key/)
    await database().transaction((tx) => addPerson(tx, 'p-priya'))
    expect(await database().kysely.selectFrom('person').select('id').execute()).toEqual([{ id: 'p-priya' }])
  })

  test('shows nobody else what a transaction has not finished', async () => {
    let go = () => {}
    const gate = new Promise<void>((open) => {
      go = open
    })
    const writing = database().transaction(async (tx) => {
      await addPerson(tx, 'p-priya')
      await gate
      throw new Error('changed our mind')
    })
    const reading = database().kysely.selectFrom('person').select('id').execute()
    go()
    await expect(writing).rejects.toThrow('changed our mind')
    expect(await reading).toEqual([])
  })

  test('answers times as dates, JSON as values and large counts as numbers', async () => {
    const { kysely } = database()
    await kysely
      .insertInto('setting')
      .values({ name: 'colour', value: json({ dark: [true, null, 'yes'] }), updated_at: at, updated_by: 'p-rae' })
      .execute()
    const setting = await kysely.selectFrom('setting').selectAll().executeTakeFirstOrThrow()
    expect(setting).toEqual({
      name: 'colour',
      value: { dark: [true, null, 'yes'] },
      updated_at: at,
      updated_by: 'p-rae',
    })
    const head = await kysely.selectFrom('event_head').select('seq').executeTakeFirstOrThrow()
    expect(head.seq).toBe(0)
  })

  test('keeps one open request for each engineer and level', async () => {
    const { kysely } = database()
    await addPerson(kysely, 'p-priya')
    await addCard(kysely, 'card-1')
    await addCard(kysely, 'card-2')
    await addRequest(kysely, { id: 'r-1', card: 'card-1', person: 'p-priya', state: 'open' })
    const second = () => addRequest(kysely, { id: 'r-2', card: 'card-2', person: 'p-priya', state: 'candidate' })
    await expect(second()).rejects.toThrow(/request_one_open/)
    await kysely.updateTable('request').set({ state: 'withdrawn' }).where('id', '=', 'r-1').execute()
    await second()
    await addRequest(kysely, { id: 'r-3', card: 'card-1', person: 'p-priya', state: 'open', level: 'admin' })
  })

  test('refuses a fact about nobody', async () => {
    const fact = { fact: 'left' as const, value: json(true), source: 'register', as_of: '2026-03-02' }
    const insert = database()
      .kysely.insertInto('person_fact')
      .values({ person_id: 'p-nobody', ...fact, recorded_at: at, recorded_by: 'p-rae' })
    await expect(insert.execute()).rejects.toThrow(/foreign key/)
  })

  test('carries the queue, whose wake-ups live and die with the transaction that sent them', async () => {
    const boss = new PgBoss({ db: { executeSql: database().executeSql }, schema: 'wake_test', persistWarnings: false })
    await boss.start()
    try {
      await boss.createQueue('wake')
      const failing = database().transaction(async (tx) => {
        await boss.send('wake', { step: 'lost' }, { db: fromKysely(tx) })
        throw new Error('rolled back')
      })
      await expect(failing).rejects.toThrow('rolled back')
      await database().transaction(async (tx) => {
        await boss.send('wake', { step: 'kept' }, { db: fromKysely(tx) })
      })
      const jobs = await boss.fetch('wake', { batchSize: 10 })
      expect(jobs.map((job) => job.data)).toEqual([{ step: 'kept' }])
    } finally {
      await boss.stop({ graceful: false })
      await sql`drop schema wake_test cascade`.execute(database().kysely)
    }
  })

  test.for(['update event set actor = actor', 'delete from event', 'truncate event cascade'])(
    'refuses %s, because the log is only ever added to',
    async (statement) => {
      await expect(sql.raw(statement).execute(database().kysely)).rejects.toThrow('the log is only ever added to')
    },
  )
})
