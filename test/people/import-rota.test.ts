import { expect, test } from 'vitest'
import { importRota } from '../../server/people/import-rota.ts'
import { describeOnBothDatabases } from '../db/database.ts'
import { ids, importCsv, smallRegister } from './register.ts'

describeOnBothDatabases('The 2nd line rota', (database) => {
  const rota = (...rows: string[]) =>
    database().transaction((tx) => importRota(tx, ['from,to,primary,secondary', ...rows].join('\n')))
  const weeks = () => database().kysely.selectFrom('rota').selectAll().orderBy('starts').execute()

  test('is read weeks ahead, and a week that is there already is replaced', async () => {
    await importCsv(database(), smallRegister)
    const id = await ids(database())
    await rota('2026-03-02,2026-03-09,priya.shah@example.gov.uk,Kit.Doyle@example.gov.uk')
    expect(await rota('2026-03-02,2026-03-09,lee.hart@example.gov.uk,')).toEqual({ rows: 1 })
    expect(await weeks()).toEqual([
      { starts: '2026-03-02', ends: '2026-03-09', primary_id: id('lee'), secondary_id: null },
    ])
  })

  test('is no role that somebody gives themselves: own words, long weeks, changed weeks and oneself are refused', async () => {
    await importCsv(database(), smallRegister)
    const id = await ids(database())
    await rota('2026-03-02,2026-03-09,priya.shah@example.gov.uk,')
    await database()
      .kysely.updateTable('person_account')
      .set({ set_by: id('kit') })
      .where('kind', '=', 'email')
      .where('person_id', '=', id('kit'))
      .execute()
    const byPriya = database().transaction((tx) =>
      importRota(
        tx,
        [
          'from,to,primary,secondary',
          '2026-03-02,2026-03-09,lee.hart@example.gov.uk,',
          '2026-03-09,2026-03-16,priya.shah@example.gov.uk,',
          '2026-03-16,2026-03-23,kit.doyle@example.gov.uk,',
          '2026-03-23,2036-03-23,lee.hart@example.gov.uk,',
          // On another day, and beside whoever is there.
          '2026-03-04,2026-03-18,lee.hart@example.gov.uk,',
        ].join('\n'),
        { personId: id('priya'), mayChange: false },
      ),
    )
    await expect(byPriya).rejects.toMatchObject({
      rows: [
        { line: 2, reason: 'from: this week is there; a register keeper or Senior Tech changes it' },
        { line: 3, reason: 'primary: this is you; a register keeper or Senior Tech puts you on the rota' },
        { line: 4, reason: expect.stringContaining('known from a card only') },
        { line: 5, reason: 'to: one row is at most 14 days' },
        { line: 6, reason: 'from: this week is there; a register keeper or Senior Tech changes it' },
      ],
    })
    expect(await weeks()).toHaveLength(1)
  })

  test('is refused whole, with every bad row', async () => {
    await importCsv(database(), smallRegister)
    const refused = rota(
      '2026-03-02,2026-03-09,priya.shah@example.gov.uk,',
      '2026-03-16,2026-03-09,priya.shah@example.gov.uk,',
      'soon,2026-03-09,priya.shah@example.gov.uk,',
      '2026-03-09,2026-03-16,nobody@example.gov.uk,priya.shah@example.gov.uk',
      '2026-03-02,2026-03-09,lee.hart@example.gov.uk,',
      '2026-03-23,2026-03-30,lee.hart@example.gov.uk,lee.hart@example.gov.uk',
    )
    await expect(refused).rejects.toMatchObject({
      rows: [
        { line: 3, reason: 'to: must come after from' },
        { line: 4, reason: 'from: use a date such as 2026-11-23' },
        { line: 5, reason: 'primary: nobody has the email nobody@example.gov.uk' },
        { line: 6, reason: 'from: the week of 2026-03-02 is there twice' },
        { line: 7, reason: 'secondary: must be somebody else than primary' },
      ],
    })
    expect(await weeks()).toEqual([])
  })
})
