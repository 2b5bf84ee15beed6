import { beforeEach, expect, test } from 'vitest'
import { londonDay } from '../../../server/clock.ts'
import { json } from '../../../server/db/json.ts'
import { compareWhenDue } from '../../../server/grants/drift/run.ts'
import type { Listed } from '../../../server/grants/system.ts'
import { driftFor } from '../../../server/http/reading/drift.ts'
import { comparisonPart } from '../../../server/http/views/settings/comparison.ts'
import { heldRuns, letRun } from '../../../server/requests/held-runs.ts'
import { describeOnBothDatabases } from '../../db/database.ts'
import { person } from '../../http/views/world.ts'
import { ruleSet } from '../office.ts'
import { accountOf, addHolders, type Running, running, type Systems, systemsFor, wholeDay } from './crowd.ts'

const HOURS = 3_600_000
const team = 'github member'

describeOnBothDatabases('The record is compared with every system', (database) => {
  let systems: Systems
  let it: Running

  async function seeded(count: number): Promise<void> {
    await addHolders(database(), count)
    systems = systemsFor(count)
    it = running(database(), systems)
  }
  const run = () => compareWhenDue(it.parts)
  const nextDay = () => {
    it.pass(25 * HOURS)
    return run()
  }
  const findings = () =>
    database().kysely.selectFrom('drift_finding').selectAll().orderBy('key').orderBy('identity').execute()
  const open = async () => (await findings()).filter((row) => row.settled_at === null).map((row) => row.sentence)
  const events = async (type: 'drift-found' | 'drift-gone') =>
    (await database().kysely.selectFrom('event').selectAll().where('type', '=', type).execute()).length
  const entry = (n: number): Listed => ({ account: accountOf(n, 'github'), has: 'wanted', detail: 'It is there.' })

  beforeEach(() => seeded(3))

  test('once a day, by one process at a time, and nothing is found where they agree', async () => {
    const report = await run()
    expect(report?.systems['github']).toMatchObject({ agree: 3, cannotTell: [] })
    expect(report?.systems['logit']?.cannotTell).toEqual(['Logit: Nothing lists who has it.'])
    expect(report?.notAsked).toEqual(['Argo CD has no list of its own: GitHub, which it follows, is compared.'])
    expect(await findings()).toEqual([])
    expect(await run()).toBeNull()
    it.pass(25 * HOURS)
    const both = await Promise.all([run(), run()])
    expect(both.filter((one) => one !== null)).toHaveLength(1)
  })

  test('what is found stays open from its first day until it is gone, and each is logged once', async () => {
    systems.lists.set(team, [entry(0), entry(1), { ...entry(7), account: { kind: 'github', id: '7', name: 'ghost' } }])
    await run()
    const first = it.parts.clock.calendar()
    await nextDay()
    expect(await open()).toEqual([
      'Our record says that Holder Number 2 has GitHub. GitHub does not show it.',
      'ghost has GitHub and belongs to nobody in the register. It is there.',
    ])
    expect(await findings()).toMatchObject([
      { kind: 'missing', person_id: 'p-2', first_seen_at: first, last_seen_at: it.parts.clock.calendar() },
      { kind: 'unmanaged', person_id: null },
    ])
    expect(await events('drift-found')).toBe(2)
    systems.lists.set(team, [entry(0), entry(1), entry(2)])
    await nextDay()
    expect(await open()).toEqual([])
    expect((await findings()).map(({ how, settled_by }) => [how, settled_by])).toEqual([
      ['gone', 'system'],
      ['gone', 'system'],
    ])
    expect(await events('drift-gone')).toBe(2)
    // Of whom nobody knows nothing is kept once it is over.
    expect(JSON.stringify(await findings())).not.toContain('ghost')
  })

  test('a name that nobody in the register has never goes to the log', async () => {
    systems.lists.set(team, [
      entry(0),
      entry(1),
      entry(2),
      { ...entry(7), account: { kind: 'github', id: '7', name: 'ghost' } },
    ])
    await run()
    const log = JSON.stringify([
      await database().kysely.selectFrom('event').selectAll().execute(),
      await database().kysely.selectFrom('event_detail').selectAll().execute(),
    ])
    expect(log).toContain('drift-found')
    expect(log).not.toContain('ghost')
  })

  test('what cannot be told settles nothing: a finding waits until its system answers', async () => {
    systems.lists.set(team, [entry(0), entry(1)])
    await run()
    systems.down.add('github')
    const report = await nextDay()
    expect(report?.systems['github']?.cannotTell).toEqual(['GitHub did not answer.'])
    expect(await open()).toHaveLength(1)
  })

  test('very many with something beyond the record at once: nobody is asked about them until somebody looked', async () => {
    it.parts.office.installation.removals = { share: 0.2, number: 10, items: { share: 0.2, number: 1 } }
    // The register lost what was given to two of three, or another team was listed.
    await database().kysely.deleteFrom('holding').where('person_id', 'in', ['p-1', 'p-2']).execute()
    const report = await run()
    expect(report?.systems['github']).toMatchObject({ counts: { extra: 2 } })
    await nextDay()
    expect(await findings()).toEqual([])
    const held = await heldRuns(database().kysely)
    const about = { run: 'differences-github', of: 'GitHub', people: 2, all: 1, items: 2, allItems: 5 }
    expect(held).toContainEqual(expect.objectContaining(about))
    const said = await database()
      .kysely.selectFrom('event')
      .select('data')
      .where('type', '=', 'differences-held')
      .execute()
    expect(said.filter(({ data }) => data['system'] === 'github')).toHaveLength(1)
    systems.down.add('github')
    await nextDay()
    expect(await heldRuns(database().kysely)).toHaveLength(held.length)
    systems.down.delete('github')
    const at = it.parts.clock.wall()
    const whom = held.find(({ run }) => run === 'differences-github')?.whom ?? ''
    await database().transaction((tx) =>
      letRun(tx, 'differences-github', { people: 2, items: 2, whom, day: londonDay(at), by: 'p-0', at }),
    )
    await compareWhenDue({ ...it.parts, everyMs: 0 })
    expect((await findings()).map(({ system, person_id }) => [system, person_id])).toEqual([
      ['github', 'p-1'],
      ['github', 'p-2'],
    ])
  })

  test('what is held by rules that are no longer in force is told as what nobody watches, until it ends', async () => {
    const office = it.parts.office
    const { 'aws-user': _gone, ...grants } = ruleSet.grants
    office.ruleSet = (id) => (id === null ? { ...ruleSet, grants } : ruleSet)
    const report = await run()
    expect(report?.systems['aws']).toMatchObject({
      counts: { 'cannot-tell': 6, missing: 0 },
      unclear: ['p-0', 'p-1', 'p-2'],
      cannotTell: expect.arrayContaining([
        'What 3 people hold by rules that are no longer in force is compared with nothing.',
      ]),
    })
    expect((await open()).filter((sentence) => sentence.includes('Number 0'))).toEqual([
      'We could not tell whether Holder Number 0 has AWS production (role_user_user_arns). The rules that are in force have no place for it any more.',
      'We could not tell whether Holder Number 0 has AWS staging (role_user_user_arns). The rules that are in force have no place for it any more.',
    ])
    const roles = { keeper: true, seniorTech: false, secondLine: false, holdsAdmin: false }
    const actor = { memberId: '', boardId: '', cardId: null, person: person('rae', 'Rae Kim'), roles }
    const rows = await driftFor({ db: database(), office }, actor)
    expect(new Set(rows.map((one) => `${one.row.level}: ${one.system}, ${one.subject}`))).toEqual(
      new Set(['staging', 'production'].map((at) => `Not clear: AWS, AWS ${at} (role_user_user_arns)`)),
    )
    await database()
      .kysely.updateTable('holding')
      .set({ ended_at: office.clock.calendar() })
      .where('system', '=', 'aws')
      .execute()
    await nextDay()
    expect(await open()).toEqual([])
  })

  test('a run that is stopped keeps nothing, and the next one begins anew', async () => {
    systems.lists.set(team, [])
    it.stop()
    expect(await run()).toBeNull()
    expect(it.reported).toEqual([])
    expect(await findings()).toEqual([])
    const again = running(database(), systems)
    expect(await compareWhenDue(again.parts)).not.toBeNull()
    expect(await findings()).toHaveLength(3)
  })

  test('a process that died in a run is followed, and not before its lease ended', async () => {
    const { clock } = it.parts
    await database()
      .kysely.insertInto('drift_run')
      .values({
        id: 'dead',
        started_at: clock.wall(),
        lease_until: new Date(clock.wall().getTime() + HOURS),
        state: 'running',
        report: json({}),
      })
      .execute()
    it.pass(HOURS / 2)
    expect(await run()).toBeNull()
    it.pass(HOURS)
    expect(await run()).not.toBeNull()
  })
})

describeOnBothDatabases('300 people in one run, one system down and one account poisoned', (database) => {
  test('the rest are judged and compared, and the report says what could not be told, and of whom', async () => {
    await addHolders(database(), 300)
    const systems = systemsFor(300)
    const it = running(database(), systems)
    systems.down.add('aws')
    const fact = (person: string, name: 'absences' | 'left', value: unknown) =>
      database()
        .kysely.updateTable('person_fact')
        .set({ value: json(value) })
        .where('person_id', '=', person)
        .where('fact', '=', name)
        .execute()
    await fact('p-13', 'absences', [null])
    for (const person of ['p-5', 'p-250']) await fact(person, 'left', true)
    const poisoned = systems.lists.get(team)?.[13]
    if (poisoned) Object.assign(poisoned, { has: 'unreadable', detail: 'What stands there is not what we know.' })
    systems.lists.get(team)?.splice(20, 1)
    const { reviewed, report } = await wholeDay(it)
    expect(reviewed.sort()).toEqual(['card-250', 'card-5'])
    expect(report.judged).toEqual({
      ...{ people: 300, noLongerMet: 2, unknown: 0, couldNotBeJudged: 1 },
      ...{ notMet: expect.arrayContaining(['p-5', 'p-250']), notKnown: [], unjudged: ['p-13'] },
    })
    expect(report.systems['github']).toMatchObject({
      agree: 298,
      counts: { missing: 1, 'cannot-tell': 1, extra: 0, unmanaged: 0 },
      unclear: ['p-13'],
    })
    expect(report.systems['signon']).toMatchObject({ agree: 300, unclear: [] })
    expect(report.systems['aws']).toMatchObject({ agree: 0, counts: { missing: 0 } })
    expect(report.systems['aws']?.cannotTell).toEqual(['AWS did not answer.'])
    // Once by the reviews, once by the comparison: neither stopped at it.
    expect(it.reported).toHaveLength(2)
    const newest = { at: it.parts.clock.calendar(), report, nameOf: (id: string) => `Holder Number ${id.slice(2)}` }
    const roles = { keeper: true, seniorTech: false, secondLine: false, holdsAdmin: false }
    const said = (who: typeof roles) => comparisonPart(newest, { roles: who }, newest.at)
    expect(said(roles).text.slice(-2)).toEqual([
      'Could not be judged: Holder Number 13.',
      'Not clear in GitHub: Holder Number 13.',
    ])
    expect(JSON.stringify(said({ ...roles, keeper: false }))).not.toContain('Holder')
    // Who would not be approved is told to those alone who read why on their pages.
    for (const who of [roles, { ...roles, keeper: false, seniorTech: true }])
      expect(said(who).folds.map(({ title, rows }) => [title, rows.map((one) => one.title).sort()])).toEqual([
        ['Who would not be approved today', ['Holder Number 250', 'Holder Number 5']],
      ])
    expect(said({ ...roles, keeper: false, secondLine: true }).folds).toEqual([])
  })
})
