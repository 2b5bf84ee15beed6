import { expect, test } from 'vitest'
import { newLinksOf } from '../../server/people/new-links.ts'
import { details, emailOf, startPractice } from '../requests/office.ts'

/** What the approver is told about names: whose word each stands on, until an import of the register confirms it. */

test('a colleague’s word for the Trello account, the engineer’s own for what they typed, and none once imported', async () => {
  const office = await startPractice()
  const card = await office.card()
  const kit = office.id('kit')
  await office.as('newcomer').act('claim-identity', card, { ...details('kit'), person: kit })
  expect(await newLinksOf(office.db.kysely, kit)).toEqual([])
  await office.as('sam').act('confirm-identity', card, { person: kit, answer: 'yes' })
  const links = async () => (await newLinksOf(office.db.kysely, kit)).map(({ kind, name, by }) => [kind, name, by])
  expect(await links()).toEqual([
    ['aws', 'kit', kit],
    ['github', 'kit-gh', kit],
    ['trello', '', office.id('sam')],
  ])
  const { id } = await office.db.kysely
    .selectFrom('person_account')
    .select('id')
    .where('kind', '=', 'github')
    .where('person_id', '=', kit)
    .executeTakeFirstOrThrow()
  // Of GitHub the register has numbers, as the real one does.
  await office.db.kysely.updateTable('person_account').set({ id: '77' }).where('id', '=', id).execute()
  const csv = `name,email,github,github_id\nKit Doyle,${emailOf('kit')},kit-gh,77`
  await office.as('rae').act('import-people', 'installation', { csv })
  expect((await links()).map(([kind]) => kind)).toEqual(['aws', 'trello'])
})
