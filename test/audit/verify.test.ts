import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { append } from '../../server/audit/append.ts'
import { type ChainedEvent, firstBreak, hashOf } from '../../server/audit/chain.ts'
import { exportLog } from '../../server/audit/export.ts'
import { publishedHeads, publishHead } from '../../server/audit/heads.ts'
import { wholeLog } from '../../server/audit/read.ts'
import { verifyExport, verifyLog } from '../../server/audit/verify.ts'
import type { Database } from '../../server/db/database.ts'
import { digestOf } from '../../server/requests/challenge.ts'
import { testDatabase } from '../db/database.ts'
import { createTokenSigner } from '../local-trello/signer.ts'
import { clock, opened, samsMember, signedApproval, signer, writeSmallLog } from './small-log.ts'

let database: Database
let folder = ''
let heads = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-'))
})
beforeEach(async () => {
  database = await testDatabase()
  heads = join(folder, `heads-${Math.random()}.jsonl`)
  await writeSmallLog(database)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of source) found.push(one)
  return found
}
const events = () => all(wholeLog(database.kysely))
const exported = async () => (await all(exportLog(database.kysely))).join('')

/** Makes the chain agree with itself again after a change, as somebody who owns the database could. */
function rechained(changed: Omit<ChainedEvent, 'hash'>[]): ChainedEvent[] {
  let prevHash = ''
  return changed.map((event, index) => {
    const whole = { ...event, seq: index + 1, prevHash }
    const { hash: _old, ...rest } = { hash: '', ...whole }
    prevHash = hashOf(rest)
    return { ...rest, hash: prevHash }
  })
}

describe('An untouched log', () => {
  test('is whole, in the database and exported', async () => {
    await publishHead(database, heads, clock)
    const whole = { ok: true, lines: expect.arrayContaining(['The log is whole: 5 events in one chain.']) }
    expect(await verifyLog(database.kysely, await publishedHeads(heads))).toEqual(whole)
    expect(await verifyExport(await exported(), await publishedHeads(heads))).toEqual(whole)
  })

  test('says which keys signed, so that they can be compared with Trello’s', async () => {
    const { lines } = await verifyLog(database.kysely, [])
    expect(lines.filter((line) => /^Key [0-9a-f]{32} signed 1 of them/.test(line))).toHaveLength(1)
  })

  test('says so when there is no published head to compare with', async () => {
    expect((await verifyLog(database.kysely, [])).lines).toContain(
      'No published head to compare with: whoever can write to the database could have rewritten all of it.',
    )
  })
})

describe('Somebody who changes the log is found out', () => {
  test('whichever byte of an event they flip', async () => {
    const lines = (await exported()).split('\n').slice(0, 4)
    const unnoticed: string[] = []
    for (const [index, line] of lines.entries()) {
      for (let place = 0; place < line.length; place++) {
        const flipped = String.fromCharCode(line.charCodeAt(place) ^ 1)
        const changed = lines.with(index, line.slice(0, place) + flipped + line.slice(place + 1))
        const { ok } = await verifyExport(changed.join('\n'), [])
        if (ok) unnoticed.push(`line ${index + 1}, byte ${place + 1}`)
      }
    }
    expect(unnoticed).toEqual([])
  })

  test.for([
    ['drops an event', (log: ChainedEvent[]) => log.toSpliced(1, 1), 2, 'it is missing'],
    ['drops the first event', (all: ChainedEvent[]) => all.slice(1), 1, 'it is missing'],
    ['swaps two events', (all: ChainedEvent[]) => [all[1], all[0], ...all.slice(2)], 1, 'it is missing'],
    ['repeats an event', (all: ChainedEvent[]) => [all[0], ...all], 2, 'it is missing'],
    [
      'swaps two numbers too',
      (all: ChainedEvent[]) => [
        { ...all[1], seq: 1 },
        { ...all[0], seq: 2 },
      ],
      1,
      'it does not follow from the event before it',
    ],
    [
      'changes who acted',
      (all: ChainedEvent[]) => all.with(2, { ...all[2], actor: 'p-dan' } as ChainedEvent),
      3,
      'its content was changed',
    ],
  ] as const)('who %s', async ([, change, seq, what]) => {
    const changed = change(await events()) as ChainedEvent[]
    expect(await firstBreak(changed)).toEqual({ seq, what })
  })

  test('who cuts off the end, by the published head', async () => {
    await publishHead(database, heads, clock)
    const short = (await events()).slice(0, 2)
    expect(await firstBreak(short)).toBeNull()
    expect(await firstBreak(short, await publishedHeads(heads))).toEqual({
      seq: 3,
      what: 'the log ends before its published head, event 4',
    })
  })

  test('who rewrites the log and chains it again, by the published head', async () => {
    await publishHead(database, heads, clock)
    const rewritten = rechained(
      (await events()).map((event) => (event.seq === 2 ? { ...event, actor: 'p-dan' } : event)),
    )
    expect(await firstBreak(rewritten)).toBeNull()
    expect(await firstBreak(rewritten, await publishedHeads(heads))).toEqual({
      seq: 4,
      what: 'it differs from the published head',
    })
  })

  test('who cuts off the end in the database itself', async () => {
    const { kysely } = database
    await sql`alter table event disable trigger user`.execute(kysely)
    await kysely.deleteFrom('event').where('seq', '=', 4).execute()
    await sql`alter table event enable trigger user`.execute(kysely)
    expect((await verifyLog(kysely, [])).lines).toEqual([
      'The log is broken at event 4: the log ends before its published head, event 4.',
    ])
  })
})

describe('Somebody who changes the evidence of an approval is found out', () => {
  const change = (values: Record<string, string | null>) =>
    database.kysely.updateTable('signed_act').set(values).execute()
  const said = async () => (await verifyLog(database.kysely, [])).lines

  test('who alters any character of the token', async () => {
    const { token } = await database.kysely.selectFrom('signed_act').select('token').executeTakeFirstOrThrow()
    const text = await exported()
    const unnoticed: number[] = []
    for (let place = 0; place < token.length; place++) {
      const other = token[place] === 'A' ? 'B' : 'A'
      const altered = token.slice(0, place) + other + token.slice(place + 1)
      if ((await verifyExport(text.replace(token, altered), [])).ok) unnoticed.push(place)
    }
    expect(unnoticed).toEqual([])
  })

  test('who alters the statement', async () => {
    const { statement } = await signedApproval()
    await change({ statement: statement.replace('CD2', 'CD3') })
    expect(await said()).toEqual(['Signed act a-1 (approve on r-1): its statement was changed.'])
  })

  test('who alters statement and digest together', async () => {
    const kept = await signedApproval()
    const statement = kept.statement.replace('CD2', 'CD3')
    await change({ statement, digest: digestOf(statement) })
    expect(await said()).toEqual([
      'The log is broken at event 3: the evidence of "approved" is another one.',
      'Signed act a-1 (approve on r-1): its challenge does not stand for its statement.',
    ])
  })

  test('who puts another’s token there', async () => {
    const { token, challenge } = await signedApproval('5f0000000000000000000002')
    await change({ token, challenge })
    expect(await said()).toEqual(['Signed act a-1 (approve on r-1): its token belongs to somebody else.'])
  })

  test('who puts the token of another approval there', async () => {
    const { token } = await signedApproval()
    await change({ token })
    expect(await said()).toEqual(['Signed act a-1 (approve on r-1): its token was made for something else.'])
  })

  test('who signs with a key of their own', async () => {
    const { challenge } = await database.kysely.selectFrom('signed_act').select('challenge').executeTakeFirstOrThrow()
    const claims = { idPlugin: 'plugin', idBoard: 'board-1', idMember: samsMember, state: challenge }
    await change({ token: await signer.forge(claims) })
    expect(await said()).toEqual(['Signed act a-1 (approve on r-1): its token is not signed by its key.'])
  })

  test('who signs with a key of their own and keeps that key beside it, by the published keys', async () => {
    const { challenge } = await database.kysely.selectFrom('signed_act').select('challenge').executeTakeFirstOrThrow()
    await publishHead(database, heads, clock, signer.publicKeys())
    const [published] = await publishedHeads(heads)
    expect(published?.keys).toHaveLength(signer.publicKeys().length)
    expect((await verifyLog(database.kysely, await publishedHeads(heads))).ok).toBe(true)
    const forger = createTokenSigner(() => new Date('2026-03-02T09:00:00.000Z'))
    const token = await forger.sign({ idPlugin: 'plugin', idBoard: 'board-1', idMember: samsMember, state: challenge })
    await change({ token, public_key: forger.publicKeys()[0] ?? '' })
    expect(await verifyLog(database.kysely, await publishedHeads(heads))).toEqual({
      ok: false,
      lines: ['Signed act a-1 (approve on r-1): its key was never published as one of Trello’s.'],
    })
  })

  test('who puts a token there that Trello signed for another Power-Up, or for another board', async () => {
    const { challenge } = await database.kysely.selectFrom('signed_act').select('challenge').executeTakeFirstOrThrow()
    const claims = { idPlugin: 'plugin', idBoard: 'board-1', idMember: samsMember, state: challenge }
    expect((await verifyLog(database.kysely, [], 'plugin')).ok).toBe(true)
    await change({ token: await signer.sign({ ...claims, idPlugin: 'other' }) })
    expect((await verifyLog(database.kysely, [], 'plugin')).lines).toEqual([
      'Signed act a-1 (approve on r-1): its token was made for another Power-Up.',
    ])
    await change({ token: await signer.sign({ ...claims, idBoard: 'board-2' }) })
    expect(await said()).toEqual(['Signed act a-1 (approve on r-1): its token is of another board.'])
  })

  test('who says that somebody else approved', async () => {
    await change({ person_id: 'p-dan' })
    expect(await said()).toEqual([
      'The log is broken at event 3: the evidence of "approved" is another one.',
      'Signed act a-1 (approve on r-1): its statement is somebody else’s.',
    ])
  })

  test('who says that another plan was approved, and chains the log again', async () => {
    const changed = rechained(
      (await events()).map((event) =>
        event.seq === 3 ? { ...event, data: { ...event.data, planHash: 'ffff' } } : event,
      ),
    )
    const acts = (await exported()).split('\n').filter((line) => line.startsWith('{"signedAct"'))
    const text = [...changed.map((event) => JSON.stringify(event)), ...acts].join('\n')
    expect((await verifyExport(text, [])).lines).toEqual([
      'The log is broken at event 3: the plan of "approved" is not the one that was signed.',
    ])
  })

  test('who removes it', async () => {
    await database.kysely.deleteFrom('signed_act').execute()
    expect(await said()).toEqual(['The log is broken at event 3: the evidence of "approved" is missing.'])
  })
})

describe('Published heads', () => {
  test('are added when something else happened, and not otherwise; the log tells of each', async () => {
    expect(await publishedHeads(heads)).toEqual([])
    expect((await publishHead(database, heads, clock))?.seq).toBe(4)
    expect(await publishHead(database, heads, clock)).toBeNull()
    await database.transaction((tx) => append(tx, [opened()], clock))
    await publishHead(database, heads, clock)
    expect((await publishedHeads(heads)).map((head) => head.seq)).toEqual([4, 6])
    const told = (await events()).filter((event) => event.type === 'head-published')
    expect(told.map(({ seq, data }) => [seq, data])).toEqual([
      [5, { head: 4 }],
      [7, { head: 6 }],
    ])
  })

  test('of two servers with files of their own do not answer each other for ever', async () => {
    const other = join(folder, `other-${Date.now()}.jsonl`)
    await publishHead(database, heads, clock)
    await publishHead(database, other, clock)
    expect(await publishHead(database, heads, clock)).toBeNull()
    expect(await publishHead(database, other, clock)).toBeNull()
  })

  test('survive a line that a crash cut short', async () => {
    await publishHead(database, heads, clock)
    await writeFile(heads, '\n{"seq":5,"ha', { flag: 'a' })
    await database.transaction((tx) => append(tx, [opened()], clock))
    await publishHead(database, heads, clock)
    expect((await publishedHeads(heads)).map((head) => head.seq)).toEqual([4, 6])
  })

  test('that cannot be read are not taken for none', async () => {
    await expect(publishedHeads(folder)).rejects.toThrow(/EISDIR/)
  })
})

describe('The command', () => {
  const command = join(import.meta.dirname, '../../server/verify-cli.ts')
  const run = (file: string[], environment: Record<string, string>) =>
    new Promise<{ code: number | null; said: string }>((done) => {
      const child = execFile(process.execPath, [command, ...file], { env: environment }, (_error, stdout, stderr) =>
        done({ code: child.exitCode, said: stdout + stderr }),
      )
    })

  test('ends with 0 for a whole export, and with 1 and the place for a broken one', async () => {
    const file = join(folder, 'log.jsonl')
    const text = await exported()
    await writeFile(file, text)
    expect(await run([file], {})).toMatchObject({ code: 0, said: expect.stringContaining('4 events in one chain') })
    await writeFile(file, text.replace('"type":"ready"', '"type":"raedy"'))
    expect(await run([file], {})).toEqual({
      code: 1,
      said: 'The log is broken at event 2: its content was changed.\n',
    })
  })

  test('ends with 2 where there is nothing to check, and makes nothing', async () => {
    const missing = join(folder, 'nobody')
    expect(await run([], { EMBEDDED_DATABASE_DIR: missing })).toEqual({
      code: 2,
      said: `There is no embedded database in ${missing}.\n`,
    })
    expect((await run([], {})).code).toBe(2)
  })
})
