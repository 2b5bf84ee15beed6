import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { append } from '../../../server/audit/append.ts'
import { openFinding } from '../../../server/grants/drift/open-finding.ts'
import { compareWhenDue, type DriftParts } from '../../../server/grants/drift/run.ts'
import { digestOfFound, whatWasFound } from '../../../server/grants/drift/what-was-found.ts'
import { heldLevels } from '../../../server/grants/held-levels.ts'
import { readHeld } from '../../../server/grants/read-held.ts'
import type { Listed, SystemAdapter } from '../../../server/grants/system.ts'
import { driftFor, readDriftWindow } from '../../../server/http/reading/drift.ts'
import { readPerson } from '../../../server/http/reading/people.ts'
import { loadPerson } from '../../../server/people/register.ts'
import { loadActor } from '../../../server/requests/actor.ts'
import { returningOf } from '../../../server/requests/returning.ts'
import { loadRuleSet } from '../../../server/rules/rule-set.ts'
import { testDatabase } from '../../db/database.ts'
import { closeAll, granted } from '../granted.ts'
import { arnOf, DAYS, lists, loginOf, org, pathOf, startTestOffice, type TestOffice } from '../office.ts'
import { connectReadSystem, present } from '../read-system.ts'

/** What a comparison found is settled by people's signed decisions, and by nothing else. */

const rulesOf2026 = loadRuleSet(fileURLToPath(new URL('../../../server/rules/rule-sets/2026-08.yaml', import.meta.url)))

let it: TestOffice & { close(): Promise<void> }

describe('What differs is decided', () => {
  beforeEach(async () => {
    it = await startTestOffice(await testDatabase())
  })
  afterEach(async () => {
    expect(it.reported).toEqual([])
    expect(await it.intact()).toBe(true)
    await it.close()
  })

  /** Somebody takes Priya out of the team in GitHub itself. */
  async function takenBackByHand(request: string): Promise<void> {
    await it.adapters.get('github')?.apply([{ ...(await it.orderFor(request, team)), direction: 'revoke' }])
  }

  const parts = (): DriftParts => ({
    db: it.db,
    office: it.office,
    adapters: it.adapters,
    clock: it.office.clock,
    machines: [],
    files: [],
    everyMs: DAYS,
    append: (tx, events) => append(tx, events, it.office.clock),
    report: (error) => it.reported.push(error),
    signal: new AbortController().signal,
  })

  async function compare(): Promise<void> {
    it.pass(1.1 * DAYS)
    await compareWhenDue(parts())
  }
  /** A round of the daily looks, in which what somebody wants looked at is due. */
  async function lookAtHeld(): Promise<void> {
    const report = (error: unknown) => void it.reported.push(error)
    while ((await readHeld({ ...it, clock: it.office.clock, changed() {}, report, random: () => 0.5 })) > 0);
  }
  const open = () =>
    it.db.kysely.selectFrom('drift_finding').selectAll().where('settled_at', 'is', null).orderBy('key').execute()
  async function only(key: string, who: string) {
    const person = await it.personId(who)
    const found = (await open()).filter((one) => one.key === key && one.person_id === person)
    expect(found).toHaveLength(1)
    return { person, finding: found[0]?.id ?? '' }
  }
  /** What a window about the finding would be signed with. */
  async function looked(finding: string) {
    const row = await openFinding(it.db.kysely, finding)
    const plan = row ? digestOfFound(await whatWasFound(it.db.kysely, it.office, row)) : '0'.repeat(64)
    return { finding, plan, reason: 'Seen at the Monday meeting' }
  }
  const settle = async (by: string, act: string, key: string, who = 'Lee Hart') => {
    const { person, finding } = await only(key, who)
    return it.act(by, act, person, await looked(finding))
  }
  const team = 'github-production-deploy'
  function byHand(slug = 'production-deploy', name = 'Lee Hart'): void {
    it.github.addOrgMember(org, loginOf(name))
    it.github.addMember(org, slug, loginOf(name))
  }

  test('an extra is adopted by Senior Tech alone: it is held, read and gone with the rest, and is no level', async () => {
    byHand()
    await compare()
    await expect(settle('sam', 'adopt-drift', team)).rejects.toThrow('You cannot adopt this.')
    expect(await settle('dan', 'adopt-drift', team)).toContain('Adopted.')
    const lee = await it.personId('Lee Hart')
    const holding = await it.db.kysely
      .selectFrom('holding')
      .selectAll()
      .where('person_id', '=', lee)
      .executeTakeFirstOrThrow()
    expect(holding).toMatchObject({ grant_key: team, proof: 'attested', account: { id: '1008' } })
    expect(await heldLevels(it.db.kysely, lee)).toEqual([])
    const ofLee = async () => (await open()).filter((one) => one.person_id === lee)
    await compare()
    expect(await ofLee()).toEqual([])
    // What was adopted is enough to tell what is more.
    it.github.addMember(org, 'production-admin', loginOf('Lee Hart'))
    await compare()
    expect(await ofLee()).toMatchObject([{ key: 'github-production-admin', over_grant: true }])
    await it.act('dan', 'undo-granted', holding.request_id, {})
    expect(await closeAll(it, holding.request_id, 'revoke')).toBe(true)
    expect((await it.request(holding.request_id)).state).toBe('ended')
    expect(it.github.membership(org, 'production-deploy', loginOf('Lee Hart'))).toBe('none')

    // The way back is a request of that level, filled in; why it was adopted is another's word.
    const own = await loadPerson(it.db.kysely, lee)
    if (!own) throw new Error('nobody')
    const { installation } = it.office
    const back = (level: string) =>
      returningOf(it.db.kysely, own, { level, request: null }, { ruleSet: it.office.ruleSet(null), installation })
    expect(await back('deploy')).toMatchObject({
      request: holding.request_id,
      adopted: true,
      reason: null,
      accounts: { github: 'lee-h' },
      signonApps: { production: ['Release'] },
    })
    expect(await back('admin')).toBeNull()
    const page = await readPerson(it, await it.viewerOf('Lee Hart'), 'me')
    const ended = page.parts.find(({ title }) => title === 'What was revoked')
    expect(ended?.rows.map(({ title }) => title)).toEqual([
      'Production Deploy can be asked for on a copy of its template card',
    ])
  })

  test('what was removed at once was nobody’s by right, so nothing of it is offered again', async () => {
    byHand()
    await compare()
    await settle('dan', 'remove-drift', team)
    await it.run(3)
    const lee = await loadPerson(it.db.kysely, await it.personId('Lee Hart'))
    const rules = { ruleSet: it.office.ruleSet(null), installation: it.office.installation }
    expect(lee && (await returningOf(it.db.kysely, lee, { level: 'deploy', request: null }, rules))).toBeNull()
  })

  test('stands in the queue of those who may decide, and its window is theirs alone', async () => {
    byHand()
    await compare()
    const { finding } = await only(team, 'Lee Hart')
    const look = async (who: string) => {
      const viewer = await it.viewerOf(who)
      const actor = await loadActor(it.db.kysely, it.office, viewer)
      const rows = (await driftFor(it, actor)).map(({ row }) => row)
      return {
        buttons: rows.find(({ key }) => key === `drift-${finding}`)?.buttons.map(({ text }) => text),
        window: await readDriftWindow(it, viewer, 'remove-drift', finding),
      }
    }
    expect((await look('Sam Okoro')).buttons).toEqual(['Remove it'])
    expect((await look('Dan Reyes')).buttons).toEqual(['Adopt it', 'Remove it'])
    expect((await look('Sam Okoro')).window).toMatchObject({ title: 'Remove GitHub of Lee Hart', refusal: null })
    const priya = await look('Priya Shah')
    expect([priya.buttons, priya.window]).toEqual([undefined, null])
  })

  test('somebody who put something right has it compared at once', async () => {
    const once = () => compareWhenDue({ ...parts(), everyMs: Number.POSITIVE_INFINITY })
    expect(await once()).toBeNull()
    await expect(it.act('priya', 'compare-now', 'systems')).rejects.toThrow('You cannot begin this.')
    await it.act('alex', 'compare-now', 'systems')
    expect(await once()).not.toBeNull()
    it.pass(60_000)
    expect(await once()).toBeNull()
  })

  test('what was adopted is the request’s once that was approved and gives it: it goes with that, and the record is over', async () => {
    byHand('production-deploy', 'Priya Shah')
    await compare()
    await settle('dan', 'adopt-drift', team, 'Priya Shah')
    const record = await it.db.kysely.selectFrom('holding').select('request_id').executeTakeFirstOrThrow()
    const request = await granted(it)
    const held = await it.db.kysely.selectFrom('holding').selectAll().where('grant_key', '=', team).execute()
    expect(held).toMatchObject([{ request_id: request, ended_at: null }])
    expect((await it.request(record.request_id)).state).toBe('ended')
    expect(await heldLevels(it.db.kysely, await it.personId('Priya Shah'))).toMatchObject([{ level: 'deploy' }])
    await it.act('priya', 'undo-granted', request, {})
    expect(await closeAll(it, request, 'revoke')).toBe(true)
    expect((await it.request(request)).state).toBe('ended')
    expect(it.github.membership(org, 'production-deploy', loginOf('Priya Shah'))).toBe('none')
  })

  test('nobody adopts their own, and nothing is settled twice', async () => {
    byHand('production-deploy', 'Dan Reyes')
    byHand()
    await compare()
    await expect(settle('dan', 'adopt-drift', team, 'Dan Reyes')).rejects.toThrow('never for themselves')
    const { person, finding } = await only(team, 'Lee Hart')
    const seen = await looked(finding)
    await it.act('dan', 'adopt-drift', person, seen)
    await expect(it.act('dan', 'remove-drift', person, seen)).rejects.toThrow('This was settled already')
  })

  test('an extra of somebody with no request is removed by the same machine, exactly that, and read back', async () => {
    byHand()
    await compare()
    const { finding } = await only(team, 'Lee Hart')
    await expect(settle('alex', 'remove-drift', team)).rejects.toThrow('You cannot remove this.')
    expect(await settle('sam', 'remove-drift', team)).toContain('Revoking.')
    expect(await it.steps(finding, 'revoke')).toMatchObject([{ key: team }])
    await compare()
    // While it goes it alarms nobody.
    expect((await open()).filter((one) => one.key === team)).toEqual([])
    await it.run(3)
    expect((await it.step(finding, team, 'revoke')).state).toBe('verified')
    expect((await it.request(finding)).state).toBe('ended')
    expect(it.github.membership(org, 'production-deploy', loginOf('Lee Hart'))).toBe('none')
  })

  test('an Admin item of somebody with Deploy is removed for Senior Tech only, and what they keep stays', async () => {
    await granted(it)
    // What was to be granted and was stopped hides nothing that somebody gives by hand.
    await it.act('dan', 'stop', await it.approved('priya', 'admin'), {})
    const users = `role_user_user_arns = [\n  "${arnOf('priya.shah')}",\n  "${arnOf('sam.okoro')}",\n]\n`
    it.github.commit(lists, {
      [pathOf('production')]:
        `role_admin_user_arns = [\n  "${arnOf('dan.reyes')}",\n  "${arnOf('priya.shah')}",\n]\n\n${users}`,
    })
    await compare()
    const key = 'aws-admin/production'
    const found = (await open()).find((one) => one.key === key && one.over_grant)
    expect(found?.sentence).toContain('Priya Shah was granted Production Deploy only')
    await expect(settle('sam', 'remove-drift', key, 'Priya Shah')).rejects.toThrow('Any Senior Tech member can')
    await settle('dan', 'remove-drift', key, 'Priya Shah')
    expect(await closeAll(it, found?.id ?? '', 'revoke')).toBe(true)
    const text = it.github.file(lists, pathOf('production'))
    expect(text.split('role_user_user_arns')[0]).not.toContain('priya.shah')
    expect(text.split('role_user_user_arns')[1]).toContain('priya.shah')
  })

  test('stale: what changed since it was looked at is not decided, and what was seen is signed', async () => {
    byHand()
    await compare()
    const { person, finding } = await only(team, 'Lee Hart')
    const seen = await looked(finding)
    const change = (sentence: string) =>
      it.db.kysely.updateTable('drift_finding').set({ sentence }).where('id', '=', finding).execute()
    await change('Lee Hart has GitHub as maintainer.')
    for (const act of ['adopt-drift', 'remove-drift'])
      await expect(it.act('dan', act, person, seen)).rejects.toThrow('This changed since you looked at it.')
    const { plan, ...unseen } = seen
    await expect(it.act('dan', 'adopt-drift', person, unseen)).rejects.toThrow('There is 1 thing to put right.')
    await settle('dan', 'adopt-drift', team)
    const signed = await it.db.kysely
      .selectFrom('signed_act')
      .select('statement')
      .where('act', '=', 'adopt-drift')
      .executeTakeFirstOrThrow()
    expect(JSON.parse(signed.statement).about).toMatchObject({
      sentence: 'Lee Hart has GitHub as maintainer.',
      account: { id: '1008' },
      plan: { key: team, account: '1008', wanted: { value: 'member' } },
    })
    expect(plan).toHaveLength(64)
  })

  test('what the register says no to is not adopted', async () => {
    byHand()
    await compare()
    await it.db.kysely
      .updateTable('person_fact')
      .set({ value: JSON.stringify('no') })
      .where('person_id', '=', await it.personId('Lee Hart'))
      .where('fact', '=', 'clearance')
      .execute()
    await expect(settle('dan', 'adopt-drift', team)).rejects.toThrow('The register does not show what this level asks')
  })

  test('late: what was granted since it was found is settled with the grant, and neither removed nor adopted', async () => {
    byHand('production-deploy', 'Priya Shah')
    await compare()
    const { person, finding } = await only(team, 'Priya Shah')
    const seen = await looked(finding)
    const request = await granted(it)
    const settled = it.db.kysely.selectFrom('drift_finding').select(['how', 'settled_by']).where('id', '=', finding)
    expect(await settled.executeTakeFirst()).toEqual({ how: 'granted', settled_by: 'system' })
    expect((await it.events('drift-gone')).map(({ data }) => data['finding'])).toEqual([finding])
    for (const act of ['remove-drift', 'adopt-drift'])
      await expect(it.act('dan', act, person, seen)).rejects.toThrow('This was settled already')
    // Found by a comparison that had read its list before.
    const again = { settled_at: null, settled_by: null, how: null }
    await it.db.kysely.updateTable('drift_finding').set(again).where('id', '=', finding).execute()
    for (const act of ['remove-drift', 'adopt-drift'])
      await expect(it.act('dan', act, person, seen)).rejects.toThrow(
        'A request of theirs was granted this meanwhile, or needs it.',
      )
    await it.run(2)
    expect((await it.request(request)).state).toBe('granted')
    expect(it.github.membership(org, 'production-deploy', 'priya-s')).not.toBe('none')
  })

  test('what is missing is granted again under an approval that still holds', async () => {
    const request = await granted(it)
    await takenBackByHand(request)
    await compare()
    await expect(settle('priya', 'grant-again', team, 'Priya Shah')).rejects.toThrow('because the access is yours')
    expect(await settle('alex', 'grant-again', team, 'Priya Shah')).toContain('Granting again.')
    expect((await it.request(request)).state).toBe('granting')
    await it.run(3)
    expect((await it.request(request)).state).toBe('granted')
    expect(it.github.membership(org, 'production-deploy', 'priya-s')).not.toBe('none')
    await compare()
    expect((await open()).filter((one) => one.kind === 'missing')).toEqual([])
  })

  test('two things that are missing are granted again side by side: the first day stays, and nobody is told twice', async () => {
    const request = await granted(it)
    const since = async () => {
      const row = it.db.kysely.selectFrom('request').select('granted_at').where('id', '=', request)
      return (await row.executeTakeFirstOrThrow()).granted_at
    }
    const first = await since()
    await takenBackByHand(request)
    it.github.commit(lists, { [pathOf('production')]: 'role_admin_user_arns = [\n]\n\nrole_user_user_arns = [\n]\n' })
    await compare()
    const aws = 'aws-user/production'
    await settle('alex', 'grant-again', team, 'Priya Shah')
    expect((await it.request(request)).state).toBe('granting')
    expect(await settle('alex', 'grant-again', aws, 'Priya Shah')).toContain('Granting again.')
    await closeAll(it, request)
    expect((await it.request(request)).state).toBe('granted')
    expect(it.github.membership(org, 'production-deploy', 'priya-s')).not.toBe('none')
    expect(it.github.file(lists, pathOf('production'))).toContain(arnOf('priya.shah'))
    expect(await since()).toEqual(first)
    const told = it.db.kysely.selectFrom('notice').select('id').where('kind', '=', 'granted')
    expect(await told.execute()).toHaveLength(1)
  })

  test('more than was granted is lowered back, never adopted or granted again, and what was granted stays', async () => {
    const signon = connectReadSystem(it)
    signon.answers(present)
    const request = await granted(it)
    const key = 'signon-production/production'
    const listed = (detail: string): Listed => {
      const address = 'priya.shah@example.gov.uk'
      return { account: { kind: 'email', id: address, name: address }, has: 'more', detail }
    }
    const says = async (detail: string) => {
      const adapter = it.adapters.get('signon')
      const answer = { is: 'listed', accounts: [listed(detail)], nameless: 0, onlyOf: null, cannotSee: null } as const
      const list: SystemAdapter['list'] = async ({ wanted }) =>
        wanted.value === 'Normal' ? { ...answer, accounts: [listed(detail)] } : { ...answer, accounts: [] }
      if (adapter) it.adapters.set('signon', { ...adapter, list })
      await compare()
    }
    await says('The role is Organisation Admin.')
    await expect(settle('dan', 'adopt-drift', key, 'Priya Shah')).rejects.toThrow('nothing that was approved gives it')
    await expect(settle('dan', 'grant-again', key, 'Priya Shah')).rejects.toThrow('They have more than was granted')
    const { person, finding } = await only(key, 'Priya Shah')
    const leave = { ...(await looked(finding)), lookAgain: '2027-01-25' }
    await expect(it.act('sam', 'leave-drift', person, leave)).rejects.toThrow('You cannot leave this as it is.')
    await expect(it.act('dan', 'leave-drift', person, { ...leave, lookAgain: '2020-01-01' })).rejects.toThrow(
      'There is 1 thing to put right.',
    )
    expect(await it.act('dan', 'leave-drift', person, leave)).toContain('Left as it is.')
    await says('The role is Organisation Admin.')
    expect(await openFinding(it.db.kysely, finding)).toMatchObject({ ruling: 'leave', look_again_on: '2027-01-25' })
    // What was left is left as it was then.
    await says('The role is Admin.')
    expect(await openFinding(it.db.kysely, finding)).toMatchObject({
      ruling: null,
      ruling_undone: 'It was left as it is, and has changed since.',
    })
    expect(await settle('sam', 'lower-drift', key, 'Priya Shah')).toContain('Lowering.')
    signon.answers({ is: 'present', detail: 'The role is Admin.', evidence: {} })
    const step = await it.step(finding, key, 'revoke')
    expect(step.plan.wanted.params['keeps']).toBe('Normal')
    expect(step.plan.undoTask?.clicks[0]?.text).toContain('back to Normal in Signon')
    await it.act('alex', 'done-step', step.id)
    await it.run(1)
    expect((await it.step(finding, key, 'revoke')).state).not.toBe('verified')
    signon.answers({ is: 'absent', detail: 'The role is Normal.', evidence: {} })
    await closeAll(it, finding, 'revoke')
    expect((await it.request(finding)).state).toBe('ended')
    expect((await it.request(request)).state).toBe('granted')
    expect(await heldLevels(it.db.kysely, person)).toHaveLength(1)
  })

  test('an account of nobody is named as somebody’s and then removed, left as it is, or removed by hand', async () => {
    for (const [login, id] of [
      ['kit-old', 2001],
      ['robot-x', 2002],
      ['who-knows', 2003],
    ] as const) {
      it.github.addUser(login, id)
      it.github.addOrgMember(org, login)
      it.github.addMember(org, 'production-deploy', login)
    }
    it.github.addUser('spare', 2004)
    it.github.addOrgMember(org, 'spare')
    it.github.addMember(org, 'production-admin', 'spare')
    await compare()
    const of = async (name: string) =>
      (await open()).find(({ kind, account }) => kind === 'unmanaged' && account.name === name)?.id ?? ''
    const [old, robot, unknown] = [await of('kit-old'), await of('robot-x'), await of('who-knows')]
    const name = async (by: string, whose: string) => it.act(by, 'name-account', old, { ...(await looked(old)), whose })
    await expect(name('sam', 'lee.hart@example.gov.uk')).rejects.toThrow('You cannot say whose this is.')
    await expect(name('dan', 'nobody@example.gov.uk')).rejects.toThrow('There is 1 thing to put right.')
    await expect(name('dan', 'dan.reyes@example.gov.uk')).rejects.toThrow('You cannot say that an account is your own.')
    expect(await name('dan', 'lee.hart@example.gov.uk')).toContain('adopt it, or remove it')
    const lee = await only(team, 'Lee Hart')
    await compare()
    expect(await only(team, 'Lee Hart')).toEqual(lee)
    // The account that is granted to is still the register's.
    const own = it.db.kysely.selectFrom('person_account').select('id').where('person_id', '=', lee.person)
    expect(await own.where('kind', '=', 'github').executeTakeFirst()).toEqual({ id: '1008' })
    await settle('dan', 'remove-drift', team)
    await it.run(3)
    expect((await it.request(lee.finding)).state).toBe('ended')
    expect(it.github.membership(org, 'production-deploy', 'kit-old')).toBe('none')

    const kept = { ...(await looked(robot)), lookAgain: '2027-01-25' }
    expect(await it.act('rae', 'leave-account', robot, kept)).toContain('Left as it is.')
    // What nobody is given without a review is not left for longer than a month.
    const spare = await of('spare')
    await expect(
      it.act('rae', 'leave-account', spare, { ...(await looked(spare)), lookAgain: '2027-01-25' }),
    ).rejects.toMatchObject({ refusal: { fields: { lookAgain: 'Choose a day after today, within 30 days.' } } })
    it.github.removeUser('spare')
    await it.act('dan', 'remove-account', unknown, await looked(unknown))
    await expect(it.act('dan', 'remove-account', unknown, await looked(unknown))).rejects.toThrow('decided already')
    await compare()
    expect((await openFinding(it.db.kysely, unknown))?.ruling).toBe('remove')
    it.github.removeUser('who-knows')
    await compare()
    const nobodys = (await open()).filter(({ kind }) => kind === 'unmanaged')
    expect(nobodys.map(({ id, ruling }) => [id, ruling])).toEqual([[robot, 'leave']])
  })

  test('what belongs to a level with a review is adopted by nobody: it is asked for on a card', async () => {
    byHand('production-admin')
    await compare()
    await expect(settle('dan', 'adopt-drift', 'github-production-admin')).rejects.toThrow(
      'This belongs to Production Admin, which is given after a review alone.',
    )
    expect(await settle('dan', 'remove-drift', 'github-production-admin')).toContain('Revoking.')
  })

  test('revoked halfway through granting again: what stands in the record is taken back, whatever its step says', async () => {
    const request = await granted(it)
    await takenBackByHand(request)
    await compare()
    it.github.addMember(org, 'production-deploy', 'priya-s')
    await settle('alex', 'grant-again', team, 'Priya Shah')
    await it.act('dan', 'undo-granted', request, {})
    expect((await it.steps(request, 'revoke')).map(({ key }) => key)).toContain(team)
    expect(await closeAll(it, request, 'revoke')).toBe(true)
    expect((await it.request(request)).state).toBe('ended')
    expect(it.github.membership(org, 'production-deploy', 'priya-s')).toBe('none')
  })

  test('what is missing is not granted again under an old approval, and is recorded as ended', async () => {
    const request = await granted(it)
    await takenBackByHand(request)
    it.pass(20 * DAYS)
    await compare()
    await expect(settle('sam', 'grant-again', team, 'Priya Shah')).rejects.toThrow(
      'The approval is more than 14 days old. Nothing more is changed. Record it as ended, and ask for it anew.',
    )
    expect(await settle('sam', 'record-as-ended', team, 'Priya Shah')).toContain('It is looked at once more now.')
    await expect(settle('sam', 'record-as-ended', team, 'Priya Shah')).rejects.toThrow('recorded this as ended already')
    expect(await heldLevels(it.db.kysely, await it.personId('Priya Shah'))).toHaveLength(1)
    await lookAtHeld()
    expect((await it.events('drift-ended')).map(({ data }) => data['place'])).toEqual([team])
    expect((await it.request(request)).state).toBe('granted')
    expect(await heldLevels(it.db.kysely, await it.personId('Priya Shah'))).toEqual([])
    await compare()
    expect((await open()).filter((one) => one.kind === 'missing')).toEqual([])
  })

  test('what is there again is not recorded as ended, and what nobody can tell is not either: both are said', async () => {
    const request = await granted(it)
    await takenBackByHand(request)
    await compare()
    const { finding } = await only(team, 'Priya Shah')
    const undone = async () => (await openFinding(it.db.kysely, finding))?.ruling_undone
    await settle('sam', 'record-as-ended', team, 'Priya Shah')
    it.github.addMember(org, 'production-deploy', 'priya-s')
    await lookAtHeld()
    expect(await undone()).toMatch(/^It was not recorded as ended, because it is there\. priya-s/)
    await settle('sam', 'record-as-ended', team, 'Priya Shah')
    expect(await undone()).toBeNull()
    it.github.faults.down = true
    await lookAtHeld()
    expect(await undone()).toMatch(/^It was not recorded as ended, because we could not tell whether it is gone\./)
    expect((await it.events('drift-not-ended')).map(({ data }) => data['seen'])).toEqual(['present', 'cannot-tell'])
    const held = it.db.kysely.selectFrom('holding').select('id').where('grant_key', '=', team)
    expect(await held.where('ended_at', 'is', null).execute()).toHaveLength(1)
    expect((await it.request(request)).state).toBe('granted')
  })

  test('what is missing is not granted again on the word of whoever lowered the level', async () => {
    const request = await granted(it)
    await takenBackByHand(request)
    it.pass(20 * DAYS)
    await compare()
    const lowered_at = it.office.clock.calendar()
    await it.db.kysely.updateTable('request').set({ lowered_at }).where('id', '=', request).execute()
    await expect(settle('sam', 'grant-again', team, 'Priya Shah')).rejects.toThrow(
      'The approval is more than 14 days old.',
    )
    // What took the place of a higher value was never approved by itself.
    const before = new Date(lowered_at.getTime() - 25 * DAYS)
    const lately = { approved_at: lowered_at, lowered_at: before }
    await it.db.kysely.updateTable('request').set(lately).where('id', '=', request).execute()
    await expect(settle('sam', 'grant-again', team, 'Priya Shah')).rejects.toThrow(
      'There is no approval that this could be granted again under.',
    )
  })

  describe('what Terraform makes from a list, found without being granted', () => {
    const onList = (name: string | null): SystemAdapter => {
      const address = 'lee.hart@example.gov.uk'
      const entry: Listed = { account: { kind: 'email', id: address, name: address }, has: 'wanted', detail: 'Listed.' }
      const listed = { is: 'listed', nameless: 0, onlyOf: null, cannotSee: null } as const
      const never = () => Promise.reject(new Error('nothing is asked of the list'))
      return {
        ...{ id: 'access-list', name: 'Access list', can: ['pull-request'], health: never, read: never, apply: never },
        list: async ({ wanted }) => ({ ...listed, accounts: wanted.value === name ? [entry] : [] }),
      }
    }
    beforeEach(() => {
      it.office.ruleSet = () => rulesOf2026
      it.adapters.set('access-list', onList(null))
      byHand()
    })

    test('is removed in the system itself from whoever is not on the list, and read back', async () => {
      await compare()
      const { finding } = await only(team, 'Lee Hart')
      await settle('sam', 'remove-drift', team)
      expect(await it.step(finding, team, 'revoke')).toMatchObject({ method: 'api', plan: { follows: null } })
      await it.run(3)
      expect((await it.step(finding, team, 'revoke')).state).toBe('verified')
      expect(it.github.membership(org, 'production-deploy', loginOf('Lee Hart'))).toBe('none')
      expect((await it.request(finding)).state).toBe('ended')
    })

    test('is a guided task where Terraform keeps the team, over only once GitHub shows it gone', async () => {
      it.office.installation.ownedByTerraform = ['github:production-deploy']
      await compare()
      const { finding } = await only(team, 'Lee Hart')
      await settle('sam', 'remove-drift', team)
      const step = () => it.step(finding, team, 'revoke')
      expect(await step()).toMatchObject({
        method: 'task',
        turn: 'second-line',
        plan: {
          undoTask: {
            before: expect.stringContaining('They are not on the access list.'),
            clicks: [
              {},
              { text: 'Find the engineer by GitHub username, and remove them from the team', copy: 'lee-h' },
            ],
          },
        },
      })
      await it.act('alex', 'done-step', (await step()).id)
      await it.run(2)
      expect((await step()).state).not.toBe('verified')
      it.github.removeMember(org, 'production-deploy', loginOf('Lee Hart'))
      await it.run(3)
      expect(await step()).toMatchObject({ state: 'verified', done_by: await it.personId('Alex Green') })
    })

    test.each(['production_deploy_access', 'production_admin_access'])(
      'goes with %s where they stand too: that is settled in its place',
      async (name) => {
        it.adapters.set('access-list', onList(name))
        await compare()
        await expect(settle('dan', 'remove-drift', team)).rejects.toThrow('This comes with the access list')
        expect((await only(team, 'Lee Hart')).finding).not.toBe('')
      },
    )

    test('adopted, it goes in the system itself too, once it is revoked', async () => {
      await compare()
      const { finding } = await only(team, 'Lee Hart')
      await settle('dan', 'adopt-drift', team)
      await it.act('dan', 'undo-granted', finding, {})
      expect(await closeAll(it, finding, 'revoke')).toBe(true)
      expect(it.github.membership(org, 'production-deploy', loginOf('Lee Hart'))).toBe('none')
    })
  })

  test('a step that was put into a record is never carried out', async () => {
    byHand()
    await compare()
    const { finding } = await only(team, 'Lee Hart')
    await settle('dan', 'remove-drift', team)
    const step = await it.step(finding, team, 'revoke')
    const other = {
      ...step.plan,
      wanted: { ...step.plan.wanted, params: { ...step.plan.wanted.params, team: 'other' } },
    }
    await it.db.kysely
      .updateTable('step')
      .set({ plan: JSON.stringify(other) })
      .where('id', '=', step.id)
      .execute()
    it.github.addTeam(org, 'other', 'other')
    it.github.addMember(org, 'other', loginOf('Lee Hart'))
    await it.run(3)
    expect(it.github.membership(org, 'other', loginOf('Lee Hart'))).not.toBe('none')
    expect((await it.step(finding, team, 'revoke')).state).not.toBe('verified')
  })
})
