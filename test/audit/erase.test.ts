import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { append } from '../../server/audit/append.ts'
import { erasePerson } from '../../server/audit/erase.ts'
import { verifyLog } from '../../server/audit/verify.ts'
import { type Database, openDatabase } from '../../server/db/database.ts'
import { json } from '../../server/db/json.ts'
import { setAccount } from '../../server/people/accounts.ts'
import { addPerson } from '../db/rows.ts'
import { clock, writeSmallLog } from './small-log.ts'

/** Personal details beside the log go when somebody asks for it; the chain and the evidence stay. */

let folder: string
let db: Database
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'erase-'))
  db = await openDatabase({ url: null, dataDir: folder })
  await writeSmallLog(db)
  await addPerson(db.kysely, 'p-priya', 'Priya Shah')
  const account = { personId: 'p-priya', kind: 'github' as const, id: '1001', name: 'priya-s', setBy: 'import' }
  await db.transaction((tx) => setAccount(tx, { ...account, at: clock.calendar() }))
  await db.transaction((tx) =>
    append(
      tx,
      ['p-priya', 'p-lee'].map((personId) => ({
        type: 'step-verified' as const,
        actor: 'system',
        requestId: 'r-1',
        personId,
        stepId: null,
        boardId: null,
        data: { key: 'github' },
        detail: { sentence: `Add ${personId} to GOV.UK Production Deploy` },
      })),
      clock,
    ),
  )
})
afterEach(async () => {
  await db.close()
  await rm(folder, { recursive: true })
})

const about = async (person: string) =>
  (
    await db.kysely
      .selectFrom('event_detail')
      .innerJoin('event', 'event.seq', 'event_detail.seq')
      .select('event.seq')
      .where('person_id', '=', person)
      .execute()
  ).length
const last = () =>
  db.kysely.selectFrom('event').select(['type', 'actor', 'person_id', 'data']).orderBy('seq', 'desc').executeTakeFirst()
const asked = { personId: 'p-priya', operator: 'jo-ops', reason: 'erasure request 12' }
const evidence = async () => (await db.kysely.selectFrom('signed_act').selectAll().execute()).length

test('erases what is about this person and nobody else, logs by whom and why, and the chain verifies', async () => {
  const before = [await about('p-priya'), await about('p-lee'), await evidence()]
  expect(before[0]).toBeGreaterThan(0)
  expect(await erasePerson(db, asked, clock)).toBe(before[0])
  expect([await about('p-priya'), await about('p-lee'), await evidence()]).toEqual([0, ...before.slice(1)])
  expect(await last()).toEqual({
    type: 'details-erased',
    actor: 'operator:jo-ops',
    person_id: 'p-priya',
    data: { details: before[0], reason: 'erasure request 12' },
  })
  expect(await verifyLog(db.kysely, [])).toMatchObject({ ok: true })
})

test('forgets what comparisons found of this person and is settled, and keeps what is open: it is access they have', async () => {
  const at = clock.calendar()
  const finding = (id: string, person_id: string, settled_at: Date | null) => ({
    id,
    identity: id,
    kind: 'extra' as const,
    key: 'github',
    system: 'github',
    level: 'deploy',
    person_id,
    account: JSON.stringify({ kind: 'github', id: '1001', name: `login-of-${id}` }),
    over_grant: false,
    sentence: `sentence of ${id}`,
    first_seen_at: at,
    last_seen_at: at,
    settled_at,
  })
  await addPerson(db.kysely, 'p-lee', 'Lee Hart')
  const rows = [finding('settled', 'p-priya', at), finding('open', 'p-priya', null), finding('other', 'p-lee', at)]
  await db.kysely.insertInto('drift_finding').values(rows).execute()
  await erasePerson(db, asked, clock)
  const left = JSON.stringify(await db.kysely.selectFrom('drift_finding').select(['account', 'sentence']).execute())
  expect(left).not.toContain('settled')
  expect(left).toContain('login-of-open')
  expect(left).toContain('login-of-other')
})

test('forgets what a system told us of this person, and of nobody else', async () => {
  const row = (account: string) => ({
    system: 'signon',
    account,
    its_id: `u-${account}`,
    at: clock.calendar(),
    entry: json({ suspended: false }),
  })
  await db.kysely.insertInto('system_told').values(['1001', '1002'].map(row)).execute()
  await erasePerson(db, asked, clock)
  expect(await db.kysely.selectFrom('system_told').select('account').execute()).toEqual([{ account: '1002' }])
})

describe('denies', () => {
  test.each([
    ['an operator who is not named', { operator: '' }, 'Say who you are with --operator'],
    ['a full name as operator', { operator: 'Jo Bell' }, 'Say who you are with --operator'],
    ['no reason', { reason: ' ' }, 'Say why with --reason'],
    ['a reason with the name in it', { reason: 'priya shah asked' }, 'The reason names this person.'],
    ['a reason with an account in it', { reason: 'priya-s asked' }, 'The reason names this person.'],
    ['somebody nobody knows', { personId: 'p-nobody' }, 'There is nobody with the id p-nobody.'],
  ])('%s, and nothing is erased', async (_what, change, sentence) => {
    const before = await about('p-priya')
    await expect(async () => erasePerson(db, { ...asked, ...change }, clock)).rejects.toThrow(sentence)
    expect([await about('p-priya'), (await last())?.type]).toEqual([before, 'step-verified'])
  })
})

describe('The command', () => {
  const command = join(import.meta.dirname, '../../server/audit/erase-cli.ts')
  const run = (args: string[]) =>
    new Promise<{ code: number | null; said: string }>((done) => {
      const env = { EMBEDDED_DATABASE_DIR: folder }
      const child = execFile(process.execPath, [command, ...args], { env }, (_error, stdout, stderr) =>
        done({ code: child.exitCode, said: stdout + stderr }),
      )
    })

  test('says what it erased; refuses with 1 and what to add; ends with 2 while the server holds the database', async () => {
    const args = ['--person', 'p-priya', '--operator', 'jo-ops', '--reason', 'erasure request 12']
    expect(await run(args)).toMatchObject({ code: 2, said: expect.stringContaining('Another process') })
    await db.close()
    expect(await run(args.slice(0, 2))).toMatchObject({ code: 1, said: expect.stringContaining('--operator') })
    expect(await run([])).toMatchObject({ code: 1, said: expect.stringContaining('--person') })
    expect(await run(args)).toEqual({
      code: 0,
      said: 'Erased 1 detail about p-priya, and logged it. npm run verify finds the log whole.\n',
    })
    db = await openDatabase({ url: null, dataDir: folder })
    expect(await about('p-priya')).toBe(0)
  })
})
