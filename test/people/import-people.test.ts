import { expect, test } from 'vitest'
import { setAccount } from '../../server/people/accounts.ts'
import { claimPerson, confirmClaim } from '../../server/people/claims.ts'
import { ImportRefused } from '../../server/people/csv.ts'
import { ensureKeepers, setFact } from '../../server/people/facts.ts'
import type { RegisterChange } from '../../server/people/import-people.ts'
import { listPeople } from '../../server/people/listing.ts'
import { columns } from '../../server/people/people-file.ts'
import { loadPerson, loadRegister } from '../../server/people/register.ts'
import { describeOnBothDatabases } from '../db/database.ts'
import { at, clock, ids, importCsv, members, smallRegister } from './register.ts'

const header = columns.join(',')
/** One row of the full header; what is not given is empty. */
function row(cells: Partial<Record<(typeof columns)[number], string>>): string {
  return columns.map((column) => cells[column] ?? '').join(',')
}
const priya = { name: 'Priya Shah', email: 'priya.shah@example.gov.uk' }

describeOnBothDatabases('The import of people', (database) => {
  const load = async (firstName: string) => loadPerson(database().kysely, (await ids(database()))(firstName))
  const refusalOf = async (csv: string, by = {}) => {
    const error = await importCsv(database(), csv, by).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    if (!(error instanceof ImportRefused)) throw new Error(`It was not refused: ${String(error)}`)
    return error.rows
  }

  test('reads everything that the rules ask about', async () => {
    const full = row({
      ...priya,
      email: 'Priya.Shah@Example.gov.uk',
      trello_member_id: members.priya,
      github: 'priya-s',
      github_id: '1001',
      aws_arn: 'arn:aws:iam::000000000000:user/priya.shah@example.gov.uk',
      employment: 'civil servant',
      apprentice: 'no',
      clearance: 'yes',
      clearance_date: '2025-11-04',
      probation: 'passed',
      tech_lead: 'sam.okoro@example.gov.uk',
      line_manager: 'sam.okoro@example.gov.uk',
      senior_tech: 'no',
      left: 'no',
      absences: '2026-01-05..2026-02-20; 2026-04-01..',
    })
    const sam = row({ name: 'Sam Okoro', email: 'sam.okoro@example.gov.uk' })
    expect(await importCsv(database(), [header, full, sam].join('\n'))).toEqual({ rows: 2, added: 2, changed: 9 })
    const id = await ids(database())
    const today = (value: unknown) => ({ value, source: 'register', date: '2026-03-02' })
    expect(await load('priya')).toEqual({
      id: id('priya'),
      fullName: 'Priya Shah',
      firstName: 'Priya',
      accounts: {
        email: { kind: 'email', id: 'priya.shah@example.gov.uk', name: 'priya.shah@example.gov.uk' },
        github: { kind: 'github', id: '1001', name: 'priya-s' },
        aws: {
          kind: 'aws',
          id: 'arn:aws:iam::000000000000:user/priya.shah@example.gov.uk',
          name: 'priya.shah@example.gov.uk',
        },
      },
      employment: today('civil-servant'),
      apprentice: today(false),
      clearance: { value: true, source: 'register', date: '2025-11-04' },
      moved: null,
      probation: today('passed'),
      techLead: today(id('sam')),
      lineManager: today(id('sam')),
      seniorTech: today(false),
      left: today(false),
      absences: today([
        { start: '2026-01-05', end: '2026-02-20' },
        { start: '2026-04-01', end: null },
      ]),
    })
  })

  test('takes an empty cell as unknown, never as no, and leaves what is known as it is', async () => {
    await importCsv(database(), [header, row({ ...priya, clearance: 'yes' })].join('\n'))
    expect((await load('priya'))?.apprentice).toBeNull()
    expect(await importCsv(database(), [header, row(priya)].join('\n'))).toEqual({ rows: 1, added: 0, changed: 0 })
    expect((await load('priya'))?.clearance?.value).toBe(true)
  })

  test('deletes nobody whose row is missing', async () => {
    await importCsv(database(), smallRegister)
    await importCsv(database(), [header, row(priya)].join('\n'))
    expect((await loadRegister(database().kysely)).people.size).toBe(6)
  })

  test('keeps the day of a fact that stands, and takes a new day that is given', async () => {
    const cleared = (date: string) => [header, row({ ...priya, clearance: 'yes', clearance_date: date })].join('\n')
    await importCsv(database(), cleared('2025-01-01'))
    expect((await importCsv(database(), cleared('2025-01-01'))).changed).toBe(0)
    expect((await importCsv(database(), cleared('2026-02-01'))).changed).toBe(1)
    expect((await importCsv(database(), [header, row({ ...priya, clearance: 'yes' })].join('\n'))).changed).toBe(0)
    expect((await load('priya'))?.clearance?.date).toBe('2026-02-01')
  })

  test('tells the log of each change, and of nothing that stood so already', async () => {
    await importCsv(database(), smallRegister)
    const changes: RegisterChange[] = []
    const changed = (change: RegisterChange) => changes.push(change)
    await importCsv(database(), smallRegister, { changed })
    expect(changes).toEqual([])
    const now = row({ ...priya, employment: 'contractor', github: 'priya-s', github_id: '1001' })
    await importCsv(database(), [header, now].join('\n'), { changed })
    const personId = (await ids(database()))('priya')
    expect(changes).toEqual([
      { what: 'account', personId, kind: 'github', how: 'linked' },
      { what: 'fact', personId, fact: 'employment', before: 'civil-servant', after: 'contractor' },
    ])
  })

  test('names every bad row with its line and reason, and imports nothing', async () => {
    const bad = [
      header,
      row(priya),
      row({ name: '', email: 'sam.okoro@example.gov.uk' }),
      row({ name: 'Dan Reyes', email: 'dan' }),
      row({ name: 'Kit Doyle', email: 'kit.doyle@example.gov.uk', left: 'maybe', clearance_date: '12/3/2026' }),
      row({ name: 'Lee Hart', email: 'lee.hart@elsewhere.example' }),
      row({ name: 'Priya Again', email: 'priya.shah@example.gov.uk' }),
      row({ name: 'Jo Bell', email: 'jo.bell@example.gov.uk', absences: 'last week' }),
      row({ name: 'Mia Cole', email: 'mia.cole@example.gov.uk', absences: '2026-05-01..2026-04-01' }),
      row({ name: '=HYPERLINK(A1)', email: 'max.reed@example.gov.uk' }),
    ].join('\n')
    expect(await refusalOf(bad)).toEqual([
      { line: 3, reason: 'name: give the full name' },
      { line: 4, reason: 'email: use a work email address' },
      { line: 5, reason: 'clearance_date: use a date such as 2026-03-12' },
      { line: 5, reason: 'left: use yes, no, or leave it empty for unknown' },
      { line: 6, reason: 'email: use an address at example.gov.uk' },
      { line: 7, reason: 'email: the same person stands in line 2' },
      { line: 8, reason: 'absences: use 2026-01-05..2026-02-20, 2026-01-05.. while away, several with ;, or none' },
      { line: 9, reason: 'absences: the return 2026-04-01 is before the start 2026-05-01' },
      { line: 10, reason: 'name: begin with a letter: a spreadsheet takes =, +, - and @ for a formula' },
    ])
    expect((await loadRegister(database().kysely)).people.size).toBe(0)
  })

  test.for([
    ['an unknown column', 'name,email,badge', `we do not know the columns badge; use ${columns.join(', ')}`],
    ['a missing column', 'name', 'the columns email are missing'],
    ['a column that is there twice', 'name,email,email', 'the columns email are there twice'],
  ])('refuses %s', async ([, first, reason]) => {
    expect(await refusalOf(`${first}\nPriya Shah,a,b`)).toEqual([{ line: 1, reason }])
  })

  test('refuses a file without rows, a row that is too short, and what is not CSV', async () => {
    expect((await refusalOf('name,email\n'))[0]?.reason).toMatch(/^there are no rows under the header name,email/)
    expect(await refusalOf('name,email\nPriya Shah\nSam Okoro,sam.okoro@example.gov.uk')).toEqual([
      { line: 2, reason: 'there are 1 cells, and 2 columns; is a comma missing, or are quotes?' },
    ])
    expect((await refusalOf('name,email\n"Priya Shah,priya.shah@example.gov.uk'))[0]?.reason).toBe(
      'this is not CSV: check the quotes',
    )
  })

  test('refuses a tech lead whom nobody knows, and one who is the engineer', async () => {
    const csv = [
      header,
      row({ ...priya, tech_lead: 'nobody@example.gov.uk' }),
      row({ name: 'Lee Hart', email: 'lee.hart@example.gov.uk', tech_lead: 'lee.hart@example.gov.uk' }),
    ]
    expect(await refusalOf(csv.slice(0, 2).join('\n'))).toEqual([
      { line: 2, reason: 'tech_lead: nobody has the email nobody@example.gov.uk' },
    ])
    expect(await refusalOf(csv.join('\n'))).toEqual([{ line: 3, reason: 'tech_lead: nobody is their own tech lead' }])
  })

  test('refuses an account linked to two people', async () => {
    await importCsv(database(), [header, row({ ...priya, github: 'priya-s', github_id: '1001' })].join('\n'))
    const lee = row({ name: 'Lee Hart', email: 'lee.hart@example.gov.uk', github: 'lee', github_id: '1001' })
    expect(await refusalOf([header, lee].join('\n'))).toEqual([
      {
        line: 2,
        reason: 'The GitHub account lee belongs to somebody else in the register. Check it, or ask a register keeper.',
      },
    ])
    expect(await load('lee')).toBeNull()
  })

  test('refuses a GitHub username without its stable id', async () => {
    expect(await refusalOf([header, row({ ...priya, github: 'priya-s' })].join('\n'))).toEqual([
      { line: 2, reason: 'github_id: give GitHub’s numeric id beside the username' },
    ])
  })

  test('refuses a keeper’s change to their own facts, and lets their unchanged row pass', async () => {
    await importCsv(database(), smallRegister)
    const personId = (await ids(database()))('rae')
    expect(await importCsv(database(), smallRegister, { personId })).toMatchObject({ changed: 0 })
    const rae = { name: 'Rae Lund', email: 'rae.lund@example.gov.uk' }
    expect(await refusalOf([header, row({ ...rae, clearance: 'yes' })].join('\n'), { personId })).toEqual([
      {
        line: 2,
        reason: 'This is about you, and nobody changes their own facts. Ask another register keeper.',
      },
    ])
    const leads = row({ ...priya, tech_lead: rae.email })
    expect(await refusalOf([header, leads].join('\n'), { personId })).toEqual([
      { line: 2, reason: 'This would give you a role in approvals. Ask another register keeper.' },
    ])
  })

  test('refuses a role over a Trello account that only a colleague linked, until its id is imported', async () => {
    await importCsv(database(), smallRegister)
    const id = await ids(database())
    const lee = { name: 'Lee Hart', email: 'lee.hart@example.gov.uk', senior_tech: 'yes' }
    await database().transaction(async (tx) => {
      await claimPerson(tx, { memberId: members.stranger, personId: id('lee'), at })
      await confirmClaim(tx, { personId: id('lee'), by: id('sam'), at })
    })
    expect((await refusalOf([header, row(lee)].join('\n')))[0]?.reason).toContain(
      'The Trello account of Lee Hart is linked on a colleague’s word.',
    )
    await importCsv(database(), [header, row({ ...lee, trello_member_id: members.stranger })].join('\n'))
    expect((await load('lee'))?.seniorTech?.value).toBe(true)
  })

  test('does not give another’s facts to whoever typed their address', async () => {
    await importCsv(database(), smallRegister)
    const personId = (await ids(database()))('kit')
    const email = 'nia.frost@example.gov.uk'
    const own = database().kysely.deleteFrom('person_account').where('kind', '=', 'email')
    await own.where('person_id', '=', personId).execute()
    await database().transaction((tx) =>
      setAccount(tx, { personId, kind: 'email', id: email, name: email, setBy: personId, at }),
    )
    expect(await refusalOf([header, row({ name: 'Nia Frost', email, senior_tech: 'yes' })].join('\n'))).toEqual([
      { line: 2, reason: 'email: Kit Doyle gave this address as their own; put one of the two right first' },
    ])
    expect(await refusalOf([header, row({ ...priya, tech_lead: email })].join('\n'))).toEqual([
      { line: 2, reason: `tech_lead: Kit Doyle gave ${email} themselves; add their row to this file` },
    ])
  })

  test('gives a first keeper, known by Trello account only, their name and email', async () => {
    expect(await database().transaction((tx) => ensureKeepers(tx, [members.rae], clock))).toEqual([members.rae])
    expect(await database().transaction((tx) => ensureKeepers(tx, [members.rae], clock))).toEqual([])
    expect(await importCsv(database(), smallRegister)).toMatchObject({ added: 5 })
    const { people } = await loadRegister(database().kysely)
    expect([...people.values()].filter((person) => person.fullName === 'Rae Lund')).toHaveLength(1)
    expect(people.get(`keeper-${members.rae}`)?.accounts.email?.id).toBe('rae.lund@example.gov.uk')
  })

  test('leaves a keeper whom another one dismissed dismissed, at every start', async () => {
    await importCsv(database(), smallRegister)
    const personId = (await ids(database()))('rae')
    const no = { personId, fact: 'keeper' as const, value: false, source: 'register', asOf: null, by: 'another keeper' }
    await database().transaction((tx) => setFact(tx, no, clock))
    expect(await database().transaction((tx) => ensureKeepers(tx, [members.rae], clock))).toEqual([])
  })

  test('refuses a keeper who links their own record to another account', async () => {
    await importCsv(database(), smallRegister)
    const by = { personId: (await ids(database()))('rae') }
    const own = row({ name: 'Rae Lund', email: 'rae.lund@example.gov.uk', trello_member_id: members.stranger })
    await expect(importCsv(database(), [header, own].join('\n'), by)).rejects.toMatchObject({
      rows: [{ line: 2, reason: 'This would change your own accounts. Ask another register keeper.' }],
    })
  })

  test('reads back what the listing writes, and changes nothing by it', async () => {
    await importCsv(database(), smallRegister)
    const away = row({
      name: 'Shah, Priya "P"',
      email: priya.email,
      clearance: 'no',
      clearance_date: '2026-01-09',
      absences: '2026-01-05..2026-02-20; 2026-04-01..',
    }).replace('Shah, Priya "P"', '"Shah, Priya ""P"""')
    await importCsv(database(), [header, away].join('\n'))
    const listing = await listPeople(database().kysely)
    expect(listing.split('\n')[0]).toBe(header)
    expect(await importCsv(database(), listing)).toEqual({ rows: 6, added: 0, changed: 0 })
    expect(await listPeople(database().kysely)).toBe(listing)
    // Imported before names were looked at: it stays text in a spreadsheet.
    await database()
      .kysely.updateTable('person')
      .set({ full_name: '=1+1' })
      .where('full_name', '=', 'Sam Okoro')
      .execute()
    expect(await listPeople(database().kysely)).toContain(`\n'=1+1,`)
  })
})
