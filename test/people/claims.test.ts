import { expect, test } from 'vitest'
import { claimPerson, confirmClaim, openClaims, rejectClaim } from '../../server/people/claims.ts'
import { setFact } from '../../server/people/facts.ts'
import { importRota } from '../../server/people/import-rota.ts'
import { describeOnBothDatabases } from '../db/database.ts'
import { at, clock, ids, importCsv, members, smallRegister } from './register.ts'

describeOnBothDatabases('“I am …”', (database) => {
  const claim = async (firstName: string, memberId = members.stranger) => {
    const personId = (await ids(database()))(firstName)
    await database().transaction((tx) => claimPerson(tx, { memberId, personId, at }))
  }
  const confirm = async (firstName: string, by: string) => {
    const id = await ids(database())
    await database().transaction((tx) => confirmClaim(tx, { personId: id(firstName), by: id(by), at }))
  }
  const linked = async (memberId: string) =>
    database()
      .kysely.selectFrom('person_account')
      .innerJoin('person', 'person.id', 'person_account.person_id')
      .select(['full_name', 'state'])
      .where('kind', '=', 'trello')
      .where('person_account.id', '=', memberId)
      .executeTakeFirst()
  const start = () => importCsv(database(), smallRegister)

  test('counts for nothing until a linked colleague confirms it', async () => {
    await start()
    await claim('kit')
    expect(await linked(members.stranger)).toEqual({ full_name: 'Kit Doyle', state: 'claimed' })
    expect((await openClaims(database().kysely)).map((one) => one.fullName)).toEqual(['Kit Doyle'])
    await confirm('kit', 'priya')
    expect(await linked(members.stranger)).toEqual({ full_name: 'Kit Doyle', state: 'linked' })
    expect(await openClaims(database().kysely)).toEqual([])
  })

  test('is not confirmed by the person who was claimed', async () => {
    await start()
    await claim('kit')
    await expect(confirm('kit', 'kit')).rejects.toThrow('You cannot confirm yourself.')
  })

  test('is answered once', async () => {
    await start()
    await claim('kit')
    await confirm('kit', 'priya')
    await expect(confirm('kit', 'sam')).rejects.toThrow('This has been answered already.')
  })

  test('is gone when a colleague says no', async () => {
    await start()
    await claim('kit')
    const id = await ids(database())
    await database().transaction((tx) => rejectClaim(tx, { personId: id('kit'), by: id('priya') }))
    expect(await linked(members.stranger)).toBeUndefined()
    await expect(confirm('kit', 'sam')).rejects.toThrow('This has been answered already.')
  })

  test.for([
    ['a tech lead', 'sam'],
    ['a line manager and Senior Tech', 'dan'],
    ['a register keeper', 'rae'],
  ] as const)('of %s is refused', async ([, firstName]) => {
    await start()
    const personId = (await ids(database()))(firstName)
    await database()
      .kysely.deleteFrom('person_account')
      .where('kind', '=', 'trello')
      .where('person_id', '=', personId)
      .execute()
    await expect(claim(firstName)).rejects.toThrow(/has a role in approvals, so only a register keeper can link/)
  })

  test('of somebody on 2nd line is refused, past weeks and coming ones alike', async () => {
    await start()
    const rota = 'from,to,primary,secondary\n2026-05-04,2026-05-11,priya.shah@example.gov.uk,kit.doyle@example.gov.uk'
    await database().transaction((tx) => importRota(tx, rota))
    await expect(claim('kit')).rejects.toThrow('has a role in approvals')
  })

  test('is not confirmed when the person has got a role meanwhile', async () => {
    await start()
    await claim('lee')
    const personId = (await ids(database()))('lee')
    const fact = { personId, fact: 'seniorTech' as const, value: true, source: 'register', asOf: null, by: 'seed' }
    await database().transaction((tx) => setFact(tx, fact, clock))
    await expect(confirm('lee', 'priya')).rejects.toThrow('has a role in approvals')
  })

  test('for a second Trello account of a person who has one is refused', async () => {
    await start()
    await expect(claim('priya')).rejects.toThrow('Priya Shah has another Trello account already.')
  })

  test('by an account that is linked already is refused', async () => {
    await start()
    await expect(claim('kit', members.priya)).rejects.toThrow('This Trello account is linked to a person already.')
  })

  test('of a person whom another account claims already is refused', async () => {
    await start()
    await claim('kit')
    await expect(claim('kit', members.kit)).rejects.toThrow('Somebody else says they are Kit Doyle.')
  })

  test('may be taken back by claiming somebody else: only the last one stands', async () => {
    await start()
    await claim('kit')
    await claim('lee')
    expect((await openClaims(database().kysely)).map((one) => one.fullName)).toEqual(['Lee Hart'])
  })

  test('of somebody whom nobody knows is refused', async () => {
    await start()
    await expect(claim('nobody')).rejects.toThrow('We do not know this person.')
  })

  test('yields to an import that links the account to somebody else', async () => {
    await start()
    await claim('kit')
    await importCsv(database(), `name,email,trello_member_id\nLee Hart,lee.hart@example.gov.uk,${members.stranger}`)
    expect(await linked(members.stranger)).toEqual({ full_name: 'Lee Hart', state: 'linked' })
    await expect(confirm('kit', 'priya')).rejects.toThrow('This has been answered already.')
  })
})
