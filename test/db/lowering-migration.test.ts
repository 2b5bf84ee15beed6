import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { up } from '../../server/db/migrations/0013-lowering.ts'
import { testDatabase } from './database.ts'
import { addCard, addPerson, addRequest } from './rows.ts'

test('a level that was lowered before lowerings stood by themselves gets its approval back', async () => {
  const { kysely } = await testDatabase()
  await sql`alter table request drop column lowering_id, drop column lowered_by, drop column lowered_at`.execute(kysely)
  for (const id of ['dan', 'rae', 'priya']) await addPerson(kysely, id)
  for (const id of ['lowered', 'approved']) {
    await addCard(kysely, `card-${id}`)
    await addRequest(kysely, { id, card: `card-${id}`, person: 'priya', state: 'granted' })
  }
  const signed = (id: string, act: string, subject: string, person_id: string, day: string) => ({
    ...{ id, act, subject, person_id, at: new Date(`${day}T10:00:00Z`) },
    ...{ digest: '', statement: '{}', challenge: id, token: '', public_key: '', member_id: person_id },
  })
  await kysely
    .insertInto('signed_act')
    .values([
      signed('a-1', 'approve', 'lowered', 'dan', '2026-01-10'),
      signed('a-2', 'approve', 'lowered', 'dan', '2026-01-12'),
      signed('l-1', 'lower-level', 'lowered', 'rae', '2026-02-01'),
      signed('a-3', 'approve', 'approved', 'dan', '2026-01-10'),
    ])
    .execute()
  await kysely.updateTable('request').set({ approval_id: 'l-1' }).where('id', '=', 'lowered').execute()
  await kysely.updateTable('request').set({ approval_id: 'a-3' }).where('id', '=', 'approved').execute()
  await up(kysely)
  const rows = await kysely
    .selectFrom('request')
    .select(['approval_id', 'lowering_id', 'lowered_by', 'lowered_at'])
    .orderBy('id', 'desc')
    .execute()
  expect(rows).toEqual([
    { approval_id: 'a-2', lowering_id: 'l-1', lowered_by: 'rae', lowered_at: new Date('2026-02-01T10:00:00Z') },
    { approval_id: 'a-3', lowering_id: null, lowered_by: null, lowered_at: null },
  ])
})
