import { expect, test } from 'vitest'
import type { FactName } from '../../server/db/schema.ts'
import { setFact } from '../../server/people/facts.ts'
import type { Absence } from '../../server/rules/types.ts'
import { describeOnBothDatabases } from '../db/database.ts'
import { clock, ids, importCsv, smallRegister } from './register.ts'

describeOnBothDatabases('A fact', (database) => {
  const set = async (of: string, fact: FactName, value: string | boolean | Absence[], by = 'rae') => {
    const id = await ids(database())
    const known = { personId: id(of), fact, value, source: 'a letter', asOf: '2026-02-01', by: id(by) }
    return database().transaction((tx) => setFact(tx, known, clock))
  }
  const start = () => importCsv(database(), smallRegister)

  test('is written by a keeper, with what it was before', async () => {
    await start()
    expect(await set('priya', 'clearance', true)).toEqual({ before: null, after: true })
    expect(await set('priya', 'clearance', false)).toEqual({ before: true, after: false })
    expect(await set('priya', 'clearance', false)).toBeNull()
  })

  test.for([
    ['clearance', true],
    ['employment', 'contractor'],
    ['keeper', true],
    ['absences', []],
  ] satisfies [FactName, string | boolean | Absence[]][])('about oneself is refused: %s', async ([fact, value]) => {
    await start()
    await expect(set('priya', fact, value, 'priya')).rejects.toThrow(
      'This is about you, and nobody changes their own facts.',
    )
  })

  test.for(['techLead', 'lineManager'] as const)('that makes its writer somebody’s %s is refused', async (fact) => {
    await start()
    const rae = (await ids(database()))('rae')
    await expect(set('priya', fact, rae)).rejects.toThrow('This would give you a role in approvals.')
  })

  test.for([
    ['employment', true],
    ['employment', 'volunteer'],
    ['clearance', 'yes'],
    ['probation', false],
    ['absences', 'none'],
    ['absences', [{ start: 'monday', end: null }]],
  ] satisfies [FactName, string | boolean | Absence[]][])(
    'of another kind is refused: %s %j',
    async ([fact, value]) => {
      await start()
      await expect(set('priya', fact, value)).rejects.toThrow('The register cannot hold this value')
    },
  )

  test('names a tech lead whom the register knows, and who is somebody else', async () => {
    await start()
    const id = await ids(database())
    await expect(set('priya', 'techLead', 'p-nobody')).rejects.toThrow('We do not know this person.')
    await expect(set('priya', 'techLead', id('priya'))).rejects.toThrow('Nobody is their own tech lead')
    expect(await set('priya', 'techLead', id('dan'))).toEqual({ before: id('sam'), after: id('dan') })
  })
})
