import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { append } from '../../server/audit/append.ts'
import { type Database, openDatabase } from '../../server/db/database.ts'
import { json } from '../../server/db/json.ts'
import { commandsToReview } from '../../server/grants/commands-to-review.ts'
import { checkCommand, planOfCommand, revokeByCommand } from '../../server/grants/revoke-by-command.ts'
import { verifySteps } from '../../server/grants/verify-steps.ts'
import { run } from '../check/run.ts'
import { testDatabase } from '../db/database.ts'
import { addPerson } from '../db/rows.ts'
import { startFrom } from '../db/start-from.ts'
import type { LocalGithub } from '../local-systems/github.ts'
import { wholeEnvironment } from '../systems/environment.ts'
import { closeAll, granted } from './granted.ts'
import { org, startTestOffice, type TestOffice } from './office.ts'

/** `npm run revoke`: for cause, when Trello is down and nobody can sign with a token. */

const partsOf = ({ db, office, adapters }: TestOffice) => ({
  db,
  office,
  adapters,
  append: (tx: Parameters<typeof append>[0], events: Parameters<typeof append>[1]) => append(tx, events, office.clock),
})
/** A database that is closed and opened again under an office, as a server's is that stops and starts. */
const databaseOf = (open: () => Database): Database => ({
  get kysely() {
    return open().kysely
  },
  engine: open().engine,
  says: open().says,
  transaction: (work) => open().transaction(work),
  executeSql: (...sql) => open().executeSql(...sql),
  close: () => open().close(),
})

/** @param only the one system that answers: whatever else is asked, Trello first of all, is down */
function runCommand(folder: string, args: string[], { only }: { only?: LocalGithub } = {}) {
  const { DATABASE_URL: _, ...environment } = wholeEnvironment(folder)
  const env = {
    ...environment,
    EMBEDDED_DATABASE_DIR: folder,
    EMBEDDED_DATABASE_ACCEPTS_LOSS: 'on-power-cut',
    ...(only ? { GITHUB_TOKEN: only.token } : {}),
  }
  const answering = `const real = fetch
    globalThis.fetch = (url, init) => {
      if (!String(url).startsWith('https://api.github.com/')) throw new Error(url + ' is down')
      return real(String(url).replace('https://api.github.com', '${only?.origin}/api'), init)
    }`
  const command = join(import.meta.dirname, '../../server/revoke-cli.ts')
  const node = ['--import', `data:text/javascript,${encodeURIComponent(answering)}`, command, ...args]
  return run(node, { env })
}

const asked = { person: 'priya.shah@example.gov.uk', operator: 'dan reyes', reason: 'Lost laptop' }

test('by somebody who may, everything goes and is read back, logged with their name and never with why', async () => {
  const it = await startTestOffice(await testDatabase())
  try {
    const parts = partsOf(it)
    const request = await granted(it)
    // Found beside the record: it goes with the rest, and the log says that it was settled so.
    const now = it.office.clock.calendar()
    await it.db.kysely
      .insertInto('drift_finding')
      .values({
        id: 'found-1',
        identity: 'extra fastly',
        kind: 'extra',
        key: 'fastly',
        system: 'fastly',
        level: 'admin',
        person_id: await it.personId('Priya Shah'),
        account: json({ kind: 'email', id: 'priya.shah@example.gov.uk', name: 'priya.shah@example.gov.uk' }),
        over_grant: true,
        sentence: 'Priya Shah has Fastly.',
        first_seen_at: now,
        last_seen_at: now,
      })
      .execute()
    for (const [change, sentence] of [
      [{ person: 'nobody@example.gov.uk' }, 'The register has nobody called nobody@example.gov.uk'],
      [{ person: 'Priya Shah' }, 'Use a work address or an id.'],
      [{ operator: 'Sam Okoro' }, 'Sam Okoro may not do this.'],
      [{ person: 'dan.reyes@example.gov.uk' }, 'Nobody revokes their own access for cause.'],
      [{ reason: ' ' }, 'Say why with --reason'],
    ] as const)
      await expect(checkCommand(parts, { ...asked, ...change })).rejects.toThrow(sentence)
    const commanded = await checkCommand(parts, asked)
    const { goes } = await planOfCommand(parts, commanded)
    expect(goes.map(({ plan }) => plan.key)).toContain('github-production-deploy')
    expect((await it.request(request)).state).toBe('granted')

    await revokeByCommand(parts, commanded)
    expect((await it.request(request)).state).toBe('revoking')
    await expect(planOfCommand(parts, commanded)).rejects.toThrow('is being revoked already')
    await closeAll(it, request, 'revoke')
    expect((await it.request(request)).state).toBe('ended')
    expect(it.github.membership(org, 'production-deploy', 'priya-s')).toBe('none')

    const [event] = await it.events('revoked-by-command')
    expect(event?.data).toMatchObject({ reviewAfter: true })
    const log = await it.db.kysely.selectFrom('event').select(['type', 'actor', 'data']).execute()
    expect(log.find(({ type }) => type === 'revoked-by-command')?.actor).toBe(
      `operator:${await it.personId('Dan Reyes')}`,
    )
    expect(JSON.stringify(log)).not.toContain('laptop')
    expect((await it.events('drift-removal-opened')).map(({ data }) => data)).toEqual([
      { finding: 'found-1', place: 'fastly' },
    ])
    const told = await it.db.kysely.selectFrom('notice').selectAll().where('kind', '=', 'for-cause').execute()
    expect(told.map(({ mentions }) => mentions)).toEqual([[await it.personId('Rae Lund')]])
    // Somebody else looks at it after, and it waits in their queue until then.
    const priya = await it.personId('Priya Shah')
    expect(await commandsToReview(it.db.kysely)).toMatchObject([{ personId: priya, operatorName: 'Dan Reyes' }])
    await expect(it.act('dan', 'look-at-command', priya)).rejects.toThrow('because you gave the command')
    await it.act('rae', 'look-at-command', priya)
    expect(await commandsToReview(it.db.kysely)).toEqual([])
    await expect(it.act('rae', 'look-at-command', priya)).rejects.toThrow('Nothing of theirs waits')
    expect(await verifySteps(it.db.kysely)).toEqual([])
    expect(await it.intact()).toBe(true)
    await expect(planOfCommand(parts, commanded)).rejects.toThrow('Priya Shah holds nothing that was given here.')
  } finally {
    await it.close()
  }
})

test('forged: a step that no command took is not carried out', async () => {
  const it = await startTestOffice(await testDatabase())
  try {
    const parts = partsOf(it)
    const request = await granted(it)
    await revokeByCommand(parts, await checkCommand(parts, asked))
    const step = await it.step(request, 'github-production-deploy', 'revoke')
    const other = { ...step.plan, account: { ...step.plan.account, id: '1008', name: 'lee-h' } }
    it.github.addMember(org, 'production-deploy', 'lee-h')
    await it.db.kysely
      .updateTable('step')
      .set({ plan: JSON.stringify(other) })
      .where('id', '=', step.id)
      .execute()
    await it.run()
    expect(await it.step(request, step.key, 'revoke')).toMatchObject({ state: 'stuck', turn: 'senior-tech' })
    expect(it.github.membership(org, 'production-deploy', 'lee-h')).toBe('active')
  } finally {
    await it.close()
  }
})

test('as a process, with Trello down: what it opened beside a stopped server, the started one carries out and reads back', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'revoke-'))
  let open = await openDatabase({ url: null, dataDir: folder, startFrom })
  const it = await startTestOffice(databaseOf(() => open))
  try {
    const request = await granted(it)
    await open.close()
    const { out, code } = await runCommand(
      folder,
      ['--person', asked.person, '--operator', asked.operator, '--reason', asked.reason, '--yes'],
      { only: it.github },
    )
    expect(out).toContain('Of Priya Shah, this goes:')
    expect(out).toContain('Revoking, and logged with Dan Reyes.')
    expect(out).toContain('Start the server: it carries it out.')
    expect(out).not.toContain('laptop')
    expect(code).toBe(0)

    open = await openDatabase({ url: null, dataDir: folder, startFrom })
    expect((await it.request(request)).state).toBe('revoking')
    expect(it.github.membership(org, 'production-deploy', 'priya-s')).toBe('active')
    // The command went by the machine's own clock.
    it.pass(Math.max(0, Date.now() - it.office.clock.wall().getTime()))
    await it.db.kysely.updateTable('rota').set({ ends: '2999-01-04' }).execute()
    expect(await closeAll(it, request, 'revoke')).toBe(true)
    expect(it.github.membership(org, 'production-deploy', 'priya-s')).toBe('none')
    expect(await it.step(request, 'github-production-deploy', 'revoke')).toMatchObject({ state: 'verified' })
    expect((await it.request(request)).state).toBe('ended')
    expect(await verifySteps(it.db.kysely)).toEqual([])
    expect(await it.intact()).toBe(true)
    expect(it.reported).toEqual([])
  } finally {
    await it.close()
    await open.close()
    await rm(folder, { recursive: true })
  }
})

test('the command says what to do: while the server holds the database, and for somebody who holds nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'revoke-'))
  const who = ['--person', 'p-priya', '--operator', 'p-rae', '--reason', 'Lost laptop']
  try {
    const db = await openDatabase({ url: null, dataDir: folder })
    const held = await runCommand(folder, who)
    expect(held.code).toBe(2)
    expect(held.out).toContain('Stop the server, run this again, and start the server')
    await addPerson(db.kysely, 'p-priya')
    await db.close()
    const refused = await runCommand(folder, [...who, '--yes'])
    expect(refused.code).toBe(1)
    expect(refused.out).toContain('The register has nobody called p-rae (--operator).')
  } finally {
    await rm(folder, { recursive: true })
  }
})
