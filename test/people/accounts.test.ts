import { expect, test } from 'vitest'
import { AccountRefused, setAccount } from '../../server/people/accounts.ts'
import { describeOnBothDatabases } from '../db/database.ts'
import { at, ids, importCsv, smallRegister } from './register.ts'

describeOnBothDatabases('Accounts', (database) => {
  const link = (personId: string, account: { kind: 'github' | 'aws' | 'email'; id: string; name: string }) =>
    database().transaction((tx) => setAccount(tx, { personId, ...account, setBy: personId, at }))

  test('are linked, stay the same, and change, one live id of each kind', async () => {
    await importCsv(database(), smallRegister)
    const priya = (await ids(database()))('priya')
    expect(await link(priya, { kind: 'github', id: '1001', name: 'priya-s' })).toBe('linked')
    expect(await link(priya, { kind: 'github', id: '1001', name: 'priya-s' })).toBe('same')
    expect(await link(priya, { kind: 'github', id: '1001', name: 'priya-shah' })).toBe('same')
    expect(await link(priya, { kind: 'github', id: '2002', name: 'other' })).toBe('changed')
    const rows = await database()
      .kysely.selectFrom('person_account')
      .select(['id', 'name'])
      .where('kind', '=', 'github')
      .execute()
    expect(rows).toEqual([{ id: '2002', name: 'other' }])
  })

  test('that are linked to two people are refused', async () => {
    await importCsv(database(), smallRegister)
    const id = await ids(database())
    const account = { kind: 'aws' as const, id: 'arn:aws:iam::000000000000:user/x', name: 'x' }
    await link(id('priya'), account)
    await expect(link(id('lee'), account)).rejects.toThrow(AccountRefused)
  })

  test('that were only typed are compared by name, because nobody knows their stable id', async () => {
    await importCsv(database(), smallRegister)
    const id = await ids(database())
    await link(id('priya'), { kind: 'github', id: '1001', name: 'priya-s' })
    const typed = { kind: 'github' as const, id: 'typed:priya-s', name: 'Priya-S' }
    await expect(link(id('lee'), typed)).rejects.toThrow('The GitHub account Priya-S belongs to somebody else')
    expect(await link(id('lee'), { ...typed, id: 'typed:lee-h', name: 'lee-h' })).toBe('linked')
    await expect(link(id('priya'), { kind: 'github', id: '1008', name: 'lee-h' })).rejects.toThrow(AccountRefused)
  })

  test('that an import gave as work email are not replaced by their owner’s word, so that nobody leaves their own row', async () => {
    await importCsv(database(), smallRegister)
    const id = await ids(database())
    const email = { kind: 'email' as const, id: 'someone.else@example.gov.uk', name: 'someone.else@example.gov.uk' }
    await expect(link(id('priya'), email)).rejects.toThrow('The register has another work email for you.')
  })
})
