import { afterAll, beforeAll, expect, test } from 'vitest'
import { setAccount } from '../../server/people/accounts.ts'
import { org, type PracticeWorld, startPracticeWorld } from '../practice-world.ts'
import { as, until } from './as.ts'

/** A difference on the practice board: found when somebody asks, settled by a click, and read back until it is gone. */

let world: PracticeWorld
beforeAll(async () => {
  world = await startPracticeWorld({ folder: null })
})
afterAll(() => world.close())

const rowsOf = async (who: string, tab = 'everything') => (await as(world, who).queue(tab)).rows
const about = async (who: string, person: string) =>
  (await rowsOf(who)).find((row) => row.person === person && row.what.includes('GitHub'))

/** The register learns a GitHub account, as it would from a form. */
async function known(fullName: string, id: string, name: string): Promise<string> {
  const { kysely, transaction } = world.product.db
  const person = await kysely
    .selectFrom('person')
    .select('id')
    .where('full_name', '=', fullName)
    .executeTakeFirstOrThrow()
  const link = { personId: person.id, kind: 'github' as const, id, name, setBy: 'import', at: new Date() }
  await transaction((tx) => setAccount(tx, link))
  world.github.addOrgMember(org, name)
  return person.id
}

/** Once a comparison that began after this moment is finished. */
async function compared(since: Date): Promise<void> {
  const finished = () =>
    world.product.db.kysely
      .selectFrom('drift_run')
      .select('report')
      .where('state', '=', 'finished')
      .where('started_at', '>=', since)
      .executeTakeFirst()
  await until(finished, 'the comparison')
}
const ended = (id: string) =>
  world.product.db.kysely
    .selectFrom('request')
    .select('state')
    .where('id', '=', id)
    .where('state', '=', 'ended')
    .executeTakeFirst()

test('what somebody did by hand is found, removed by a sponsor’s click, and gone', async () => {
  await known('Priya Shah', '1001', 'priya-s')
  world.github.addMember(org, 'production-deploy', 'priya-s')
  const part = async () =>
    (await as(world, 'alex').settings()).parts.find(({ title }) => title === 'Our record and the systems')
  const since = new Date()
  expect(await as(world, 'alex').press((await part())?.buttons?.[0])).toContain('Comparing.')
  await compared(since)
  const row = await about('sam', 'Priya Shah')
  expect(row?.what).toBe('Priya Shah has GitHub, and nobody granted it here. priya-s is in production-deploy.')
  expect(row?.buttons.map(({ text }) => text)).toEqual(['Remove it'])
  expect((await part())?.rows.find(({ title }) => title.startsWith('GitHub'))?.title).toMatch(/\d+ extra/)
  const finding = row?.panel?.stepId ?? ''
  expect(await as(world, 'sam').submit('remove-drift', finding, { reason: 'Nobody asked for it' })).toContain(
    'Revoking.',
  )
  await until(() => ended(finding), 'it to be gone')
  expect(world.github.membership(org, 'production-deploy', 'priya-s')).toBe('none')
  expect(await about('sam', 'Priya Shah')).toBeUndefined()
})

test('what is adopted stands on the person’s page as held, on the word of whoever adopted it, and as no level', async () => {
  const id = await known('Lee Hart', '1008', 'lee-h')
  world.github.addMember(org, 'production-deploy', 'lee-h')
  const since = new Date()
  await as(world, 'dan').act('compare-now', 'systems')
  await compared(since)
  const row = await about('dan', 'Lee Hart')
  expect(await as(world, 'dan').submit('adopt-drift', row?.panel?.stepId ?? '', { reason: 'Agreed' })).toContain(
    'Adopted.',
  )
  const page = JSON.stringify(await as(world, 'dan').person(id))
  expect(page).toContain('Part of Production Deploy since')
  expect(page).toContain('Adopted by Dan Reyes')
  expect(page).toContain('"text":["None."]')
  expect((await rowsOf('dan')).filter(({ person }) => person === 'Lee Hart')).toEqual([])
})
